"""Hold or end the services that an unpaid invoice is for, and no others."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.dunning import Action
from quarterday.core.lifecycle import SubscriptionState
from quarterday.core.service import ServiceCondition
from quarterday.services.provisioning.hold_service import hold_service
from quarterday.services.provisioning.hold_services import Hold
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.store.models import ServiceHoldCause, Subscription
from quarterday.store.queries.dunning_cases import Case

_LEVELS = {
    Action.RESTRICT: ServiceCondition.RESTRICTED,
    Action.SUSPEND: ServiceCondition.SUSPENDED,
}
_OVER = (SubscriptionState.CANCELLED, SubscriptionState.ENDED)


def act_on_services(
    case: Case, action: Action, *, today: date, now: datetime, actor: str
) -> list[Subscription]:
    """The services that are held or ended now; for services that hold the transaction and the
    account.
    """
    done = []
    rows = Subscription.objects.filter(id__in=[one.id for one in case.subscriptions])
    # Another invoice may have ended one just now.
    for one in rows.select_related("plan__product").exclude(status__in=_OVER).order_by("id"):
        if action is Action.TERMINATE:
            cancel_subscription(
                subscription_id=one.id,
                today=today,
                now=now,
                reason=_say_why(case),
                tells=False,
                actor=actor,
            )
        else:
            hold_service(**_plan(case, action, one)._asdict(), now=now, actor=actor)
        done.append(one)
    return done


def plan_holds(case: Case, action: Action) -> list[Hold]:
    """The holds that restrict or suspend the services of an invoice, to be made together."""
    contracts = sorted(case.subscriptions, key=lambda one: one.id)
    for one in contracts:
        one.account = case.invoice.account
    return [_plan(case, action, one) for one in contracts]


def _plan(case: Case, action: Action, subscription: Subscription) -> Hold:
    return Hold(
        subscription=subscription,
        cause=ServiceHoldCause.UNPAID,
        level=_LEVELS[action],
        subject=case.invoice.public_id,
        reason=_say_why(case),
    )


def _say_why(case: Case) -> str:
    return f"invoice {case.invoice.label} is unpaid"
