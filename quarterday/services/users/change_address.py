"""Change the address that a user signs in with, once the new one has answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.core.signing import BadSignature, dumps, loads
from django.db import IntegrityError, transaction

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.users.add_user import check_email
from quarterday.services.users.record_sign_in import LINKS_ENDED, revoke_sign_in_links
from quarterday.services.users.record_user_event import record_user_event
from quarterday.services.users.tell_user import tell_user
from quarterday.store.models import Event, Membership, User
from quarterday.store.queries.access import find_membership

LIFETIME = timedelta(days=1)
_SALT = "quarterday.change_address"


class AskedChange(NamedTuple):
    """Who asked to change their address, from which to which, and until when it holds."""

    user: str
    old: str
    new: str
    until: int


def ask_address_change(*, user: User, email: str, now: datetime) -> None:
    """Mail a link to the new address that confirms it, and a notice to the one that holds now.

    Whether somebody else has the new address is not told: they are mailed nothing that helps,
    and the change fails in the end. Raises `BillingError` for what is no other address.
    """
    email = check_email(email)
    if email == user.email:
        raise BillingError(f"{email} is the address that you sign in with already")
    row = find_membership(user.id)
    if row is None:
        raise BillingError("nobody has given you an account yet, so no mail can be sent")
    with transaction.atomic():
        queue_message(
            kind="address_change",
            account=row.account,
            subject=user.public_id,
            now=now,
            occasion=f"{now:%Y-%m-%dT%H:%M:%S}",
            recipient=email,
            language=user.language,
            data={"old": user.email, "until": int((now + LIFETIME).timestamp())},
        )
        tell_user(user=user, what="address_change_asked", now=now)
        record_user_event(
            user=user, kind="user.address_change_asked", now=now, actor=user.public_id
        )


def make_address_token(*, user: str, old: str, new: str, until: int) -> str:
    """The token of the mailed link; made when the mail is, and kept nowhere."""
    return dumps([user, old, new, until], salt=_SALT, compress=True)


def read_address_token(token: str, *, now: datetime) -> AskedChange:
    """What a token confirms; raises `BillingError` when it is not ours or too old."""
    try:
        asked = AskedChange(*loads(token, salt=_SALT))
    except (BadSignature, TypeError, ValueError):
        raise BillingError("this link is not complete; copy all of it from the mail") from None
    if asked.until <= now.timestamp():
        raise BillingError("this link has expired; ask for the change again")
    return asked


def confirm_address(*, token: str, now: datetime) -> User:
    """Let the user of a token sign in with the new address from now; doing it again is no change.

    The old address is told. Raises `BillingError` for a bad token, and `Conflict` when the
    address changed since, or belongs to somebody else, or when the user ended all mailed links
    since, as one does who did not ask for this.
    """
    asked = read_address_token(token, now=now)
    with transaction.atomic():
        rows = User.objects.filter(public_id=asked.user, is_active=True)
        try:
            with transaction.atomic():
                is_held = not _is_ended(asked)
                changed = is_held and rows.filter(email=asked.old).update(email=asked.new)
        except IntegrityError:
            raise Conflict("somebody else signs in with this address; use another one") from None
        user = rows.filter(email=asked.new).first()
        if user is None:
            raise Conflict("your address was changed since; ask for the change again")
        if changed:
            revoke_sign_in_links(user=user, now=now)
            tell_user(user=user, what="address_changed", now=now, recipient=asked.old)
            tell_user(user=user, what="address_changed", now=now)
            record_user_event(user=user, kind="user.address_changed", now=now, actor=user.public_id)
    return user


def _is_ended(asked: AskedChange) -> bool:
    """Whether the mailed links of a user were ended after the change was asked for."""
    accounts = Membership.objects.filter(user__public_id=asked.user).values("account_id")
    rows = Event.objects.filter(account_id__in=accounts, subject=asked.user, kind=LINKS_ENDED)
    return rows.filter(at__gt=datetime.fromtimestamp(asked.until, UTC) - LIFETIME).exists()
