"""The second step of signing in: a code of an authenticator app, or a recovery code."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, cast

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from allauth.mfa.utils import decrypt
from django.db import IntegrityError, transaction

from quarterday.core.errors import BillingError
from quarterday.core.throttle import CODE_USE
from quarterday.services.errors import Conflict
from quarterday.services.users.count_tries import count_tries
from quarterday.services.users.record_user_event import record_user_event
from quarterday.services.users.tell_user import tell_user
from quarterday.store.models import User


class Means(NamedTuple):
    """What a user can prove themselves with, besides a password: read in one query.

    ``app`` and the ``passkeys`` are allauth's authenticators; ``codes_left`` is None without any.
    """

    app: Any
    codes_left: int | None
    passkeys: list[Any]


def list_means(user: User) -> Means:
    """The app, the recovery codes that are left, and the passkeys of a user."""
    rows = list(Authenticator.objects.filter(user_id=user.id).order_by("id"))
    codes = next((row for row in rows if row.type == "recovery_codes"), None)
    return Means(
        app=next((row for row in rows if row.type == "totp"), None),
        codes_left=None if codes is None else len(codes.wrap().get_unused_codes()),
        passkeys=[row for row in rows if row.type == "webauthn"],
    )


def has_second_step(user: User) -> bool:
    """Whether signing in without a passkey asks for a code too."""
    return bool(Authenticator.objects.filter(user_id=user.id, type="totp").exists())


def check_code(*, user: User, code: str, now: datetime) -> bool:
    """Whether a code of the app or a recovery code is right; each is good once, for one of many."""
    digits = _digits(code)
    rows = Authenticator.objects.filter(user_id=user.id).exclude(type="webauthn")
    for row in rows.order_by("-type"):
        if row.type == "totp":
            is_right = validate_totp_code(decrypt(row.data["secret"]), digits) and not count_tries(
                {CODE_USE: (user.public_id, digits)}, now=now
            )
        else:
            is_right = row.wrap().validate_code(digits)
        if is_right:
            Authenticator.objects.filter(pk=row.pk).update(last_used_at=now)
            return True
    return False


def new_secret() -> str:
    """A secret to share with an authenticator app; it is kept once the app has shown a code."""
    return cast(str, generate_totp_secret())


def show_secret(user: User, secret: str) -> tuple[str, str]:
    """The address that an app reads, and the same as a picture in a ``data:`` address."""
    url = get_adapter().build_totp_url(user, secret)
    picture = segno.make(url, error="m").svg_data_uri(scale=5, border=3, light="#fff", dark="#000")
    return url, picture


def start_second_step(*, user: User, secret: str, code: str, now: datetime) -> None:
    """Ask for a code of the app with this secret from now on, and make recovery codes.

    Raises `BillingError` when the code is not the app's, and `Conflict` when there is an app.
    """
    if not validate_totp_code(secret, _digits(code)):
        raise BillingError("this is not the code that the app shows now; type the newest one")
    try:
        with transaction.atomic():
            TOTP.activate(user, secret)
            RecoveryCodes.activate(user)
            _note(user, "second_step_on", now)
    except IntegrityError:
        raise Conflict("an authenticator app is set up already; remove it first") from None


def stop_second_step(*, user: User, now: datetime, actor: str = "") -> None:
    """Ask for no code any more, and end the recovery codes. Doing it again changes nothing."""
    with transaction.atomic():
        rows = Authenticator.objects.filter(user_id=user.id, type__in=["totp", "recovery_codes"])
        if rows.delete()[0]:
            _note(user, "second_step_off", now, actor)


def read_recovery_codes(user: User) -> list[str]:
    """The recovery codes that are left."""
    row = Authenticator.objects.filter(user_id=user.id, type="recovery_codes").first()
    return [] if row is None else list(row.wrap().get_unused_codes())


def renew_recovery_codes(*, user: User, now: datetime) -> None:
    """Make new recovery codes; the old ones end. Only with an app are there any."""
    with transaction.atomic():
        # Taken as a lock, so that of two at once the second replaces what the first made.
        User.objects.filter(id=user.id).update(name=user.name)
        if not has_second_step(user):
            return
        Authenticator.objects.filter(user_id=user.id, type="recovery_codes").delete()
        RecoveryCodes.activate(user)
        _note(user, "recovery_codes_renewed", now)


def _digits(code: str) -> str:
    """A code as it counts: people type spaces and dashes."""
    return "".join(one for one in code if one.isalnum())


def _note(user: User, what: str, now: datetime, actor: str = "") -> None:
    record_user_event(user=user, kind=f"user.{what}", now=now, actor=actor or user.public_id)
    tell_user(user=user, what=what, now=now)
