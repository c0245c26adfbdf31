"""Whether an amount is beyond what one person may give a customer alone."""

from __future__ import annotations

from datetime import datetime

from quarterday.core.approval import ApprovalKind, read_approval_limits
from quarterday.services.staff.check_staff import Forbidden
from quarterday.store.models import Account, Seller
from quarterday.store.queries.approvals import sum_given
from quarterday.store.queries.paying import read_brand


def is_beyond(
    kind: ApprovalKind,
    *,
    account: Account,
    currency: str,
    amount_minor: int,
    actor: str | None = None,
    now: datetime | None = None,
) -> bool:
    """Whether it is above the seller's limit, in minor units.

    With an ``actor``, what they gave to the customer within a day before ``now`` counts with it: a
    limit is not to be passed in slices. What is then given is given while the account is held.
    """
    seller = Seller.objects.select_related("brand").get(id=account.seller_id)
    limits = read_approval_limits(read_brand(seller).get("approvals", {}))
    if not limits.limits:
        return False
    before = 0
    if actor is not None and now is not None:
        before = sum_given(kind, account_id=account.id, currency=currency, actor=actor, now=now)
    return limits.needs_another(kind, currency, before + amount_minor)


def check_gift(*, account: Account, amount_minor: int, actor: str, now: datetime) -> None:
    """Raise `Forbidden` where credit is beyond the limit, and nobody can be asked from here.

    For services that hold the transaction and the account.
    """
    if is_beyond(
        ApprovalKind.CREDIT,
        account=account,
        currency=account.currency,
        amount_minor=amount_minor,
        actor=actor,
        now=now,
    ):
        raise Forbidden(
            f"so much credit for account {account} needs a second person; give it in the console, "
            "where somebody else can approve it"
        )
