"""What the sample's months would have left behind besides the books: mails that went out, and the
daily work that was done. Nothing is sent; invented people get no mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.db import transaction

from quarterday.services.cycle.begin_cycle import begin_cycle
from quarterday.store.fields import make_public_id
from quarterday.store.models import (
    Contact,
    Cycle,
    CycleStep,
    Delivery,
    DeliveryStatus,
    Message,
    MessageStatus,
    ServiceCondition,
    ServiceState,
    ServiceStatus,
    WorkStatus,
)
from quarterday.store.queries.check import PROOFS

_BATCH = 500
_SHOWN_DAYS = 60
STEPS = ("usage", "run", "credit", "collect", "dun", "deliver", "reconcile", "check")


def note_mails(*, now: datetime, rng: Random) -> int:
    """Everything that waited for longer than a day was sent when it was written; how many mails.

    One address in a hundred is dead, and one mail in two hundred fails.
    """
    contacts: dict[int, list[Contact]] = {}
    for contact in Contact.objects.order_by("id"):
        contacts.setdefault(contact.account_id, []).append(contact)
    dead = {key for key in contacts if rng.randrange(100) == 0}
    rows = Message.objects.filter(
        status=MessageStatus.QUEUED, send_at__lt=now - timedelta(days=1)
    ).select_related("seller__brand")
    count = 0
    while batch := list(rows.order_by("id")[:_BATCH]):
        with transaction.atomic():
            for message in batch:
                count += _send(message, contacts.get(message.account_id or 0, ()), dead, rng)
            keys = [one.id for one in batch]
            Message.objects.filter(id__in=keys).update(status=MessageStatus.ADDRESSED)
    return count


def _send(message: Message, contacts: Sequence[Contact], dead: set[int], rng: Random) -> int:
    sent_at = message.send_at + timedelta(seconds=rng.randint(1, 90))
    for contact in contacts:
        status = DeliveryStatus.DELIVERED
        if contact.account_id in dead:
            status = DeliveryStatus.BOUNCED
        elif rng.randrange(200) == 0:
            status = DeliveryStatus.FAILED
        Delivery.objects.create(
            message=message,
            contact=contact,
            address=contact.email,
            status=status,
            attempts=1,
            next_at=sent_at,
            sent_at=sent_at,
            message_key=f"{make_public_id('dlv')}@demo.example",
            provider="demo",
            title=f"{message.seller.brand.site_name}: {message.kind.replace('_', ' ')}",
            error="550 no such mailbox" if status == DeliveryStatus.BOUNCED else "",
        )
    return len(contacts)


def note_failures(*, now: datetime) -> int:
    """Two names that were ordered last could not be made where they are made; how many."""
    rows = ServiceState.objects.filter(
        subscription__plan__product__code="domain", condition=ServiceCondition.ACTIVE
    )
    keys = list(rows.order_by("-id").values_list("id", flat=True)[:2])
    return ServiceState.objects.filter(id__in=keys).update(
        place="panel",
        condition=ServiceCondition.NONE,
        condition_at=now,
        plan=None,
        status=ServiceStatus.FAILED,
        tries=12,
        error="panel.hosting.example cannot be found",
    )


def note_cycles(*, last: date, now: datetime) -> int:
    """The daily work of the last two months, each step done in its time; how many days."""
    for back in range(_SHOWN_DAYS, 0, -1):
        day = last - timedelta(days=back)
        cycle = begin_cycle(day=day, steps=STEPS)
        at = now - timedelta(days=back, hours=8)
        for step in CycleStep.objects.filter(cycle=cycle).order_by("position"):
            done_at = at + timedelta(seconds=3 + (step.position * 7 + back) % 11)
            said = {"proofs": len(PROOFS), "offences": 0, "first": []}
            parts = {step.name: {**said, "at": done_at.isoformat()}} if step.name == "check" else {}
            CycleStep.objects.filter(id=step.id).update(
                status=WorkStatus.DONE,
                tries=1,
                started_at=at,
                finished_at=done_at,
                summary={"parts": parts, "failed": {}},
            )
            at = done_at
        Cycle.objects.filter(id=cycle.id).update(
            status=WorkStatus.DONE,
            started_at=now - timedelta(days=back, hours=8),
            heartbeat_at=at,
            finished_at=at,
            worker="demo",
        )
    return _SHOWN_DAYS
