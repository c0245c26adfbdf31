"""Months in the life of a contract, at random: whatever happens, the books stay right.

Time goes on, things are changed, used, paid and credited, the run comes on some days and misses
others. At the end each day was billed once, each measurement was charged once, and all is proven.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from quarterday.core.errors import BillingError

if TYPE_CHECKING:
    from quarterday.store.models import Plan, SubscriptionItem

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 31)
DAY = timedelta(days=1)
numbers = st.integers(1, 4)
offsets = st.sampled_from([0, 0, 0, 1, 4, 12, -1, -5])


def while_it_is(*states: str, since: int = 0) -> Any:
    """A rule for some states of the contract, and only some days after it began."""
    return precondition(lambda self: self.status in states and self.today >= FIRST + since * DAY)


class Life(RuleBasedStateMachine):
    """One contract with a base, usage and perhaps a discount, a trial and a commitment."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.today, self.status = FIRST, ""
        self.events: dict[str, tuple[date, int]] = {}

    @initialize(
        lead_days=st.sampled_from([0, 5, 20]),
        trial_days=st.sampled_from([0, 0, 10]),
        discount=st.sampled_from(["", "once", "periods", "forever"]),
        kind=st.sampled_from(["percentage", "fixed"]),
        commitment=st.sampled_from([None, "40"]),
        billing_day=st.sampled_from([None, None, 10]),
        separate=st.booleans(),
    )
    def begin(
        self,
        lead_days: int,
        trial_days: int,
        discount: str,
        kind: str,
        commitment: str | None,
        billing_day: int | None,
        separate: bool,
    ) -> None:
        from tests.services import bills

        options = {"lead_days": lead_days, "grouping": "separate" if separate else "together"}
        if billing_day:
            options["billing_day"] = billing_day
        self.seller = bills.make_seller(settings=options)
        bills.make_tax(self.seller, "19", valid_end=date(2026, 3, 15))
        bills.make_tax(self.seller, "21", valid_from=date(2026, 3, 15))
        self.meter = bills.make_meter(self.seller)
        self.plans = [self._make_plan(code, price, commitment) for code, price in _PRICES.items()]
        self.addon = bills.make_price(bills.make_plan(self.seller, "addon", "3 months"), "7.77")
        given = []
        if discount:
            given.append(
                bills.make_discount(
                    self.seller, "off", kind, "15", duration=discount, periods=2,
                    products=["small", "large", "addon"],
                )
            )  # fmt: skip
        self.subscription = bills.subscribe(
            self.plans[0], start_on=FIRST, today=FIRST, trial_days=trial_days, discounts=given
        )
        self.free_until = FIRST + trial_days * DAY
        self.status = self.subscription.status

    def _make_plan(self, code: str, price: str, commitment: str | None) -> Plan:
        from tests.services import bills

        plan = bills.make_plan(self.seller, code)
        bills.make_price(plan, price, code="base", commitment=commitment, setup_fee="5")
        bills.make_price(plan, "1", code="usage", meter=self.meter)
        return plan

    def ask(self, verb: str, noun: str = "subscriptions", **terms: Any) -> None:
        """Ask for something; what is refused changes nothing."""
        from tests.services.bills import NOW

        module = import_module(f"quarterday.services.{noun}.{verb}")
        if noun == "subscriptions":
            terms["subscription_id"] = self.subscription.id
        with suppress(BillingError):
            getattr(module, verb)(today=self.today, now=NOW, **terms)
        self.look()

    def look(self) -> None:
        self.subscription.refresh_from_db()
        self.status = str(self.subscription.status)

    @rule(days=st.integers(1, 45), run=st.sampled_from(["each day", "at last", "not"]))
    def pass_time(self, days: int, run: str) -> None:
        from tests.services.bills import bill

        before, self.today = self.today, self.today + days * DAY
        if run != "not":
            bill(before + DAY if run == "each day" else self.today, self.today)
            self.look()

    @while_it_is("trialing", "active")
    @rule(offset=offsets, number=numbers)
    def change_quantity(self, offset: int, number: int) -> None:
        on = self.today + offset * DAY
        self.ask("change_quantity", quantity=Decimal(number) / 2, on=on)

    @while_it_is("trialing", "active")
    @rule(offset=offsets, number=numbers)
    def change_plan(self, offset: int, number: int) -> None:
        plan = self.plans[number % 2]
        self.ask("change_plan", plan=plan, on=self.today + offset * DAY)

    @while_it_is("trialing", "active", since=20)
    @rule(offset=offsets, number=numbers)
    def add_addon(self, offset: int, number: int) -> None:
        on, quantity = self.today + offset * DAY, Decimal(number)
        self.ask("add_addon", price=self.addon, quantity=quantity, on=on)

    @while_it_is("active", since=20)
    @rule(offset=offsets)
    def pause(self, offset: int) -> None:
        self.ask("pause_subscription", on=self.today + offset * DAY)

    @while_it_is("paused")
    @rule(offset=offsets)
    def resume(self, offset: int) -> None:
        self.ask("resume_subscription", on=self.today + offset * DAY)

    @while_it_is("active", "paused", since=70)
    @rule(offset=st.none() | offsets)
    def cancel(self, offset: int | None) -> None:
        if offset is None:
            self.ask("cancel_subscription", at_period_end=True)
        else:
            self.ask("cancel_subscription", on=self.today + offset * DAY)

    @while_it_is("cancelling")
    @rule()
    def undo_cancel(self) -> None:
        self.ask("undo_cancel")

    @rule(back=st.integers(0, 40), value=st.integers(0, 30), which=st.integers(0, 20))
    def use(self, back: int, value: int, which: int) -> None:
        """Measure something on a day, or correct what was measured."""
        from quarterday.services.usage.record_usage import record_usage
        from quarterday.services.usage.usage_input import UsageInput
        from tests.services.bills import NOW, day_at

        on = self.today - back * DAY
        corrects = sorted(self.events)[which] if which < len(self.events) else ""
        event = UsageInput(
            meter=self.meter.code,
            event_id=f"{len(self.events)}-{self.today}-{back}-{value}-{which}",
            at=day_at(on),
            value=value,
            subscription=self.subscription.public_id,
            corrects=corrects,
        )
        if record_usage(seller=self.seller, events=[event], now=NOW).recorded:
            self.events.pop(corrects, None)
            self.events[event.event_id] = on, value

    @rule(amount=st.integers(1, 9000))
    def pay(self, amount: int) -> None:
        account = self.subscription.account
        self.ask("record_payment", "payments", account=account, amount_minor=amount, method="bank")

    @rule(amount=st.integers(1, 2000), days=st.integers(1, 40))
    def grant(self, amount: int, days: int) -> None:
        given = {"kind": "goodwill", "amount_minor": amount, "expires_on": self.today + days * DAY}
        self.ask("grant_credit", "credit", account=self.subscription.account, **given)

    @while_it_is("active")
    @rule(amount=st.sampled_from([-900, -1, 1, 250]))
    def add_charge(self, amount: int) -> None:
        self.ask(
            "add_charge", account_id=self.subscription.account_id, product=self.addon.plan.product,
            description="Single", amount_minor=amount,
        )  # fmt: skip

    def teardown(self) -> None:
        try:
            if hasattr(self, "subscription"):
                self.prove()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def prove(self) -> None:
        from quarterday.store.models import SubscriptionItem
        from tests.services import bills

        bills.bill(self.today)
        bills.prove(again=self.today)
        rows = SubscriptionItem.objects.filter(subscription=self.subscription)
        items = list(rows.select_related("price"))
        for item in items:
            self._prove_days(item)
        self._prove_credits()
        self._prove_usage(items)

    def _prove_days(self, item: SubscriptionItem) -> None:
        """The lines of an item follow one another from its first day to the one it says."""
        kinds = ("recurring", "usage", "commitment")
        lines = item.lines.filter(kind__in=kinds).order_by("period_start")
        here = None
        for start, end in lines.values_list("period_start", "period_end"):
            assert here is None or start == here
            assert start < end
            here = end
        assert here is None or here == item.billed_through

    def _prove_credits(self) -> None:
        """No line gives back more than it charged."""
        from django.db.models import Sum

        from quarterday.store.models import InvoiceLine, PendingCharge

        rows = PendingCharge.objects.filter(source_line_id__isnull=False).exclude(status="void")
        for key, credit in rows.values_list("source_line_id").annotate(sum=Sum("amount_minor")):
            assert 0 <= -credit <= InvoiceLine.objects.get(id=key).net_minor

    def _prove_usage(self, items: list[SubscriptionItem]) -> None:
        """Each measurement that stands on a billed day was charged once, at 1.00."""
        import json

        from quarterday.store.models import CreditNoteLine, InvoiceLine

        metered = [item for item in items if item.price.meter_id and item.role != "commitment"]
        keys = [item.id for item in metered]
        charged = sum(
            InvoiceLine.objects.filter(item_id__in=keys).values_list("gross_minor", flat=True)
        )
        notes = CreditNoteLine.objects.filter(item_id__in=keys, invoice_line__isnull=True)
        charged += sum(json.loads(line.explanation)["amount_minor"] for line in notes)
        used = sum(
            value
            for on, value in self.events.values()
            for item in metered
            if max(item.start_on, self.free_until) <= on < item.billed_through
            and (item.end_on is None or on < item.end_on)
        )
        # Usage that came late for a running contract waits for its next invoice.
        waiting = sum(
            self._late(item) for item in metered if item.end_on is None or item.end_on > self.today
        )
        assert waiting or charged == 100 * used

    def _late(self, item: SubscriptionItem) -> int:
        from quarterday.store.models import UsageEvent

        rows = UsageEvent.objects.filter(subscription_id=item.subscription_id, billed=False)
        return rows.filter(on__gte=item.start_on, on__lt=item.billed_through).count()


_PRICES = {"small": "31", "large": "99.90"}


def test_whatever_happens_the_books_stay_right() -> None:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    profile = settings(
        max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=slow
    )
    run_machine(Life, settings=profile)
