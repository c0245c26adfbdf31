"""May somebody use something now? Worked out from their contracts, as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from quarterday.core.service import SERVING, ServiceCondition


class Reason(StrEnum):
    """Why somebody may not use something; empty text stands for: they may."""

    UNPAID = "unpaid"
    HELD = "held"
    PAUSED = "paused"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Claim:
    """What one contract gives. ``until`` is the first day on which it no longer does, if known."""

    subscription: str
    condition: ServiceCondition
    features: frozenset[str]
    until: date | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it is allowed; ``features`` are all that are allowed now, by any contract."""

    allowed: bool
    condition: ServiceCondition
    reason: str
    until: date | None
    features: tuple[str, ...]


# What is told where several contracts say no: the one that the customer can mend first.
_TOLD = tuple(Reason)


def decide(claims: Sequence[Claim], feature: str = "", *, had: bool = False) -> Answer:
    """Whether any of the contracts allows a feature, or anything at all where none is asked for.

    ``had`` says that a contract which is over gave it. The longest ``until`` counts, and no known
    end is the longest.

    >>> paid = Claim("sub_1", ServiceCondition.ACTIVE, frozenset({"course"}))
    >>> decide([paid], "course").allowed, decide([paid], "forum").reason
    (True, 'none')
    """
    asked = [one for one in claims if not feature or feature in one.features]
    serving = [one for one in asked if one.condition in SERVING]
    features = tuple(sorted(_union(one.features for one in claims if one.condition in SERVING)))
    if serving:
        best = min(serving, key=lambda one: one.condition is ServiceCondition.RESTRICTED)
        ends = [one.until for one in serving]
        known = [end for end in ends if end is not None]
        until = max(known) if len(known) == len(ends) else None
        return Answer(True, best.condition, "", until, features)
    reasons = {one.reason for one in asked if one.reason}
    reason = min(reasons, key=_TOLD.index, default=Reason.ENDED if had else Reason.NONE)
    worst = next((one.condition for one in asked if one.reason == reason), ServiceCondition.NONE)
    if reason is Reason.ENDED:
        worst = ServiceCondition.TERMINATED
    return Answer(False, worst, reason.value, None, features)


def _union(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*parts)
