"""What the same person has given to the same customer lately, and what a key has done already."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from quarterday.core.approval import ApprovalKind
from quarterday.store.models import CreditGrant, CreditKind, Event, Refund

_DAY = timedelta(days=1)
_KINDS = {ApprovalKind.REFUND: "payment.refunded", ApprovalKind.CREDIT: "credit.granted"}


def sum_given(
    kind: ApprovalKind, *, account_id: int, currency: str, actor: str, now: datetime
) -> int:
    """What somebody gave to an account within a day, in minor units of a currency.

    What the customer has paid too much is theirs: that it became credit was no gift.
    """
    rows = Event.objects.filter(
        account_id=account_id, kind=_KINDS[kind], actor=actor, at__gt=now - _DAY
    )
    given = (json.loads(data) for data in rows.values_list("data", flat=True))
    return sum(
        one["amount_minor"]
        for one in given
        if one["currency"] == currency and one.get("kind") != CreditKind.OVERPAYMENT
    )


def is_done(kind: ApprovalKind, *, account_id: int, key: str) -> bool:
    """Whether a refund or grant was made under a key, so that asking again is no second one."""
    model: type[Refund] | type[CreditGrant] = Refund
    if kind is ApprovalKind.CREDIT:
        model = CreditGrant
    return model._default_manager.filter(account_id=account_id, external_id=key).exists()
