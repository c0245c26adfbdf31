"""A run that publishes a new version of a price, and moves the contracts of the old one to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.catalog.publish_version import publish_version
from quarterday.services.runs.work import RunWork
from quarterday.services.subscriptions.change_price import change_price
from quarterday.store.models import Price, Subscription, SubscriptionItem

_TOGETHER = 50


def move_prices(work: RunWork) -> None:
    """Publish the version that the scope names, if it is not there yet, and move who is to move.

    The scope has ``old`` (a key), ``code`` and ``terms`` of the new one, whether to ``move``, and
    ``not_before``. Each contract moves in a transaction of its own; what has moved is not found
    again, so going on after a crash is safe. Contracts that cannot be changed, such as those that
    end, keep their price and are named.
    """
    scope = work.run.scope
    old = Price.objects.select_related("plan__product__seller").get(
        id=scope["old"], plan__product__seller=work.run.seller_id
    )
    new = publish_version(
        old=old,
        code=scope["code"],
        terms=scope["terms"],
        today=work.today,
        now=work.clock(),
        actor=work.run.actor,
    )
    if not scope.get("move"):
        return
    begin = date.fromisoformat(scope["not_before"])
    keys = find_contracts(old)
    after = work.summary.get("after", 0)
    keys = [key for key in keys if key > after]
    work.total = work.done + len(keys)
    for start in range(0, len(keys), _TOGETHER):
        summary = dict(work.summary)
        for key in keys[start : start + _TOGETHER]:
            _move(work, summary, key, old, new, begin)
            summary["after"] = key
        with transaction.atomic():
            work.beat(min(work.done + _TOGETHER, work.total), summary)
        work.keep()


def find_contracts(price: Price) -> list[int]:
    """The keys of the subscriptions that have a price without an end, in order."""
    rows = SubscriptionItem.objects.filter(price=price, end_on__isnull=True)
    return list(
        rows.order_by("subscription_id").values_list("subscription_id", flat=True).distinct()
    )


def _move(
    work: RunWork, summary: dict[str, Any], key: int, old: Price, new: Price, begin: date
) -> None:
    try:
        moved = change_price(
            subscription_id=key,
            old=old,
            new=new,
            not_before=begin,
            today=work.today,
            now=work.clock(),
            actor=work.run.actor,
        )
    except BillingError as error:
        work.note_error(summary, str(Subscription.objects.get(id=key)), str(error))
        return
    if moved is not None:
        summary["moved"] = summary.get("moved", 0) + 1
