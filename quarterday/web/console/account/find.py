"""The customer that a page is about, always found through the seller that staff work for."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model
from django.http import Http404

from quarterday.store.models import Account
from quarterday.web.console.door import Staff

Found = TypeVar("Found", bound=Model)


def find_account(staff: Staff, public_id: str) -> Account:
    """An account of the seller; 404 for every other."""
    rows = Account.objects.select_related("seller__brand", "group", "due")
    account = rows.filter(seller=staff.seller, public_id=public_id).first()
    if account is None:
        raise Http404("This seller has no such customer.")
    return account


def find_own(account: Account, model: type[Found], public_id: str, path: str = "account") -> Found:
    """A row of the account by its public id; ``path`` leads from the row to its account."""
    rows = model._default_manager.filter(**{path: account.id, "public_id": public_id})
    found = rows.first()
    if found is None:
        raise Http404("This customer has nothing of that name.")
    return found
