"""Remember why an address gets no more mail, and forget it again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from quarterday.services.errors import NotFound
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Account, AddressMark, Contact, Membership

SOFT_LIMIT = 5


def mark_address(*, address: str, reason: str, detail: str, now: datetime) -> None:
    """No more mail goes to an address: it ``bounced``, ``complained``, or ``by_hand``."""
    address = address.lower()
    with transaction.atomic():
        mark, is_new = AddressMark.objects.get_or_create(
            address=address, defaults={"reason": reason, "detail": detail[:500], "at": now}
        )
        if not is_new:
            if mark.reason == reason:
                return
            changed = AddressMark.objects.filter(id=mark.id, reason=mark.reason)
            if not changed.update(reason=reason, detail=detail[:500], at=now):
                return
        _tell(address, "address.marked", reason, now)


def count_soft_bounce(*, address: str, detail: str, now: datetime) -> None:
    """An address failed for now; when it does so five times in a row, it is taken for dead."""
    address = address.lower()
    with transaction.atomic():
        AddressMark.objects.get_or_create(address=address, defaults={"at": now})
        rows = AddressMark.objects.filter(address=address)
        rows.update(soft_bounces=F("soft_bounces") + 1)
        mark = rows.get()
        if mark.soft_bounces >= SOFT_LIMIT and not mark.reason:
            mark_address(address=address, reason="bounced", detail=detail, now=now)


def forget_soft_bounces(address: str) -> None:
    """An address was reached: what failed before does not count any more."""
    AddressMark.objects.filter(address=address.lower(), soft_bounces__gt=0).update(soft_bounces=0)


def clear_mark(*, address: str, now: datetime, actor: str = "system") -> None:
    """Let mail go to an address again. Raises `NotFound` when it is not marked."""
    address = address.strip().lower()
    with transaction.atomic():
        rows = AddressMark.objects.filter(address=address).exclude(reason="")
        if not rows.update(reason="", detail="", soft_bounces=0, at=now):
            raise NotFound(f"{address!r} is not marked; mail goes to it already")
        _tell(address, "address.cleared", "", now, actor)


def _tell(address: str, kind: str, reason: str, now: datetime, actor: str = "system") -> None:
    """An event for each account that the address belongs to."""
    keys = set(Contact.objects.filter(email=address).values_list("account_id", flat=True))
    keys |= set(Membership.objects.filter(user__email=address).values_list("account_id", flat=True))
    for account in Account.objects.filter(id__in=keys).order_by("id"):
        record_event(
            kind=kind,
            subject=account.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"address": address, "reason": reason},
        )
