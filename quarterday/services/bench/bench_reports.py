"""Measure each report on a year of a business, beside a plain sum over its largest table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from time import perf_counter
from typing import Any

from django.db import connection

from quarterday.core.errors import BillingError
from quarterday.ports.report import list_reports
from quarterday.services.bench.make_accounts import make_accounts
from quarterday.services.bench.make_year import discount_some, pay_most, remind_some
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.reports.run_report import run_report
from quarterday.store.models import Invoice, Seller
from quarterday.store.queries.raw import fetch

_START, _LAST = date(2025, 1, 1), date(2025, 12, 31)
_MONTHS = 12
# What a report cannot be quicker than: to look once at each row of where its figures come from.
_PLAIN: Mapping[str, str] = {
    "revenue": "SELECT SUM(base_minor) FROM store_invoiceline",
    "forecast": "SELECT SUM(net_minor) FROM store_invoiceline",
    "discounts": "SELECT SUM(discount_minor) FROM store_invoiceline",
    "tax": "SELECT SUM(tax_minor) FROM store_invoicetax",
    "mrr": "SELECT COUNT(end_on) FROM store_subscriptionitem",
    "churn": "SELECT COUNT(end_on) FROM store_subscriptionitem",
    "receivables": "SELECT SUM(open_minor) FROM store_invoice",
    "open_invoices": "SELECT SUM(open_minor) FROM store_invoice",
    "collections": "SELECT SUM(amount_minor) FROM store_allocation",
    "payments": "SELECT SUM(amount_minor) FROM store_payment",
    "failed_payments": "SELECT SUM(amount_minor) FROM store_paymentattempt",
    "credit_liability": "SELECT SUM(amount_minor) FROM store_allocation",
    "reminders": "SELECT COUNT(recipient) FROM store_message",
    "trial_balance": "SELECT SUM(amount_minor) FROM store_posting",
    "general_ledger": "SELECT SUM(amount_minor) FROM store_posting",
}

Progress = Callable[[str, int], None]


def bench_reports(invoices: int, *, now: datetime, progress: Progress) -> dict[str, Any]:
    """Make about so many invoices in twelve months, and time each report, the better of two runs.

    Four of five invoices are paid, some late; every tenth was tried and failed before; the others
    were reminded of; every twentieth contract has a discount. Raises `BillingError` on a database
    that holds anything: the rows stay there.
    """
    if Seller.objects.exists():
        raise BillingError("the benchmark fills the database; give it an empty one")
    accounts = max(1, invoices // _MONTHS)
    seller = make_accounts(
        accounts, start_on=_START, progress=lambda count: progress("accounts", count)
    )
    discount_some(seller)
    run_billing(
        first=_START, last=_LAST, now=now, progress=lambda _, count: progress("billed", count)
    )
    pay_most(_LAST)
    remind_some(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        "database": connection.vendor,
        "invoices": Invoice.objects.count(),
        "reports": [_measure(name) for name in list_reports()],
    }


def _measure(name: str) -> dict[str, Any]:
    """Seconds of a report over the whole year, and of a plain sum over its largest table."""
    known = {one.name for one in list_reports()[name].parameters}
    days = {"from": _START.isoformat(), "until": _LAST.isoformat(), "as_of": "2025-12-31"}
    given = {key: value for key, value in days.items() if key in known}
    seconds = _time(lambda: run_report(name, given, today=_LAST))
    found: dict[str, Any] = {"report": name, "seconds": round(seconds, 3)}
    if name in _PLAIN:
        plain = _time(lambda: fetch(_PLAIN[name]))
        found |= {"plain_seconds": round(plain, 3), "ratio": round(seconds / plain, 1)}
    return found


def _time(work: Callable[[], object]) -> float:
    """Seconds of the better of two."""
    found = []
    for _ in range(2):
        started = perf_counter()
        work()
        found.append(perf_counter() - started)
    return min(found)
