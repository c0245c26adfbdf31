"""Ask somebody by mail to act for an account, and take that back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from quarterday.core.access import Role
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_word
from quarterday.services.links.make_link import LIFETIME as LINK_LIFETIME
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.users.add_user import check_email
from quarterday.store.models import Account, Invitation, LinkPurpose, Membership, User

# As long as the link that is mailed.
LIFETIME = LINK_LIFETIME[LinkPurpose.INVITATION]


def invite_person(
    *,
    account_id: int,
    email: str,
    role: str,
    now: datetime,
    invited_by: User | None = None,
    actor: str = "system",
) -> Invitation:
    """Invite an address to act for an account in a role; the mail leaves with the outbox.

    Inviting it again mails again, from then with the role and the time given now. Raises
    `Conflict` when the address acts for the account already, and `BillingError` for bad input.
    """
    email, role = check_email(email), check_word(Role, role, "role")
    with transaction.atomic():
        account = claim_account(account_id)
        if Membership.objects.filter(account=account, user__email=email).exists():
            raise Conflict(f"{email} has access already; change the role instead")
        expires_at = now + LIFETIME
        row = _open(account).filter(email=email).first()
        if row is None:
            row = Invitation(account=account, email=email, created_at=now)
        elif row.expires_at == expires_at and row.role == role:
            return row
        row.role, row.invited_by, row.expires_at = role, invited_by, expires_at
        row.save()
        _record("invitation.sent", row, account, now, actor)
        queue_message(
            kind="invitation",
            account=account,
            subject=row.public_id,
            now=now,
            occasion=f"{now:%Y-%m-%dT%H:%M:%S}",
            recipient=email,
            language=_language(email, account, invited_by),
            data={"role": role, "inviter": "" if invited_by is None else invited_by.name},
        )
    return row


def withdraw_invitation(
    *, account_id: int, invitation: str, now: datetime, actor: str = "system"
) -> Invitation:
    """Take an open invitation back; its link says so from then. Again changes nothing.

    Raises `NotFound` for one of another account, and `Conflict` for one that was accepted.
    """
    with transaction.atomic():
        account = claim_account(account_id)
        row = Invitation.objects.filter(account=account, public_id=invitation).first()
        if row is None:
            raise NotFound(f"the account has no invitation {invitation!r}")
        if row.accepted_at is not None:
            raise Conflict(f"{row.email} has accepted already; remove their access instead")
        if row.withdrawn_at is None:
            row.withdrawn_at = now
            row.save(update_fields=["withdrawn_at"])
            _record("invitation.withdrawn", row, account, now, actor)
    return row


def _open(account: Account) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        account=account, accepted_at__isnull=True, withdrawn_at__isnull=True
    )


def _language(email: str, account: Account, invited_by: User | None) -> str:
    """The language of somebody known, else of who asks, else of the account."""
    known = User.objects.filter(email=email).values_list("language", flat=True).first()
    return known or (invited_by.language if invited_by else "") or account.language


def _record(kind: str, row: Invitation, account: Account, now: datetime, actor: str) -> None:
    record_event(
        kind=kind,
        subject=row.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={"email": row.email, "role": row.role},
    )
