"""Measurements: each counted once, none lost, bad ones named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.services.errors import Conflict
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.usage.record_usage import UsageReport, record_usage
from quarterday.services.usage.usage_input import UsageInput, UsageRefused
from quarterday.store.models import BillingDue, Event, InvoiceLine, Subscription, UsageEvent
from tests.services.till import NOW, Shop, together

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture
def metered(shop: Shop) -> Subscription:
    return shop.subscribe(shop.meter(), "S1")


def event(event_id: str, value: object = "1", day: int = 10, **terms: object) -> UsageInput:
    given = {
        "meter": "traffic",
        "event_id": event_id,
        "at": datetime(2026, 3, day, 12, tzinfo=UTC),
        "value": value,
        "account": "A1",
    } | terms
    return UsageInput(**given)  # type: ignore[arg-type]


def record(shop: Shop, *events: UsageInput, strict: bool = False) -> UsageReport:
    return record_usage(seller=shop.seller, events=events, now=NOW, strict=strict)


def due(shop: Shop) -> date | None:
    return BillingDue.objects.get(account=shop.account).bill_on


def lines() -> list[tuple[str, int]]:
    return list(InvoiceLine.objects.order_by("id").values_list("kind", "net_minor"))


def test_usage_is_billed_when_its_period_has_ended(shop: Shop, metered: Subscription) -> None:
    report = record(shop, event("e1", "1.5"), event("e2", 2), event("e3", Decimal("0.25")))
    assert report == UsageReport(3, 0, 0, 0, [])
    shop.bill(APRIL)
    assert lines() == [("usage", 375)]
    assert not UsageEvent.objects.filter(billed=False).exists()
    assert Event.objects.filter(kind="usage.recorded").count() == 1


def test_the_same_event_again_changes_nothing(shop: Shop, metered: Subscription) -> None:
    record(shop, event("e1", "1.50"))
    moved = datetime(2026, 3, 10, 14, tzinfo=timezone(timedelta(hours=2)))
    report = record(shop, event("e1", "1.5", at=moved), event("e2"), event("e2"))
    assert (report.recorded, report.duplicates, report.refused) == (1, 2, [])
    shop.bill(APRIL)
    assert record(shop, event("e1", "1.5")).duplicates == 1
    assert lines() == [("usage", 250)]


@pytest.mark.parametrize(
    "other",
    [
        {"value": "2"},
        {"day": 11},
        {"key": "k"},
        {"account": "A2"},
        {"subscription": "S2"},
        {"corrects": "e0"},
    ],
)
def test_other_content_under_an_id_is_refused(
    shop: Shop, metered: Subscription, other: dict[str, object]
) -> None:
    plan = metered.plan
    shop.subscribe(plan, "S2", account=shop.open_account("A2"))
    shop.subscribe(plan, "S2")
    first = event("e1", subscription="S1")
    record(shop, event("e0", subscription="S1"), first)
    given = {"subscription": "S2" if "account" in other else "S1"} | other
    report = record(shop, event("e1", **given))  # type: ignore[arg-type]
    (refused,) = report.refused
    assert (refused.index, refused.event_id, refused.field) == (0, "e1", "event_id")
    assert "recorded with other content" in str(refused)
    assert UsageEvent.objects.count() == 2


def test_bad_events_are_named_while_the_good_ones_go_in(shop: Shop, metered: Subscription) -> None:
    shop.subscribe(metered.plan, "S2")
    naive = datetime(2026, 3, 10, 12)
    batch = [
        event("ok", subscription="S1"),
        event("e1", meter="steam"),
        event("e2", 0.5),
        event("e3", at=naive),
        event("e4", account="A9"),
        event("e5", account=""),
        event("e6", account="", subscription="S1"),
        event("e7"),
        event("e8", subscription="S1", at=datetime(2026, 2, 28, 12, tzinfo=UTC)),
        event("e9", subscription="S1", corrects="e0"),
        event("e10", subscription="S1", corrects="e10"),
        event("", subscription="S1"),
        event("x" * 201),
        event("e11", "1e40"),
    ]
    report = record(shop, *batch)
    assert report.recorded == 1
    assert [(one.index, one.field) for one in report.refused] == [
        (1, "meter"),
        (2, "value"),
        (3, "at"),
        (4, "account"),
        (5, "subscription"),
        (6, "subscription"),
        (7, "subscription"),
        (8, "at"),
        (9, "corrects"),
        (10, "corrects"),
        (11, "event_id"),
        (12, "event_id"),
        (13, "value"),
    ]
    assert "traffic" in report.refused[0].remedy
    assert "S1, S2" in report.refused[6].remedy


def test_strict_refuses_everything(shop: Shop, metered: Subscription) -> None:
    with pytest.raises(
        UsageRefused, match=r"nothing was recorded: event 'e2', value '0\.5'"
    ) as said:
        record(shop, event("e1"), event("e2", 0.5), event("e3", 0.5), strict=True)
    assert [one.index for one in said.value.refused] == [1, 2]
    assert not UsageEvent.objects.exists()
    record(shop, event("e1"), event("e1"), strict=True)
    assert UsageEvent.objects.count() == 1


def test_an_account_without_such_a_meter_is_named(shop: Shop) -> None:
    shop.meter()
    (refused,) = record(shop, event("e1")).refused
    assert "nothing in it measures traffic" in refused.remedy


def test_a_correction_takes_the_place_of_an_event(shop: Shop, metered: Subscription) -> None:
    record(shop, event("e1", 5))
    report = record(shop, event("e2", 3, corrects="e1"))
    assert (report.recorded, report.corrected) == (1, 1)
    again = record(shop, event("e1", 5), event("e2", 3, corrects="e1"))
    assert (again.duplicates, again.recorded) == (2, 0)
    shop.bill(APRIL)
    assert lines() == [("usage", 300)]


def test_corrections_within_a_batch_and_of_corrections(shop: Shop, metered: Subscription) -> None:
    report = record(
        shop, event("e1", 5), event("e2", 3, corrects="e1"), event("e3", 4, corrects="e2")
    )
    assert (report.recorded, report.corrected) == (3, 2)
    (refused,) = record(shop, event("e4", 1, corrects="e1")).refused
    assert refused.remedy == "it was corrected before; correct its correction instead"
    shop.bill(APRIL)
    assert lines() == [("usage", 400)]


def test_a_correction_stays_with_its_subscription(shop: Shop, metered: Subscription) -> None:
    shop.subscribe(metered.plan, "S2")
    record(shop, event("e1", 5, subscription="S1"))
    (refused,) = record(shop, event("e2", 3, subscription="S2", corrects="e1")).refused
    assert refused.field == "corrects"


def test_what_is_late_goes_on_the_next_invoice(shop: Shop, metered: Subscription) -> None:
    record(shop, event("e1", 5))
    shop.bill(APRIL)
    before = due(shop)
    report = record(shop, event("e2", 2), event("e3", 4, corrects="e1"))
    assert (report.late, report.corrected, due(shop)) == (2, 1, before)
    shop.bill(MAY)
    assert ("supplement", 100) in lines()


def test_a_correction_to_another_month_changes_both(shop: Shop, metered: Subscription) -> None:
    record(shop, event("e1", 5))
    shop.bill(APRIL)
    record(shop, event("e2", 5, at=datetime(2026, 4, 2, 12, tzinfo=UTC), corrects="e1"))
    shop.bill(MAY)
    assert lines() == [("usage", 500), ("usage", 500), ("supplement", -500)]


def test_what_is_late_for_an_ended_item_is_billed_at_once(
    shop: Shop, metered: Subscription
) -> None:
    cancel_subscription(subscription_id=metered.id, on=date(2026, 3, 20), today=APRIL, now=NOW)
    shop.bill(APRIL)
    assert due(shop) is None
    assert record(shop, event("e1", 2, day=21)).refused[0].field == "at"
    assert record(shop, event("e1", 2, day=19)).late == 1
    assert due(shop) == date(2026, 3, 20)
    shop.bill(date(2026, 4, 2))
    assert lines()[-1] == ("supplement", 200)
    assert due(shop) is None


def test_the_day_is_that_of_the_sellers_zone_also_when_the_clocks_change(
    shop: Shop, metered: Subscription
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    instants = {
        # The clocks go forward on 29 March 2026: midnight is at 23:00, then at 22:00 UTC.
        "e1": (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), date(2026, 3, 28)),
        "e2": (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        "e3": (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
        "e4": (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        "e5": (datetime(2026, 3, 31, 23, 59, tzinfo=berlin), date(2026, 3, 31)),
        "e6": (datetime(2026, 4, 1, 0, 0, tzinfo=berlin), date(2026, 4, 1)),
    }
    record(shop, *[event(name, at=at) for name, (at, _) in instants.items()])
    days = dict(UsageEvent.objects.values_list("event_id", "on"))
    assert days == {name: day for name, (_, day) in instants.items()}
    shop.bill(APRIL)
    assert lines() == [("usage", 500)]


def test_ten_thousand_events_take_few_statements(shop: Shop, metered: Subscription) -> None:
    batch = [event(f"e{number}", day=1 + number % 28) for number in range(10_000)]
    with CaptureQueriesContext(connection) as first:
        assert record(shop, *batch).recorded == 10_000
    with CaptureQueriesContext(connection) as second:
        assert record(shop, *batch).duplicates == 10_000
    assert (len(first) < 25, len(second) < 25) == (True, True)
    assert UsageEvent.objects.count() == 10_000


def test_the_same_batch_at_once_counts_once(open_shop: Shop) -> None:
    shop = open_shop
    shop.subscribe(shop.meter(), "S1")
    batch = [event(f"e{number}") for number in range(200)]
    answers = together(*[lambda: record(shop, *batch)] * 3)
    assert sorted(one.recorded for one in answers if isinstance(one, UsageReport)) == [0, 0, 200]
    assert UsageEvent.objects.count() == 200


def test_one_id_for_two_accounts_at_once_is_given_to_one(open_shop: Shop) -> None:
    shop = open_shop
    plan = shop.meter()
    shop.subscribe(plan, "S1")
    shop.subscribe(plan, "S2", account=shop.open_account("A2"))
    calls = [lambda: record(shop, event("e1")), lambda: record(shop, event("e1", account="A2"))]
    answers = together(*calls)
    assert not any(isinstance(one, Conflict) for one in answers)
    reports = [one for one in answers if isinstance(one, UsageReport)]
    assert sorted((one.recorded, len(one.refused)) for one in reports) == [(0, 1), (1, 0)]


def test_nothing_late_is_lost_while_the_last_invoice_is_written(open_shop: Shop) -> None:
    """Whoever comes first, the run or the usage: what was used is billed."""
    shop = open_shop
    subscription = shop.subscribe(shop.meter(), "S1")
    cancel_subscription(subscription_id=subscription.id, on=APRIL, today=APRIL, now=NOW)
    together(lambda: shop.bill(APRIL), lambda: record(shop, event("e1", 3)))
    shop.bill(date(2026, 4, 2))
    assert sum(net for _, net in lines()) == 300
