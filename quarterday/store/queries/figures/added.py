"""Figures of days, added up from the documents of one seller."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from quarterday.core.figures import Amount, DayAmount, Figure
from quarterday.core.period import Period
from quarterday.store.models import AttemptPurpose, Delivery, PaymentAttempt, Seller
from quarterday.store.queries.reports.documents import read_issued
from quarterday.store.queries.reports.payments import read_deposited, read_paid

CAME_BACK = ("bounced", "complained", "failed")


def add_issued(seller: Seller, period: Period) -> Iterator[DayAmount]:
    """Invoices and credit notes, without advances, by the day that stands on them."""
    for one in read_issued(period, [seller.id]):
        is_credit = one.kind == "credit_note"
        figure = Figure.CREDITED if is_credit else Figure.INVOICED
        total = -one.total_minor if is_credit else one.total_minor
        yield DayAmount(one.day, one.currency, figure, Amount(one.number, total))


def add_paid(seller: Seller, period: Period) -> Iterator[DayAmount]:
    """Money that came and went. What a won dispute or a refund that did not arrive brought back
    was not refunded after all. Deposits and what was restored stand apart once more, since they
    are other rows than payments and refunds.
    """
    for one in read_deposited(period, [seller.id]):
        amount = Amount(one.number, one.amount_minor)
        yield DayAmount(one.day, one.currency, Figure.DEPOSITED, amount)
    for one in read_paid(period, [seller.id]):
        if one.kind == "received":
            amount = Amount(one.number, one.amount_minor)
            yield DayAmount(one.day, one.currency, Figure.COLLECTED, amount)
        elif one.kind in ("refunded", "restored"):
            count = one.number if one.kind == "refunded" else 0
            amount = Amount(count, -one.amount_minor)
            yield DayAmount(one.day, one.currency, Figure.REFUNDED, amount)
            if one.kind == "restored":
                came = Amount(one.number, one.amount_minor)
                yield DayAmount(one.day, one.currency, Figure.RESTORED, came)


def add_failed(seller: Seller, period: Period) -> Iterator[DayAmount]:
    """Payments that failed, by the day of the seller on which they were tried."""
    rows = PaymentAttempt.objects.filter(
        account__seller=seller,
        status="failed",
        purpose=AttemptPurpose.PAY,
        created_at__range=_instants(seller, period),
    ).annotate(day=TruncDate("created_at", tzinfo=ZoneInfo(seller.time_zone)))
    grouped = rows.values_list("day", "currency").annotate(n=Count("id"), sum=Sum("amount_minor"))
    for day, currency, count, minor in grouped.order_by():
        yield DayAmount(day, currency, Figure.FAILED, Amount(count, minor))


def add_sent(seller: Seller, period: Period) -> Iterator[DayAmount]:
    """Deliveries that were handed over, whatever became of them."""
    rows = Delivery.objects.filter(sent_at__range=_instants(seller, period))
    yield from _deliveries(seller, rows, "sent_at", Figure.SENT)


def add_bounced(seller: Seller, period: Period) -> Iterator[DayAmount]:
    """Deliveries that came back or could not be handed over, by the day of the last try."""
    rows = Delivery.objects.filter(status__in=CAME_BACK, next_at__range=_instants(seller, period))
    yield from _deliveries(seller, rows, "next_at", Figure.BOUNCED)


def _deliveries(
    seller: Seller, rows: QuerySet[Delivery], column: str, figure: Figure
) -> Iterator[DayAmount]:
    day = TruncDate(column, tzinfo=ZoneInfo(seller.time_zone))
    grouped = rows.filter(message__seller=seller).annotate(day=day).values_list("day")
    for on, count in grouped.annotate(n=Count("id")).order_by():
        yield DayAmount(on, "", figure, Amount(count))


def _instants(seller: Seller, period: Period) -> tuple[datetime, datetime]:
    """The first and the last instant of days in the seller's zone."""
    zone = ZoneInfo(seller.time_zone)
    start = datetime.combine(period.start, time.min, zone)
    end = datetime.combine(period.end, time.min, zone)
    return start, end - datetime.resolution
