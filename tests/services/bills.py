"""What a billing run is tested with: sellers, contracts, and what was billed of them.

`prove` is the end of every test: the books are clean, the receivable is what is open, and each
line comes out of its own explanation.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Sum

from quarterday.core.money import currency, round_half_up, to_minor
from quarterday.services.accounts.open_account import open_account
from quarterday.services.catalog.publish_discount import publish_discount
from quarterday.services.catalog.publish_meter import publish_meter
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.invoicing.summary import RunSummary
from quarterday.services.sellers.open_seller import open_seller
from quarterday.services.subscriptions.start_subscription import start_subscription
from quarterday.services.usage.record_usage import record_usage
from quarterday.services.usage.usage_input import UsageInput
from quarterday.store.models import (
    Account,
    CreditGrant,
    CreditNote,
    CreditNoteLine,
    Discount,
    Invoice,
    InvoiceLine,
    Meter,
    Plan,
    Posting,
    Price,
    Seller,
    Subscription,
)
from quarterday.store.queries.check import check_books
from quarterday.store.queries.explain import explain_invoice
from quarterday.store.queries.explain_text import render_explanation

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
START = date(2026, 1, 1)
_numbers = count(1)


def day(month: int, on: int = 1, year: int = 2026) -> date:
    """A day of 2026."""
    return date(year, month, on)


def make_seller(**details: Any) -> Seller:
    """A seller without lead and without tax, unless told otherwise."""
    settings = {"lead_days": 0} | details.pop("settings", {})
    given = {"country": "DE", "currency": "EUR", "time_zone": "Europe/Berlin"} | details
    code = given.pop("code", f"seller-{next(_numbers)}")
    return open_seller(code=code, name="Example Hosting GmbH", settings=settings, now=NOW, **given)


def make_plan(seller: Seller, code: str = "web", cadence: str = "1 month", **terms: Any) -> Plan:
    """A plan of its own product; what `publish_product` knows goes to the product."""
    names = ("tax_class", "income_code", "product_settings")
    own = {name.removeprefix("product_"): terms.pop(name) for name in names if name in terms}
    product = publish_product(seller=seller, code=code, name=code.title(), now=NOW, **own)
    name = f"{code} plan"
    return publish_plan(product=product, code="plan", name=name, cadence=cadence, now=NOW, **terms)


def make_price(plan: Plan, amount: str = "10", code: str = "v1", **terms: Any) -> Price:
    """A price per unit in the seller's currency, or of the ``model`` given."""
    model = terms.pop("model", {"model": "per_unit", "unit_price": amount})
    given = {"currency": plan.product.seller.currency} | terms
    return publish_price(plan=plan, code=code, model=model, now=NOW, **given)


def make_meter(seller: Seller, aggregation: str = "sum", code: str = "traffic") -> Meter:
    return publish_meter(
        seller=seller, code=code, name=code.title(), aggregation=aggregation, now=NOW
    )


def make_tax(seller: Seller, percent: str, code: str = "vat", **terms: Any) -> None:
    given = {"country": seller.country, "name": code.upper()} | terms
    publish_tax_rate(seller=seller, code=code, percent=percent, now=NOW, **given)


def make_discount(seller: Seller, code: str, kind: str, value: str = "0", **terms: Any) -> Discount:
    return publish_discount(seller=seller, code=code, kind=kind, value=value, now=NOW, **terms)


def make_account(seller: Seller, **details: Any) -> Account:
    given = {"name": "Example customer", "country": seller.country} | details
    return open_account(seller=seller, now=NOW, **given)


def subscribe(plan: Plan, account: Account | None = None, **terms: Any) -> Subscription:
    """A subscription from the first of January, of a new account unless one is given."""
    account = account or make_account(plan.product.seller)
    given = {"start_on": START, "today": START} | terms
    return start_subscription(account_id=account.id, plan=plan, now=NOW, **given)


def use(
    subscription: Subscription, meter: Meter, on: date, value: str, event_id: str = "", **more: Any
) -> None:
    """Record one measurement, at noon in the seller's zone or at a given hour of UTC."""
    at = datetime(on.year, on.month, on.day, more.pop("hour", 11), tzinfo=UTC)
    event = UsageInput(
        meter=meter.code,
        event_id=event_id or f"event-{next(_numbers)}",
        at=at,
        value=value,
        subscription=subscription.public_id,
        **more,
    )
    assert record_usage(seller=meter.seller, events=[event], now=NOW, strict=True).recorded == 1


def bill(first: date, last: date | None = None, **terms: Any) -> RunSummary:
    """Run billing, and expect that nothing was skipped."""
    summary = run_billing(first=first, last=last or first, now=NOW, **terms)
    assert summary.skipped == []
    return summary


class Bill(NamedTuple):
    """An invoice, short: days, amounts in minor units, and its lines."""

    issued: date
    due: date
    total: int
    lines: tuple[tuple[str, date, date, int], ...]


def bills_of(account: Account | int) -> list[Bill]:
    """The invoices of an account in order; lines are kind, period and net."""
    key = account if isinstance(account, int) else account.id
    found = []
    for invoice in Invoice.objects.filter(account_id=key).order_by("id"):
        lines = invoice.lines.order_by("position")
        rows = lines.values_list("kind", "period_start", "period_end", "net_minor")
        found.append(Bill(invoice.issued_on, invoice.due_on, invoice.total_minor, tuple(rows)))
    return found


def nets_of(subscription: Subscription, *kinds: str) -> list[int]:
    """The nets of a subscription's invoice lines of some kinds, in order."""
    rows = InvoiceLine.objects.filter(subscription_id=subscription.id, kind__in=kinds)
    return list(rows.order_by("id").values_list("net_minor", flat=True))


def totals_of(account: Account | int) -> list[int]:
    """What an account's invoices total, in order."""
    return [one.total for one in bills_of(account)]


def worth_of(account: Account | int) -> int:
    """All invoices less all credit notes of an account."""
    key = account if isinstance(account, int) else account.id
    notes = CreditNote.objects.filter(account_id=key).aggregate(sum=Sum("total_minor"))["sum"]
    return sum(totals_of(key)) - (notes or 0)


def count_rows() -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        counts = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {name}")
            counts[name] = cursor.fetchone()[0]
    return counts


def prove(*, again: date | None = None) -> None:
    """The books are right, every line explains itself, and a second run writes nothing."""
    if again is not None:
        before = count_rows()
        bill(again)
        assert count_rows() == before
    assert list(check_books()) == []
    _prove_sums()
    for line in InvoiceLine.objects.all():
        assert recompute(line.kind, line.explanation, line.gross_minor) == line.net_minor
    for document in Invoice.objects.all():
        assert document.label in "\n".join(render_explanation(explain_invoice(document.public_id)))
    for line in CreditNoteLine.objects.filter(invoice_line__isnull=True):
        assert recompute(line.kind, line.explanation, None) == -line.net_minor


def _prove_sums() -> None:
    """Each currency's postings are zero; receivable and credit are what is open."""
    for code in set(Posting.objects.values_list("currency", flat=True)):
        rows = Posting.objects.filter(currency=code)

        def balance(account: str, rows: Any = rows) -> int:
            found = rows.filter(ledger_account__code=account)
            return found.aggregate(sum=Sum("amount_minor"))["sum"] or 0

        assert rows.aggregate(sum=Sum("amount_minor"))["sum"] == 0
        opened = Invoice.objects.filter(currency=code).aggregate(sum=Sum("open_minor"))["sum"] or 0
        assert balance("assets:receivable") == opened
        credit = CreditGrant.objects.filter(currency=code).aggregate(sum=Sum("open_minor"))["sum"]
        assert balance("liabilities:credit") == -(credit or 0)


def recompute(kind: str, explanation: str, gross_minor: int | None) -> int:
    """The net of a line from its explanation alone; its gross is compared on the way."""
    said = json.loads(explanation)
    if kind in ("one_off", "adjustment"):
        gross = said["amount_minor"]
    elif kind == "setup":
        gross = said["amount_minor"]
        assert Decimal(said["setup_fee"]) > 0
    elif kind == "unused":
        share = round_half_up(said["charged_minor"] * Fraction(said["factor"]))
        gross = -min(share, said["charged_minor"] - said["credited_before_minor"])
    elif "commitment" in said:
        unit = currency("EUR")
        missing = max(
            Fraction(0), Fraction(said["commitment"]) * Fraction(said["factor"])
            - Fraction(said["spent"])
        )  # fmt: skip
        gross = to_minor(missing, unit)
    else:
        gross = _rated(said)
    if kind == "supplement":
        assert said["total_minor"] == gross
        gross -= said["billed_before_minor"]
    assert gross_minor is None or gross == gross_minor
    assert gross == said["amount_minor"]
    taken = sum(amount for _, amount in said.get("discounts", []))
    return gross - taken - said.get("discount_minor", 0)


def _rated(said: dict[str, Any]) -> int:
    """Steps add up to the exact amount, which is rounded to the decimals that are named."""
    exact = Fraction(0)
    for label, quantity, unit_price, amount in said["steps"]:
        if label not in ("factor", "minimum"):
            assert Fraction(quantity) * Fraction(unit_price) == Fraction(amount), label
        exact += Fraction(amount)
    assert exact == Fraction(said["exact"])
    if said["policy"] == "prorate" and said["convention"] != "fixed_30" and said["factor"] != "1":
        assert Fraction(said["factor"]) == Fraction(said["days"], said["of_days"])
    unit = currency(said["rounding"].split()[-1])
    assert said["rounding"] == f"half up to {unit.exponent} decimals of {unit.code}"
    return to_minor(exact, unit)


def each_day(first: date, last: date) -> Sequence[date]:
    """The days from one to another, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def day_at(on: date) -> datetime:
    """Noon of a day in the sellers' zone, about."""
    return datetime(on.year, on.month, on.day, 11, tzinfo=UTC)
