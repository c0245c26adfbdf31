"""Take the account of a row, and the row as it is then."""

from __future__ import annotations

from typing import TypeVar, cast

from django.db import models

from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.errors import NotFound
from quarterday.store.models import Account

AnyRow = TypeVar("AnyRow", bound=models.Model)


def claim_row(row: AnyRow, owner: str = "account") -> tuple[Account, AnyRow]:
    """Claim the account that a row belongs to, then read the row anew.

    ``owner`` is the way to the account, such as ``invoice__account``. What the caller read
    before the claim may be old, so it is only used to find the row. Raises `NotFound`.
    """
    rows = type(row)._default_manager
    account_id = rows.filter(pk=row.pk).values_list(f"{owner}_id", flat=True).first()
    if account_id is None:
        raise NotFound(f"there is no {row._meta.verbose_name} with the key {row.pk}")
    account = claim_account(cast(int, account_id))
    return account, rows.get(pk=row.pk)
