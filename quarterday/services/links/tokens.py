"""The token of a link: what it is bound to, and the keys of this installation."""

from __future__ import annotations

import os
from collections.abc import Sequence

from django.conf import settings

from quarterday.core.token import NONCE_BYTES, Key, TokenBody, bind_token, derive_key, seal_token
from quarterday.store.fields import dump_data
from quarterday.store.models import Link

_PREFIX = "lnk_"


def link_keys() -> Sequence[Key]:
    """The keys that tokens are opened with; new ones are sealed with the first."""
    return [derive_key(str(one)) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def bind_link(link: Link) -> bytes:
    """What a link's token is bound to: all that decides what its bearer may do, and until when."""
    return bind_token(
        link.purpose,
        str(link.seller_id),
        str(link.account_id or ""),
        link.subject,
        link.address,
        link.destination,
        dump_data(link.parameters),
        str(int(link.expires_at.timestamp())),
        "once" if link.single_use else "",
    )


def seal_link(link: Link, secret: bytes) -> str:
    """The token of a link; it exists nowhere else."""
    number = bytes.fromhex(link.public_id.removeprefix(_PREFIX))
    body = TokenBody(secret, number, bind_link(link), link.expires_at)
    return seal_token(body, key=link_keys()[0], nonce=os.urandom(NONCE_BYTES))


def link_id(body: TokenBody) -> str:
    """The public id of the link that a token belongs to."""
    return _PREFIX + body.link.hex()
