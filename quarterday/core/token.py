"""Tokens of links: short, opaque, and worth nothing once a single bit of them has changed.

A token is ``key id | nonce | AES-256-GCM(secret | link | binding | expiry)``, 84 bytes, which are
112 characters fit for a URL, without padding. The secret alone has 128 bits. The binding is a
hash of what the link is for (purpose, account, object, …): whoever opens a token compares it with
what is stored of the link, so that neither side can be swapped for another.

Keys are derived from the installation's secret. A token names its key, so tokens outlive a change
of the secret for as long as the old one is among the keys. The nonce is an argument and must be
random: with 96 bits, a key is good for four thousand million tokens.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from quarterday.core.errors import BillingError

SECRET_BYTES, NONCE_BYTES, LINK_BYTES, BINDING_BYTES = 16, 12, 16, 16
_KEY_ID_BYTES, _EXPIRY_BYTES, _TAG_BYTES = 3, 5, 16
_HEAD = _KEY_ID_BYTES + NONCE_BYTES
_TOKEN_BYTES = _HEAD + SECRET_BYTES + LINK_BYTES + BINDING_BYTES + _EXPIRY_BYTES + _TAG_BYTES
TOKEN_LENGTH = _TOKEN_BYTES // 3 * 4
# Goes into the derivation, so that these keys are no other keys of the same installation, and a
# new layout can never be taken for this one.
_CONTEXT = b"quarterday link token 1"


class BadToken(BillingError):  # noqa: N818 - named for what it says
    """Not a token of ours. It is never said why: whoever may know has no need to."""

    def __init__(self) -> None:
        super().__init__("this link is not valid; open it from the message again, uncut")


class Key(NamedTuple):
    """A key to seal and open tokens with, and the short name that tokens call it by."""

    name: bytes
    cipher: AESGCM


class TokenBody(NamedTuple):
    """What a token says. ``link`` is the random part of the link's public id."""

    secret: bytes
    link: bytes
    binding: bytes
    expires_at: datetime


@lru_cache(maxsize=16)
def derive_key(secret: str) -> Key:
    """The key of an installation's secret, by HKDF; the secret cannot be found from it.

    >>> derive_key("correct horse").name == derive_key("correct horse").name
    True
    >>> derive_key("correct horse").name == derive_key("battery staple").name
    False
    """
    size = 32 + _KEY_ID_BYTES
    data = HKDF(SHA256(), length=size, salt=None, info=_CONTEXT).derive(secret.encode())
    return Key(data[32:], AESGCM(data[:32]))


def bind_token(*parts: str) -> bytes:
    """A hash of what a token is for; the lengths go in, so that parts cannot run together.

    >>> bind_token("pay", "inv_1") == bind_token("pay", "inv_1")
    True
    >>> bind_token("pay", "inv_1") == bind_token("payi", "nv_1")
    False
    """
    hashed = hashlib.sha256()
    for part in parts:
        data = part.encode()
        hashed.update(len(data).to_bytes(4, "big") + data)
    return hashed.digest()[:BINDING_BYTES]


def digest_secret(secret: bytes) -> str:
    """What may be stored of a secret: it recognises the secret and does not give it away.

    >>> len(digest_secret(bytes(16)))
    64
    """
    return hashlib.sha256(_CONTEXT + secret).hexdigest()


def seal_token(body: TokenBody, *, key: Key, nonce: bytes) -> str:
    """The text of a token. Its expiry is kept to the second.

    >>> until = datetime(2026, 3, 31, tzinfo=UTC)
    >>> body = TokenBody(bytes(16), bytes(16), bind_token("pay", "inv_1"), until)
    >>> token = seal_token(body, key=derive_key("correct horse"), nonce=bytes(12))
    >>> len(token), open_token(token, keys=[derive_key("correct horse")]) == body
    (112, True)
    """
    for value, size in zip(body, (SECRET_BYTES, LINK_BYTES, BINDING_BYTES), strict=False):
        if not isinstance(value, bytes) or len(value) != size:
            raise BillingError(f"a part of a token must have {size} bytes; give all of them")
    if len(nonce) != NONCE_BYTES:
        raise BillingError(f"nonce must have {NONCE_BYTES} bytes; draw them at random")
    expiry = int(body.expires_at.timestamp()).to_bytes(_EXPIRY_BYTES, "big")
    plain = body.secret + body.link + body.binding + expiry
    sealed = key.cipher.encrypt(nonce, plain, _CONTEXT + key.name)
    return base64.urlsafe_b64encode(key.name + nonce + sealed).decode()


def open_token(token: str, *, keys: Sequence[Key]) -> TokenBody:
    """What a token says, if it was sealed with one of the keys and nothing of it has changed.

    Raises `BadToken` for anything else, after the same work, whatever is wrong with it. It does
    not look at the expiry: the page of a link that has expired must know whose it was.

    >>> open_token("changed", keys=[derive_key("correct horse")])
    Traceback (most recent call last):
    quarterday.core.token.BadToken: this link is not valid; open it from the message again, uncut
    """
    data = _decode(token)
    name, nonce, sealed = data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:_HEAD], data[_HEAD:]
    # A name that is not known is tried as well, with a key that cannot fit: it costs the same.
    key = next((one for one in keys if one.name == name), keys[0])
    try:
        plain = key.cipher.decrypt(nonce, sealed, _CONTEXT + name)
    except InvalidTag:
        raise BadToken from None
    secret, link = plain[:SECRET_BYTES], plain[SECRET_BYTES : SECRET_BYTES + LINK_BYTES]
    binding, expiry = plain[-_EXPIRY_BYTES - BINDING_BYTES : -_EXPIRY_BYTES], plain[-_EXPIRY_BYTES:]
    until = datetime.fromtimestamp(int.from_bytes(expiry, "big"), UTC)
    return TokenBody(secret, link, binding, until)


def _decode(token: str) -> bytes:
    """The bytes of a token; of any other text, bytes that no key opens."""
    try:
        data = base64.urlsafe_b64decode(token.encode("ascii"))
    except (binascii.Error, ValueError):
        return bytes(_TOKEN_BYTES)
    # Decoders forgive padding, line ends and other letters; a token has one spelling only.
    is_exact = len(data) == _TOKEN_BYTES and base64.urlsafe_b64encode(data).decode() == token
    return data if is_exact else bytes(_TOKEN_BYTES)
