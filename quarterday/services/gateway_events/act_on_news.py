"""Do what follows from an event, within a transaction that also says that it was done."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.ports.outcomes import (
    AttemptNews,
    DisputeNews,
    MethodNews,
    News,
    PayoutNews,
    RefundNews,
    Succeeded,
)
from quarterday.services.errors import Conflict
from quarterday.services.gateway_events.act_on_dispute import act_on_dispute
from quarterday.services.gateway_events.act_on_refund import act_on_refund
from quarterday.services.gateway_events.find_subject import find_attempt
from quarterday.services.gateway_events.not_yet import NotYet, Unmatched
from quarterday.services.payments.finish_attempt import check_currency, finish_attempt
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.payments.remove_method import remove_method
from quarterday.services.payments.replace_method import replace_method
from quarterday.services.payouts.record_payout import record_payout
from quarterday.store.models import PaymentMethod, Seller


def act_on_news(seller: Seller, gateway: str, news: News, today: date, now: datetime) -> None:
    """What follows is the same in whatever order events come, and however often.

    Raises `NotYet` where something has to be there first, and `Unmatched` where people have to
    decide; then nothing was done.
    """
    match news:
        case AttemptNews():
            _go_on(seller, gateway, news, today, now)
        case RefundNews():
            act_on_refund(seller, gateway, news, today, now)
        case DisputeNews():
            act_on_dispute(seller, gateway, news, today, now)
        case MethodNews():
            _change_methods(seller, gateway, news, now)
        case PayoutNews():
            record_payout(seller=seller, gateway=gateway, news=news, now=now)


def _go_on(seller: Seller, gateway: str, news: AttemptNews, today: date, now: datetime) -> None:
    attempt = find_attempt(seller, gateway, news)
    if attempt is None:
        # Only money that came in, or may have, is anybody's business.
        matters = news.outcome is None or isinstance(news.outcome, Succeeded)
        raise NotYet("no payment of ours is called so by the gateway", matters=matters)
    if isinstance(news.outcome, Succeeded):
        try:
            check_currency(attempt, news.outcome)
        except Conflict as error:
            raise Unmatched(str(error)) from None
    if news.outcome is not None:
        finish_attempt(attempt=attempt, outcome=news.outcome, today=today, now=now)


def _change_methods(seller: Seller, gateway: str, news: MethodNews, now: datetime) -> None:
    rows = PaymentMethod.objects.select_related("account").filter(
        gateway=gateway, token=news.token, account__seller=seller
    )
    found = list(rows)
    if not found:
        raise NotYet("this way to pay is not kept", matters=False)
    for row in found:
        if news.method is None:
            remove_method(method=row, now=now)
        elif news.method.token != news.token:
            replace_method(method=row, kept=news.method, now=now)
        elif row.removed_at is None:
            # What its bank has ended is not brought back by older news.
            keep_method(account=row.account, gateway=gateway, kept=news.method, now=now)
