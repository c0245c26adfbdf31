"""Use a link that is good for one use."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.errors import Conflict
from quarterday.store.models import Link


def use_link(*, link: Link, now: datetime) -> None:
    """Use a link up, within the transaction of what it is used for.

    Of several at once one wins, and the others get `Conflict`. A link for any number of uses
    stays as it is.
    """
    if not link.single_use:
        return
    rows = Link.objects.filter(id=link.id, used_at=None, revoked_at=None, expires_at__gt=now)
    if not rows.update(used_at=now):
        raise Conflict(f"link {link.public_id} is used, expired or revoked; ask for a new one")
    link.used_at = now
