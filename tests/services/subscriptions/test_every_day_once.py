"""Whatever customers change, each day is served by what was agreed for it, and billed once."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterday.core.errors import BillingError

if TYPE_CHECKING:
    from quarterday.store.models import SubscriptionItem

pytestmark = pytest.mark.django_db
FIRST, DAYS = date(2026, 1, 31), 150
Agreed = tuple[int, Decimal] | None

VERBS = "quantity plan addon unaddon cancel period_end pause pause nothing".split()
STEP = st.tuples(st.integers(0, 14), st.sampled_from(VERBS), st.integers(-4, 9), st.integers(1, 3))


class Contract:
    """A contract, and beside it what was agreed for each day, kept the simplest way there is."""

    def __init__(self, trial_days: int, lead_days: int) -> None:
        from tests.services.contracts import make_plan, make_price, make_shop, start

        shop = make_shop("31")
        other = make_plan(shop.seller, "other")
        self.plans = [shop.plan, other]
        make_price(other, "46.99")
        self.addon = make_price(make_plan(shop.seller, "addon"), "7.77")
        self.subscription = start(
            shop, FIRST, trial_days=trial_days, settings={"lead_days": lead_days}
        )
        self.today, self.free_until = FIRST, FIRST + timedelta(days=trial_days)
        price = shop.price.id
        self.base: list[Agreed] = [(price, Decimal(1))] * DAYS
        self.extra: list[Agreed] = [None] * DAYS
        self.before: tuple[list[Agreed], list[Agreed]] = ([], [])

    def do(self, verb: str, offset: int, number: int) -> None:
        """Try a change, mostly one that is legal; what is refused must change nothing."""
        self.subscription.refresh_from_db(fields=["status"])
        if number != 3:
            verb = {"paused": "resume", "cancelling": "undo"}.get(self.subscription.status, verb)
        with suppress(BillingError):
            getattr(self, f"do_{verb}")(self.today + timedelta(days=offset), number)

    def ask(self, verb: str, **terms: Any) -> Any:
        from importlib import import_module

        from tests.services.contracts import NOW

        module = import_module(f"quarterday.services.subscriptions.{verb}")
        asked = {"subscription_id": self.subscription.id, "today": self.today, "now": NOW}
        return getattr(module, verb)(**asked | terms)

    def do_nothing(self, on: date, number: int) -> None:
        """Let time pass."""

    def do_quantity(self, on: date, number: int) -> None:
        item = self.ask("change_quantity", quantity=Decimal(number), on=on)
        _agree(self.base, on, (item.price_id, Decimal(number)))

    def do_plan(self, on: date, number: int) -> None:
        plan = self.plans[number % 2]
        self.ask("change_plan", plan=plan, on=on)
        last = self.base[-1]
        assert last is not None
        _agree(self.base, on, (plan.prices.get().id, last[1]))

    def do_addon(self, on: date, number: int) -> None:
        self.ask("add_addon", price=self.addon, quantity=Decimal(number), on=on)
        _agree(self.extra, on, (self.addon.id, Decimal(number)))

    def do_unaddon(self, on: date, number: int) -> None:
        from tests.services.contracts import items_of

        items = [i for i in items_of(self.subscription) if i.role == "addon"]
        if items:
            self.ask("remove_addon", item_id=items[-1].id, on=on)
            _agree(self.extra, on, None)

    def do_cancel(self, on: date, number: int) -> None:
        self._stop(self.ask("cancel_subscription", on=on).end_on)

    def do_period_end(self, on: date, number: int) -> None:
        self._stop(self.ask("cancel_subscription", at_period_end=True).end_on)

    def do_pause(self, on: date, number: int) -> None:
        self._stop(self.ask("pause_subscription", on=on).paused_on)

    def _stop(self, on: date) -> None:
        if any(self.base[max(0, (on - FIRST).days) :]):
            self.before = (list(self.base), list(self.extra))
        _agree(self.base, on, None)
        _agree(self.extra, on, None)

    def do_undo(self, on: date, number: int) -> None:
        self.ask("undo_cancel")
        self.base, self.extra = (list(days) for days in self.before)

    def do_resume(self, on: date, number: int) -> None:
        self.ask("resume_subscription", on=on)
        at = (on - FIRST).days
        self.base[at:], self.extra[at:] = self.before[0][at:], self.before[1][at:]

    def check(self) -> None:
        """Items say what was agreed, and lines less credits come to the days billed so far."""
        from quarterday.services.subscriptions.set_due import set_due
        from quarterday.store.models import SubscriptionItem
        from tests.services.contracts import billed, credits_of, due

        rows = SubscriptionItem.objects.filter(subscription=self.subscription)
        items = list(rows.select_related("price").order_by("id"))
        for days, role in ((self.base, "base"), (self.extra, "addon")):
            mine = [item for item in items if item.role == role]
            assert [_served(mine, FIRST + timedelta(days=at)) for at in range(DAYS)] == [
                [] if agreed is None else [agreed] for agreed in days
            ]
        lines, unused = billed(self.subscription), credits_of(self.subscription)
        exact = sum((self._worth(item) for item in items), Fraction(0))
        assert abs(sum(lines) + sum(unused) - exact) <= Fraction(len(lines) + len(unused), 2)
        said = due(self.subscription)
        assert said is None or said > self.today
        assert set_due(self.subscription.account_id) == said

    def _worth(self, item: SubscriptionItem) -> Fraction:
        """What an item is worth for the days that were billed, in minor units."""
        from quarterday.services.subscriptions.item_due import make_schedule

        end = min(item.billed_through, item.end_on or date.max)
        day, worth = max(item.start_on, self.free_until), Fraction(0)
        monthly = Fraction(item.price.model["unit_price"]) * 100 * Fraction(item.quantity)
        while day < end:
            worth += monthly / make_schedule(item).containing(day).days
            day += timedelta(days=1)
        return worth


def _agree(days: list[Agreed], on: date, agreed: Agreed) -> None:
    at = max(0, (on - FIRST).days)
    days[at:] = [agreed] * (DAYS - at)


def _served(items: list[SubscriptionItem], day: date) -> list[Agreed]:
    return [
        (item.price_id, item.quantity)
        for item in items
        if item.start_on <= day and (item.end_on is None or day < item.end_on)
    ]


@given(
    steps=st.lists(STEP, max_size=9),
    trial_days=st.sampled_from([0, 10]),
    lead_days=st.sampled_from([0, 14]),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_day_is_billed_once_at_what_was_agreed(
    db: None, steps: list[tuple[int, str, int, int]], trial_days: int, lead_days: int
) -> None:
    from django.db import transaction

    from quarterday.store.queries.check import check_books
    from tests.services.contracts import bill

    with transaction.atomic():
        contract = Contract(trial_days, lead_days)
        bill(FIRST)
        for gap, verb, offset, number in steps:
            contract.today += timedelta(days=gap)
            bill(contract.today)
            contract.do(verb, offset, number)
            bill(contract.today)
            contract.check()
        assert [str(offence) for offence in check_books()] == []
        transaction.set_rollback(True)
