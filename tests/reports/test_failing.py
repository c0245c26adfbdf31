"""Payments that fail, reminders that are followed, and what runs: figures that few facts decide."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from quarterday.core.period import Period
from quarterday.services.reports.run_report import run_report
from quarterday.store.models import (
    Click,
    Delivery,
    DunningStep,
    Invoice,
    JobRun,
    Link,
    Message,
    PaymentAttempt,
    ReportSchedule,
    Seller,
)
from quarterday.store.queries.figures.added import add_failed
from tests.reports.test_agreement import TODAY, ask
from tests.store.business import pay

AT = datetime(2025, 4, 2, 9, tzinfo=UTC)


def try_to_pay(invoice: Invoice, status: str, error: str = "", at: datetime = AT) -> None:
    PaymentAttempt.objects.create(
        account=invoice.account,
        gateway="stripe",
        status=status,
        currency=invoice.currency,
        amount_minor=invoice.open_minor or 1,
        invoices=[invoice.public_id],
        error=error,
        created_at=at,
    )


def test_failed_payments_are_recovered_when_their_invoice_is_paid(books: None) -> None:
    later, other = Invoice.objects.filter(currency="EUR", status="open").order_by("id")[:2]
    for _ in range(2):
        try_to_pay(later, "failed", "insufficient_funds")
    try_to_pay(other, "failed", "method_expired")
    try_to_pay(other, "pending")
    total = later.total_minor
    pay(later.account, 9_000_00, TODAY, "recovers")
    try_to_pay(later, "succeeded", at=AT + timedelta(days=40))
    result = ask("failed_payments", from_=date(2025, 4, 1), until=TODAY)
    april, may = [row.cells for row in result.rows]
    assert (april["tried"], april["failed"], april["succeeded"]) == (4, 3, 0)
    assert (april["invoices"], april["recovered"]) == (2, 1)
    assert (april["at_risk"], april["recovered_amount"]) == (total + other.total_minor, total)
    assert april["failed_rate"] == 1
    assert (may["period"], may["tried"], may["recovered_rate"]) == ("2025-05", 1, None)
    assert "Reasons in EUR: insufficient funds 2, method expired 1." in result.notes


def test_reminders_say_what_was_followed_and_paid_in_time(books: None) -> None:
    soon, late = Invoice.objects.filter(currency="EUR", status="open").order_by("id")[:2]
    for invoice, is_bot in ((soon, False), (late, True)):
        message = Message.objects.create(
            seller=invoice.seller,
            account=invoice.account,
            kind="reminder_1",
            subject=invoice.public_id,
            created_at=AT,
            send_at=AT,
        )
        delivery = Delivery.objects.create(
            message=message,
            address="ada@example.com",
            status="sent",
            next_at=AT,
            sent_at=AT,
            message_key=f"{invoice.id}@example.com",
        )
        link = Link.objects.create(
            seller=invoice.seller,
            purpose="pay",
            created_at=AT,
            expires_at=AT,
            delivery=delivery,
            secret_digest="",
        )
        for _ in range(2):
            Click.objects.create(link=link, at=AT, is_bot=is_bot)
        DunningStep.objects.create(
            invoice=invoice, step="notice", action="send", policy="usual",
            planned_on=AT.date(), taken_at=AT,
        )  # fmt: skip
    pay(soon.account, 9_000_00, date(2025, 4, 9), "soon")
    within = ask("reminders", from_=date(2025, 4, 1), until=date(2025, 4, 30))
    message, step = [row.cells for row in within.rows]
    assert (message["messages"], message["sent"], message["followed"]) == (2, 2, 1)
    assert (message["invoices"], message["paid"], message["paid_rate"]) == (2, 1, Decimal("0.5"))
    assert message["paid_amount"] == soon.total_minor
    assert (step["what"], step["messages"], step["paid"]) == ("step send", 2, 1)
    hasty = ask("reminders", from_=date(2025, 4, 1), until=date(2025, 4, 30), within="6")
    assert [row.cells["paid"] for row in hasty.rows] == [0, 0]
    assert not ask("reminders", from_=date(2025, 4, 3), until=date(2025, 4, 30)).rows


def test_a_month_ends_at_midnight_of_the_seller(books: None) -> None:
    """As on Home, whose figures are of the days of the seller, too."""
    west, east = "America/New_York", "Asia/Tokyo"
    here = Invoice.objects.filter(seller__code="hosting", status="open").earliest("id")
    there = Invoice.objects.exclude(seller__code="hosting").filter(status="open").earliest("id")
    for invoice, zone in ((here, west), (there, east)):
        Seller.objects.filter(id=invoice.seller_id).update(time_zone=zone)
    # Half an hour before midnight in the west is May elsewhere, and the other way around.
    last, first = datetime(2025, 5, 1, 3, 30, tzinfo=UTC), datetime(2025, 4, 30, 15, 30, tzinfo=UTC)
    for invoice, at in ((here, last), (there, first)):
        try_to_pay(invoice, "failed", "declined", at=at)
        Message.objects.create(
            seller=invoice.seller, account=invoice.account, kind="reminder_1",
            subject=invoice.public_id, created_at=at, send_at=at,
        )  # fmt: skip
        DunningStep.objects.create(
            invoice=invoice, step="notice", action="send", policy="usual",
            planned_on=at.date(), taken_at=at,
        )  # fmt: skip
    pay(here.account, 9_000_00, date(2025, 4, 30), "on the same day there")
    april = {"from_": date(2025, 4, 1), "until": date(2025, 4, 30)}
    may = {"from_": date(2025, 5, 1), "until": date(2025, 5, 31)}
    for asked, month, invoice, paid in ((april, "2025-04", here, 1), (may, "2025-05", there, 0)):
        for sellers in (None, [invoice.seller_id]):
            (row,) = ask("failed_payments", sellers, **asked).rows
            assert (row.cells["period"], row.cells["currency"]) == (month, invoice.currency)
            told, step = [row.cells for row in ask("reminders", sellers, **asked).rows]
            assert told["currency"] == step["currency"] == invoice.currency
            assert told["paid"] == step["paid"] == paid
        seller = Seller.objects.get(id=invoice.seller_id)
        first_day, end = asked["from_"], asked["until"] + timedelta(days=1)
        (figure,) = add_failed(seller, Period(first_day, end))
        assert figure.day == (date(2025, 4, 30) if paid else date(2025, 5, 1))


def test_both_zones_of_one_month_are_added_up(books: None) -> None:
    invoices = [
        Invoice.objects.filter(seller__code=code, status="open").earliest("id")
        for code in Seller.objects.values_list("code", flat=True)
        if Invoice.objects.filter(seller__code=code, status="open").exists()
    ]
    for invoice, zone in zip(invoices, ("Asia/Tokyo", "Europe/Vienna", "UTC"), strict=False):
        Seller.objects.filter(id=invoice.seller_id).update(time_zone=zone)
        try_to_pay(invoice, "failed", "declined")
    rows = ask("failed_payments", from_=date(2025, 4, 1), until=date(2025, 4, 30)).rows
    names = [(row.cells["period"], row.cells["currency"]) for row in rows]
    assert len(names) == len(set(names))
    assert sum(int(str(row.cells["failed"])) for row in rows) == len(invoices) > 1


def test_runs_are_listed_the_latest_first(books: None) -> None:
    for hour, done in ((1, True), (2, False)):
        at = AT + timedelta(hours=hour)
        end = at + timedelta(seconds=2.5) if done else None
        JobRun.objects.create(
            job="bill", slot=str(hour), started_at=at, finished_at=end, summary={"invoices": 7}
        )
    rows = ask("runs", from_=date(2025, 4, 1), until=date(2025, 4, 30)).rows
    assert [row.cells["state"] for row in rows] == ["begun, not finished", "done"]
    assert (rows[1].cells["seconds"], rows[1].cells["said"]) == (Decimal("2.5"), "invoices 7")


def test_nothing_is_asked_of_an_empty_database(db: None) -> None:
    from quarterday.ports.report import list_reports

    for name in list_reports():
        assert not run_report(name, {}, today=TODAY).rows
    assert not ReportSchedule.objects.exists()
