"""Compare a subscription with what a file says of it, and change what loading may change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from quarterday.core.loading.problem import BadValue
from quarterday.core.loading.record import Record
from quarterday.core.money import plain
from quarterday.services.imports.context import Context
from quarterday.services.imports.report import Outcome
from quarterday.services.inputs import check_settings
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_subscription import change_subscription
from quarterday.store.models import ItemRole, Plan, Subscription, SubscriptionItem


def update_contract(
    record: Record,
    known: Subscription,
    plan: Plan,
    codes: Sequence[str] | None,
    context: Context,
) -> Outcome:
    """Bring data and settings up to date, and cancel where an end is new.

    What was agreed is changed by a service that knows from which day: another start, price or end
    is refused. What the file does not say stays, and so does what was changed here since.
    """
    values = record.values
    _check_start(record, known)
    if not _is_sold_at(record, known, plan, codes):
        raise _other_price(record, known)
    if "end_on" in values and known.end_on not in (None, values["end_on"]):
        raise record.refuse(
            "end_on",
            f"subscription {known} ends on {known.end_on}",
            f"take that back first: quarterday subscriptions undo-cancel {known}",
        )
    settings = check_settings(values["settings"]) if "settings" in values else known.settings
    data = values.get("data", known.data)
    is_changed = (settings, data) != (known.settings, known.data)
    if is_changed:
        change_subscription(
            subscription_id=known.id,
            settings=settings,
            data=data,
            now=context.now,
            actor=context.actor,
        )
    if "end_on" in values and known.end_on is None:
        cancel_subscription(
            subscription_id=known.id,
            on=values["end_on"],
            today=context.today(context.seller(record)),
            now=context.now,
            actor=context.actor,
        )
        is_changed = True
    return Outcome.UPDATED if is_changed else Outcome.UNCHANGED


def _check_start(record: Record, known: Subscription) -> None:
    """Raise when the file has another start, or another trial."""
    start_on = record.values["start_on"]
    if known.start_on != start_on:
        raise record.refuse(
            "start_on",
            f"subscription {known} started on {known.start_on}, not {start_on}",
            "a start never changes; cancel it, and load it under another external_id",
        )
    if "trial_days" in record.values:
        days = record.values["trial_days"]
        if known.trial_end != (start_on + timedelta(days=days) if days else None):
            raise record.refuse(
                "trial_days",
                f"the trial of subscription {known} ends on {known.trial_end or 'no day'}",
                "a trial never changes; grant a discount instead",
            )


def _is_sold_at(
    record: Record, known: Subscription, plan: Plan, codes: Sequence[str] | None
) -> bool:
    """Whether it was started with the plan, prices and quantity asked for, or has them by now."""
    base = [item for item in known.items.all() if item.role == ItemRole.BASE]
    first = min((item.start_on for item in base), default=known.start_on)
    begun = [item for item in base if item.start_on == first]
    now = [item for item in base if item.end_on in (None, known.end_on)]
    return any(_has(record, some, plan, codes) for some in (begun, now))


def _has(
    record: Record, items: Sequence[SubscriptionItem], plan: Plan, codes: Sequence[str] | None
) -> bool:
    here = [item for item in items if item.price.plan_id == plan.id]
    if not here or not set(codes or ()) <= {item.price.code for item in here}:
        return False
    quantity = record.values.get("quantity")
    return quantity is None or any(
        item.quantity == quantity for item in here if item.price.meter_id is None
    )


def _other_price(record: Record, known: Subscription) -> BadValue:
    """What to say of another plan, price or quantity, at the field that the file gives it in."""
    given = [field for field in ("amount", "prices", "quantity") if field in record.values]
    field = given[0] if given else "plan"
    base = [item for item in known.items.all() if item.role == ItemRole.BASE]
    prices = ", ".join(f"{plain(item.quantity)} × {item.price.code}" for item in base)
    return record.refuse(
        field,
        f"subscription {known} of plan {known.plan.product}/{known.plan} runs at {prices}",
        f"change it from a day on: quarterday subscriptions change-plan {known}",
    )
