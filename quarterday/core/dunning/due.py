"""Which steps are due of an unpaid invoice, and what comes of it later.

The rules, each of which is a property that is tested:

- a step comes once, and never before its day;
- of several overdue steps of one kind only the latest is taken, the others are passed over;
- after something firm was said, nothing softer is;
- nobody is restricted, suspended, ended or handed over without having been told of it and of the
  day, as long before as the policy says. Where that was not done, because runs were missed or a
  pause came between, a warning goes first and the consequence waits;
- the consequences come in their order, what is ended was suspended before; and what speaks of a
  consequence or follows it (a final notice, a task, a webhook, writing off) waits for it;
- what costs money or cannot be undone, and had its day before the invoice was first seen, is
  passed over: an invoice that was taken over from another system is not punished at once.

A pause moves no day. What came due meanwhile is caught up on by the same rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import takewhile
from typing import NamedTuple

from quarterday.core.dunning.days import IsWorking, is_weekday, move_day
from quarterday.core.dunning.policy import DunningPolicy
from quarterday.core.dunning.step import (
    CONSEQUENCES,
    COSTLY,
    HOLDS,
    Action,
    DunningStep,
)
from quarterday.core.dunning.tone import TELLING, tone_of

_OVERTAKEN = "a later step of its kind came first"
_SOFTER = "something firmer was said already"
_SAID = "the message about what was done says it"
_BEFORE = "its day was before the invoice was first seen"
_FOLLOWING = frozenset({Action.TASK, Action.WEBHOOK, Action.WRITE_OFF})
_MOST_AHEAD = 400


class Taken(NamedTuple):
    """A step in the history of an invoice: its key, and what became of it on which day."""

    key: str
    action: str
    on: date
    outcome: str = "done"
    template: str = ""


class Due(NamedTuple):
    """A step of a policy on its day; ``number`` counts one that is repeated, from 1."""

    step: DunningStep
    key: str
    on: date
    number: int = 1


class Passed(NamedTuple):
    """A step that is not taken, and why."""

    due: Due
    why: str


@dataclass(frozen=True, slots=True)
class StepsDue:
    """What to do now: ``take`` in this order, pass over ``passed``, look again on ``next_on``.

    A warning that stands in no policy, and goes before a consequence that nobody was told of, has
    a key with the day in it.
    """

    take: tuple[Due, ...] = ()
    passed: tuple[Passed, ...] = ()
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class Debt:
    """What the days of an invoice are counted from.

    ``first_seen`` is when it was first looked at, and what was said before ``resumed_on`` warns of
    nothing any more. ``without`` are keys of steps that do not apply, and why.
    """

    due_on: date
    first_seen: date | None = None
    resumed_on: date | None = None
    without: Mapping[str, str] = field(default_factory=dict)


def steps_due(
    policy: DunningPolicy,
    debt: Debt,
    history: Sequence[Taken],
    today: date,
    is_working: IsWorking = is_weekday,
) -> StepsDue:
    """What to do today for an unpaid invoice.

    >>> policy = DunningPolicy(
    ...     (
    ...         DunningStep("first", 3, Action.SEND, template="reminder_1"),
    ...         DunningStep("second", 10, Action.SEND, template="reminder_2"),
    ...         DunningStep("stop", 14, Action.SUSPEND, template="suspended"),
    ...     )
    ... )
    >>> due = steps_due(policy, Debt(date(2026, 1, 1)), [], date(2026, 1, 20))
    >>> [one.key for one in due.take], [one.due.key for one in due.passed], str(due.next_on)
    (['second'], ['first'], '2026-01-22')
    """
    look = _Look(policy, debt, list(history), today, is_working)
    take = look.take()
    look.history += [_as_taken(one, today) for one in take]
    look.history += [_as_taken(one.due, today, "passed") for one in look.passed]
    return StepsDue(tuple(take), tuple(look.passed), look.find_next())


def _as_taken(due: Due, on: date, outcome: str = "done") -> Taken:
    return Taken(due.key, str(due.step.action), on, outcome, due.step.template)


class _Look:
    """One look at one invoice."""

    def __init__(
        self,
        policy: DunningPolicy,
        debt: Debt,
        history: list[Taken],
        today: date,
        is_working: IsWorking,
    ) -> None:
        self.policy, self.debt, self.history, self.today = policy, debt, history, today
        self.is_working = is_working
        self.taken: list[Due] = []
        self.passed: list[Passed] = []

    def take(self) -> list[Due]:
        """What is taken today, in order; what is passed over is kept beside."""
        overdue = [one for one in self.open_steps() if one.on <= self.today]
        rest = self.latest(overdue)
        said = max((tone_of(one.template) for one in self.history if _is_done(one)), default=0)
        waiting: list[Due] = []
        for one in rest:
            if why := self.find_reason(one, said):
                self.passed.append(Passed(one, why))
            elif not self.may_follow(one):
                waiting.append(one)
            else:
                self.taken.append(one)
        return self.warn_first(self.follow(waiting))

    def follow(self, waiting: list[Due]) -> list[Due]:
        """Take what waited for a consequence that comes now, but let the message about that say
        what another would; what still waits is returned.
        """
        if not any(one.step.action in CONSEQUENCES for one in self.taken):
            return waiting
        self.passed += [Passed(one, _SAID) for one in waiting if one.step.kind == "message"]
        free = [
            one
            for one in waiting
            if one.step.action in _FOLLOWING and self.is_next(one, {due.key for due in self.taken})
        ]
        self.taken += free
        return [one for one in waiting if one not in free]

    def open_steps(self) -> Iterator[Due]:
        """All steps that are not in the history, by their day; a repeated one up to its next."""
        known = {one.key for one in self.history}
        found = []
        for step in self.policy.steps:
            if step.action is Action.INVOICE:
                continue
            first = move_day(self.debt.due_on, step.offset, step.unit, self.is_working)
            for number, key, on in _occurrences(step, first, self.today):
                if key not in known:
                    found.append(Due(step, key, on, number))
        order = {step.key: place for place, step in enumerate(self.policy.steps)}
        yield from sorted(found, key=lambda one: (one.on, order[one.step.key], one.number))

    def latest(self, overdue: Sequence[Due]) -> list[Due]:
        """Those that no later one of their kind has overtaken, taken or due; the others pass."""
        places = self.places()
        last: dict[str, tuple[int, int]] = {}
        for key, (kind, place) in places.items():
            if any(one.key == key and _is_done(one) for one in self.history):
                last[kind] = max(last.get(kind, place), place)
        for one in overdue:
            if one.key not in self.debt.without and one.step.key not in self.debt.without:
                place = places[one.key][1]
                last[one.step.kind] = max(last.get(one.step.kind, place), place)
        rest = []
        for one in overdue:
            if places[one.key][1] < last.get(one.step.kind, (0, 0)):
                self.passed.append(Passed(one, _OVERTAKEN))
            else:
                rest.append(one)
        return rest

    def places(self) -> dict[str, tuple[str, tuple[int, int]]]:
        """By key of a step or of one of its repetitions, its kind and its place among them all."""
        found = {}
        for step in self.policy.steps:
            first = move_day(self.debt.due_on, step.offset, step.unit, self.is_working)
            for number, key, on in _occurrences(step, first, self.today):
                found[key] = (step.kind, (on.toordinal(), number))
        return found

    def find_reason(self, one: Due, said: int) -> str:
        """Why a step is passed over, or an empty text."""
        if why := self.debt.without.get(one.step.key):
            return why
        if one.step.kind == "message" and tone_of(one.step.template) < said:
            return _SOFTER
        seen = self.debt.first_seen
        if seen is not None and one.step.action in COSTLY and one.on < seen:
            return _BEFORE
        return ""

    def may_follow(self, one: Due) -> bool:
        """Whether a step may be taken: what comes before a consequence came, and the customer knew
        of it for long enough.
        """
        if one.step.action not in CONSEQUENCES:
            return not _follows(one.step) or self.is_next(one)
        ready = self.ready_on(one)
        return ready is not None and ready <= self.today

    def ready_on(self, one: Due) -> date | None:
        """From when on a consequence may follow; None while nobody was told of it."""
        after = self.debt.resumed_on or date.min
        if not self.is_next(one):
            return None
        keys = {step.key for step in self.earlier(one.step)}
        for past in self.history:
            if past.key in keys and _is_done(past):
                after = max(after, past.on)
        told = [
            past.on
            for past in self.history
            if past.template in TELLING and _is_done(past) and past.on >= after
        ]
        if not told:
            return None
        return min(told) + timedelta(days=self.policy.notice_of(one.step.action))

    def earlier(self, step: DunningStep) -> list[DunningStep]:
        """The consequences that come before a step, as far as they apply."""
        before = takewhile(lambda one: one.key != step.key, self.policy.steps)
        without = self.debt.without
        return [one for one in before if one.action in CONSEQUENCES and one.key not in without]

    def warn_first(self, waiting: list[Due]) -> list[Due]:
        """With a warning, where a consequence is overdue and nobody was told or is told now."""
        taken = self.taken
        untold = [
            one.step.action
            for one in waiting
            if one.step.action in CONSEQUENCES and self.ready_on(one) is None and self.is_next(one)
        ]
        if not untold or any(one.step.template in TELLING for one in taken):
            return taken
        softer = [one for one in taken if one.step.kind == "message"]
        self.passed += [Passed(one, _SOFTER) for one in softer]
        template = "suspension_warning" if untold[0] in HOLDS else "final_notice"
        step = DunningStep("warning", 0, Action.WARN, template=template)
        warning = Due(step, f"warning:{self.today}", self.today)
        return [one for one in taken if one not in softer] + [warning]

    def is_next(self, one: Due, now: Collection[str] = ()) -> bool:
        """Whether all consequences before one have come, or come ``now``."""
        known = {past.key for past in self.history} | {past.due.key for past in self.passed}
        return all(step.key in known or step.key in now for step in self.earlier(one.step))

    def find_next(self) -> date | None:
        """The day of the next step, or on which a consequence that waits may follow."""
        days = []
        for one in self.open_steps():
            on = one.on
            if on <= self.today and one.step.action in CONSEQUENCES:
                if not self.is_next(one):
                    continue
                on = self.ready_on(one) or self.today
            elif on <= self.today and not self.may_follow(one):
                continue
            days.append(max(on, self.today + timedelta(days=1)))
        return min(days, default=None)


def _is_done(one: Taken) -> bool:
    return one.outcome != "passed"


def _follows(step: DunningStep) -> bool:
    """Whether a step makes sense only after the consequences that stand before it."""
    return step.template == "final_notice" or step.action in _FOLLOWING


def _occurrences(step: DunningStep, first: date, today: date) -> Iterator[tuple[int, str, date]]:
    """The number, key and day of a step; of one that repeats, up to the first after today."""
    yield 1, step.key, first
    fee = step.fee
    if fee is None or not fee.every_days:
        return
    on = first
    for number in range(2, fee.times + 1):
        if on > today:
            return
        on += timedelta(days=fee.every_days)
        yield number, f"{step.key}:{number}", on


class Coming(NamedTuple):
    """A step that will be taken on a day unless something changes."""

    due: Due
    on: date


def foresee_steps(
    policy: DunningPolicy,
    debt: Debt,
    history: Sequence[Taken],
    today: date,
    is_working: IsWorking = is_weekday,
) -> list[Coming]:
    """What will be done if the invoice stays unpaid and nothing pauses it, from today on.

    >>> steps = (DunningStep("stop", 5, Action.SUSPEND, template="suspended"),)
    >>> debt = Debt(date(2026, 1, 1))
    >>> [
    ...     (one.due.key, str(one.on))
    ...     for one in foresee_steps(DunningPolicy(steps), debt, [], debt.due_on)
    ... ]
    [('warning:2026-01-06', '2026-01-06'), ('stop', '2026-01-08')]
    """
    past, day, found = list(history), today, list[Coming]()
    for _ in range(_MOST_AHEAD):
        due = steps_due(policy, debt, past, day, is_working)
        found += [Coming(one, day) for one in due.take]
        past += [_as_taken(one, day) for one in due.take]
        past += [_as_taken(one.due, day, "passed") for one in due.passed]
        if due.next_on is None:
            break
        day = due.next_on
    return found
