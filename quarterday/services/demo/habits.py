"""How the customers of the sample behave: who pays how, and what they ask for on which day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import NamedTuple

from quarterday.services.demo.sample import Record


class Habit(StrEnum):
    """How an account pays its invoices."""

    PROMPT = "pays in full, before it is due"
    CARD = "keeps a card that is charged"
    LATE = "pays in full, weeks late"
    PARTIAL = "pays in two parts"
    OVER = "rounds up"
    PREPAID = "paid a deposit"
    NEVER = "never pays"


class Kind(StrEnum):
    """What somebody asks for, or what the seller does."""

    DEPOSIT = "deposits"
    CHANGE_PLAN = "plan changes"
    CHANGE_QUANTITY = "quantity changes"
    PAUSE = "pauses"
    RESUME = "resumptions"
    CANCEL_NOW = "cancellations at once"
    CANCEL_AT_END = "cancellations at period end"
    UNDO_CANCEL = "cancellations undone"
    GOODWILL = "goodwill credits"
    CHARGE = "single charges"
    CREDIT_LINE = "credit notes for a part"
    VOID = "invoices voided"
    WRITE_OFF = "write-offs"


class Action(NamedTuple):
    """Something that happens to a subscription, or to its account."""

    kind: Kind
    account: str
    subscription: str
    plan: str


_SHARES = (
    (Habit.PROMPT, 40),
    (Habit.CARD, 28),
    (Habit.PREPAID, 10),
    (Habit.LATE, 9),
    (Habit.PARTIAL, 5),
    (Habit.OVER, 5),
    (Habit.NEVER, 3),
)
# What happens during a year, how often, and to whose contracts.
_YEAR = (
    (Kind.CHANGE_PLAN, 24, ("web/start", "web/start-year", "server/s", "air/home")),
    (Kind.CHANGE_QUANTITY, 8, ("desk/team",)),
    (Kind.PAUSE, 6, ("web/pro", "air/home-plus")),
    (Kind.CANCEL_NOW, 6, ("web/pro", "web/pro-year", "server/l", "air/home-plus")),
    (Kind.CANCEL_AT_END, 12, ("web/start", "web/pro", "server/s", "air/home", "desk/team")),
    (Kind.GOODWILL, 10, ("web/pro", "air/home", "air/home-plus", "server/l")),
    (Kind.CHARGE, 12, ("web/pro", "server/s", "server/l", "fixed/business", "air/home")),
    (Kind.CREDIT_LINE, 8, ("web/pro", "server/l", "air/home", "air/home-plus")),
    (Kind.VOID, 4, ("web/start", "web/pro", "air/home-plus", "air/home")),
)
UPGRADES: Mapping[str, str] = {
    "web/start": "web/pro",
    "web/start-year": "web/pro",
    "server/s": "server/l",
    "air/home": "air/home-plus",
}


def choose_habits(accounts: Iterable[str], rng: Random) -> dict[str, Habit]:
    """How each account pays."""
    habits, weights = zip(*_SHARES, strict=True)
    names = list(accounts)
    return dict(zip(names, rng.choices(habits, weights, k=len(names)), strict=True))


def plan_actions(
    records: Iterable[Record], habits: Mapping[str, Habit], rng: Random, first: date, last: date
) -> dict[date, list[Action]]:
    """What happens on which day; each contract has at most one story, so that none conflict."""
    found: dict[date, list[Action]] = defaultdict(list)
    contracts = [record for record in records if record["type"] == "subscription"]
    for record in contracts:
        if habits[record["account"]] is Habit.PREPAID:
            found[first].append(_make(Kind.DEPOSIT, record))
        if habits[record["account"]] is Habit.NEVER:
            found[last].append(_make(Kind.WRITE_OFF, record))
    payers = [one for one in contracts if habits[one["account"]] in (Habit.PROMPT, Habit.CARD)]
    rng.shuffle(payers)
    for kind, count, plans in _YEAR:
        scaled = max(1, count * len(contracts) // 400)
        chosen = [one for one in payers if one["plan"] in plans][:scaled]
        payers = [one for one in payers if one not in chosen]
        for record in chosen:
            _tell_story(found, kind, record, rng, first, last)
    return dict(found)


def _tell_story(
    found: dict[date, list[Action]],
    kind: Kind,
    record: Record,
    rng: Random,
    first: date,
    last: date,
) -> None:
    """Put an action on a day when the contract runs, with what follows from it."""
    # A contract that was taken over has nothing to change before its first day billed here.
    start = date.fromisoformat(record.get("billed_through") or record["start_on"])
    begin = max(first, start) + timedelta(days=15)
    days = (last - begin).days
    if days < 1:
        return
    on = begin + timedelta(days=rng.randint(0, days))
    found[on].append(_make(kind, record))
    after = on + timedelta(days=rng.randint(20, 45))
    if kind is Kind.PAUSE and after <= last:
        found[after].append(_make(Kind.RESUME, record))
    if kind is Kind.CANCEL_AT_END and rng.randrange(4) == 0 and on < last:
        found[on + timedelta(days=1)].append(_make(Kind.UNDO_CANCEL, record))


def _make(kind: Kind, record: Record) -> Action:
    return Action(kind, record["account"], record["external_id"], record["plan"])
