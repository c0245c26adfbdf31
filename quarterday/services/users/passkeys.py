"""Passkeys: keys that a device keeps and shows after asking for a finger, a face or a PIN.

The challenge that a browser answers stays in the session of the request, where allauth keeps it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.errors import NotFound
from quarterday.services.inputs import check_text
from quarterday.services.users.record_user_event import record_user_event
from quarterday.services.users.tell_user import tell_user
from quarterday.store.models import User

# A browser's answer is a stranger's: whatever is wrong with it, it is just not right.
_REFUSALS = (
    ValidationError,
    InvalidSignature,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
)


def begin_passkey(user: User) -> dict[str, Any]:
    """What a browser needs to make a passkey for a user."""
    return cast("dict[str, Any]", auth.begin_registration(user, True))


def add_passkey(*, user: User, name: str, credential: Any, now: datetime) -> None:
    """Keep the passkey that a browser made.

    Raises `BillingError` when its answer is not to our challenge, or was given without asking
    who is there: a passkey counts as two factors.
    """
    name = check_text(name, "name", 60)
    try:
        auth.parse_registration_response(credential)
        made = auth.complete_registration(credential)
        is_right = made.is_user_verified()
    except _REFUSALS:
        is_right = False
    if not is_right:
        raise BillingError("the passkey could not be checked; try again, or use another device")
    with transaction.atomic():
        auth.WebAuthn.add(user, name, credential)
        _note(user, "passkey_added", now)


def ask_passkey(user: User | None = None) -> dict[str, Any]:
    """What a browser needs to show a passkey: of a user, or any that it keeps for this site."""
    return cast("dict[str, Any]", auth.begin_authentication(user))


def check_passkey(*, credential: Any, now: datetime, user: User | None = None) -> User | None:
    """The active user whose passkey answered our challenge, of the user given or of anybody."""
    try:
        answer = auth.parse_authentication_response(credential)
        whose = cast(User, user or auth.extract_user_from_response(credential))
        row = auth.complete_authentication(whose, credential)
        is_right = answer.response.authenticator_data.is_user_verified() and whose.is_active
    except _REFUSALS:
        return None
    if not is_right:
        return None
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=now)
    return whose


def rename_passkey(*, user: User, key: int, name: str) -> None:
    """Call a passkey by another name. Raises `NotFound` for one of another user."""
    with transaction.atomic():
        row = _find(user, key)
        row.data = {**row.data, "name": check_text(name, "name", 60)}
        row.save(update_fields=["data"])


def remove_passkey(*, user: User, key: int, now: datetime) -> None:
    """Forget a passkey. Raises `NotFound` for one of another user, or one that is gone."""
    with transaction.atomic():
        _find(user, key).delete()
        _note(user, "passkey_removed", now)


def _find(user: User, key: int) -> Any:
    row = Authenticator.objects.filter(user_id=user.id, type="webauthn", pk=key).first()
    if row is None:
        raise NotFound("you have no such passkey")
    return row


def _note(user: User, what: str, now: datetime) -> None:
    record_user_event(user=user, kind=f"user.{what}", now=now, actor=user.public_id)
    tell_user(user=user, what=what, now=now)
