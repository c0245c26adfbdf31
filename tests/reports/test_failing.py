"""Payments that fail, reminders that are followed, and what runs: figures that few facts decide."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

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
)
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
