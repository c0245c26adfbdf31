"""Do what somebody of the staff wishes, or ask a second person where it is above the limit."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from quarterday.core.approval import NEEDED, read_approval_limits
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.approvals.carry_out import carry_out
from quarterday.services.approvals.wish import Wish
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.services.staff.check_staff import check_staff
from quarterday.store.models import Approval, Seller, User
from quarterday.store.queries.approvals import is_done, sum_given
from quarterday.store.queries.paying import read_brand


class Outcome(NamedTuple):
    """``result`` is the public id of the refund or grant, empty as long as ``approval`` waits."""

    result: str
    approval: Approval | None


def do_or_ask(
    wish: Wish, *, user: User, role: str, key: str, today: date, now: datetime
) -> Outcome:
    """Carry a wish out at once, or store an `Approval` that somebody else decides.

    ``role`` is the user's for the seller of the account, and ``key`` (such as the one-time key
    of a form) makes it happen once, however often it is sent. Call it outside of every
    transaction. Raises `Forbidden` where the role does not permit it at all, `BillingError`
    where it cannot be done.
    """
    check_staff(role, NEEDED[wish.kind])
    key = check_text(key, "key", 100)
    is_done_already = is_done(wish.kind, account_id=wish.account.id, key=key)
    if not is_done_already and needs_another(wish, user=user, now=now):
        return Outcome("", ask_approval(wish, user=user, key=key, now=now))
    result = carry_out(wish, key=key, today=today, now=now, actor=user.public_id)
    return Outcome(result, None)


def needs_another(wish: Wish, *, user: User | None = None, now: datetime | None = None) -> bool:
    """Whether somebody else has to look, so that a page can say it before.

    With a ``user``, what they gave to the customer within a day before ``now`` counts with it: a
    limit is not to be passed in slices.
    """
    seller = Seller.objects.select_related("brand").get(id=wish.account.seller_id)
    limits = read_approval_limits(read_brand(seller).get("approvals", {}))
    if not limits.limits:
        return False
    before = 0
    if user is not None and now is not None:
        before = sum_given(
            wish.kind,
            account_id=wish.account.id,
            currency=wish.currency,
            actor=user.public_id,
            now=now,
        )
    return limits.needs_another(wish.kind, wish.currency, before + wish.amount_minor)


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
                    "kind": approval.kind,
                    "amount_minor": approval.amount_minor,
                    "currency": approval.currency,
                    "reason": approval.reason,
                },
            )
        elif approval.amount_minor != wish.amount_minor:
            raise Conflict("another amount was asked for by this form; open the page again")
    return approval
