"""Text that lies in the database and must not be read there, such as the number of an account.

A sealed text is ``key id | nonce | AES-256-GCM(text)``, bound to what it belongs to, so that it
cannot be moved to another row. Keys are derived from the installation's secret, and are no other
keys of it. The nonce is an argument and must be random.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from quarterday.core.errors import BillingError

NONCE_BYTES = 12
_KEY_ID_BYTES = 3
_CONTEXT = b"quarterday sealed text 1"


class SealKey(NamedTuple):
    """A key to seal texts with, and the short name that sealed texts call it by."""

    name: bytes
    cipher: AESGCM


@lru_cache(maxsize=16)
def derive_seal_key(secret: str) -> SealKey:
    """The key of an installation's secret; the secret cannot be found from it.

    >>> derive_seal_key("correct horse").name == derive_seal_key("battery staple").name
    False
    """
    size = 32 + _KEY_ID_BYTES
    data = HKDF(SHA256(), length=size, salt=None, info=_CONTEXT).derive(secret.encode())
    return SealKey(data[32:], AESGCM(data[:32]))


def seal_text(text: str, *, owner: str, key: SealKey, nonce: bytes) -> str:
    """The sealed text; ``owner`` is the public name of what it belongs to.

    >>> key = derive_seal_key("correct horse")
    >>> sealed = seal_text("DE02", owner="man_1", key=key, nonce=bytes(12))
    >>> open_text(sealed, owner="man_1", keys=[key])
    'DE02'
    """
    if len(nonce) != NONCE_BYTES:
        raise BillingError(f"nonce must have {NONCE_BYTES} bytes; draw them at random")
    sealed = key.cipher.encrypt(nonce, text.encode(), _CONTEXT + key.name + owner.encode())
    return base64.urlsafe_b64encode(key.name + nonce + sealed).decode()


def open_text(sealed: str, *, owner: str, keys: Sequence[SealKey]) -> str:
    """The text again; raises `BillingError` when no key fits or anything of it has changed.

    >>> open_text("changed", owner="man_1", keys=[derive_seal_key("correct horse")])
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: what is sealed for man_1 cannot be opened; set the \
secret it was sealed with as a fallback
    """
    try:
        data = base64.urlsafe_b64decode(sealed.encode("ascii"))
    except (binascii.Error, ValueError):
        data = b""
    name, rest = data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:]
    for key in keys:
        if key.name != name:
            continue
        try:
            bound = _CONTEXT + name + owner.encode()
            return key.cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], bound).decode()
        except (InvalidTag, ValueError):
            break
    raise BillingError(
        f"what is sealed for {owner} cannot be opened; set the secret it was sealed with as a "
        "fallback"
    )
