"""Move what is open of a grant, and keep why it went."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.errors import BillingError
from quarterday.services.credit.release_advance import release_advance
from quarterday.services.errors import Conflict
from quarterday.store.models import CreditDeduction, CreditGrant, DeductionKind, Refund


def move_grant(grant: CreditGrant, change_minor: int) -> None:
    """Lower (below zero) or raise what is open of a grant, by compare-and-set.

    Raises `BillingError` beyond what there is, and `Conflict` when somebody else moved it.
    """
    old = grant.open_minor
    new = old + change_minor
    if not 0 <= new <= grant.amount_minor:
        raise BillingError(
            f"credit {grant.public_id} has {old} of {grant.amount_minor} open; "
            f"it cannot change by {change_minor}"
        )
    if not CreditGrant.objects.filter(id=grant.id, open_minor=old).update(open_minor=new):
        raise Conflict(f"credit {grant.public_id} was used by somebody else; try again")
    grant.open_minor = new


def deduct_grant(
    grant: CreditGrant,
    amount_minor: int,
    kind: DeductionKind,
    *,
    on: date,
    now: datetime,
    reason: str = "",
    refund: Refund | None = None,
) -> CreditDeduction:
    """Take an amount from a grant for something else than an invoice; the caller posts it.

    Tax that was paid when it came in goes back with it.
    """
    move_grant(grant, -amount_minor)
    release_advance(grant, amount_minor, on=on, now=now, is_used=False)
    return CreditDeduction.objects.create(
        grant=grant, refund=refund, kind=kind, on=on, amount_minor=amount_minor, reason=reason
    )
