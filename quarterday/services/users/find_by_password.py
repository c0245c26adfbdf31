"""Find the user that an address and a password belong to, in the same time whoever asks."""

from __future__ import annotations

from functools import cache
from secrets import token_urlsafe

from django.contrib.auth.hashers import check_password, make_password

from quarterday.store.models import User


def find_by_password(*, email: str, password: str) -> User | None:
    """The active user, or None: no such user, no password, another password, not active.

    Each of these costs one lookup and one hash, so that time tells nobody who is known here.
    """
    stand_in = _stand_in()
    user = User.objects.filter(email=email.strip().lower()).first()
    has_password = user is not None and user.has_usable_password()
    is_right = check_password(password, user.password if user and has_password else stand_in)
    return user if user and has_password and is_right and user.is_active else None


@cache
def _stand_in() -> str:
    """The hash of a password that nobody knows."""
    return make_password(token_urlsafe(32))
