"""Find who stands at the desk: by number, name or invoice, and nothing more than is needed."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q

from quarterday.core.access import StaffPermission, StaffRole
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.staff.check_staff import check_staff
from quarterday.store.models import Account, Cashier, Invoice

_MOST = 20


class Payer(NamedTuple):
    """What a cashier sees of a customer."""

    account: Account
    number: str
    name: str
    currency: str
    open_minor: int
    invoices: tuple[str, ...]


def find_payers(
    *, cashier: Cashier, text: str, role: str = StaffRole.CASHIER, limit: int = _MOST
) -> list[Payer]:
    """Customers of the cashier's seller whose number or invoice it is, or whose name holds it."""
    check_staff(role, StaffPermission.FIND_PAYER)
    text = text.strip()
    if not text:
        return []
    rows = Account.objects.filter(seller=cashier.seller_id)
    named = rows.filter(Q(external_id=text) | Q(public_id=text) | Q(invoices__label=text))
    found = list(named.distinct().order_by("id")[:limit])
    if not found:
        found = list(rows.filter(name__icontains=text).order_by("name", "id")[:limit])
    owed = _sum_open(found)
    return [
        Payer(one, str(one), one.name, one.currency, *owed.get(one.id, (0, ()))) for one in found
    ]


def _sum_open(accounts: list[Account]) -> dict[int, tuple[int, tuple[str, ...]]]:
    rows = Invoice.objects.filter(account__in=accounts, status=InvoiceState.OPEN)
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    listed = rows.order_by("due_on", "id").values_list("account_id", "label", "open_minor")
    for account_id, label, open_minor in listed:
        total, labels = found.get(account_id, (0, ()))
        found[account_id] = (total + open_minor, (*labels, label))
    return found
