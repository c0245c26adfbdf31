"""Signatures of webhooks that we send, as Standard Webhooks has them."""

from __future__ import annotations

import base64
import binascii
import hmac

from quarterday.core.errors import BillingError

SECRET_PREFIX = "whsec_"
_FEWEST, _MOST = 24, 64


def read_secret(secret: str) -> bytes:
    r"""The key of a secret: what follows ``whsec_`` in base64, or the text itself.

    Raises `BillingError` for one that is too short to protect anything.

    >>> read_secret("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX")[:4]
    b'\x00\x01\x02\x03'
    """
    key = secret.encode()
    if secret.startswith(SECRET_PREFIX):
        try:
            key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except binascii.Error:
            raise BillingError("a secret that begins with whsec_ goes on in base64") from None
    if len(key) < _FEWEST:
        raise BillingError(f"the secret of a webhook needs at least {_FEWEST} bytes")
    return key


def make_secret(random: bytes) -> str:
    """The secret of some random bytes, 24 to 64 of them.

    >>> make_secret(bytes(24))
    'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    if not _FEWEST <= len(random) <= _MOST:
        raise BillingError(f"a secret has {_FEWEST} to {_MOST} random bytes, not {len(random)}")
    return SECRET_PREFIX + base64.b64encode(random).decode()


def sign_webhook(secret: str, key: str, stamp: int, body: bytes) -> dict[str, str]:
    """The headers of a webhook: its id, the second at which it is sent, and the signature.

    >>> headers = sign_webhook("whsec_" + "A" * 32, "msg_1", 1_700_000_000, b"{}")
    >>> sorted(headers), headers["webhook-signature"][:3]
    (['webhook-id', 'webhook-signature', 'webhook-timestamp'], 'v1,')
    """
    signed = f"{key}.{stamp}.".encode() + body
    digest = hmac.digest(read_secret(secret), signed, "sha256")
    return {
        "webhook-id": key,
        "webhook-timestamp": str(stamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
