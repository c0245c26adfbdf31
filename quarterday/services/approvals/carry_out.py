"""Do what was wished for: once for each key, whoever asks for it and however often."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from quarterday.core.access import StaffRole
from quarterday.core.approval import ApprovalKind, Waiver
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.approvals.waive import waive
from quarterday.services.approvals.wish import Wish
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.errors import NotFound
from quarterday.services.idempotency.once import once
from quarterday.services.payments.refund_by_gateway import refund_by_gateway
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.services.payments.start_refund import start_refund
from quarterday.store.models import Payment
from quarterday.store.queries.approvals import caller_of


def carry_out(wish: Wish, *, key: str, today: date, now: datetime, actor: str) -> str:
    """The public id of the refund, grant or credit note that it made, or had made under the
    ``key`` before.

    Call it outside of every transaction: a gateway may be asked. Who may was found out before.
    """
    with transaction.atomic():
        claim_account(wish.account.id)
        result = book_wish(wish, key=key, today=today, now=now, actor=actor)
    ask_gateway(wish, key=key, today=today, now=now, actor=actor)
    return result


def book_wish(wish: Wish, *, key: str, today: date, now: datetime, actor: str) -> str:
    """All of it that stands in our own books; what it made, as `carry_out`.

    For services that hold the transaction and the account; `ask_gateway` comes after it.
    """
    if wish.kind is ApprovalKind.REFUND:
        terms = _refund_terms(wish, key, today, now, actor)
        if wish.data.get("by_gateway"):
            return start_refund(**terms).refund.public_id
        return refund_payment(**terms).public_id
    if "waiver" in wish.data:
        return _waive(wish, key, today, now, actor)
    return _give_credit(wish, key, today, now, actor)


def ask_gateway(wish: Wish, *, key: str, today: date, now: datetime, actor: str) -> None:
    """Have the gateway make a refund that is booked; nothing for all else, or if it was asked.

    Call it outside of every transaction.
    """
    if wish.kind is ApprovalKind.REFUND and wish.data.get("by_gateway"):
        refund_by_gateway(**_refund_terms(wish, key, today, now, actor))


def _refund_terms(wish: Wish, key: str, today: date, now: datetime, actor: str) -> dict[str, Any]:
    rows = Payment.objects.select_related("account__seller__brand")
    payment = rows.filter(account=wish.account, public_id=wish.subject).first()
    if payment is None:
        raise NotFound(f"the account has no payment {wish.subject!r}")
    return {
        "payment": payment,
        "amount_minor": wish.amount_minor,
        "reopen": bool(wish.data.get("reopen")),
        "reason": wish.reason,
        "external_id": key,
        "today": today,
        "now": now,
        "actor": actor,
    }


def _waive(wish: Wish, key: str, today: date, now: datetime, actor: str) -> str:
    """By a key of ours: documents have none."""
    waiver = Waiver(wish.data["waiver"])
    lines = {int(position): minor for position, minor in wish.data["lines"].items()}

    def work() -> str:
        return waive(
            waiver,
            account=wish.account,
            name=wish.subject,
            amount_minor=wish.amount_minor,
            lines=lines or None,
            reason=wish.reason,
            today=today,
            now=now,
            actor=actor,
        )

    asked = {"waiver": waiver, "subject": wish.subject, "amount_minor": wish.amount_minor}
    asked["lines"] = wish.data["lines"]
    caller = caller_of(wish.account.public_id)
    return str(once(caller=caller, key=key, input=asked, work=work, now=now))


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
