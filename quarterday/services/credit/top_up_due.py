"""Add credit by itself where it is below its mark: one attempt at a time, and not too often."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.ports.outcomes import DeclineCode
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.collection.charge_method import charge_method
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.payments.cancel_attempt import cancel_attempt
from quarterday.store.models import Account, AttemptStatus, PaymentAttempt, TopUp
from quarterday.store.queries.balances import load_balances
from quarterday.store.queries.credit_policy import may_add_credit, read_credit_policy
from quarterday.store.queries.paying import LIVE, list_live_attempts
from quarterday.store.queries.top_ups import count_top_ups

# After so many tries in a row that failed, the customer has to do something.
_WAITS = (timedelta(days=1), timedelta(days=3))
_LATER = timedelta(hours=6)
_CONFIRM = str(DeclineCode.NOT_AUTHENTICATED)
_ENDED = (AttemptStatus.SUCCEEDED, AttemptStatus.FAILED, AttemptStatus.CANCELLED)


def top_up_due(*, top_up: TopUp, now: datetime) -> PaymentAttempt | None:
    """The attempt that was made, if one was due; call it outside of every transaction.

    What became of the last one is written down first; while it is not over, nothing is done.
    Whoever comes second finds that it was taken. A decline is tried again in some days, and one
    that is final, or the third, switches the top-up off; the customer is told of both.
    """
    account = top_up.account
    if not _settle(top_up, now):
        return None
    top_up = TopUp.objects.select_related("method", "attempt").get(id=top_up.id)
    if not _is_due(account, top_up, now):
        return None
    assert top_up.method is not None
    known, tries = top_up.attempt_id, top_up.tries

    def begin(attempt: PaymentAttempt) -> None:
        # With the account claimed: another worker may have begun and ended one in the meantime.
        if not _is_low(account, top_up, now):
            raise Conflict(f"credit of account {account} is not low any more")
        rows = TopUp.objects.filter(id=top_up.id, attempt=known, tries=tries, is_enabled=True)
        if not rows.update(attempt=attempt, tries=tries + 1):
            raise Conflict(f"credit of account {account} was topped up by somebody else just now")

    try:
        attempt = charge_method(
            account=account,
            method=top_up.method,
            amount_minor=top_up.amount_minor,
            invoices=[],
            now=now,
            begin=begin,
            actor="top-up",
        )
    except Conflict:
        return None
    except BillingError as error:
        _wait(account, top_up, now, str(error))
        return None
    _settle(TopUp.objects.select_related("account").get(id=top_up.id), now)
    return PaymentAttempt.objects.get(id=attempt.id)


def _is_due(account: Account, top_up: TopUp, now: datetime) -> bool:
    """Whether credit is low, nothing for it is on its way, and the day's most is not reached."""
    if not top_up.is_enabled or (top_up.next_at is not None and top_up.next_at > now):
        return False
    method = top_up.method
    if method is None or method.removed_at is not None:
        stop(account, top_up, now, "the way to pay was removed")
        return False
    policy = read_credit_policy(account.seller_id)
    if not (policy.top_up and may_add_credit(account, policy)):
        return False
    if not _is_low(account, top_up, now):
        return False
    if any(not one.invoices for one in list_live_attempts(account, LIVE)):
        return False
    return count_top_ups(account, now) < policy.top_ups_a_day


def _is_low(account: Account, top_up: TopUp, now: datetime) -> bool:
    today = local_date(now, account.seller.time_zone)
    return load_balances([account.id], today)[account.id].credit_minor < top_up.below_minor


def _settle(top_up: TopUp, now: datetime) -> bool:
    """Write down what became of the last attempt; whether another may be made."""
    attempt = PaymentAttempt.objects.filter(id=top_up.attempt_id or 0).first()
    if attempt is None:
        return True
    if attempt.status == AttemptStatus.ACTION:
        # Nobody is there to confirm it; the customer is asked to add credit in person instead.
        cancel_attempt(attempt=attempt, now=now, actor="top-up")
        attempt.refresh_from_db()
    if attempt.status not in _ENDED:
        return False
    with transaction.atomic():
        account = claim_account(top_up.account_id)
        rows = TopUp.objects.filter(id=top_up.id, attempt=attempt)
        if attempt.status == AttemptStatus.SUCCEEDED:
            rows.update(attempt=None, tries=0, next_at=None)
            return True
        is_final = bool(attempt.data.get("is_final")) or attempt.error == _CONFIRM
        is_final = is_final or attempt.status == AttemptStatus.CANCELLED
        is_over = is_final or top_up.tries > len(_WAITS)
        next_at = None if is_over else now + _WAITS[max(top_up.tries, 1) - 1]
        if not rows.update(attempt=None, next_at=next_at):
            return False
        if is_over:
            stop(account, top_up, now, attempt.error or "it has to be confirmed")
        queue_message(
            kind="top_up_failed",
            account=account,
            subject=attempt.public_id,
            occasion=attempt.public_id,
            now=now,
        )
    return not is_over and next_at is None


def _wait(account: Account, top_up: TopUp, now: datetime, reason: str) -> None:
    """Nobody could be asked, such as when the seller's limits were lowered; try again later."""
    with transaction.atomic():
        claim_account(account.id)
        rows = TopUp.objects.filter(id=top_up.id, tries=top_up.tries)
        if rows.update(next_at=now + _LATER):
            _record(account, "top_up.postponed", now, reason)


def stop(account: Account, top_up: TopUp, now: datetime, reason: str) -> None:
    """Switch a top-up off that can go on no more, and say why."""
    rows = TopUp.objects.filter(id=top_up.id, is_enabled=True)
    if rows.update(is_enabled=False, next_at=None, changed_at=now):
        _record(account, "top_up.stopped", now, reason)


def _record(account: Account, kind: str, now: datetime, reason: str) -> None:
    record_event(
        kind=kind,
        subject=account.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        now=now,
        data={"reason": reason[:200]},
    )
