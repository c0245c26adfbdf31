"""Change what a user is called and which language they read."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from quarterday.core.errors import BillingError
from quarterday.core.limits import find_unprintable
from quarterday.services.users.record_user_event import record_user_event
from quarterday.store.models import User


def change_user(
    *, user: User, now: datetime, name: str | None = None, language: str | None = None
) -> User:
    """Change what is given; what is the same already changes nothing. Raises `BillingError`."""
    if name is not None:
        name = name.strip()
        if len(name) > 200 or find_unprintable(name):
            raise BillingError("name must be text of at most 200 characters")
    if language and language not in dict(settings.LANGUAGES):
        raise BillingError(f"language must be one of {', '.join(dict(settings.LANGUAGES))}")
    asked = {"name": name, "language": language}
    changes = {
        key: value
        for key, value in asked.items()
        if value is not None and value != getattr(user, key)
    }
    if not changes:
        return user
    User.objects.filter(id=user.id).update(**changes)
    for key, value in changes.items():
        setattr(user, key, value)
    record_user_event(
        user=user,
        kind="user.changed",
        now=now,
        actor=user.public_id,
        data={"changed": sorted(changes)},
    )
    return user
