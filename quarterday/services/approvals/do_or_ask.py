"""Do what somebody of the staff wishes, or ask a second person where it is above the limit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from quarterday.core.approval import NEEDED
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.approvals.carry_out import ask_gateway, book_wish
from quarterday.services.approvals.check_limit import is_beyond
from quarterday.services.approvals.wish import Wish
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.staff.check_staff import check_staff
from quarterday.store.models import Approval, User
from quarterday.store.queries.approvals import is_done


class Outcome(NamedTuple):
    """``result`` is the public id of what it made, empty as long as ``approval`` waits."""

    result: str
    approval: Approval | None


def do_or_ask(
    wish: Wish, *, user: User, role: str, key: str, today: date, now: datetime
) -> Outcome:
    """Carry a wish out at once, or store an `Approval` that somebody else decides.

    ``role`` is the user's for the seller of the account, and ``key`` (such as the one-time key
    of a form) makes it happen once, however often it is sent. What was given before is summed and
    the new is booked while the account is held, so that no two wishes at once pass the limit
    together. Call it outside of every transaction where a gateway may be asked. Raises `Forbidden`
    where the role does not permit it at all, `BillingError` where it cannot be done.
    """
    check_staff(role, NEEDED[wish.kind])
    key = check_text(key, "key", 100)
    terms: dict[str, Any] = {"key": key, "today": today, "now": now, "actor": user.public_id}
    with transaction.atomic():
        claim_account(wish.account.id)
        is_known = is_done(
            wish.kind, account=wish.account, key=key, is_waiver="waiver" in wish.data
        )
        if not is_known and needs_another(wish, user=user, now=now):
            return Outcome("", ask_approval(wish, user=user, key=key, now=now))
        result = book_wish(wish, **terms)
    ask_gateway(wish, **terms)
    return Outcome(result, None)


def needs_another(wish: Wish, *, user: User | None = None, now: datetime | None = None) -> bool:
    """Whether somebody else has to look, so that a page can say it before; see `is_beyond`."""
    return is_beyond(
        wish.kind,
        account=wish.account,
        currency=wish.currency,
        amount_minor=wish.amount_minor,
        actor=user.public_id if user else None,
        now=now,
    )


def ask_approval(wish: Wish, *, user: User, key: str, now: datetime) -> Approval:
    """The approval that waits for somebody else; the same key asks once.

    Raises `Conflict` where another amount was asked for under the key.
    """
    data = {**wish.data, "key": key}
    with transaction.atomic():
        account = claim_account(wish.account.id)
        approval, is_new = Approval.objects.get_or_create(
            seller_id=account.seller_id,
            account=account,
            kind=wish.kind,
            subject=wish.subject,
            data=data,
            asked_by=user,
            defaults={
                "currency": wish.currency,
                "amount_minor": wish.amount_minor,
                "reason": wish.reason,
                "asked_at": now,
            },
        )
        if is_new:
            record_event(
                kind="approval.asked",
                subject=approval.public_id,
                seller_id=account.seller_id,
                account_id=account.id,
                actor=user.public_id,
                now=now,
                data={
                    "kind": approval.deed,
                    "amount_minor": approval.amount_minor,
                    "currency": approval.currency,
                    "reason": approval.reason,
                },
            )
        elif approval.amount_minor != wish.amount_minor:
            raise Conflict("another amount was asked for by this form; open the page again")
    return approval
