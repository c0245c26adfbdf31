"""The people of an account."""

from __future__ import annotations

from django.contrib.sessions.models import Session

from quarterday.store.models import Account, Invitation, Membership, SignIn, User
from quarterday.store.queries.references import NotThere

LIMIT = 1000


def list_members(account_id: int) -> list[Membership]:
    """Who acts for an account, owners first, then by name and address."""
    rows = Membership.objects.filter(account_id=account_id).select_related("user")
    found = list(rows.order_by("user__name", "user__email")[:LIMIT])
    return sorted(found, key=lambda row: row.role != "owner")


def find_member(account_id: int, user: str) -> Membership | None:
    """Somebody of an account by the public id of the user."""
    rows = Membership.objects.filter(account_id=account_id, user__public_id=user)
    return rows.select_related("user", "account").first()


def list_invitations(account_id: int) -> list[Invitation]:
    """The invitations that were neither accepted nor withdrawn, the newest first."""
    rows = Invitation.objects.filter(
        account_id=account_id, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    return list(rows.order_by("-id")[:LIMIT])


def find_invitation(account_id: int, invitation: str) -> Invitation | None:
    """An open invitation of an account."""
    rows = Invitation.objects.filter(account_id=account_id, public_id=invitation)
    return rows.filter(accepted_at__isnull=True, withdrawn_at__isnull=True).first()


def list_sign_ins(user_id: int) -> list[SignIn]:
    """The browsers in which a user is signed in, the one seen last first."""
    live = Session.objects.values("session_key")
    rows = SignIn.objects.filter(user_id=user_id, session_key__in=live)
    return list(rows.order_by("-seen_at", "-id")[:100])


def find_user(email: str) -> User:
    """A user by address; raises `BillingError`."""
    row = User.objects.filter(email=email.strip().lower()).first()
    if row is None:
        raise NotThere(f"nobody signs in with {email!r}; quarterday users add lets them")
    return row


def list_users(
    *, account: Account | None = None, limit: int = 0
) -> list[tuple[User, Membership | None]]:
    """Users with each account that they act for, by address; those without any account too."""
    rows = Membership.objects.select_related("user", "account")
    if account is not None:
        rows = rows.filter(account=account)
    found: list[tuple[User, Membership | None]] = [
        (row.user, row) for row in rows.order_by("user__email", "id")[: limit or None]
    ]
    if account is None:
        alone = User.objects.filter(memberships__isnull=True).order_by("email")
        found += [(user, None) for user in alone[: limit or None]]
    found.sort(key=lambda pair: pair[0].email)
    return found[: limit or None]
