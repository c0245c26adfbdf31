"""The sample of the demo: always the same, wholly invented, and a year in small."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

from quarterday.services.demo.habits import Habit, Kind, choose_habits, plan_actions
from quarterday.services.demo.make_sample import make_sample, write_line

FIRST, LAST = date(2025, 4, 1), date(2026, 3, 31)


def test_the_same_seed_makes_the_same_sample() -> None:
    one, two = (list(map(write_line, make_sample(FIRST, LAST, seed=7))) for _ in range(2))
    assert one == two
    assert one != list(map(write_line, make_sample(FIRST, LAST, seed=8)))


def test_nobody_in_it_could_be_real() -> None:
    records = list(make_sample(FIRST, LAST))
    named = [record["name"] for record in records if record["type"] in ("seller", "account")]
    assert all(name.startswith("Example ") for name in named)
    assert len(set(named)) == len(named) == 403
    mails = [record["email"] for record in records if record["type"] == "contact"]
    assert all(mail.endswith(".example") for mail in mails)


def test_it_shows_what_there_is() -> None:
    records = list(make_sample(FIRST, LAST))
    contracts = [record for record in records if record["type"] == "subscription"]
    assert {record["currency"] for record in records if record["type"] == "seller"} == {
        "EUR",
        "USD",
        "JPY",
    }
    cadences = {record["cadence"] for record in records if "cadence" in record}
    assert cadences == {"1 month", "3 months", "1 year"}
    assert {code for one in contracts for code in one.get("discounts", ())} == {
        "WELCOME20",
        "FREESETUP",
        "PARTNER5",
    }
    assert any(record.get("tax_id_evidence") for record in records)


def test_every_habit_and_every_kind_of_wish_occurs() -> None:
    records = list(make_sample(FIRST, LAST))
    rng = Random(1)
    habits = choose_habits([one["external_id"] for one in records if one["type"] == "account"], rng)
    assert set(habits.values()) == set(Habit)
    actions = plan_actions(records, habits, rng, FIRST, LAST)
    assert all(FIRST <= day <= LAST for day in actions)
    found = Counter(action.kind for some in actions.values() for action in some)
    assert found.keys() == set(Kind)
