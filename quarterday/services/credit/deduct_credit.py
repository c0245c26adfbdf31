"""Take credit from an account: paid out as money, or given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.core.access import StaffPermission, StaffRole
from quarterday.core.allocation import Grant, draw_credits
from quarterday.core.errors import BillingError
from quarterday.core.ledger import expire_credit as post_expiry
from quarterday.core.ledger import post_refund
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.credit.credit_kinds import PAID, ledger_kind
from quarterday.services.credit.move_grant import deduct_grant
from quarterday.services.credit.use_credit import open_grants
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.staff.check_staff import check_staff
from quarterday.store.models import (
    Account,
    CreditDeduction,
    CreditGrant,
    DeductionKind,
    Refund,
)


def deduct_credit(
    *,
    account: Account,
    amount_minor: int,
    today: date,
    now: datetime,
    reason: str,
    method: str = "",
    role: str = StaffRole.OWNER,
    actor: str = "system",
) -> list[CreditDeduction]:
    """Take an amount from open credit, in the order in which credit is used.

    With a ``method`` it is paid out that way, from credit that was paid for only; this is a
    `Refund` without a payment. Without one it is given up: a deposit becomes income, a gift
    takes back its expense. Raises `BillingError` when there is not as much, or when the ``role``
    of staff may not.
    """
    check_staff(role, StaffPermission.GIVE_MONEY_BACK if method else StaffPermission.GRANT_CREDIT)
    reason = check_text(reason, "reason", 500)
    with transaction.atomic():
        account = claim_account(account.id)
        grants = [grant for grant in open_grants(account.id) if grant.kind in PAID or not method]
        draws = _draw(grants, amount_minor, today, "was paid for and " if method else "")
        if method:
            found = _pay_out(account, draws, method, today, now, reason)
        else:
            found = [_give_up(account, grant, part, today, now, reason) for grant, part in draws]
        record_event(
            kind="credit.deducted",
            subject=account.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={
                "amount_minor": amount_minor,
                "currency": account.currency,
                "method": method,
                "reason": reason,
            },
        )
    return found


def _draw(
    grants: Sequence[CreditGrant], amount_minor: int, on: date, what: str
) -> list[tuple[CreditGrant, int]]:
    """What to take from which grant; together exactly the amount."""
    usable = [
        Grant(place, one.priority, one.granted_on, one.open_minor, one.expires_on)
        for place, one in enumerate(grants)
    ]
    draws = [(grants[int(key)], part) for key, part in draw_credits(amount_minor, usable, on)]
    there = sum(one.open_minor for one in grants)
    if amount_minor < 1 or sum(part for _, part in draws) != amount_minor:
        raise BillingError(
            f"amount_minor must be from 1 to the {there} that {what}is open, not {amount_minor}"
        )
    return draws


def _pay_out(
    account: Account,
    draws: Sequence[tuple[CreditGrant, int]],
    method: str,
    today: date,
    now: datetime,
    reason: str,
) -> list[CreditDeduction]:
    """Money back, as one refund."""
    amount = sum(part for _, part in draws)
    refund = Refund.objects.create(
        account=account,
        refunded_on=today,
        currency=account.currency,
        amount_minor=amount,
        reason=reason,
    )
    queue_message(kind="refund", account=account, subject=refund.public_id, now=now, on=today)
    entry = post_refund(
        on=today,
        reference=refund.public_id,
        account=account.id,
        currency=account.currency,
        amount_minor=amount,
        method=method,
        credit_minor=amount,
        memo=reason[:200],
    )
    post_entry(entry, seller_id=account.seller_id, source=refund.public_id)
    return [
        deduct_grant(
            grant,
            part,
            DeductionKind.REFUNDED,
            on=today,
            now=now,
            reason=reason,
            refund=refund,
        )
        for grant, part in draws
    ]


def _give_up(
    account: Account, grant: CreditGrant, part: int, today: date, now: datetime, reason: str
) -> CreditDeduction:
    """No money moves; the book takes it as it takes credit that expires."""
    deduction = deduct_grant(grant, part, DeductionKind.DEDUCTED, on=today, now=now, reason=reason)
    entry = post_expiry(
        on=today,
        reference=grant.external_id or grant.public_id,
        account=account.id,
        currency=grant.currency,
        amount_minor=part,
        kind=ledger_kind(grant.kind),
        memo=reason[:200],
    )
    post_entry(entry, seller_id=account.seller_id, source=deduction.public_id)
    return deduction
