"""Turn money that no invoice takes into credit of the account (rule 13)."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.ledger import grant_credit as post_grant
from quarterday.services.credit.credit_kinds import ledger_kind
from quarterday.services.events.record_event import record_event
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import Account, CreditGrant, CreditKind, Payment


def open_grant(
    account: Account,
    kind: CreditKind,
    amount_minor: int,
    *,
    on: date,
    now: datetime,
    reason: str,
    payment: Payment | None = None,
    actor: str = "system",
) -> CreditGrant:
    """Grant what was paid or credited beyond what is owed, and post it.

    For services that hold the transaction and the account; raises `BillingError` below 1.
    """
    grant = CreditGrant.objects.create(
        account=account,
        payment=payment,
        kind=kind,
        currency=account.currency,
        amount_minor=amount_minor,
        open_minor=amount_minor,
        granted_on=on,
        reason=reason,
    )
    entry = post_grant(
        on=on,
        reference=reason,
        account=account.id,
        currency=account.currency,
        amount_minor=amount_minor,
        kind=ledger_kind(kind),
    )
    post_entry(entry, seller_id=account.seller_id, source=grant.public_id)
    record_granted(account, grant, now=now, actor=actor)
    return grant


def record_granted(account: Account, grant: CreditGrant, *, now: datetime, actor: str) -> None:
    """The event of a new grant."""
    record_event(
        kind="credit.granted",
        subject=grant.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={
            "kind": grant.kind,
            "amount_minor": grant.amount_minor,
            "currency": grant.currency,
            "expires_on": grant.expires_on.isoformat() if grant.expires_on else None,
        },
    )
