"""Send a document again because somebody asked for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.events.record_event import record_event
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import CreditNote, Invoice, Message, Payment


def send_again(
    *, subject: Invoice | CreditNote | Payment, now: datetime, actor: str = "system"
) -> Message:
    """Queue the message of an invoice, a credit note or a payment's receipt anew, with its file
    and a fresh link that pays it. Raises `BillingError` where nobody would get it.
    """
    with transaction.atomic():
        account, subject = claim_row(subject)
        if isinstance(subject, Invoice) and subject.status == InvoiceState.VOID:
            raise BillingError(f"invoice {subject.label} is void; there is nothing to send")
        occasion = f"again {now:%Y%m%dT%H%M%S%f}"
        kind = find_kind_of(subject)
        queue_message(
            kind=kind, account=account, subject=subject.public_id, now=now, occasion=occasion
        )
        rows = Message.objects.filter(kind=kind, subject=subject.public_id, occasion=occasion)
        message = rows.first()
        if message is None:
            raise BillingError(
                "nobody of this customer gets such a message; add a contact that wants it, or "
                "choose it for one there is"
            )
        record_event(
            kind="message.sent_again",
            subject=subject.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"kind": kind},
        )
    return message


def find_kind_of(subject: Invoice | CreditNote | Payment) -> str:
    """The kind of message that brings a document."""
    if isinstance(subject, Invoice):
        return "invoice_issued"
    return "credit_note" if isinstance(subject, CreditNote) else "receipt"
