"""A policy as a line of time, to see at a glance what comes when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from quarterday.core.dunning import (
    CONSEQUENCES,
    MESSAGES,
    TEMPLATES,
    Action,
    Coming,
    Debt,
    DunningPolicy,
    foresee_steps,
)
from quarterday.core.errors import BillingError
from quarterday.web.console.edit.words import kind_name

_WIDTH, _EDGE = 1000, 14
ACTIONS = {
    Action.INVOICE: "The invoice is sent",
    Action.SEND: "Send a reminder",
    Action.CHARGE: "Charge again",
    Action.FEE: "Charge a late fee",
    Action.WARN: "Warn of what comes",
    Action.RESTRICT: "Restrict the service",
    Action.SUSPEND: "Suspend the service",
    Action.TERMINATE: "End the service",
    Action.COLLECTIONS: "Hand to collections",
    Action.WRITE_OFF: "Write off",
    Action.WEBHOOK: "Tell another program",
    Action.TASK: "Open a task for staff",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the line, from 0 to 1000, and what it means."""

    x: int
    words: str
    look: str = ""
    is_due: bool = False


def draw_policy(policy: DunningPolicy) -> list[Mark]:
    """The steps on their line, with the due date among them."""
    days = [round(step.order[0]) for step in policy.steps]
    low, high = min([0, *days]), max([1, *days])

    def place(day: int) -> int:
        return _EDGE + (day - low) * (_WIDTH - 2 * _EDGE) // (high - low)

    marks = [Mark(place(0), "Due date", is_due=True)]
    for step, day in zip(policy.steps, days, strict=True):
        when = "on the due date" if not step.offset else _say_days(step.offset)
        marks.append(Mark(place(day), f"{ACTIONS[step.action]} {when}", _look(step.action)))
    return marks


def foresee_example(policy: DunningPolicy, due_on: date) -> list[Coming]:
    """What would be done about an invoice that nobody pays, on which days."""
    return foresee_steps(policy, Debt(due_on), [], min(due_on, due_on.replace(day=1)))


def say_problem(error: BillingError, data: Mapping[str, Any]) -> str:
    """Why a policy cannot be so, with its steps called as the page calls them."""
    said = str(error)
    for step in data["steps"]:
        words = f"“{ACTIONS[Action(step['action'])]}” (day {step['offset']})"
        said = re.sub(rf"\bstep (\d+ )?'{re.escape(step['key'])}'", words, said)
    for name in dict.fromkeys(sum(TEMPLATES.values(), ())):
        said = re.sub(rf"\b{name}\b", f"“{kind_name(name)}”", said)
    return f"{said[:1].upper()}{said[1:]}."


def _say_days(offset: int) -> str:
    count = abs(offset)
    unit = "day" if count == 1 else "days"
    return f"{count} {unit} {'before' if offset < 0 else 'after'}"


def _look(action: Action) -> str:
    if action in CONSEQUENCES or action is Action.WRITE_OFF:
        return "bad"
    return "word" if action in MESSAGES or action is Action.INVOICE else "deed"
