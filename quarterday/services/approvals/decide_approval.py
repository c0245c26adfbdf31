"""Approve what somebody else asked for, refuse it, or take one's own asking back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.approval import NEEDED, ApprovalKind
from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.services.approvals.carry_out import carry_out
from quarterday.services.approvals.wish import Wish
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.staff.check_staff import Forbidden, check_staff
from quarterday.store.models import Approval, ApprovalStatus, User

_WAITING, _APPROVED = ApprovalStatus.WAITING, ApprovalStatus.APPROVED


def approve(approval: Approval, *, user: User, role: str, now: datetime) -> Approval:
    """Approve and carry out; call it outside of every transaction.

    What is approved and was not carried out to its end, because the process died, is carried out
    by the next call or by the job, once. Raises `Forbidden` for who asked and for roles that may
    not do it themselves, and `Conflict` for what was decided otherwise before.
    """
    _check_other(approval, user, role)
    if not _decide(approval, _APPROVED, user, now):
        approval.refresh_from_db()
        if approval.status in (ApprovalStatus.DONE, ApprovalStatus.FAILED):
            return approval
        if approval.status != _APPROVED:
            raise Conflict(f"this was {approval.status} already; nothing was done now")
    today = local_date(now, approval.seller.time_zone)
    return finish_approved(approval, today=today, now=now)


def refuse(approval: Approval, *, user: User, role: str, now: datetime) -> Approval:
    """Refuse; nothing is done. Raises as `approve` does."""
    _check_other(approval, user, role)
    return _end(approval, ApprovalStatus.REFUSED, user, now)


def withdraw(approval: Approval, *, user: User, now: datetime) -> Approval:
    """Take one's own asking back; raises `Forbidden` for somebody else's, and `Conflict`."""
    if approval.asked_by_id != user.id:
        raise Forbidden("only who asked can take it back; refuse it instead")
    return _end(approval, ApprovalStatus.WITHDRAWN, user, now)


def finish_approved(approval: Approval, *, today: date, now: datetime) -> Approval:
    """Carry out what is approved. Its public id is the key, so of two at once both get the same
    refund, and of two in a row the second finds it made.
    """
    wish = Wish(
        kind=ApprovalKind(approval.kind),
        account=approval.account,
        currency=approval.currency,
        amount_minor=approval.amount_minor,
        subject=approval.subject,
        reason=approval.reason,
        data=approval.data,
    )
    actor = approval.asked_by.public_id
    try:
        result = carry_out(wish, key=approval.public_id, today=today, now=now, actor=actor)
        changes = {"status": ApprovalStatus.DONE, "result": result}
    except BillingError as error:
        changes = {"status": ApprovalStatus.FAILED, "error": str(error)[:500]}
    with transaction.atomic():
        rows = Approval.objects.filter(id=approval.id, status=_APPROVED)
        if rows.update(**changes):
            _record(approval, changes["status"], "system", now, {"result": changes.get("result")})
    approval.refresh_from_db()
    return approval


def _check_other(approval: Approval, user: User, role: str) -> None:
    check_staff(role, NEEDED[ApprovalKind(approval.kind)])
    if approval.asked_by_id == user.id:
        raise Forbidden("who asked cannot decide; somebody else of the staff has to look")


def _end(approval: Approval, status: ApprovalStatus, user: User, now: datetime) -> Approval:
    if not _decide(approval, status, user, now):
        approval.refresh_from_db()
        if approval.status != status:
            raise Conflict(f"this was {approval.status} already; it stays so")
    return approval


def _decide(approval: Approval, status: ApprovalStatus, user: User, now: datetime) -> bool:
    """Whether this is the decision that counts: of several at once, one is."""
    with transaction.atomic():
        rows = Approval.objects.filter(id=approval.id, status=_WAITING)
        if not rows.update(status=status, decided_by=user, decided_at=now):
            return False
        _record(approval, status, user.public_id, now, {})
    approval.refresh_from_db()
    return True


def _record(
    approval: Approval, status: str, actor: str, now: datetime, data: dict[str, str | None]
) -> None:
    facts = {
        "kind": approval.deed,
        "amount_minor": approval.amount_minor,
        "currency": approval.currency,
    }
    record_event(
        kind=f"approval.{status}",
        subject=approval.public_id,
        seller_id=approval.seller_id,
        account_id=approval.account_id,
        actor=actor,
        now=now,
        data=facts | {name: value for name, value in data.items() if value},
    )
