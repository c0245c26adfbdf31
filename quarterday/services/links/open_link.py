"""Open a link: what its bearer may do now, or why not."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from hmac import compare_digest
from typing import NamedTuple

from django.db.models import Q

from quarterday.core.token import BadToken, TokenBody, digest_secret, open_token
from quarterday.services.links.tokens import bind_link, link_id, link_keys
from quarterday.store.models import Link, LinkPurpose, LinkRevocation

# What is looked for when a token is not ours, so that it costs as much as one that is.
_NOBODY = TokenBody(bytes(16), bytes(16), bytes(16), datetime.min.replace(tzinfo=UTC))


class LinkState(StrEnum):
    """Whether a link may be used. Nothing is known of one that is ``bad``."""

    GOOD = "good"
    BAD = "bad"
    EXPIRED = "expired"
    REVOKED = "revoked"
    USED = "used"


class OpenedLink(NamedTuple):
    """A link and its state; ``link`` is None only for a bad one."""

    state: LinkState
    link: Link | None

    @property
    def is_good(self) -> bool:
        """Whether its bearer may do what it is for."""
        return self.state == LinkState.GOOD


_BAD = OpenedLink(LinkState.BAD, None)


def open_link(*, token: str, now: datetime) -> OpenedLink:
    """Check a token, the link it names, and whether that was revoked; changes nothing.

    Whatever is wrong with a token that is not ours, the answer and the work are the same.
    """
    try:
        body, is_sealed = open_token(token, keys=link_keys()), True
    except BadToken:
        body, is_sealed = _NOBODY, False
    rows = Link.objects.select_related("seller__brand", "account")
    link = rows.filter(public_id=link_id(body)).first()
    if not is_sealed or link is None or not _is_token_of(link, body):
        return _BAD
    return OpenedLink(judge_link(link, now=now), link)


def judge_link(link: Link, *, now: datetime) -> LinkState:
    """The state of a link that is known to be ours."""
    if link.revoked_at is not None or _is_swept(link):
        return LinkState.REVOKED
    if link.used_at is not None:
        return LinkState.USED
    return LinkState.EXPIRED if link.expires_at <= now else LinkState.GOOD


def _is_token_of(link: Link, body: TokenBody) -> bool:
    """Whether token and row agree on everything: the secret, and what it is bound to."""
    knows = compare_digest(digest_secret(body.secret), link.secret_digest)
    return compare_digest(body.binding, bind_link(link)) and knows


def _is_swept(link: Link) -> bool:
    """Whether all links of its account, purpose or seller were revoked after it was made."""
    purposes = [link.purpose]
    if link.purpose != LinkPurpose.UNSUBSCRIBE:
        # The way out of a mailing list is closed only when that is said.
        purposes.append("")
    accounts = Q(account=None)
    if link.account_id is not None:
        accounts |= Q(account_id=link.account_id)
    rows = LinkRevocation.objects.filter(accounts, seller_id=link.seller_id, purpose__in=purposes)
    return rows.filter(Q(before__gt=link.created_at) | Q(last_link__gte=link.id)).exists()
