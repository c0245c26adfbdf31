"""Accept an invitation: the invited address gets a user, and the user access."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.users.add_user import add_user
from quarterday.store.models import Invitation, Membership, User


class InvitationState(StrEnum):
    """What can be done with an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def judge_invitation(row: Invitation, *, now: datetime) -> InvitationState:
    """The state of an invitation at an instant."""
    if row.accepted_at is not None:
        return InvitationState.ACCEPTED
    if row.withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.EXPIRED if row.expires_at <= now else InvitationState.OPEN


def accept_invitation(
    *, invitation: str, now: datetime, user: User | None = None, name: str = "", language: str = ""
) -> Membership:
    """Give the invited person access in the role of the invitation.

    ``user`` is who is signed in, and must have the invited address; without one the user with
    that address is found or made, so call it so only for the bearer of the mailed link. Of two
    at once one wins; accepting again gives the membership that came of it. Raises `NotFound`,
    and `Conflict` for an invitation that is withdrawn, expired or for somebody else.
    """
    known = Invitation.objects.filter(public_id=invitation).values_list("account_id").first()
    if known is None:
        raise NotFound(f"there is no invitation {invitation!r}")
    with transaction.atomic():
        account = claim_account(known[0])
        row = Invitation.objects.get(public_id=invitation)
        if user is not None and user.email != row.email:
            raise Conflict(f"this invitation is for {row.email}; sign in with that address")
        state = judge_invitation(row, now=now)
        if state == InvitationState.ACCEPTED:
            return _find_accepted(row)
        if state != InvitationState.OPEN:
            raise Conflict(f"this invitation is {state}; ask for a new one")
        person = user or add_user(email=row.email, name=name, language=language)
        member, _ = Membership.objects.get_or_create(
            user=person, account=account, defaults={"role": row.role}
        )
        Membership.objects.filter(id=member.id).update(chosen_at=now)
        row.accepted_at = now
        row.save(update_fields=["accepted_at"])
        record_event(
            kind="invitation.accepted",
            subject=row.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=person.public_id,
            now=now,
            data={"email": row.email, "role": member.role},
        )
    return Membership.objects.select_related("user", "account").get(id=member.id)


def _find_accepted(row: Invitation) -> Membership:
    rows = Membership.objects.select_related("user", "account")
    member = rows.filter(account_id=row.account_id, user__email=row.email).first()
    if member is None:
        raise Conflict("this invitation was used, and the access it gave has ended since")
    return member
