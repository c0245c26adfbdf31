"""Do what was wished for: once for each key, whoever asks for it and however often."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from quarterday.core.access import StaffRole
from quarterday.core.approval import ApprovalKind
from quarterday.services.approvals.wish import Wish
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.errors import NotFound
from quarterday.services.payments.refund_by_gateway import refund_by_gateway
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.store.models import Payment


def carry_out(wish: Wish, *, key: str, today: date, now: datetime, actor: str) -> str:
    """The public id of the refund or grant that it made, or had made under the ``key`` before.

    Call it outside of every transaction: a gateway may be asked. Who may was found out before.
    """
    if wish.kind is ApprovalKind.CREDIT:
        return _give_credit(wish, key, today, now, actor)
    return _give_back(wish, key, today, now, actor)


def _give_back(wish: Wish, key: str, today: date, now: datetime, actor: str) -> str:
    rows = Payment.objects.select_related("account__seller__brand")
    payment = rows.filter(account=wish.account, public_id=wish.subject).first()
    if payment is None:
        raise NotFound(f"the account has no payment {wish.subject!r}")
    terms: dict[str, Any] = {
        "payment": payment,
        "amount_minor": wish.amount_minor,
        "reopen": bool(wish.data.get("reopen")),
        "reason": wish.reason,
        "external_id": key,
        "today": today,
        "now": now,
        "actor": actor,
    }
    if wish.data.get("by_gateway"):
        return refund_by_gateway(**terms).refund.public_id
    return refund_payment(**terms).public_id


def _give_credit(wish: Wish, key: str, today: date, now: datetime, actor: str) -> str:
    until = wish.data.get("expires_on")
    return grant_credit(
        account=wish.account,
        kind=wish.data["kind"],
        method=wish.data.get("method", ""),
        amount_minor=wish.amount_minor,
        expires_on=date.fromisoformat(until) if until else None,
        scope=wish.data.get("scope") or None,
        reason=wish.reason,
        external_id=key,
        # Whoever asked might, and so might whoever approved.
        role=StaffRole.OWNER,
        today=today,
        now=now,
        actor=actor,
    ).public_id
