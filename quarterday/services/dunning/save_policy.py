"""Save a seller's own policy; a change is a new version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from quarterday.core.dunning import read_policy, to_data
from quarterday.services.dunning.wake_dunning import wake_dunning
from quarterday.services.errors import NotFound
from quarterday.services.events.record_event import record_event
from quarterday.store.models import DunningPolicy, Seller


def save_policy(
    *, seller: Seller, data: Mapping[str, Any], now: datetime, actor: str = "system"
) -> DunningPolicy:
    """The version that holds from now on; saving the same again changes nothing.

    It goes for what is open already, too: steps that were taken are not taken again. One with the
    code of a built-in policy takes its place. Raises `BillingError`, which names the step, the
    field and the remedy.
    """
    policy = read_policy(data)
    kept = to_data(policy)
    code, name, steps = kept.pop("code"), kept.pop("name"), kept.pop("steps")
    with transaction.atomic():
        Seller.objects.select_for_update().get(id=seller.id)
        rows = DunningPolicy.objects.filter(seller=seller, code=code)
        newest = rows.order_by("-version").first()
        if (
            newest is not None
            and newest.retired_at is None
            and (newest.name, newest.steps, newest.data) == (name, steps, kept)
        ):
            return newest
        row = DunningPolicy.objects.create(
            seller=seller,
            code=code,
            version=newest.version + 1 if newest is not None else 1,
            name=name,
            steps=steps,
            data=kept,
            saved_at=now,
            actor=actor,
        )
        _note(row, "dunning.policy_saved", now, actor)
    return row


def retire_policy(
    *, seller: Seller, code: str, now: datetime, actor: str = "system"
) -> DunningPolicy:
    """Take a seller's own policy away; a built-in one of its code holds again.

    What still names it is reminded of no more, and `quarterday check` says so. Raises `NotFound`.
    """
    with transaction.atomic():
        rows = DunningPolicy.objects.filter(seller=seller, code=code).order_by("-version")
        row = rows.first()
        if row is None:
            raise NotFound(f"seller {seller} has no policy {code!r} of its own")
        if row.retired_at is None:
            DunningPolicy.objects.filter(id=row.id).update(retired_at=now)
            row.retired_at = now
            _note(row, "dunning.policy_retired", now, actor)
    return row


def _note(row: DunningPolicy, kind: str, now: datetime, actor: str) -> None:
    wake_dunning(Q(account__seller=row.seller), now=now)
    record_event(
        kind=kind,
        subject=row.public_id,
        seller_id=row.seller_id,
        actor=actor,
        now=now,
        data={"code": row.code, "version": row.version},
    )
