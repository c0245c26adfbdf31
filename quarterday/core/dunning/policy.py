"""A policy: steps in their order, and how long before a consequence it is announced."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from quarterday.core.dunning.step import CONSEQUENCES, MESSAGES, Action, DunningStep, Unit
from quarterday.core.dunning.tone import tone_of
from quarterday.core.errors import BillingError

NONE = "none"


@dataclass(frozen=True, slots=True)
class DunningPolicy:
    """Steps by their offset. A restriction, suspension or handing over is announced at least
    ``notice_days`` before, and the end of a service ``end_notice_days``.

    Raises `BillingError` for two steps of one key, a tone that falls, and consequences in an
    order that nobody can mean.

    >>> DunningPolicy(
    ...     (DunningStep("b", 9, Action.SUSPEND), DunningStep("a", 3, Action.CHARGE))
    ... ).steps[0].key
    'a'
    """

    steps: tuple[DunningStep, ...]
    code: str = ""
    name: str = ""
    version: int = 0
    notice_days: int = 2
    end_notice_days: int = 7

    def __post_init__(self) -> None:
        # Steps of one day keep the order in which the policy gives them.
        ordered = tuple(sorted(self.steps, key=lambda step: step.order))
        object.__setattr__(self, "steps", ordered)
        keys = [step.key for step in ordered]
        for key in keys:
            if keys.count(key) > 1:
                raise BillingError(f"two dunning steps are called {key!r}; name each its own")
        _check_consequences(ordered)
        _check_tones(ordered)

    def notice_of(self, action: Action) -> int:
        """How many days before an action the customer is told of it, at least."""
        return self.end_notice_days if action is Action.TERMINATE else self.notice_days

    @property
    def earliest(self) -> int:
        """How many days before the due date the first step may come, at most; 0 for none before.

        Working days before a holiday season are further away than they count.
        """
        before = [0]
        for step in self.steps:
            if step.action is not Action.INVOICE and step.offset < 0:
                is_exact = step.unit is Unit.DAYS
                before.append(-step.offset if is_exact else -step.offset * 2 + 5)
        return max(before)


def _check_tones(steps: tuple[DunningStep, ...]) -> None:
    saying = [step for step in steps if tone_of(step.template)]
    for first, second in pairwise(saying):
        if tone_of(second.template) < tone_of(first.template):
            raise BillingError(
                f"step {second.key!r} says {second.template}, which is softer than "
                f"{first.template} of step {first.key!r} before it; reminders only get firmer"
            )


def _check_consequences(steps: tuple[DunningStep, ...]) -> None:
    ranks = {Action.RESTRICT: 1, Action.SUSPEND: 2, Action.TERMINATE: 3, Action.COLLECTIONS: 3}
    serious = [step for step in steps if step.action in ranks]
    for first, second in pairwise(serious):
        if first.action is second.action or ranks[second.action] < ranks[first.action]:
            raise BillingError(
                f"step {second.key!r} would {second.action} after step {first.key!r} did "
                f"{first.action}; put it before, or leave it out"
            )
    for step in steps:
        if step.offset < 0 and step.action in CONSEQUENCES | {Action.FEE, Action.WRITE_OFF}:
            raise BillingError(
                f"step {step.key!r} would {step.action} before the invoice is due; give it an "
                "offset of 0 or more"
            )
        if step.action in MESSAGES and not step.template:
            raise BillingError(f"step {step.key!r} sends nothing; name its template")
    gone = next((step for step in steps if step.action is Action.WRITE_OFF), None)
    if gone is not None and steps[-1] is not gone:
        raise BillingError(
            f"step {steps[-1].key!r} comes after step {gone.key!r} has written the invoice off; "
            "put it before, or leave it out"
        )
