"""Act on a dispute that a gateway reports."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.ports.outcomes import DeclineCode, DisputeNews, DisputeState
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.disputes.close_dispute import close_dispute
from quarterday.services.disputes.open_dispute import open_dispute
from quarterday.services.gateway_events.find_subject import choose_payment, find_payment
from quarterday.store.models import Account, Dispute, DisputeStatus, Payment, Seller
from quarterday.store.queries.refunds import list_same_money


def act_on_dispute(
    seller: Seller, gateway: str, news: DisputeNews, today: date, now: datetime
) -> None:
    """Within a transaction: opened if it was not, then ended if it has. Raises `NotYet`."""
    account, payment = claim_row(find_payment(seller, gateway, news))
    dispute = open_dispute(
        payment=_choose(account, payment, gateway, news),
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


def _choose(account: Account, payment: Payment, gateway: str, news: DisputeNews) -> Payment:
    """The payment that the dispute is about already, or the one with most of its money left."""
    known = Dispute.objects.filter(
        account=account,
        gateway=gateway,
        reference=news.dispute_reference,
        payment__in=list_same_money(payment),
    ).first()
    return known.payment if known else choose_payment(payment, news.amount_minor)
