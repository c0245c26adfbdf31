"""Each seller's day is worked once, wherever it lives, however long its day is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from quarterday.jobs import cycle_steps, daily_cycle
from quarterday.jobs.daily_cycle import DailyCycle
from quarterday.ports.clock import read_now
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Alert, Cycle, Invoice, Message, Seller
from tests.jobs.conftest import NOW, Move
from tests.services.dunning.debtor import Debtor
from tests.services.till import Shop, prove_books

# The ends of the world, half hours, an hour that moves by half of one, and a midnight that is not.
ZONES = (
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/Santiago",
    "America/New_York",
    "Pacific/Pago_Pago",
)
Visit = tuple[str, str, date]


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[Visit, list[datetime]]]:
    """When each step was done of which day of which seller."""
    found: dict[Visit, list[datetime]] = {}

    def watch(name: str) -> cycle_steps.Do:
        def do(seller: Seller, day: date, now: datetime) -> Mapping[str, Any]:
            found.setdefault((name, seller.code, day), []).append(now)
            return {}

        return do

    steps = tuple(step._replace(do=watch(step.name)) for step in cycle_steps.STEPS)
    monkeypatch.setattr(daily_cycle, "STEPS", steps)
    monkeypatch.setattr(daily_cycle, "prove_books", lambda now: {"offences": 0})
    yield found


def open_everywhere() -> dict[str, ZoneInfo]:
    for number, zone in enumerate(ZONES):
        open_seller(
            code=f"s{number}", name=f"Example {zone}", country="DE", time_zone=zone,
            currency="EUR", settings={}, now=NOW,
        )  # fmt: skip
    return {f"s{number}": ZoneInfo(zone) for number, zone in enumerate(ZONES)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "day",
    ["2026-03-29", "2026-04-05", "2026-09-06", "2026-10-25"],
    ids=["Berlin 23 h", "Lord Howe 24.5 h", "Santiago from 1:00", "Berlin 25 h"],
)
def test_a_day_of_any_length_is_worked_once(
    visits: dict[Visit, list[datetime]], monkeypatch: pytest.MonkeyPatch, day: str
) -> None:
    zones, middle = open_everywhere(), date.fromisoformat(day)
    begin = datetime.combine(middle, datetime.min.time(), UTC) - timedelta(hours=16)
    for number in range(58):
        at = begin + timedelta(hours=number, minutes=7 * number % 60)
        monkeypatch.setenv("QUARTERDAY_NOW", at.isoformat())
        DailyCycle().run()
    hours = {step.name: step.hour for step in cycle_steps.STEPS}
    for code, zone in zones.items():
        for name, hour in hours.items():
            (at,) = visits[name, code, middle]
            local = at.astimezone(zone)
            assert local.date() == middle and local.hour >= hour, (name, code, local)
            # At the next look, which comes after two hours at most.
            due = datetime.combine(middle, datetime.min.time(), zone) + timedelta(hours=hour)
            assert at - due.astimezone(UTC) < timedelta(hours=2, minutes=1), (name, code, local)
    assert {len(times) for times in visits.values()} == {1}
    assert Cycle.objects.get(day=middle).status == "done"


def test_whoever_is_a_day_ahead_when_it_comes_has_lost_none(
    shop: Shop, clock: Move, visits: dict[Visit, list[datetime]]
) -> None:
    open_seller(
        code="east", name="Example East", country="DE", time_zone="Pacific/Auckland",
        currency="EUR", settings={}, now=NOW,
    )  # fmt: skip
    # It is the 3rd there already, and nobody was to do anything on the 2nd.
    assert DailyCycle().run() == {"2026-03-02": "done", "2026-03-03": "under way"}
    assert {day for name, code, day in visits if code == "east"} == {date(2026, 3, 3)}
    # But a day that it lost is.
    clock(timedelta(days=2))
    assert DailyCycle().run()["2026-03-03"] == "failed"


def test_three_days_of_downtime_are_caught_up_without_a_storm(shop: Shop, clock: Move) -> None:
    debtor = Debtor(shop)
    debtor.subscribe(start_on=date(2026, 3, 1))
    for day in range(18):
        clock(timedelta(days=day))
        DailyCycle().run()
    before, told = Cycle.objects.count(), len(debtor.mails())
    # The reminder of the 19th and that of the 21st are missed.
    clock(timedelta(days=21))
    shop.charge(5_00)
    said = DailyCycle().run()
    assert list(said.values()) == ["done"], "the days that nobody saw need no cycles of their own"
    assert Cycle.objects.count() == before + 1
    assert len(debtor.mails()) == told + 1, "the latest reminder stands for those before it"
    billed, sent = Invoice.objects.count(), Message.objects.count()
    assert DailyCycle().run() == {}
    assert (Invoice.objects.count(), Message.objects.count()) == (billed, sent)
    kinds = Counter(Alert.objects.filter(resolved_at=None).values_list("kind", flat=True))
    assert not kinds, "nothing is wrong any more"
    assert read_now().date() == date(2026, 3, 23)
    prove_books()
