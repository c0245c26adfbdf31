"""Give up what is owed or was paid for: how much that is, and doing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from quarterday.core.approval import Waiver
from quarterday.core.errors import BillingError
from quarterday.services.compare import show_amount
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.invoicing.credit_lines import choose_lines
from quarterday.services.invoicing.draft_note import draft_note
from quarterday.services.invoicing.void_invoice import void_invoice
from quarterday.services.invoicing.waive_fee import waive_fee
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.services.payments.refund_to_credit import list_settled, refund_to_credit
from quarterday.store.models import Account, Invoice, Payment

Lines = Mapping[int, int | None]


def measure_waiver(waiver: Waiver, subject: Invoice | Payment, lines: Lines | None) -> int:
    """What it gives up as things stand, in minor units with tax; below 1 where nothing is left."""
    if isinstance(subject, Payment):
        return sum(one.amount_minor for one in list_settled(subject))
    if waiver is Waiver.WRITE_OFF:
        return subject.open_minor
    if waiver is Waiver.VOID:
        # Only what nobody has paid or credited can be void.
        return subject.total_minor
    draft = draft_note(subject, choose_lines(subject, lines))
    return draft.net_minor + draft.tax_minor


def waive(
    waiver: Waiver,
    *,
    account: Account,
    name: str,
    amount_minor: int,
    lines: Lines | None,
    reason: str,
    today: date,
    now: datetime,
    actor: str,
) -> str:
    """The public id of the credit note, or of what it was about where there is none.

    For services that hold the transaction and the account. ``name`` is the public id of the
    invoice or payment. Raises `Conflict` where it would give up another amount than was looked
    at, and `BillingError` where it cannot be done.
    """
    subject = _find(waiver, account, name)
    found = measure_waiver(waiver, subject, lines)
    if found != amount_minor:
        was, is_now = (show_amount(one, account.currency) for one in (amount_minor, found))
        raise Conflict(f"{was} was to be given up, and it would be {is_now} now; look again")
    terms: dict[str, Any] = {"reason": reason, "today": today, "now": now, "actor": actor}
    if isinstance(subject, Payment):
        refund_to_credit(payment=subject, **terms)
        return subject.public_id
    if waiver is Waiver.WRITE_OFF:
        return write_off_invoice(invoice=subject, **terms).public_id
    if waiver is Waiver.VOID:
        return void_invoice(invoice=subject, **terms).public_id
    if waiver is Waiver.FEE:
        line = subject.lines.filter(position__in=lines or ()).first()
        if line is None:
            raise BillingError("lines: choose the fee to waive")
        return waive_fee(line=line, **terms).public_id
    return credit_invoice(invoice=subject, lines=lines, **terms).public_id


def _find(waiver: Waiver, account: Account, name: str) -> Invoice | Payment:
    model: type[Invoice] | type[Payment] = Payment if waiver is Waiver.PAYMENT else Invoice
    row = model._default_manager.filter(account=account, public_id=name).first()
    if row is None:
        raise NotFound(f"the account has no {model.__name__.lower()} {name!r}")
    return row
