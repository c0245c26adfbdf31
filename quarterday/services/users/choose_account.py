"""Remember for which account a user acts."""

from __future__ import annotations

from datetime import datetime

from quarterday.services.errors import NotFound
from quarterday.store.models import Membership


def choose_account(*, user_id: int, account: str, now: datetime) -> Membership:
    """Make an account, by public id, the one that the user acts for, also after signing in again.

    Raises `NotFound` for one that is not theirs, just as for one that does not exist.
    """
    rows = Membership.objects.filter(user_id=user_id, account__public_id=account)
    row = rows.select_related("account").first()
    if row is None:
        raise NotFound(f"you do not act for an account {account!r}")
    rows.update(chosen_at=now)
    return row
