"""Move subscriptions whose day has come: to start, to leave their trial, to end.

What is billed does not depend on it, since items carry their own days; the states are for people
and for provisioning. The billing run does it first thing each day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.core.lifecycle import move
from quarterday.services.provisioning.follow_moves import claim_served, follow_moves
from quarterday.store.models import Event, Subscription
from quarterday.store.queries.scope import EVERYTHING, Scope
from quarterday.store.queries.waiting import WaitingRow, find_waiting

_BATCH = 2000
# In this order, so that a contract may go through all of them on one day.
_STATES = ("pending", "trialing", "cancelling")
_EVENTS = {
    "start_trial": "subscription.trial_started",
    "activate": "subscription.activated",
    "cancel": "subscription.cancelled",
}


def advance_states(
    today: date, *, now: datetime, scope: Scope = EVERYTHING, actor: str = "billing run"
) -> int:
    """Move all subscriptions that are to move by today; how many moves that were.

    Each batch is a transaction with its events. Run twice, or by two at once, each move is made
    and told once.
    """
    moved = 0
    for status in _STATES:
        while rows := find_waiting(status, today, _BATCH, scope):
            with transaction.atomic():
                served = claim_served([row.id for row in rows])
                for verb in ("start_trial", "activate", "cancel"):
                    chosen = [row for row in rows if _verb(status, row, today) == verb]
                    moved += _move(chosen, status, verb, now, actor) if chosen else 0
                follow_moves(served, today=today, now=now, actor=actor)
            if len(rows) < _BATCH:
                break
    return moved


def _verb(status: str, row: WaitingRow, today: date) -> str:
    if status == "cancelling":
        return "cancel"
    on_trial = row.trial_end is not None and row.trial_end > today
    return "start_trial" if status == "pending" and on_trial else "activate"


def _move(rows: Sequence[WaitingRow], status: str, verb: str, now: datetime, actor: str) -> int:
    """Move those that are still in the state, and write an event for each of them."""
    locked = Subscription.objects.select_for_update().filter(
        id__in=[row.id for row in rows], status=status
    )
    mine = set(locked.order_by("id").values_list("id", flat=True))
    rows = [row for row in rows if row.id in mine]
    Subscription.objects.filter(id__in=mine).update(status=move("subscription", status, verb))
    Event.objects.bulk_create(
        Event(
            seller_id=row.seller_id,
            account_id=row.account_id,
            kind=_EVENTS[verb],
            subject=row.public_id,
            actor=actor,
            at=now,
        )
        for row in rows
    )
    return len(rows)
