"""What the same person has given to the same customer lately, and what a key has done already."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from quarterday.core.approval import ApprovalKind
from quarterday.store.models import (
    Account,
    CreditGrant,
    CreditKind,
    Event,
    IdempotencyKey,
    Refund,
)

_DAY = timedelta(days=1)
# The events that give something, and where each says how much.
_KINDS = {
    ApprovalKind.REFUND: {"payment.refunded": "amount_minor"},
    ApprovalKind.CREDIT: {
        "credit.granted": "amount_minor",
        "credit_note.issued": "total_minor",
        "invoice.written_off": "amount_minor",
    },
}
# What the customer has paid too much is theirs, and a credit note counts itself.
_NO_GIFTS = (CreditKind.OVERPAYMENT, CreditKind.CREDIT_NOTE)


def sum_given(
    kind: ApprovalKind, *, account_id: int, currency: str, actor: str, now: datetime
) -> int:
    """What somebody gave to an account within a day, in minor units of a currency.

    Credit is also what they credited or wrote off. Whoever sums to give more has claimed the
    account, so that nobody gives in between.
    """
    amounts = _KINDS[kind]
    rows = Event.objects.filter(
        account_id=account_id, kind__in=amounts, actor=actor, at__gt=now - _DAY
    )
    given = ((name, json.loads(data)) for name, data in rows.values_list("kind", "data"))
    return sum(
        one[amounts[name]]
        for name, one in given
        if one["currency"] == currency and one.get("kind") not in _NO_GIFTS
    )


def is_done(kind: ApprovalKind, *, account: Account, key: str, is_waiver: bool = False) -> bool:
    """Whether this very sort of thing was made under a key, so that asking again is no second one.

    A key of something else says nothing: what is done under it now has its limit.
    """
    if is_waiver:
        caller = caller_of(account.public_id)
        return IdempotencyKey.objects.filter(caller=caller, key=key).exists()
    model: type[Refund] | type[CreditGrant] = Refund
    if kind is ApprovalKind.CREDIT:
        model = CreditGrant
    return model._default_manager.filter(account=account, external_id=key).exists()


def caller_of(account_id: str) -> str:
    """Under which name an account, by public id, keeps the keys of what was given up for it."""
    return f"waive {account_id}"
