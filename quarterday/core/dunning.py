"""What is to be done about an unpaid document, and when, relative to its due date."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from quarterday.core.errors import BillingError


class Action(StrEnum):
    """What a dunning step does."""

    REMIND = "remind"
    RETRY_PAYMENT = "retry_payment"
    CHARGE_FEE = "charge_fee"
    SUSPEND = "suspend"
    CANCEL = "cancel"
    WRITE_OFF = "write_off"


class DunningStep(NamedTuple):
    """An action so many days after the due date; negative offsets come before it."""

    key: str
    offset_days: int
    action: Action


@dataclass(frozen=True, slots=True)
class DunningPolicy:
    """Steps by their offset. Raises `BillingError` for two steps of one key.

    >>> DunningPolicy(
    ...     (DunningStep("b", 9, Action.SUSPEND), DunningStep("a", 3, Action.REMIND))
    ... ).steps[0]
    DunningStep(key='a', offset_days=3, action=<Action.REMIND: 'remind'>)
    """

    steps: tuple[DunningStep, ...]

    def __post_init__(self) -> None:
        keys = [step.key for step in self.steps]
        for key in keys:
            if keys.count(key) > 1:
                raise BillingError(f"two dunning steps are called {key!r}; name each its own")
        # Steps of one day keep the order in which the policy gives them.
        ordered = tuple(sorted(self.steps, key=lambda step: step.offset_days))
        object.__setattr__(self, "steps", ordered)


def steps_due(
    policy: DunningPolicy, due_on: date, history: Collection[str], today: date
) -> tuple[DunningStep, ...]:
    """The steps to take today for an unpaid document, in order of their offset.

    ``history`` holds the keys of steps already taken. After missed days only the latest overdue
    step of each action is due: a customer gets one reminder, not three at once. A step that a
    later one of its action has overtaken is never due again.

    >>> policy = DunningPolicy(
    ...     (
    ...         DunningStep("first", 3, Action.REMIND),
    ...         DunningStep("second", 10, Action.REMIND),
    ...         DunningStep("stop", 14, Action.SUSPEND),
    ...     )
    ... )
    >>> [step.key for step in steps_due(policy, date(2026, 1, 1), ["first"], date(2026, 1, 20))]
    ['second', 'stop']
    """
    steps = policy.steps
    done = {step.action: place for place, step in enumerate(steps) if step.key in history}
    latest = {
        step.action: place
        for place, step in enumerate(steps)
        if due_on + timedelta(days=step.offset_days) <= today
    }
    return tuple(
        step
        for place, step in enumerate(steps)
        if latest.get(step.action) == place and done.get(step.action, -1) < place
    )
