"""Let somebody sign in."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from quarterday.core.access import Role
from quarterday.core.errors import BillingError
from quarterday.core.limits import find_unprintable
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_word
from quarterday.store.models import Membership, User


def check_email(value: str) -> str:
    """A mail address in the form in which it is kept; raises `BillingError`."""
    email = value.strip().lower()
    try:
        validate_email(email)
        if len(email) > 254:
            raise ValidationError("too long")
    except ValidationError:
        raise BillingError(
            f"email must be an address such as name@example.com: {value!r}"
        ) from None
    return email


def add_user(
    *, email: str, name: str = "", language: str = "", password: str | None = None
) -> User:
    """The user with an address; made, without a password unless one is given, if there is none.

    Raises `BillingError` for an address or a name that cannot be.
    """
    email = check_email(email)
    known = User.objects.filter(email=email).first()
    if known is not None:
        return known
    if find_unprintable(name):
        raise BillingError("name holds a character that cannot be printed; type it again")
    try:
        with transaction.atomic():
            return User.objects.create_user(
                email, password, name=name.strip()[:200], language=language
            )
    except IntegrityError:
        # Somebody added them since we looked.
        return User.objects.get(email=email)


def add_member(
    *, account_id: int, user: User, role: str, now: datetime, actor: str = "system"
) -> Membership:
    """Let a user act for an account in a role; doing it again changes nothing.

    Raises `Conflict` when they do so already in another role: that is changed on purpose only.
    """
    role = check_word(Role, role, "role")
    with transaction.atomic():
        account = claim_account(account_id)
        row, is_new = Membership.objects.get_or_create(
            user=user, account=account, defaults={"role": role}
        )
        if is_new:
            record_event(
                kind="member.added",
                subject=user.public_id,
                seller_id=account.seller_id,
                account_id=account.id,
                actor=actor,
                now=now,
                data={"role": role},
            )
        elif row.role != role:
            raise Conflict(
                f"{user.email} acts for {account} as {row.role}; change the role instead"
            )
    return row
