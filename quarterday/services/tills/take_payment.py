"""Take money at the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from quarterday.core.access import StaffRole
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.compare import show_amount
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.payments.record_payment import record_payment
from quarterday.services.tills.claim_till import claim_till, need_active, write_entry
from quarterday.store.models import Account, Cashier, Invoice, Payment, TillEntry, TillEntryKind
from quarterday.store.queries.tills import sum_cash


class Means(StrEnum):
    """How money is taken; cash lies in the till, the others wait for the bank."""

    CASH = "cash"
    CHEQUE = "cheque"
    CARD = "card"


METHODS: Mapping[Means, str] = {
    Means.CASH: "cash",
    Means.CHEQUE: "cheque",
    Means.CARD: "card_terminal",
}


def take_payment(
    *,
    cashier: Cashier,
    account: Account,
    amount_minor: int,
    means: Means,
    today: date,
    now: datetime,
    invoices: Sequence[str] | None = None,
    reference: str = "",
    key: str | None = None,
    role: str = StaffRole.CASHIER,
    actor: str = "",
) -> TillEntry:
    """The entry of the till, with its payment, for which the customer gets the receipt.

    It settles the named invoices (public ids) in their order, by default the oldest due first;
    what is left is credit, and with an empty list all of it is. ``key`` is the caller's own: asked
    again, the same entry is answered. Raises `BillingError` where more cash than the cashier's
    limit would lie in the till.
    """
    means = Means(means)
    if account.seller_id != cashier.seller_id:
        raise NotFound(f"there is no account {account} where cashier {cashier} takes money")
    with transaction.atomic():
        account = claim_account(account.id)
        till = claim_till(cashier, today, role)
        if known := _find(account, cashier, key, amount_minor):
            return known
        need_active(cashier)
        if till.currency != account.currency:
            raise BillingError(
                f"the till is in {till.currency}, account {account} in {account.currency}; open a "
                "till in that currency"
            )
        if means is Means.CASH and cashier.limit_minor is not None:
            room = cashier.limit_minor - sum_cash(till)
            if amount_minor > room:
                raise BillingError(
                    f"there is room for {show_amount(max(room, 0), till.currency)} in the till of "
                    f"cashier {cashier}; bring cash to the bank first"
                )
        payment = record_payment(
            account=account,
            amount_minor=amount_minor,
            method=METHODS[means],
            today=today,
            now=now,
            reference=reference,
            external_id=key,
            invoices=_find_open(account, invoices),
            actor=actor or f"cashier {cashier.code}",
        )
        return write_entry(
            till,
            cashier,
            TillEntryKind.PAYMENT,
            means=means,
            amount_minor=amount_minor,
            on=today,
            now=now,
            payment=payment,
            note=reference,
        )


def _find(
    account: Account, cashier: Cashier, key: str | None, amount_minor: int
) -> TillEntry | None:
    """What was taken under the same key before."""
    if key is None:
        return None
    payment = Payment.objects.filter(account=account, external_id=key).first()
    if payment is None:
        return None
    rows = TillEntry.objects.select_related("till", "payment__account")
    entry = rows.filter(payment=payment, kind=TillEntryKind.PAYMENT, till__cashier=cashier).first()
    if entry is None or entry.amount_minor != amount_minor:
        raise Conflict(f"{key!r} stands for another payment; use another key")
    return entry


def _find_open(account: Account, named: Sequence[str] | None) -> list[Invoice] | None:
    if named is None:
        return None
    rows = Invoice.objects.filter(account=account, public_id__in=named)
    found = {one.public_id: one for one in rows}
    for name in named:
        if name not in found:
            raise NotFound(f"invoice {name} is not of account {account}")
        if found[name].status != InvoiceState.OPEN:
            raise Conflict(f"invoice {found[name].label} is {found[name].status}; nothing is owed")
    return [found[name] for name in dict.fromkeys(named)]
