"""Decline a quote, or withdraw it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Quote, QuoteStatus


def decline_quote(*, quote: Quote, now: datetime, reason: str = "", actor: str = "system") -> Quote:
    """The customer does not want it. Declining again changes nothing; raises `Conflict` for a
    quote that was accepted or withdrawn.
    """
    return _close(quote, QuoteStatus.DECLINED, now, reason, actor)


def withdraw_quote(
    *, quote: Quote, now: datetime, reason: str = "", actor: str = "system"
) -> Quote:
    """The seller takes it back. Withdrawing again changes nothing; raises `Conflict` for a quote
    that was accepted or declined.
    """
    return _close(quote, QuoteStatus.WITHDRAWN, now, reason, actor)


def _close(quote: Quote, status: QuoteStatus, now: datetime, reason: str, actor: str) -> Quote:
    with transaction.atomic():
        account, quote = claim_row(quote)
        if quote.status == status:
            return quote
        rows = Quote.objects.filter(id=quote.id, status=QuoteStatus.OPEN)
        if rows.update(status=status) != 1:
            raise Conflict(f"quote {quote.label} was {quote.status} already; make a new one")
        quote.status = status
        record_event(
            kind=f"quote.{status}",
            subject=quote.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"label": quote.label, "reason": reason[:500]},
        )
    return quote
