"""A link that pays an invoice, for somebody of the staff to hand on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.events.record_event import record_event
from quarterday.services.links.make_link import MadeLink, make_link
from quarterday.store.models import Invoice, LinkPurpose


def print_pay_link(*, invoice: Invoice, now: datetime, actor: str) -> MadeLink:
    """The link; its address is kept nowhere, and the log says who has seen it."""
    account = invoice.account
    with transaction.atomic():
        made = make_link(
            seller=account.seller,
            purpose=LinkPurpose.PAY,
            account_id=account.id,
            subject=invoice.public_id,
            now=now,
            created_by=actor,
        )
        record_event(
            kind="link.printed",
            subject=invoice.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"label": invoice.label, "purpose": LinkPurpose.PAY},
        )
    return made
