"""Act on a dispute that a gateway reports."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.ports.outcomes import DeclineCode, DisputeNews, DisputeState
from quarterday.services.disputes.close_dispute import close_dispute
from quarterday.services.disputes.open_dispute import open_dispute
from quarterday.services.gateway_events.find_subject import find_payment
from quarterday.store.models import DisputeStatus, Seller


def act_on_dispute(
    seller: Seller, gateway: str, news: DisputeNews, today: date, now: datetime
) -> None:
    """Within a transaction: opened if it was not, then ended if it has. Raises `NotYet`."""
    dispute = open_dispute(
        payment=find_payment(seller, gateway, news),
        gateway=gateway,
        reference=news.dispute_reference,
        amount_minor=news.amount_minor,
        today=today,
        now=now,
        reason=news.reason,
        answer_by=news.answer_by,
        fee_minor=news.fee_minor,
        actor=gateway,
    )
    if news.state is not DisputeState.OPENED:
        state = DisputeStatus(news.state)
        code = news.reason if news.reason in set(DeclineCode) else ""
        close_dispute(dispute=dispute, state=state, today=today, now=now, code=code, actor=gateway)
