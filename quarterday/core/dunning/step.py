"""The steps of a policy: what is done, and when, relative to the day by which to pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from quarterday.core.dunning.fee import LateFee


class Action(StrEnum):
    """What a step does.

    ``invoice`` is the invoice itself, which the billing run sends ``lead_days`` before its period;
    it stands in a policy so that its timeline is whole, and is never done by dunning.
    """

    INVOICE = "invoice"
    SEND = "send"
    CHARGE = "charge"
    FEE = "fee"
    WARN = "warn"
    RESTRICT = "restrict"
    SUSPEND = "suspend"
    TERMINATE = "terminate"
    COLLECTIONS = "collections"
    WRITE_OFF = "write_off"
    WEBHOOK = "webhook"
    TASK = "task"


class Unit(StrEnum):
    """What offsets count: all days, or those on which people work where the customer is."""

    DAYS = "days"
    BUSINESS_DAYS = "business_days"


MESSAGES = frozenset({Action.SEND, Action.WARN})
HOLDS = frozenset({Action.RESTRICT, Action.SUSPEND})
# What is done to the services of the customer.
ON_SERVICES = HOLDS | {Action.TERMINATE}
# Nobody meets these without having been told of them and of their day.
CONSEQUENCES = ON_SERVICES | {Action.COLLECTIONS}
# What costs the customer money or cannot be undone.
COSTLY = frozenset({Action.FEE, Action.TERMINATE, Action.COLLECTIONS, Action.WRITE_OFF})

# The messages that an action may send, its usual one first.
TEMPLATES: Mapping[Action, tuple[str, ...]] = {
    Action.SEND: (
        "reminder_1",
        "reminder_before_due",
        "reminder_due",
        "reminder_2",
        "overdue",
        "final_notice",
    ),
    Action.WARN: ("suspension_warning", "final_notice"),
    Action.RESTRICT: ("restricted",),
    Action.SUSPEND: ("suspended",),
    Action.TERMINATE: ("terminated",),
}
BEFORE_DUE = frozenset({"reminder_before_due", "reminder_due"})


@dataclass(frozen=True, slots=True)
class DunningStep:
    """An action so many days after the due date; a negative offset comes before it.

    ``template`` is the kind of message that it sends, if it sends any. One that is
    ``even_if_charged`` reminds of what is going to be charged by itself, too. ``fee`` belongs to
    ``fee``; ``title`` and ``text`` to ``task`` and ``collections``; ``event`` to ``webhook``.
    """

    key: str
    offset: int
    action: Action
    unit: Unit = Unit.DAYS
    template: str = ""
    even_if_charged: bool = False
    fee: LateFee | None = None
    title: str = ""
    text: str = ""
    event: str = ""

    @property
    def kind(self) -> str:
        """Of several steps of one kind that are overdue, only the latest is taken.

        >>> DunningStep("a", 1, Action.WARN).kind == DunningStep("b", 2, Action.SEND).kind
        True
        """
        if self.action in MESSAGES:
            return "message"
        return "hold" if self.action in HOLDS else str(self.action)

    @property
    def order(self) -> tuple[float, int]:
        """Where it stands among others, whatever the holidays; a week has five working days."""
        days = self.offset * 7 / 5 if self.unit is Unit.BUSINESS_DAYS else self.offset
        return (days, list(Action).index(self.action))
