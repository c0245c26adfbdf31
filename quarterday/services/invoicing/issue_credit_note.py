"""Write a credit note against an invoice: document, book, and what becomes of its amount."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from quarterday.core.ledger import post_credit_note
from quarterday.services.credit.open_grant import open_grant
from quarterday.services.events.record_event import record_event
from quarterday.services.invoicing.draft_note import NoteDraft
from quarterday.services.invoicing.return_gifts import return_gifts
from quarterday.services.invoicing.settle_invoice import settle_invoice
from quarterday.services.invoicing.write_note import write_note
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import Account, CreditKind, CreditNote, Invoice


def issue_credit_note(
    account: Account,
    invoice: Invoice,
    draft: NoteDraft,
    *,
    today: date,
    now: datetime,
    reason: str,
    actor: str,
    verb: str = "settle",
) -> CreditNote:
    """Issue a credit note; it settles what is open of the invoice, and the rest becomes credit.

    What gifts had settled returns to them.
    For services that hold the transaction and the account.
    """
    total = draft.net_minor + draft.tax_minor
    invoice = return_gifts(account, invoice, total, on=today, now=now, actor=actor)
    note = write_note(account, invoice, draft, today, reason)
    taxes: Counter[str] = Counter()
    for tax in draft.taxes:
        taxes[tax.row.code] += tax.tax_minor
    entry = post_credit_note(
        on=today,
        reference=note.label,
        account=account.id,
        currency=note.currency,
        gross_minor=note.total_minor,
        nets=draft.income.items(),
        taxes=taxes.items(),
    )
    post_entry(entry, seller_id=account.seller_id, source=note.public_id)
    settled = min(note.total_minor, invoice.open_minor)
    if settled:
        settle_invoice(invoice, settled, on=today, now=now, credit_note=note, verb=verb)
    if note.total_minor > settled:
        kind, rest = CreditKind.CREDIT_NOTE, note.total_minor - settled
        open_grant(account, kind, rest, on=today, now=now, reason=note.label, actor=actor)
    record_event(
        kind="credit_note.issued",
        subject=note.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={
            "label": note.label,
            "invoice": invoice.label,
            "total_minor": note.total_minor,
            "currency": note.currency,
            "reason": reason,
        },
    )
    queue_message(kind="credit_note", account=account, subject=note.public_id, now=now, on=today)
    return note
