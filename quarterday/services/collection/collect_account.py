"""Charge what is due of one account, each debt at most once whoever else is at it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.collection.charge_method import ask_again, look_up_charge, start_charge
from quarterday.services.collection.follow_attempt import follow_attempt
from quarterday.services.errors import Conflict
from quarterday.store.models import (
    Account,
    AttemptStatus,
    Collection,
    CollectionStatus,
    PaymentAttempt,
)
from quarterday.store.queries.collecting import (
    Outlook,
    find_next,
    foresee,
    group_due,
    read_collection_policy,
)

_log = logging.getLogger(__name__)
_DAY = timedelta(days=1)
# Whoever has written an attempt is still asking the gateway for it.
_PATIENCE = timedelta(minutes=10)
_MOST_CHARGES = 200
_LONGEST = 200
_LOOKED_AT = (CollectionStatus.WAITING, CollectionStatus.ACTION)


def collect_account(
    *, account_id: int, today: date, now: datetime, actor: str = "system"
) -> list[PaymentAttempt]:
    """The attempts that were made, after their answers; call it outside of every transaction.

    What became of earlier ones is found out first. Then one attempt after the other is written,
    committed and asked for, so that what one answer says, such as that a card is stolen, counts
    for the next.
    """
    _find_out(account_id, today, now)
    made: list[PaymentAttempt] = []
    while len(made) < _MOST_CHARGES:
        attempt = _start_next(account_id, today, now, actor)
        if attempt is None:
            break
        made.append(ask_again(attempt, now=now, actor=actor))
    return made


def _find_out(account_id: int, today: date, now: datetime) -> None:
    """Look up what is not known; and catch up where an attempt ended without a word to us."""
    rows = Collection.objects.filter(account=account_id, status=CollectionStatus.CHARGING)
    asked = rows.select_related("attempt__account__seller__brand", "attempt__method")
    for attempt in {row.attempt.id: row.attempt for row in asked if row.attempt}.values():
        is_lost = attempt.status == AttemptStatus.UNKNOWN or (
            attempt.status == AttemptStatus.CREATED and attempt.created_at < now - _PATIENCE
        )
        try:
            if is_lost:
                look_up_charge(attempt, now=now)
            elif attempt.finished_at is not None:
                with transaction.atomic():
                    account = claim_account(account_id)
                    attempt.refresh_from_db()
                    follow_attempt(account, attempt, today=today, now=now)
        except BillingError as error:
            _log.warning("attempt %s cannot be looked up: %s", attempt.public_id, error)


def _start_next(account_id: int, today: date, now: datetime, actor: str) -> PaymentAttempt | None:
    """Write the next attempt together with the tries that it takes; None when nothing is due."""
    with transaction.atomic():
        account = claim_account(account_id)
        found = foresee(account, today)
        ready = group_due(found, read_collection_policy(account.seller), today, now)
        charged: set[int] = set()
        attempt = None
        for group in ready:
            try:
                attempt = _start(account, group, now, actor)
                charged = {one.invoice.id for one in group}
                break
            except BillingError as error:
                for one in group:
                    _postpone(account, one, today, str(error))
                    charged.add(one.invoice.id)
        if attempt is None:
            waiting = {one.invoice.id for group in ready for one in group}
            _leave(account, [one for one in found if one.invoice.id not in waiting], today)
    return attempt


def _start(account: Account, group: Sequence[Outlook], now: datetime, actor: str) -> PaymentAttempt:
    method = group[0].method
    assert method is not None, "a charge is planned with a method"

    def take(attempt: PaymentAttempt) -> None:
        for one in group:
            _take_try(account, one, attempt)

    return start_charge(
        account=account,
        method=method,
        amount_minor=sum(one.amount_minor for one in group),
        invoices=[one.invoice.public_id for one in group],
        now=now,
        begin=take,
        actor=actor,
    )


def _take_try(account: Account, one: Outlook, attempt: PaymentAttempt) -> None:
    """By compare-and-set: of two workers that read the same row, one wins."""
    row = one.row or _open(account, one)
    data = dict(row.data)
    data.pop("part", None)
    free = (*_LOOKED_AT, CollectionStatus.EXHAUSTED)
    rows = Collection.objects.filter(id=row.id, tries=row.tries, status__in=free)
    taken = rows.update(
        tries=row.tries + 1,
        status=CollectionStatus.CHARGING,
        attempt=attempt,
        next_on=one.plan.on,
        reason=str(one.plan.reason),
        data=data | ({"part": one.part} if one.part else {}),
    )
    if not taken:
        raise Conflict(f"invoice {one.invoice.label} is collected by somebody else")


def _open(account: Account, one: Outlook) -> Collection:
    row, _ = Collection.objects.get_or_create(
        invoice=one.invoice, defaults={"account": account, "next_on": one.charge_on}
    )
    return row


def _leave(account: Account, found: Sequence[Outlook], today: date) -> None:
    """What is not charged now is looked at again when it may be; what is settled is done."""
    for one in found:
        if one.row is None or one.row.status not in _LOOKED_AT:
            continue
        status, next_on = find_next(one, today)
        if one.block:
            status, next_on = CollectionStatus(one.row.status), today + _DAY
        elif next_on is not None and next_on <= today:
            # A payment service that is out of reach, or an amount that is too small.
            next_on = today if one.row.data.get("not_before") else today + _DAY
        reason = str(one.block or one.plan.reason)
        if (status, next_on, reason) != (one.row.status, one.row.next_on, one.row.reason):
            rows = Collection.objects.filter(id=one.row.id, tries=one.row.tries)
            rows.update(status=status, next_on=next_on, reason=reason)
    settled = Collection.objects.filter(account=account).exclude(status=CollectionStatus.DONE)
    settled = settled.exclude(invoice__status=InvoiceState.OPEN)
    keys = list(settled.values_list("id", flat=True))
    if keys:
        rows = Collection.objects.filter(id__in=keys)
        rows.update(status=CollectionStatus.DONE, next_on=None, reason="")


def _postpone(account: Account, one: Outlook, today: date, reason: str) -> None:
    """What could not even be begun is tried tomorrow, and says why."""
    row = one.row or _open(account, one)
    rows = Collection.objects.filter(id=row.id, tries=row.tries)
    rows.update(next_on=today + _DAY, reason=reason[:_LONGEST])
