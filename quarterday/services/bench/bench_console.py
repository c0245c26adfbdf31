"""Measure the pages that staff open all day, on a year of a business with a full inbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from time import perf_counter
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quarterday.core.errors import BillingError
from quarterday.services.bench.make_accounts import make_accounts
from quarterday.services.bench.make_year import discount_some, pay_most, remind_some
from quarterday.services.figures.refresh_figures import refresh_figures
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.staff.add_staff import add_staff
from quarterday.store.models import (
    Account,
    AddressMark,
    BankAccount,
    BankLine,
    BankStatement,
    BillingProblem,
    Contact,
    Invoice,
    Seller,
    ServiceState,
    Subscription,
    Task,
)

_START, LAST = date(2025, 1, 1), date(2025, 12, 31)
_MONTHS = 12
_TIMES = 15
_CHUNK = 5000
# What a session of the console has been proved with; the pages say it in `web.kit.factor`.
_FACTOR = "second_factor_at"
PAGES = (
    "/console/",
    "/console/inbox/",
    "/console/inbox/?kind=bank",
    "/console/inbox/?kind=services",
    "/console/tasks/?show=open",
    "/console/system/",
    "/console/system/services/",
    "/console/lists/accounts/",
    "/console/lists/invoices/?show=all",
    "/console/lists/invoices/?show=overdue",
    "/console/lists/payments/",
    "/console/search/?q=INV-000500",
    "/console/accounts/{account}/",
)

Progress = Callable[[str, int], None]


def bench_console(
    invoices: int, *, now: datetime, progress: Progress, pages: Sequence[str] = PAGES
) -> dict[str, Any]:
    """Make about so many invoices in twelve months and a full inbox, and time pages and figures.

    A database of `bench reports` is gone on with; raises `BillingError` on one that holds
    anything else. The rows stay there. The clock must stand on `LAST`.
    """
    seller = Seller.objects.first() or _make_books(invoices, now, progress)
    if seller.name != "Example Bench Ltd":
        raise BillingError("the benchmark fills the database; give it an empty one")
    if not Task.objects.exists():
        _fill_inbox(seller, now, progress)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    whole = _time(lambda: refresh_figures(seller=seller, now=now, is_whole=True))
    again = _time(lambda: refresh_figures(seller=seller, now=now + timedelta(minutes=5)))
    _touch(seller)
    touched = _time(lambda: refresh_figures(seller=seller, now=now + timedelta(minutes=10)))
    return {
        "database": connection.vendor,
        "invoices": Invoice.objects.count(),
        "figures_whole_seconds": round(whole, 2),
        "figures_quiet_seconds": round(again, 3),
        "figures_after_a_payment_seconds": round(touched, 3),
        "pages": _measure(seller, now, pages),
    }


def _make_books(invoices: int, now: datetime, progress: Progress) -> Seller:
    accounts = max(1, invoices // _MONTHS)
    key = make_accounts(accounts, start_on=_START, progress=lambda n: progress("accounts", n))
    discount_some(key)
    run_billing(first=_START, last=LAST, now=now, progress=lambda _, n: progress("billed", n))
    pay_most(LAST)
    remind_some(now)
    return Seller.objects.get(id=key)


def _fill_inbox(seller: Seller, now: datetime, progress: Progress) -> None:
    """A contact for each account, and of every kind of the inbox more than a page shows."""
    accounts = Account.objects.filter(seller=seller).order_by("id")
    for first in range(0, accounts.count(), _CHUNK):
        keys = list(accounts.values_list("id", flat=True)[first : first + _CHUNK])
        Contact.objects.bulk_create(
            [Contact(account_id=key, email=f"a{key}@customer.example") for key in keys]
        )
        progress("contacts", len(keys))
    some = list(islice(accounts, 1000))
    AddressMark.objects.bulk_create(
        [
            AddressMark(address=f"a{one.id}@customer.example", reason="bounced", at=now)
            for one in some
        ]
    )
    BillingProblem.objects.bulk_create(
        [
            BillingProblem(account=one, reason="no tax rate", first_on=LAST, last_on=LAST)
            for one in some[:200]
        ]
    )
    Task.objects.bulk_create(
        [
            Task(seller=seller, account=one, key=f"bench {one.id}", kind="call", title="Call them",
                 due_on=LAST, created_at=now)
            for one in some
        ]
    )  # fmt: skip
    contracts = Subscription.objects.filter(account__in=some).order_by("id")
    ServiceState.objects.bulk_create(
        [
            ServiceState(subscription=one, account_id=one.account_id, status="failed",
                         wanted="active", wanted_at=now, error="it answered 500")
            for one in contracts
        ]
    )  # fmt: skip
    _fill_bank(seller, now)


def _fill_bank(seller: Seller, now: datetime) -> None:
    bank = BankAccount.objects.create(
        seller=seller, code="main", number="GB33BUKB20201555555555", currency=seller.currency
    )
    statement = BankStatement.objects.create(
        bank_account=bank, digest="0" * 64, number=1, format="bench", lines=0, new_lines=0,
        imported_at=now,
    )  # fmt: skip
    BankLine.objects.bulk_create(
        [
            BankLine(bank_account=bank, statement=statement, fingerprint=f"{number:064d}",
                     booked_on=LAST - timedelta(days=number % 60), currency=bank.currency,
                     amount_minor=1000 + number, open_minor=1000 + number, name=f"Payer {number}")
            for number in range(5000)
        ],
        batch_size=500,
    )  # fmt: skip


def _touch(seller: Seller) -> None:
    """One payment that was booked later, of a day long gone."""
    account = Account.objects.filter(seller=seller).latest("id")
    account.payments.create(
        status="succeeded", method="bank", received_on=_START + timedelta(days=40),
        currency=account.currency, amount_minor=100, open_minor=0,
    )  # fmt: skip


def _measure(seller: Seller, now: datetime, pages: Sequence[str]) -> list[dict[str, Any]]:
    """Milliseconds of pages as the server answers them, with how much each asks the database."""
    user = add_staff(email="bench@staff.example", role="owner", now=now, name="Bench").user
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    session = client.session
    session[_FACTOR] = now.timestamp()
    session.save()
    account = Account.objects.filter(seller=seller).latest("id")
    found = []
    for page in pages:
        path = page.format(account=account.public_id)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            status = client.get(path).status_code
        asked = len(queries)
        times = sorted(_time(lambda path=path: client.get(path)) for _ in range(_TIMES))  # type: ignore[misc]
        found.append(
            {
                "page": page,
                "status": status,
                "queries": asked,
                "median_ms": round(times[len(times) // 2] * 1000, 1),
                "slowest_ms": round(times[-1] * 1000, 1),
            }
        )
    return found


def _time(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started
