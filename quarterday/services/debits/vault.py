"""Numbers of bank accounts: sealed when they are stored, opened only to write a bank's file."""

from __future__ import annotations

import os
from collections.abc import Sequence

from django.conf import settings

from quarterday.core.sealing import NONCE_BYTES, SealKey, derive_seal_key, open_text, seal_text


def seal(text: str, *, owner: str) -> str:
    """The text as the database may hold it, for the row with this public id."""
    return seal_text(text, owner=owner, key=_keys()[0], nonce=os.urandom(NONCE_BYTES))


def unseal(sealed: str, *, owner: str) -> str:
    """The text again; raises `BillingError` when the secret was changed and the old is gone."""
    return open_text(sealed, owner=owner, keys=_keys())


def _keys() -> Sequence[SealKey]:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [derive_seal_key(str(one)) for one in secrets]
