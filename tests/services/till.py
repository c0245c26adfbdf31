"""A small seller to bill from, and the proof that its books are right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Sum

from quarterday.core.errors import BillingError
from quarterday.services.accounts.open_account import open_account
from quarterday.services.catalog.publish_meter import publish_meter
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.payments.record_payment import record_payment
from quarterday.services.sellers.open_seller import open_seller
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.services.subscriptions.start_subscription import start_subscription
from quarterday.store.models import (
    Account,
    CreditGrant,
    Invoice,
    Payment,
    Posting,
    Product,
    Subscription,
)
from quarterday.store.queries.check import check_books

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = date(2026, 3, 2)
LATER = date(2026, 3, 20)
Answer = TypeVar("Answer")


class Shop:
    """A German seller: VAT at 19 % on services, at 7 % on books; meters; one account to begin."""

    def __init__(self) -> None:
        self.seller = open_seller(
            code="shop",
            name="Example Hosting GmbH",
            country="DE",
            time_zone="Europe/Berlin",
            currency="EUR",
            settings={"lead_days": 0},
            now=NOW,
        )
        for code, percent, tax_class in (("vat19", 19, "standard"), ("vat7", 7, "reduced")):
            publish_tax_rate(
                seller=self.seller,
                code=code,
                name="VAT",
                percent=percent,
                country="DE",
                tax_class=tax_class,
                now=NOW,
            )
        self.hosting = self._product("hosting", "standard")
        self.books = self._product("books", "reduced")
        self.account = self.open_account("A1")

    def _product(self, code: str, tax_class: str) -> Product:
        return publish_product(
            seller=self.seller,
            code=code,
            name=code.title(),
            tax_class=tax_class,
            income_code=code,
            now=NOW,
        )

    def open_account(self, external_id: str, **details: Any) -> Account:
        name = f"Example customer {external_id}"
        return open_account(
            seller=self.seller,
            name=name,
            country="DE",
            external_id=external_id,
            now=NOW,
            **details,
        )

    def charge(
        self, *amounts: int, product: Product | None = None, on: date = DAY, **terms: Any
    ) -> None:
        """Put amounts before tax on the next invoice of the account."""
        account = terms.pop("account", self.account)
        for amount in amounts:
            add_charge(
                account_id=account.id,
                product=product or self.hosting,
                description="A charge",
                amount_minor=amount,
                today=on,
                now=NOW,
                **terms,
            )

    def bill(self, on: date = DAY) -> Invoice:
        """Run billing of a day; the invoice that it issued last."""
        assert not run_billing(first=on, last=on, now=NOW).skipped
        return Invoice.objects.latest("id")

    def invoice(self, *amounts: int, on: date = DAY, **terms: Any) -> Invoice:
        """An invoice of some amounts before tax, due two weeks later."""
        self.charge(*amounts, on=on, **terms)
        return self.bill(on)

    def pay(self, amount_minor: int, on: date = DAY, **terms: Any) -> Payment:
        account = terms.pop("account", self.account)
        return record_payment(
            account=account, amount_minor=amount_minor, method="bank", today=on, now=NOW, **terms
        )

    def meter(self, code: str = "traffic", aggregation: str = "sum") -> Any:
        """A meter, and a plan that charges 1.00 a unit."""
        meter = publish_meter(
            seller=self.seller, code=code, name=code, aggregation=aggregation, now=NOW
        )
        plan = publish_plan(product=self.hosting, code=code, name=code, now=NOW)
        publish_price(
            plan=plan,
            code="v1",
            currency="EUR",
            model={"model": "per_unit", "unit_price": "1.00"},
            meter=meter,
            now=NOW,
        )
        return plan

    def subscribe(self, plan: Any, external_id: str, **terms: Any) -> Subscription:
        account = terms.pop("account", self.account)
        return start_subscription(
            account_id=account.id,
            plan=plan,
            external_id=external_id,
            now=NOW,
            **{"start_on": date(2026, 3, 1), "today": date(2026, 3, 1)} | terms,
        )


def ledger() -> dict[str, int]:
    """The balance of every ledger account that has one, debit positive."""
    rows = Posting.objects.values_list("ledger_account__code").annotate(sum=Sum("amount_minor"))
    return {code: total for code, total in rows if total}


def prove_books() -> None:
    """Everything that `quarterday check` proves, and what it all comes down to, on its own."""
    assert [str(offence) for offence in check_books()] == []
    per_currency = Posting.objects.values_list("currency").annotate(sum=Sum("amount_minor"))
    assert all(total == 0 for _, total in per_currency)
    for account in Account.objects.all():
        book = Posting.objects.filter(account_id=account.id)
        for code, open_minor in (
            ("assets:receivable", _open(Invoice, account)),
            ("liabilities:credit", -_open(CreditGrant, account)),
        ):
            rows = book.filter(ledger_account__code=code)
            assert (rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0) == open_minor, code


def _open(model: type[Any], account: Account) -> int:
    rows = model.objects.filter(account=account)
    return rows.aggregate(sum=Sum("open_minor"))["sum"] or 0


def together(*calls: Callable[[], Answer]) -> list[Answer | BillingError]:
    """Call all at the same time, each on a connection of its own; answers or refusals in order."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Answer]) -> Answer | BillingError:
        try:
            connection.ensure_connection()
            barrier.wait()
            return call()
        except BillingError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def amounts(rows: Sequence[Any]) -> list[int]:
    """The amounts of rows."""
    return [row.amount_minor for row in rows]


def money(text: str) -> Decimal:
    """A decimal, for short."""
    return Decimal(text)
