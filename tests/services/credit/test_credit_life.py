"""Whatever happens to credit, in whatever order, the books stay right and scopes are kept."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from quarterday.core.errors import BillingError
from quarterday.services.accounts.change_account import change_account
from quarterday.services.credit.apply_credit import apply_credit
from quarterday.services.credit.deduct_credit import deduct_credit
from quarterday.services.credit.expire_credit import expire_credit
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.credit.reverse_credit import reverse_credit
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.services.payments.reverse_allocation import reverse_allocation
from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import (
    Allocation,
    CreditGrant,
    CreditNote,
    DocumentSeries,
    Invoice,
    Payment,
    PaymentAttempt,
    Posting,
)
from quarterday.store.queries.check import check_books
from tests.services.till import DAY, NOW, Shop

pytestmark = pytest.mark.django_db
amounts = st.integers(1, 2000)
scopes = st.sampled_from(
    [{}, {}, {"products": ["books"]}, {"use": "renewals"}, {"use": "orders", "products": ["books"]}]
)
numbers = st.integers(0, 50)


def pay_in(shop: Shop, amount_minor: int, on: Any = DAY) -> Payment:
    """Credit that the customer bought by a gateway."""
    attempt = PaymentAttempt.objects.create(
        account=shop.account,
        gateway="sandbox",
        currency="EUR",
        amount_minor=amount_minor,
        created_at=NOW,
    )
    return shop.pay(amount_minor, on, external_id=attempt.public_id, invoices=[])


class Life(RuleBasedStateMachine):
    """One account: credit of all kinds comes, is used, comes back and goes."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.today = DAY

    @initialize(tax=st.sampled_from(["at_deposit", "at_use"]), use=st.sampled_from([0, 0, 1]))
    def begin(self, tax: str, use: int) -> None:
        self.shop = Shop()
        change_brand(seller=self.shop.seller, now=NOW, data={"credit": {"tax": tax}})
        if use:
            settings = {"credit_use": "never"}
            change_account(account_id=self.shop.account.id, settings=settings, now=NOW)

    @rule(amount=amounts, kind=st.sampled_from(["deposit", "promotional"]), scope=scopes)
    def grant(self, amount: int, kind: str, scope: dict[str, Any]) -> None:
        ends = self.today + timedelta(days=20) if kind == "promotional" else None
        grant_credit(
            account=self.shop.account,
            kind=kind,
            amount_minor=amount,
            today=self.today,
            now=NOW,
            method="cash" if kind == "deposit" else "",
            expires_on=ends,
            scope=scope,
        )

    @rule(amount=amounts, is_bought=st.booleans())
    def pay(self, amount: int, is_bought: bool) -> None:
        if is_bought:
            pay_in(self.shop, amount, self.today)
        else:
            self.shop.pay(amount, self.today)

    @rule(hosting=amounts, books=amounts)
    def bill(self, hosting: int, books: int) -> None:
        self.shop.charge(books, product=self.shop.books, on=self.today)
        self.shop.invoice(hosting, on=self.today)

    @rule(place=numbers, amount=st.none() | amounts)
    def apply(self, place: int, amount: int | None) -> None:
        if invoice := self.pick(Invoice.objects.filter(status="open"), place):
            with suppress(BillingError), transaction.atomic():
                apply_credit(invoice=invoice, amount_minor=amount, today=self.today, now=NOW)

    @rule(place=numbers)
    def take_back(self, place: int) -> None:
        rows = Allocation.objects.filter(amount_minor__gt=0, reversed_by=None)
        if one := self.pick(rows.exclude(grant=None), place):
            with suppress(BillingError), transaction.atomic():
                reverse_allocation(allocation=one, today=self.today, now=NOW, reason="wrong")

    @rule(place=numbers, amount=amounts, reopen=st.booleans())
    def refund(self, place: int, amount: int, reopen: bool) -> None:
        if payment := self.pick(Payment.objects.all(), place):
            with suppress(BillingError), transaction.atomic():
                refund_payment(
                    payment=payment,
                    amount_minor=min(amount, payment.amount_minor),
                    today=self.today,
                    now=NOW,
                    reopen=reopen,
                )

    @rule(amount=amounts, method=st.sampled_from(["", "cash"]))
    def deduct(self, amount: int, method: str) -> None:
        terms: dict[str, Any] = {"reason": "agreed", "method": method}
        with suppress(BillingError), transaction.atomic():
            deduct_credit(
                account=self.shop.account, amount_minor=amount, today=self.today, now=NOW, **terms
            )

    @rule(place=numbers)
    def reverse(self, place: int) -> None:
        if grant := self.pick(CreditGrant.objects.all(), place):
            with suppress(BillingError), transaction.atomic():
                reverse_credit(grant=grant, today=self.today, now=NOW, reason="mistake")

    @rule(place=numbers)
    def credit(self, place: int) -> None:
        if invoice := self.pick(Invoice.objects.all(), place):
            with suppress(BillingError), transaction.atomic():
                credit_invoice(invoice=invoice, today=self.today, now=NOW, reason="agreed")

    @rule(days=st.integers(1, 12))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)
        expire_credit(today=self.today, now=NOW)

    def pick(self, rows: Any, place: int) -> Any:
        found = list(rows.order_by("id"))
        return found[place % len(found)] if found else None

    def teardown(self) -> None:
        try:
            assert list(check_books()) == []
            prove_taxes()
            prove_scopes(self.shop)
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


def prove_taxes() -> None:
    """What is owed in tax is that of ordinary papers, and of advances whose credit is left."""

    def sum_tax(rows: Any) -> int:
        return sum(row.tax_minor for row in rows)

    advances = Invoice.objects.filter(series=DocumentSeries.ADVANCE)
    left = sum_tax(advances) - sum_tax(CreditNote.objects.filter(invoice__in=advances))
    plain = sum_tax(Invoice.objects.exclude(id__in=advances))
    plain -= sum_tax(CreditNote.objects.exclude(invoice__in=advances))
    rows = Posting.objects.filter(ledger_account__code__startswith="liabilities:tax:")
    assert -sum(row.amount_minor for row in rows) == plain + left
    rows = Posting.objects.filter(ledger_account__code="assets:tax-on-advances")
    assert sum(row.amount_minor for row in rows) == left
    opened = CreditGrant.objects.filter(advance__in=advances, open_minor__gt=0)
    assert left == 0 or opened.exists()


def prove_scopes(shop: Shop) -> None:
    """Credit for books paid at most for the books, and single charges are no renewals."""
    for invoice in Invoice.objects.exclude(series=DocumentSeries.ADVANCE):
        drawn = {"books": 0, "renewals": 0}
        for one in invoice.allocations.select_related("grant"):
            scope = one.grant.scope if one.grant else {}
            if scope.get("products") == ["books"]:
                drawn["books"] += one.amount_minor
            elif scope.get("use") == "renewals":
                drawn["renewals"] += one.amount_minor
        base = sum(line.base_minor for line in invoice.lines.filter(product=shop.books))
        assert drawn["books"] <= base + round(base * 0.07 + 1)
        assert drawn["renewals"] == 0


def test_any_life_of_credit_keeps_the_books_right() -> None:
    health = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_machine(
        Life,
        settings=settings(
            max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=health
        ),
    )
