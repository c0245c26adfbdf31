"""The work of a day: in order, once, by whoever lives, on each seller's own clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F

from quarterday.core.errors import BillingError
from quarterday.jobs import cycle_steps, daily_cycle
from quarterday.jobs.daily_cycle import NAMES, DailyCycle
from quarterday.services.cycle.begin_cycle import begin_cycle
from quarterday.services.cycle.claim_cycle import LEASE, claim_cycle, move_heartbeat, name_worker
from quarterday.services.errors import Conflict
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Alert, Cycle, CycleStep, Invoice, Seller
from tests.jobs.conftest import NOW, Move
from tests.services.till import Shop

DAY = date(2026, 3, 2)
Do = Callable[[Seller, date, datetime], Mapping[str, Any]]


def replace_step(monkeypatch: pytest.MonkeyPatch, name: str, do: Do) -> None:
    steps = tuple(step._replace(do=do) if step.name == name else step for step in cycle_steps.STEPS)
    monkeypatch.setattr(daily_cycle, "STEPS", steps)


def read_steps(field: str, day: date = DAY) -> dict[str, Any]:
    rows = CycleStep.objects.filter(cycle__day=day).order_by("position")
    return dict(rows.values_list("name", field))


def test_hours_never_go_back() -> None:
    hours = [step.hour for step in cycle_steps.STEPS]
    assert hours == sorted(hours)


@pytest.mark.parametrize("died_at", [*NAMES[:-1], "between"])
def test_a_worker_that_dies_is_succeeded_at_its_step(
    shop: Shop, clock: Move, monkeypatch: pytest.MonkeyPatch, died_at: str
) -> None:
    shop.charge(10_00)

    def die(*_: object, **__: object) -> Mapping[str, Any]:
        raise SystemExit

    with monkeypatch.context() as patch:
        if died_at == "between":
            patch.setattr(daily_cycle, "end_step", die)
        else:
            replace_step(patch, died_at, die)
        with pytest.raises(SystemExit):
            DailyCycle().run()
    clock(timedelta(minutes=1))
    at = NAMES.index("usage" if died_at == "between" else died_at)
    assert read_steps("status")[NAMES[at]] == "running"
    # It is this process, which lives; so say that it was one that does not.
    host = name_worker().rpartition(":")[0]
    Cycle.objects.update(worker=f"{host}:999999999")
    assert DailyCycle().run() == {"2026-03-02": "done"}
    again = read_steps("tries")
    # What was done is not begun again; where only the end was not written, neither.
    expected = 1 if died_at == "between" else 2
    assert again == {name: expected if name == NAMES[at] else 1 for name in NAMES}
    assert Invoice.objects.count() == 1
    assert set(read_steps("status").values()) == {"done"}


def test_one_that_fails_keeps_nobody_and_is_told_once(
    shop: Shop, clock: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.charge(10_00)
    open_seller(
        code="other", name="Example Net", country="DE", time_zone="Europe/Berlin",
        currency="EUR", settings={}, now=NOW,
    )  # fmt: skip

    def fail(seller: Seller, today: date, now: datetime) -> Mapping[str, Any]:
        if seller.code == "other":
            raise BillingError("the meter is jammed")
        return {}

    with monkeypatch.context() as patch:
        replace_step(patch, "usage", fail)
        assert DailyCycle().run() == {"2026-03-02": "under way"}
        assert Invoice.objects.count() == 1, "the run of the other seller waits for nobody"
        assert list(read_steps("summary")["reconcile"]["parts"]) == ["other", "shop"]
        # Not yet: it is left alone for a minute, then for two.
        assert DailyCycle().run() == {}
        for minutes in (2, 3, 5):
            clock(timedelta(minutes=minutes))
            DailyCycle().run()
    (failed,) = read_steps("summary")["usage"]["failed"].values()
    assert failed["tries"] == 3
    alert = Alert.objects.get(key="cycle usage other")
    assert "the meter is jammed" in alert.text
    clock(timedelta(minutes=10))
    assert DailyCycle().run() == {"2026-03-02": "done"}
    alert.refresh_from_db()
    assert alert.resolved_at is not None
    assert read_steps("error")["usage"] == ""


def test_each_seller_has_its_own_day(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for code, zone in (("east", "Pacific/Auckland"), ("west", "America/Los_Angeles")):
        open_seller(
            code=code, name=f"Example {code}", country="DE", time_zone=zone,
            currency="EUR", settings={}, now=NOW,
        )  # fmt: skip
    seen: dict[str, set[str]] = {}
    for hour in range(60):
        at = datetime.fromisoformat("2026-03-02T00:10+00:00") + timedelta(hours=hour)
        monkeypatch.setenv("QUARTERDAY_NOW", at.isoformat())
        DailyCycle().run()
        for row in Cycle.objects.filter(day=date(2026, 3, 3)):
            for name, summary in read_steps("summary", row.day).items():
                for code in summary.get("parts", {}):
                    seen.setdefault(f"{name} {code}", set()).add(f"{at:%dT%H}")
    first = {name: min(hours) for name, hours in seen.items()}
    assert first["run east"] == "02T11"
    assert first["collect east"] == "02T17"
    assert first["run shop"] == "02T23"
    assert first["run west"] == "03T08"
    # Once for all, when the last of them is through.
    assert first["check check"] == first["dun west"] == "03T17"
    assert Cycle.objects.get(day=date(2026, 3, 3)).status == "done"


def test_a_day_that_nobody_worked_is_closed_and_caught_up(shop: Shop, clock: Move) -> None:
    shop.charge(10_00)
    # At two in the morning only the first steps can be done; then nobody is there for a day.
    clock(timedelta(hours=-11))
    DailyCycle().run()
    clock(timedelta(days=1))
    assert DailyCycle().run() == {"2026-03-02": "failed", "2026-03-03": "done"}
    assert read_steps("status")["run"] == "done"
    assert read_steps("status")["collect"] == "failed"
    alert = Alert.objects.get(key="late 2026-03-03")
    assert alert.resolved_at is None or alert.resolved_at >= alert.raised_at
    # The first day of an installation is never late: it begins when it begins.
    assert not Alert.objects.filter(key="late 2026-03-02").exists()


def test_offences_are_told_by_rule_until_they_are_gone(shop: Shop, clock: Move) -> None:
    shop.invoice(10_00)
    Invoice.objects.update(open_minor=1)
    DailyCycle().run()
    rules = set(Alert.objects.filter(kind="offence").values_list("key", flat=True))
    assert rules
    assert read_steps("summary")["check"]["parts"]["check"]["offences"] >= len(rules)
    Invoice.objects.update(open_minor=F("total_minor"))
    clock(timedelta(days=1))
    DailyCycle().run()
    over = Alert.objects.filter(kind="offence", resolved_at__isnull=False)
    assert set(over.values_list("key", flat=True)) == rules


def test_a_seller_that_comes_late_is_not_left_out(shop: Shop, clock: Move) -> None:
    assert DailyCycle().run() == {"2026-03-02": "done"}
    open_seller(
        code="new", name="Example New", country="DE", time_zone="Europe/Berlin",
        currency="EUR", settings={}, now=NOW,
    )  # fmt: skip
    clock(timedelta(minutes=2))
    assert DailyCycle().run() == {"2026-03-02": "done"}
    assert set(read_steps("summary")["run"]["parts"]) == {"shop", "new"}
    assert read_steps("tries")["run"] == 2
    assert DailyCycle().run() == {}


@pytest.mark.django_db
def test_whoever_loses_a_cycle_writes_nothing_more() -> None:
    cycle = begin_cycle(day=DAY, steps=NAMES)
    assert begin_cycle(day=DAY, steps=NAMES).id == cycle.id
    assert claim_cycle(cycle, worker="one:1", now=NOW)
    assert not claim_cycle(cycle, worker="two:1", now=NOW + LEASE)
    move_heartbeat(cycle, worker="one:1", now=NOW + LEASE)
    assert not claim_cycle(cycle, worker="two:1", now=NOW + 2 * LEASE)
    assert claim_cycle(cycle, worker="two:1", now=NOW + 3 * LEASE)
    with pytest.raises(Conflict, match="taken over"):
        move_heartbeat(cycle, worker="one:1", now=NOW + 3 * LEASE)
