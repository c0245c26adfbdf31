"""Figures of days are what the documents say, to the cent, whenever they were booked."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import pytest_django

from quarterday.core.figures import MOVES, Figure, months_through
from quarterday.services.figures.refresh_figures import refresh_figures
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.payments.record_payment import record_payment
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.services.reports.read_mrr import read_mrr
from quarterday.store.models import (
    Account,
    CreditGrant,
    CreditNote,
    DayFigure,
    Delivery,
    Invoice,
    JobRun,
    Message,
    Payment,
    PaymentAttempt,
    Refund,
    Seller,
)
from quarterday.store.queries.figures.read import read_months, sum_days, sum_open
from quarterday.store.queries.figures.touched import read_marks
from tests.store.business import FIRST, make_business

pytestmark = pytest.mark.django_db
LAST = date(2025, 4, 10)
Sums = dict[tuple[date, str, str], tuple[int, int]]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def refresh(on: date = LAST, hours: int = 0, **options: Any) -> None:
    for seller in Seller.objects.all():
        refresh_figures(seller=seller, now=noon(on) + timedelta(hours=hours), **options)


def written(seller: Seller) -> Sums:
    rows = DayFigure.objects.filter(seller=seller).exclude(name__startswith="mrr")
    return {(one.day, one.currency, one.name): (one.count, one.amount_minor) for one in rows}


def counted(seller: Seller) -> Sums:
    """The same from the documents, one by one."""
    counts: Counter[Any] = Counter()
    sums: defaultdict[Any, int] = defaultdict(int)

    def add(name: Figure, day: date, currency: str, minor: int, count: int = 1) -> None:
        counts[day, currency, name] += count
        sums[day, currency, name] += minor

    for bill in Invoice.objects.filter(seller=seller).exclude(series="advance"):
        add(Figure.INVOICED, bill.issued_on, bill.currency, bill.total_minor)
    for note in CreditNote.objects.filter(seller=seller):
        add(Figure.CREDITED, note.issued_on, note.currency, note.total_minor)
    for payment in Payment.objects.filter(account__seller=seller, kind="received"):
        add(Figure.COLLECTED, payment.received_on, payment.currency, payment.amount_minor)
    # Credit that was paid in by hand is money, too.
    for paid_in in CreditGrant.objects.filter(account__seller=seller, kind="deposit", payment=None):
        for name in (Figure.COLLECTED, Figure.DEPOSITED):
            add(name, paid_in.granted_on, paid_in.currency, paid_in.amount_minor)
    for back in Refund.objects.filter(account__seller=seller):
        add(Figure.REFUNDED, back.refunded_on, back.currency, back.amount_minor)
    for attempt in PaymentAttempt.objects.filter(account__seller=seller, status="failed"):
        day = attempt.created_at.date()
        add(Figure.FAILED, day, attempt.currency, attempt.amount_minor)
    for one in Delivery.objects.filter(message__seller=seller):
        if one.sent_at:
            add(Figure.SENT, one.sent_at.date(), "", 0)
        if one.status == "bounced":
            add(Figure.BOUNCED, one.next_at.date(), "", 0)
    return {key: (count, sums[key]) for key, count in counts.items()}


def test_figures_are_the_sums_of_documents_of_any_day() -> None:
    sellers = make_business().values()
    refresh()
    for seller in sellers:
        assert written(seller) == counted(seller)
    _go_on()
    refresh(hours=1)
    for seller in sellers:
        assert written(seller) == counted(seller)
    before = {seller: written(seller) for seller in sellers}
    DayFigure.objects.filter(name=Figure.INVOICED).update(amount_minor=1)
    refresh(is_whole=True)
    assert {seller: written(seller) for seller in sellers} == before


def _go_on() -> None:
    """Payments and refunds of days long gone, another bill, and what fails and comes back."""
    one, two = Account.objects.get(external_id="H1"), Account.objects.get(external_id="H2")
    record_payment(
        account=two, amount_minor=777, method="bank", today=date(2025, 1, 3), now=noon(LAST)
    )
    paid = Payment.objects.filter(account=one).order_by("id").first()
    assert paid is not None
    refund_payment(
        payment=paid, amount_minor=1, reopen=True, today=date(2025, 2, 27), now=noon(LAST)
    )
    run_billing(first=LAST, last=LAST + timedelta(days=1), now=noon(LAST))
    attempt: dict[str, Any] = {"account": one, "gateway": "stripe", "currency": "EUR"}
    for status, day in (("failed", 1), ("failed", 9), ("succeeded", 9)):
        at = noon(date(2025, 4, day))
        PaymentAttempt.objects.create(status=status, amount_minor=500, created_at=at, **attempt)
    message = Message.objects.filter(seller=one.seller).first() or Message.objects.create(
        seller=one.seller, kind="test", subject="x", created_at=noon(LAST), send_at=noon(LAST)
    )
    for number, (status, sent) in enumerate((("sent", LAST), ("bounced", None), ("bounced", LAST))):
        Delivery.objects.create(
            message=message,
            address=f"{number}@customer.example",
            status=status,
            next_at=noon(LAST),
            sent_at=sent and noon(sent),
            message_key=f"k{number}",
        )


def test_what_fails_later_counts_on_the_day_it_was_tried() -> None:
    one = make_business()["hosting"].accounts.get(external_id="H1")
    attempt = PaymentAttempt.objects.create(
        account=one, gateway="sepa_debit", status="pending", currency="EUR", amount_minor=900,
        created_at=noon(date(2025, 4, 2)),
    )  # fmt: skip
    refresh()
    assert not DayFigure.objects.filter(name=Figure.FAILED).exists()
    PaymentAttempt.objects.filter(id=attempt.id).update(status="failed")
    refresh(hours=1)
    found = DayFigure.objects.get(name=Figure.FAILED)
    assert (found.day, found.amount_minor, found.count) == (date(2025, 4, 2), 900, 1)


def test_months_move_as_the_report_says_and_end_where_they_lead() -> None:
    sellers = make_business()
    refresh()
    for seller in sellers.values():
        months = months_through(LAST, 4)
        assert months.bounds[0] == FIRST
        found = read_months(seller, (Figure.MRR, *MOVES), FIRST)
        code, level = seller.currency, 0
        for start in months.bounds[:-1]:
            level += sum(found.of(figure, code, start).minor for figure in MOVES)
            assert found.of(Figure.MRR, code, start).minor == level
        said = sum(one.moved_minor for one in read_mrr(months, [seller.id]))
        assert said == level > 0


def test_who_reads_later_wins_and_who_comes_second_writes_nothing() -> None:
    seller = make_business()["hosting"]
    refresh()
    run = JobRun.objects.get(job="figures", slot=seller.code)
    DayFigure.objects.all().delete()
    # Another worker finishes between our reading and our writing.
    rows = JobRun.objects.filter(id=run.id)

    def late() -> dict[str, int]:
        rows.update(summary={**run.summary, "turn": 99})
        return read_marks()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("quarterday.services.figures.refresh_figures.read_marks", late)
        assert refresh_figures(seller=seller, now=noon(LAST), is_whole=True) == 0
    assert not DayFigure.objects.exists()


def test_a_quiet_refresh_reads_little(
    django_assert_max_num_queries: pytest_django.DjangoAssertNumQueries,
) -> None:
    seller = make_business()["wisp"]
    refresh()
    with django_assert_max_num_queries(32):
        refresh_figures(seller=seller, now=noon(LAST) + timedelta(minutes=5))


def test_what_is_owed_now_stands_in_its_band() -> None:
    seller = make_business()["hosting"]
    rows = Invoice.objects.filter(seller=seller, status="open")
    on = rows.order_by("due_on")[0].due_on + timedelta(days=31)
    bands = sum_open(seller, on)["EUR"]
    for number, (over, most) in enumerate(((-9999, 0), (0, 30), (30, 60), (60, 90), (90, 9999))):
        late = [one for one in rows if over < (on - one.due_on).days <= most]
        assert bands[number] == (len(late), sum(one.open_minor for one in late))
    assert bands[2].number


def test_sums_of_a_range_leave_other_days_and_sellers_out() -> None:
    sellers = make_business()
    refresh()
    months = months_through(LAST, 3)
    found = sum_days(sellers["canada"], [Figure.INVOICED], months.periods[0])
    rows = Invoice.objects.filter(seller=sellers["canada"], issued_on__month=2)
    assert {key: one.minor for key, one in found.items()} == {
        ("invoiced", "CAD"): sum(one.total_minor for one in rows)
    }
