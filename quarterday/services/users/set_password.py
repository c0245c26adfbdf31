"""Set the password of a user."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.users.record_sign_in import revoke_sign_in_links
from quarterday.services.users.record_user_event import record_user_event
from quarterday.services.users.tell_user import tell_user
from quarterday.store.models import User


def check_password(user: User, password: str) -> list[str]:
    """What a new password lacks, in the reader's words; nothing when it will do."""
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        return refusal.messages
    return []


def set_password(*, user: User, password: str, now: datetime, actor: str) -> User:
    """Set the password; every other browser of the user is signed out by it.

    Raises `BillingError` that says what the password lacks.
    """
    if problems := check_password(user, password):
        raise BillingError(" ".join(problems))
    user.set_password(password)
    with transaction.atomic():
        User.objects.filter(id=user.id).update(password=user.password)
        revoke_sign_in_links(user=user, now=now)
        record_user_event(user=user, kind="user.password_set", now=now, actor=actor)
        tell_user(user=user, what="password_set", now=now)
    return user
