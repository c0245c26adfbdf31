"""How a service is to be, and what to ask of the place where it runs.

What is wanted follows from the contract and from what holds it back, and from nothing else; so it
can be worked out again at any time and compared with what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from quarterday.core.lifecycle import SubscriptionState


class ServiceCondition(StrEnum):
    """How a service is, or is to be. ``none`` was never made; ``restricted`` runs with less."""

    NONE = "none"
    ACTIVE = "active"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class ServiceAction(StrEnum):
    """What a place can be asked to do with a service."""

    CREATE = "create"
    SUSPEND = "suspend"
    RESTRICT = "restrict"
    RESTORE = "restore"
    CHANGE_PLAN = "change_plan"
    TERMINATE = "terminate"


SERVING = frozenset({ServiceCondition.ACTIVE, ServiceCondition.RESTRICTED})
_OVER = frozenset({SubscriptionState.CANCELLED, SubscriptionState.ENDED})
_MADE = SERVING | {ServiceCondition.SUSPENDED}
_RESULT = {
    ServiceAction.CREATE: ServiceCondition.ACTIVE,
    ServiceAction.SUSPEND: ServiceCondition.SUSPENDED,
    ServiceAction.RESTRICT: ServiceCondition.RESTRICTED,
    ServiceAction.RESTORE: ServiceCondition.ACTIVE,
    ServiceAction.TERMINATE: ServiceCondition.TERMINATED,
}
_TOWARDS = {
    ServiceCondition.ACTIVE: ServiceAction.RESTORE,
    ServiceCondition.RESTRICTED: ServiceAction.RESTRICT,
    ServiceCondition.SUSPENDED: ServiceAction.SUSPEND,
}


def derive_condition(
    state: str,
    *,
    start_on: date,
    today: date,
    holds: Iterable[str] = (),
    is_waiting: bool = False,
) -> ServiceCondition:
    """The condition that a contract in a state is to have today.

    ``holds`` are the levels of what holds it back; the firmest wins. ``is_waiting`` says that it
    was ordered and waits for payment or a hand. A contract that has not begun has no service, and
    one that is over has none any more, whatever else holds.

    >>> derive_condition("active", start_on=date(2026, 1, 1), today=date(2026, 2, 1)).value
    'active'
    >>> holds = ["restricted", "suspended"]
    >>> derive_condition("trialing", start_on=date(2026, 1, 1), today=date(2026, 1, 1), holds=holds)
    <ServiceCondition.SUSPENDED: 'suspended'>
    """
    if state in _OVER:
        return ServiceCondition.TERMINATED
    if state == SubscriptionState.PENDING or is_waiting or start_on > today:
        return ServiceCondition.NONE
    levels = set(holds)
    if state == SubscriptionState.PAUSED or ServiceCondition.SUSPENDED in levels:
        return ServiceCondition.SUSPENDED
    return ServiceCondition.RESTRICTED if levels else ServiceCondition.ACTIVE


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a service outside.

    ``is_sure`` is false while something was asked and no answer has come. ``plan`` is None when
    it is not known, ``was_asked`` says that something was ever asked of the place.
    """

    condition: ServiceCondition
    plan: int | None = None
    is_sure: bool = True
    was_asked: bool = True


def choose_action(
    known: Known, wanted: ServiceCondition, plan: int | None, *, can_restrict: bool = True
) -> ServiceAction | None:
    """What to ask next so that a service becomes as it is wanted; None when it is so.

    Whatever is not sure is asked for again, as a place may be asked the same twice. A service is
    not made only to be suspended. Where a place cannot restrict, it runs fully instead.

    >>> choose_action(Known(ServiceCondition.SUSPENDED, 1), ServiceCondition.ACTIVE, 1).value
    'restore'
    >>> choose_action(Known(ServiceCondition.ACTIVE, 1), ServiceCondition.ACTIVE, 2).value
    'change_plan'
    >>> choose_action(Known(ServiceCondition.NONE), ServiceCondition.SUSPENDED, 1) is None
    True
    """
    if wanted is ServiceCondition.RESTRICTED and not can_restrict:
        wanted = ServiceCondition.ACTIVE
    is_so = known.is_sure and known.condition is wanted
    if wanted is ServiceCondition.NONE:
        return None
    if wanted is ServiceCondition.TERMINATED:
        was_made = known.condition in _MADE or not known.is_sure
        return ServiceAction.TERMINATE if known.was_asked and was_made else None
    if known.condition not in _MADE:
        is_needed = wanted in SERVING or not known.is_sure
        return ServiceAction.CREATE if is_needed else None
    if not is_so:
        return _TOWARDS[wanted]
    return None if known.plan == plan else ServiceAction.CHANGE_PLAN


def condition_after(action: ServiceAction, before: ServiceCondition) -> ServiceCondition:
    """The condition of a service once an action is done; a change of plan leaves it.

    >>> condition_after(ServiceAction.RESTORE, ServiceCondition.SUSPENDED).value
    'active'
    """
    return _RESULT.get(action, before)


def plan_after(action: ServiceAction, known: Known, plan: int | None) -> int | None:
    """The plan of a service once an action is done, as far as it is known; ``plan`` was asked for.

    What was made by an earlier call, whose answer got lost, may have been made with another plan.

    >>> made = plan_after(ServiceAction.CREATE, Known(ServiceCondition.NONE, is_sure=False), 2)
    >>> made is None, plan_after(ServiceAction.CHANGE_PLAN, Known(ServiceCondition.ACTIVE, 1), 2)
    (True, 2)
    """
    if action is ServiceAction.CREATE:
        return plan if known.is_sure else None
    return plan if action is ServiceAction.CHANGE_PLAN else known.plan
