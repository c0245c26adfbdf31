"""Act on a debit that a bank gives back (an R-transaction)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from quarterday.core.ledger import post_return_fee
from quarterday.core.sepa_returns import ReturnReason, read_return_reason
from quarterday.ports.outcomes import DeclineCode, Declined
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.debits.charge_return import charge_return
from quarterday.services.debits.end_mandate import end_mandate
from quarterday.services.debits.settle_debits import settle_debit
from quarterday.services.disputes.return_payment import return_payment
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.store.models import (
    Account,
    Allocation,
    AttemptStatus,
    Debit,
    Dispute,
    DisputeStatus,
    JournalEntry,
    Payment,
)


def return_debit(
    *,
    debit: Debit,
    code: str,
    today: date,
    now: datetime,
    key: str,
    on: date | None = None,
    is_money_moved: bool = True,
    fee_minor: int = 0,
    actor: str = "system",
) -> Dispute | None:
    """Take back a debit, once, however often and by whomever it is told.

    ``code`` is the bank's reason (`quarterday.core.sepa_returns`), ``key`` what the bank or its
    line is called, and ``on`` the day on which it stands there, by default today.
    ``is_money_moved`` says that a statement shows the money going out, so it had come in, whether
    or not that line was read yet: the debit is settled first, then returned as a dispute.
    Otherwise the bank refused the debit before it took anything, and the attempt fails; None.
    ``fee_minor`` is what the bank asks for it: an expense, which the customer pays again where the
    seller has a product for it and the reason is theirs.
    """
    reason = read_return_reason(code)
    with transaction.atomic():
        account, attempt = claim_row(debit.attempt)
        debit = Debit.objects.select_related("mandate", "attempt__account__seller").get(id=debit.id)
        dispute = None
        if is_money_moved or attempt.status == AttemptStatus.SUCCEEDED:
            dispute = _take_back(debit, reason, key, fee_minor, on or today, today, now, actor)
        else:
            _refuse(account, debit, reason, fee_minor, on or today, today, now, actor)
        if reason.ends_mandate:
            end_mandate(mandate=debit.mandate, today=today, now=now, actor=actor)
        charge_return(account, debit, reason, fee_minor, today=today, now=now, actor=actor)
    return dispute


def _take_back(
    debit: Debit,
    reason: ReturnReason,
    key: str,
    fee_minor: int,
    on: date,
    today: date,
    now: datetime,
    actor: str,
) -> Dispute:
    payment = debit.attempt.payment
    if payment is None:
        came_on = min(debit.collect_on, on)
        payment = settle_debit(debit=debit, received_on=came_on, now=now, actor=actor)
    # A debit comes back once, whatever each of those who tell of it calls it.
    known = Dispute.objects.filter(payment=payment, status=DisputeStatus.RETURNED).first()
    return return_payment(
        payment=payment,
        reference=known.reference if known else key,
        today=today,
        now=now,
        on=max(on, *_list_days(payment)),
        reason=f"{reason.code} {reason.text}".strip(),
        fee_minor=fee_minor,
        may_retry=reason.may_retry,
        # What is the bank's own fault counts as any refusal: a debit is not repeated at once.
        code="" if reason.decline == DeclineCode.UNAVAILABLE else reason.decline,
        actor=actor,
    )


def _list_days(payment: Payment) -> list[date]:
    """When it came and settled something: it cannot be taken back before."""
    rows = Allocation.objects.filter(Q(payment=payment) | Q(grant__payment=payment))
    return [payment.received_on, *rows.values_list("on", flat=True)]


def _refuse(
    account: Account,
    debit: Debit,
    reason: ReturnReason,
    fee_minor: int,
    on: date,
    today: date,
    now: datetime,
    actor: str,
) -> None:
    finish_attempt(
        attempt=debit.attempt,
        outcome=Declined(
            DeclineCode(reason.decline),
            debit.end_to_end_id,
            is_final=not reason.may_retry,
            message=f"{reason.code} {reason.text}".strip(),
        ),
        today=today,
        now=now,
        actor=actor,
    )
    source = debit.attempt.public_id
    if not fee_minor or JournalEntry.objects.filter(source=source, kind="return_fee").exists():
        return
    entry = post_return_fee(
        on=on,
        reference=debit.end_to_end_id,
        account=account.id,
        currency=debit.attempt.currency,
        amount_minor=fee_minor,
        method=debit.attempt.gateway,
        memo=reason.code,
    )
    post_entry(entry, seller_id=account.seller_id, source=source)
