"""Who asks: a key of a seller, sent as ``Authorization: Bearer qd_…``."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from quarterday.core.throttle import Limit, network_of
from quarterday.ports.clock import read_now
from quarterday.services.keys.use_key import find_key, note_use
from quarterday.services.users.count_tries import count_tries
from quarterday.store.models import ApiKey

# Enough for a program that asks at every page it serves, and too little to try keys.
_BY_KEY = Limit("api-key", 3000, 60)
_WRONG = Limit("api-wrong-network", 60, 900)


class TooMany(Exception):  # noqa: N818 - named for what it says
    """Somebody asks too often; ``wait`` is how many seconds to wait."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"too many requests; wait {wait} seconds")
        self.wait = wait


class KeyAuth(HttpBearer):
    """A key that has a scope. What a view gets as ``request.auth`` is the key, with its seller."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """The key; None (401) for one that is unknown or revoked, 403 for one without the scope."""
        now = read_now()
        key = find_key(token)
        if key is None:
            _count(_WRONG, network_of(request.META.get("REMOTE_ADDR", "")), now)
            return None
        _count(_BY_KEY, key.public_id, now)
        if self.scope not in key.scopes:
            raise HttpError(403, f"this key lacks the scope {self.scope!r}; add a key that has it")
        note_use(key, now=now)
        return key


def _count(limit: Limit, name: str, now: datetime) -> None:
    if wait := count_tries({limit: (name,)}, now=now):
        raise TooMany(wait)
