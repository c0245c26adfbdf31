"""Let credit expire that was not used in time."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.ledger import expire_credit as post_expiry
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.credit.credit_kinds import ledger_kind
from quarterday.services.credit.move_grant import deduct_grant
from quarterday.services.events.record_event import record_event
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import Account, CreditDeduction, CreditGrant, DeductionKind
from quarterday.store.queries.credit import find_expired
from quarterday.store.queries.scope import EVERYTHING, Scope


def expire_credit(
    *, today: date, now: datetime, scope: Scope = EVERYTHING
) -> list[CreditDeduction]:
    """Expire what is open of every grant whose ``expires_on`` has come; what went.

    A deposit that expires becomes income, a gift takes back its expense. Each account is a
    transaction of its own; when nothing is due, this is one look into an index.
    """
    found: list[CreditDeduction] = []
    for account_id in find_expired(today, scope):
        with transaction.atomic():
            account = claim_account(account_id)
            due = CreditGrant.objects.filter(
                account=account, open_minor__gt=0, expires_on__lte=today
            )
            found += [_expire(account, grant, today, now) for grant in due.order_by("id")]
    return found


def _expire(account: Account, grant: CreditGrant, today: date, now: datetime) -> CreditDeduction:
    amount = grant.open_minor
    deduction = deduct_grant(grant, amount, DeductionKind.EXPIRED, on=today, now=now)
    entry = post_expiry(
        on=today,
        reference=grant.external_id or grant.public_id,
        account=account.id,
        currency=grant.currency,
        amount_minor=amount,
        kind=ledger_kind(grant.kind),
    )
    post_entry(entry, seller_id=account.seller_id, source=deduction.public_id)
    record_event(
        kind="credit.expired",
        subject=grant.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        now=now,
        data={"amount_minor": amount, "currency": grant.currency},
    )
    return deduction
