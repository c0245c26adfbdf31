"""Write down what a gateway answered; money that came in is recorded exactly once."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    KeptMethod,
    NeedsFields,
    Outcome,
    Pending,
    Redirect,
    Succeeded,
    Unknown,
)
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.collection.follow_attempt import follow_attempt
from quarterday.services.debits.keep_mandate import keep_mandate
from quarterday.services.debits.make_debit import make_debit, may_debit
from quarterday.services.errors import Conflict
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.payments.cancel_attempt import record_attempt
from quarterday.services.payments.issue_fee import issue_fee
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.payments.record_payment import record_payment
from quarterday.store.models import (
    Account,
    AttemptPurpose,
    AttemptStatus,
    Invoice,
    Mandate,
    Payment,
    PaymentAttempt,
    PaymentMethod,
)

_log = logging.getLogger(__name__)
_ASKED = (AttemptStatus.CREATED, AttemptStatus.ACTION, AttemptStatus.UNKNOWN)
_OPEN = (*_ASKED, AttemptStatus.PENDING)
_NOBODY_ASKED = (DeclineCode.UNAVAILABLE, DeclineCode.NOT_RECEIVED)
_LONGEST = 500


def finish_attempt(
    *, attempt: PaymentAttempt, outcome: Outcome, today: date, now: datetime, actor: str = "system"
) -> PaymentAttempt:
    """The attempt after a gateway's answer, however often and by however many it is told.

    Money is a fact: it is recorded even for an attempt that had failed or was cancelled, once,
    and what its invoices no longer need becomes credit. Any other answer only moves an attempt
    that is still open. Raises `Conflict` when somebody else moved it in the meantime.
    """
    with transaction.atomic():
        account, attempt = claim_row(attempt)
        match outcome:
            case Succeeded():
                if attempt.status != AttemptStatus.SUCCEEDED:
                    _succeed(account, attempt, outcome, today, now, actor)
            case Pending():
                if attempt.status in _OPEN:
                    _wait(account, attempt, outcome, now, actor)
            case Redirect() | NeedsFields():
                if attempt.status in _ASKED:
                    _ask_payer(attempt, outcome)
            case Declined() if outcome.code in _NOBODY_ASKED and (
                attempt.status == AttemptStatus.PENDING
            ):
                # It was there before, so this is an answer that cannot be right, such as by the
                # key of another account.
                pass
            case Declined():
                if attempt.status in _OPEN:
                    _fail(account, attempt, outcome, now, actor)
            case Unknown():
                if attempt.status in _ASKED:
                    _move(attempt, AttemptStatus.UNKNOWN, outcome.reference, error=outcome.reason)
        follow_attempt(account, attempt, today=today, now=now)
    return attempt


def _succeed(
    account: Account,
    attempt: PaymentAttempt,
    outcome: Succeeded,
    today: date,
    now: datetime,
    actor: str,
) -> None:
    payment: Payment | None = None
    if attempt.purpose == AttemptPurpose.PAY:
        check_currency(attempt, outcome)
        invoices = _find_open(account, attempt)
        if fee := issue_fee(account, attempt, today=today, now=now, actor=actor):
            invoices.append(fee)
        payment = record_payment(
            account=account,
            amount_minor=(
                attempt.amount_minor if outcome.amount_minor is None else outcome.amount_minor
            ),
            method=attempt.gateway,
            today=today,
            now=now,
            reference=(outcome.reference or attempt.gateway_reference)[:200],
            # Even if everything else went wrong, the same attempt would find its payment.
            external_id=attempt.public_id,
            invoices=invoices,
            actor=actor,
        )
    method = _keep(account, attempt, outcome.method, now, actor)
    _move(
        attempt,
        AttemptStatus.SUCCEEDED,
        outcome.reference,
        payment=payment,
        finished_at=now,
        error="",
        data={**attempt.data, **({"fee_minor": outcome.fee_minor} if outcome.fee_minor else {})},
        **method,
    )
    record_attempt(account, attempt, "payment_attempt.succeeded", now, actor)


def check_currency(attempt: PaymentAttempt, outcome: Succeeded) -> None:
    """Raise `Conflict` for money of another currency, which would be booked as a wrong amount."""
    if outcome.currency and outcome.currency != attempt.currency:
        raise Conflict(
            f"{attempt.gateway} says that {outcome.currency} came in for payment "
            f"{attempt.public_id}, which is in {attempt.currency}; record it by hand"
        )


def _wait(
    account: Account, attempt: PaymentAttempt, outcome: Pending, now: datetime, actor: str
) -> None:
    """On its way; the payer keeps what to do elsewhere in view until it has come."""
    data = dict(attempt.data)
    if outcome.instructions is not None:
        data["instructions"] = asdict(outcome.instructions)
    if outcome.expected_on is not None and "expected_on" not in data:
        data["expected_on"] = outcome.expected_on.isoformat()
    method = _keep(account, attempt, outcome.method, now, actor)
    mandate = _find_mandate(account, attempt, outcome)
    if mandate is not None and outcome.expected_on is not None:
        if not may_debit(mandate, outcome.expected_on):
            gone = Declined(DeclineCode.METHOD_REVOKED, outcome.reference, is_final=True)
            _fail(account, attempt, gone, now, actor)
            return
        debit = make_debit(account, attempt, mandate, collect_on=outcome.expected_on, now=now)
        data["expected_on"] = debit.collect_on.isoformat()
    _move(attempt, AttemptStatus.PENDING, outcome.reference, data=data, error="", **method)


def _ask_payer(attempt: PaymentAttempt, outcome: Redirect | NeedsFields) -> None:
    data = dict(attempt.data)
    if isinstance(outcome, NeedsFields):
        data.pop("url", None)
        data["fields"] = [asdict(one) for one in outcome.fields]
        data["errors"] = dict(outcome.errors)
    elif outcome.url:
        data = {name: value for name, value in data.items() if name not in ("fields", "errors")}
        data["url"] = outcome.url
    _move(attempt, AttemptStatus.ACTION, outcome.reference, data=data)


def _fail(
    account: Account, attempt: PaymentAttempt, outcome: Declined, now: datetime, actor: str
) -> None:
    # Whoever sits before the page is told there; everybody else by mail.
    was_alone = attempt.status not in (AttemptStatus.CREATED, AttemptStatus.ACTION) or not (
        attempt.data.get("is_present")
    )
    is_cancelled = outcome.code is DeclineCode.CANCELLED
    _move(
        attempt,
        AttemptStatus.CANCELLED if is_cancelled else AttemptStatus.FAILED,
        outcome.reference,
        finished_at=now,
        error=str(outcome.code),
        data={**attempt.data, "is_final": outcome.is_final, "message": outcome.message[:_LONGEST]},
    )
    record_attempt(account, attempt, "payment_attempt.failed", now, actor)
    # Who charges by itself knows what comes next, and tells it: `follow_attempt`, `top_up_due`.
    is_told = attempt.is_automatic
    if was_alone and not (is_cancelled or is_told) and attempt.purpose == AttemptPurpose.PAY:
        queue_message(
            kind="payment_failed",
            account=account,
            subject=attempt.public_id,
            now=now,
            occasion=attempt.public_id,
        )


def _find_open(account: Account, attempt: PaymentAttempt) -> list[Invoice]:
    """Those of its invoices that are still open, in its order; none, and all becomes credit."""
    rows = Invoice.objects.filter(account=account, public_id__in=attempt.invoices)
    found = {one.public_id: one for one in rows.filter(status=InvoiceState.OPEN)}
    return [found[name] for name in attempt.invoices if name in found]


def _keep(
    account: Account, attempt: PaymentAttempt, kept: KeptMethod | None, now: datetime, actor: str
) -> dict[str, Any]:
    if kept is None:
        return {}
    if kept.mandate is not None and kept.mandate.evidence.get("once"):
        # For this payment alone: there is no method that anybody could charge again.
        keep_mandate(account=account, given=kept.mandate, method=None, now=now, actor=actor)
        return {}
    rows = PaymentMethod.objects.filter(account=account, gateway=attempt.gateway, token=kept.token)
    if rows.filter(removed_at__gte=attempt.created_at).exists():
        # Its bank or its owner ended it after this was begun: late news do not bring it back.
        return {}
    try:
        method = keep_method(
            account=account, gateway=attempt.gateway, kept=kept, now=now, actor=actor
        )
    except BillingError:
        if kept.mandate is not None:
            raise
        # Money that came in is recorded, whatever the gateway calls the card.
        _log.exception("the method of attempt %s is not kept", attempt.public_id)
        return {}
    return {} if attempt.method_id else {"method": method}


def _find_mandate(account: Account, attempt: PaymentAttempt, outcome: Pending) -> Mandate | None:
    """The mandate that we keep ourselves and that is debited, if it is one."""
    rows = Mandate.objects.filter(account=account)
    if outcome.method is not None and outcome.method.mandate is not None:
        return rows.filter(reference=outcome.method.mandate.reference).first()
    return rows.filter(method=attempt.method_id).first() if attempt.method_id else None


def _move(attempt: PaymentAttempt, status: AttemptStatus, reference: str, **changes: Any) -> None:
    """By compare-and-set: whoever read the attempt before somebody else moved it loses."""
    if reference:
        changes["gateway_reference"] = reference[:200]
    if "error" in changes:
        changes["error"] = changes["error"][:_LONGEST]
    rows = PaymentAttempt.objects.filter(id=attempt.id, status=attempt.status)
    if not rows.update(status=status, **changes):
        raise Conflict(f"payment attempt {attempt.public_id} was moved by somebody else; try again")
    for name, value in {"status": status, **changes}.items():
        setattr(attempt, name, value)
