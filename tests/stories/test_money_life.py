"""Any sequence of invoices, payments, refunds, credit, disputes and voids keeps the books right.

Beside the proofs of ``quarterday check``, an oracle counts what the outside has: the money that
went in and out, whatever the documents say it was for.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from quarterday.core.errors import BillingError

if TYPE_CHECKING:
    from django.db.models import Model

pytestmark = pytest.mark.django_db
amounts = st.sampled_from([1, 99, 100, 1190, 1191, 2380, 5000, 12000])
which = st.integers(0, 30)
Found = TypeVar("Found", bound="Model")


class MoneyLife(RuleBasedStateMachine):
    """One account, of which everything is asked; what is refused must change nothing."""

    def __init__(self) -> None:
        super().__init__()
        from tests.services.till import DAY, Shop

        self.block = transaction.atomic()
        self.block.__enter__()
        self.shop, self.today, self.outside = Shop(), DAY, 0
        self.fees: dict[int, int] = {}

    def pick(self, model: type[Found], number: int) -> Found | None:
        rows = list(model._default_manager.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def terms(self) -> dict[str, Any]:
        from tests.services.till import NOW

        return {"today": self.today, "now": NOW}

    @rule(days=st.integers(1, 20))
    def pass_time(self, days: int) -> None:
        from quarterday.services.credit.expire_credit import expire_credit

        self.today += timedelta(days=days)
        expire_credit(**self.terms())

    @rule(net=st.sampled_from([100, 1000, 1001, 7777]), twice=st.booleans())
    def invoice(self, net: int, twice: bool) -> None:
        self.shop.invoice(*[net] * (1 + twice), on=self.today)

    @rule(amount=amounts, number=which, named=st.booleans())
    def pay(self, amount: int, number: int, named: bool) -> None:
        from quarterday.store.models import Invoice

        invoice = self.pick(Invoice, number)
        with suppress(BillingError):
            invoices = [invoice] if named and invoice else None
            self.shop.pay(amount, on=self.today, invoices=invoices)
            self.outside += amount

    @rule(number=which, amount=st.none() | amounts, reopen=st.booleans())
    def refund(self, number: int, amount: int | None, reopen: bool) -> None:
        from quarterday.services.payments.refund_payment import refund_payment
        from quarterday.store.models import Payment

        if payment := self.pick(Payment, number):
            with suppress(BillingError):
                made = refund_payment(
                    payment=payment, amount_minor=amount, reopen=reopen, **self.terms()
                )
                self.outside -= made.amount_minor

    @rule(amount=amounts, kind=st.sampled_from(["deposit", "promotional", "goodwill"]), days=which)
    def grant(self, amount: int, kind: str, days: int) -> None:
        from quarterday.services.credit.grant_credit import grant_credit

        grant_credit(
            account=self.shop.account,
            kind=kind,
            amount_minor=amount,
            method="bank" if kind == "deposit" else "",
            expires_on=self.today + timedelta(days=days) if days else None,
            **self.terms(),
        )
        self.outside += amount if kind == "deposit" else 0

    @rule(amount=amounts, is_paid_out=st.booleans())
    def deduct(self, amount: int, is_paid_out: bool) -> None:
        from quarterday.services.credit.deduct_credit import deduct_credit

        with suppress(BillingError):
            deduct_credit(
                account=self.shop.account,
                amount_minor=amount,
                reason="Asked for",
                method="bank" if is_paid_out else "",
                **self.terms(),
            )
            self.outside -= amount if is_paid_out else 0

    @rule(number=which)
    def use_credit(self, number: int) -> None:
        from quarterday.services.credit.apply_credit import apply_credit
        from quarterday.store.models import Invoice

        if invoice := self.pick(Invoice, number):
            with suppress(BillingError):
                apply_credit(invoice=invoice, **self.terms())

    @rule(number=which)
    def take_back(self, number: int) -> None:
        from quarterday.services.payments.reverse_allocation import reverse_allocation
        from quarterday.store.models import Allocation

        if allocation := self.pick(Allocation, number):
            with suppress(BillingError):
                reverse_allocation(allocation=allocation, reason="Wrong one", **self.terms())

    @rule(number=which, amount=amounts, fee=st.sampled_from([0, 1500]))
    def open_dispute(self, number: int, amount: int, fee: int) -> None:
        from quarterday.services.disputes.open_dispute import open_dispute
        from quarterday.store.models import Dispute, Payment
        from quarterday.store.queries.disputes import sum_booked

        if payment := self.pick(Payment, number):
            known = Dispute.objects.count()
            with suppress(BillingError):
                dispute = open_dispute(
                    payment=payment,
                    gateway="bank",
                    reference=f"case {number % 3}",
                    amount_minor=amount,
                    fee_minor=fee,
                    **self.terms(),
                )
                if Dispute.objects.count() > known:
                    self.outside -= sum_booked(dispute)
                self.outside -= dispute.fee_minor - self.fees.get(dispute.pk, 0)
                self.fees[dispute.pk] = dispute.fee_minor

    @rule(number=which, state=st.sampled_from(["won", "lost", "returned"]))
    def close_dispute(self, number: int, state: str) -> None:
        from quarterday.services.disputes.close_dispute import close_dispute
        from quarterday.store.models import Dispute, DisputeStatus

        if dispute := self.pick(Dispute, number):
            with suppress(BillingError):
                was_restored = dispute.restored is not None
                dispute = close_dispute(dispute=dispute, state=DisputeStatus(state), **self.terms())
                if dispute.restored and not was_restored:
                    self.outside += dispute.restored.amount_minor

    @rule(
        number=which, verb=st.sampled_from(["void_invoice", "write_off_invoice", "credit_invoice"])
    )
    def correct(self, number: int, verb: str) -> None:
        from importlib import import_module

        from quarterday.store.models import Invoice

        if invoice := self.pick(Invoice, number):
            call = getattr(import_module(f"quarterday.services.invoicing.{verb}"), verb)
            with suppress(BillingError):
                call(invoice=invoice, reason="A mistake", **self.terms())

    def teardown(self) -> None:
        from tests.services.till import ledger, prove_books

        try:
            prove_books()
            assert ledger().get("assets:clearing:bank", 0) == self.outside
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)


def test_whatever_happens_to_money_the_books_stay_right() -> None:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    profile = settings(
        max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=slow
    )
    run_machine(MoneyLife, settings=profile)
