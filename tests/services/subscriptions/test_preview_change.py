"""What is shown before a change is what is billed by it, to the cent."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import IllegalMove

if TYPE_CHECKING:
    from quarterday.services.subscriptions.make_change import Asked, Wish
    from quarterday.services.subscriptions.preview_change import Preview

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 31)
Facts = tuple[str, str, date, date, str, int]

VERBS = "plan plan quantity add add swap remove keep keep cancel undo_cancel".split()
STEP = st.tuples(
    st.integers(0, 20),
    st.sampled_from(VERBS),
    st.sampled_from(["now", "period_end"]),
    st.integers(0, 3),
)


class Life:
    """A contract with tax, a discount, add-ons and usage, next to another one."""

    def __init__(self, lead_days: int, inclusive: bool, cadence: str) -> None:
        from tests.services import bills

        seller = bills.make_seller(settings={"lead_days": lead_days})
        bills.make_tax(seller, "19")
        meter = bills.make_meter(seller)
        self.plans = [
            bills.make_plan(seller, f"plan{n}", every)
            for n, every in enumerate((cadence, cadence, "1 year"))
        ]
        for plan, amount in zip(self.plans, ("9.99", "24.45", "99.50"), strict=True):
            bills.make_price(plan, amount, tax_inclusive=inclusive, setup_fee="7")
        bills.make_price(self.plans[1], "0.333", code="usage", meter=meter)
        self.addons = [
            bills.make_price(bills.make_plan(seller, f"addon{n}", cadence), amount, setup_fee="3")
            for n, amount in enumerate(("3.33", "7.77"))
        ]
        discount = bills.make_discount(
            seller, "third", "percentage", "33", duration="periods", periods=3
        )
        account = bills.make_account(seller)
        terms = {"start_on": FIRST, "today": FIRST}
        other = bills.make_plan(seller, "other", "2 weeks")
        bills.make_price(other, "4.44")
        bills.subscribe(other, account, **terms)
        self.subscription = bills.subscribe(self.plans[0], account, discounts=[discount], **terms)
        self.today = FIRST

    def wish(self, verb: str, when: str, number: int) -> Wish:
        from quarterday.services.subscriptions.make_change import Verb, When, Wish
        from tests.services.contracts import items_of

        items = [one for one in items_of(self.subscription) if one.role == "addon"]
        given: dict[str, Any] = {"quantity": Decimal(number or 1), "reason": "too dear"}
        if verb == "cancel" and number:
            when = "period_end"
        if verb == "plan":
            given["plan"] = self.plans[number % 3]
        if verb in ("add", "swap"):
            given["prices"] = (self.addons[number % 2],)
        if verb in ("remove", "swap") or (verb in ("keep", "quantity") and number % 2):
            given["item_ids"] = (items[-1].id,) if items else ()
        return Wish(verb=Verb(verb), when=When(when), **given)

    def asked(self) -> Asked:
        from quarterday.services.subscriptions.make_change import Asked
        from tests.services.bills import NOW

        return Asked(subscription_id=self.subscription.id, today=self.today, now=NOW)


def issued(account_id: int, since: date) -> list[list[Facts]]:
    """What was issued since a day, each document as its lines."""
    from quarterday.store.models import CreditNote, Invoice

    found: list[tuple[Any, list[Facts]]] = []
    columns = ("kind", "description", "period_start", "period_end", "explanation", "net_minor")
    for sign, model in ((1, Invoice), (-1, CreditNote)):
        for row in model.objects.filter(account_id=account_id, issued_on__gte=since):
            lines = row.lines.order_by("position").values_list(*columns)
            facts = [(*line[:5], sign * line[5]) for line in lines]
            total = ("total", "", row.issued_on, row.issued_on, "", sign * row.total_minor)
            found.append(((row.issued_on, -sign, row.id), [*facts, total]))
    return [facts for _, facts in sorted(found, key=lambda one: one[0])]


def foretold(preview: Preview) -> list[list[Facts]]:
    return [
        [
            *(
                (ln.kind, ln.description, *ln.period, ln.explanation, ln.net_minor)
                for ln in one.lines
            ),
            ("total", "", one.issue_on, one.issue_on, "", one.total_minor),
        ]
        for one in preview.now
    ]


@given(
    steps=st.lists(STEP, min_size=1, max_size=8),
    lead_days=st.sampled_from([0, 14]),
    inclusive=st.booleans(),
    cadence=st.sampled_from(["1 month", "3 months"]),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_shown_is_what_is_billed(
    db: None, steps: list[tuple[int, str, str, int]], lead_days: int, inclusive: bool, cadence: str
) -> None:
    from django.db import transaction

    from quarterday.services.errors import NotFound
    from quarterday.services.subscriptions.confirm_change import confirm_change
    from quarterday.services.subscriptions.preview_change import preview_change
    from tests.services.bills import bill, count_rows, prove

    with transaction.atomic():
        life = Life(lead_days, inclusive, cadence)
        account_id = life.subscription.account_id
        bill(FIRST)
        for gap, verb, when, number in steps:
            since = life.today + timedelta(days=1)
            life.today += timedelta(days=gap)
            if gap:
                bill(since, life.today)
            before, rows = issued(account_id, life.today), count_rows()
            with suppress(BillingError):
                wish, asked = life.wish(verb, when, number), life.asked()
                preview = preview_change(wish, asked)
                assert count_rows() == rows
                # Only the keys of rows that were rolled back differ, on PostgreSQL.
                assert preview.digest == preview_change(wish, asked).digest
                event(f"{verb} {when} {'changes' if preview.is_change else 'changes nothing'}")
                done = confirm_change(wish, asked, seen=preview.digest)
                assert done.digest == preview.digest
                new = issued(account_id, life.today)
                if preview.is_change:
                    assert new == before + foretold(preview)
                again = count_rows()
                with suppress(NotFound, IllegalMove):
                    assert not confirm_change(wish, asked, seen=preview.digest).is_change
                assert count_rows() == again
        prove()
        transaction.set_rollback(True)
