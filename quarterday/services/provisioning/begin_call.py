"""Decide what to ask of a service's place, and write down that it is about to be asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.core.service import Known, ServiceAction, ServiceCondition, choose_action
from quarterday.ports.provisioner import Failed, Provisioner, Wish, open_provisioner
from quarterday.services.provisioning.make_wish import make_wish, read_place
from quarterday.services.provisioning.read_wanted import Wanted, read_wanted
from quarterday.services.provisioning.set_wanted import store_wanted
from quarterday.services.provisioning.settle_service import put_off, settle
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.store.models import Seller, ServiceCall, ServiceState


@dataclass(frozen=True)
class Asked:
    """A call that is written down, what was known before it, and the plan that it asks for."""

    call: ServiceCall
    wish: Wish
    provisioner: Provisioner
    claimed_until: datetime
    known: Known
    plan_id: int | None
    seller: Seller


def begin_call(service: ServiceState, *, now: datetime) -> Asked | None:
    """The call to make for a service that was claimed; None when nothing is left to ask.

    What is wanted is worked out anew, so that a change of plan on this very day counts. From here
    on the condition is not sure until the answer is written down. One that cannot even be asked,
    since its place is not set up, fails visibly.
    """
    with transaction.atomic():
        account, subscription = claim_subscription(service.subscription_id, service.account_id)
        account.seller = Seller.objects.select_related("brand").get(id=account.seller_id)
        rows = ServiceState.objects.filter(id=service.id, claimed_until=service.claimed_until)
        row = rows.first()
        if row is None:
            return None
        wanted = read_wanted(subscription, local_date(now, subscription.account.seller.time_zone))
        store_wanted(row, subscription, wanted, now=now)
        if not row.place:
            settle(row, wanted.changes_at)
            return None
        try:
            provisioner = open_provisioner(read_place(subscription.account.seller, row.place))
            action = _choose(row, wanted, provisioner)
            if action is None:
                settle(row, wanted.changes_at)
                return None
            wish = make_wish(row, subscription, action, now)
            wish = replace(wish, ask_at=_find_address(row, action))
        except BillingError as error:
            put_off(row, subscription, Failed(str(error)), now=now)
            return None
        return _write(row, wish, provisioner, account.seller, now)


def _choose(row: ServiceState, wanted: Wanted, provisioner: Provisioner) -> ServiceAction | None:
    return choose_action(
        read_known(row),
        wanted.condition,
        wanted.plan_id,
        can_restrict=ServiceAction.RESTRICT in provisioner.actions,
    )


def _find_address(row: ServiceState, action: ServiceAction) -> str:
    """Where the place said, at the last try of the same, that one learns what became of it.

    Whoever lets a service be tried anew wants it asked, not looked after.
    """
    last = ServiceCall.objects.filter(service=row).order_by("-id").first() if row.tries else None
    is_same = last and (last.generation, last.action) == (row.generation, action)
    return str(last.data.get("ask_at", "")) if last and is_same else ""


def read_known(row: ServiceState) -> Known:
    """What is known of a service at its place."""
    is_sure = row.condition_at is not None
    was_asked = is_sure or ServiceCall.objects.filter(service=row).exists()
    condition = ServiceCondition(row.condition)
    return Known(condition, row.plan_id, is_sure=is_sure or not was_asked, was_asked=was_asked)


def _write(
    row: ServiceState, wish: Wish, provisioner: Provisioner, seller: Seller, now: datetime
) -> Asked:
    known = read_known(row)
    call = ServiceCall.objects.create(
        service=row,
        account_id=row.account_id,
        generation=row.generation,
        action=wish.action,
        started_at=now,
    )
    until = now + timedelta(seconds=provisioner.patience)
    changes: dict[str, Any] = {"claimed_until": until}
    if wish.action in (ServiceAction.CREATE, ServiceAction.CHANGE_PLAN):
        changes["plan_id"] = None
    if wish.action is not ServiceAction.CHANGE_PLAN:
        changes["condition_at"] = None
    ServiceState.objects.filter(id=row.id).update(**changes)
    return Asked(
        call,
        wish,
        provisioner,
        until,
        known=known,
        plan_id=row.wanted_plan_id,
        seller=seller,
    )
