"""Staff who act as a customer in the portal: for half an hour, as themselves, and seen to do so.

The session stays that of the member of staff, so every service is told who really did it. What
holds is asked anew with every request: somebody who was let go stops acting at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest

from quarterday.core.access import StaffPermission, staff_may
from quarterday.store.models import Account, User
from quarterday.store.queries.staff import find_posts
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.factor import is_proved

ACTING_KEY = "acting"


@dataclass(frozen=True, slots=True)
class Acting:
    """As whom somebody acts, and until when."""

    account: Account
    until: datetime


def start_acting(request: HttpRequest, account: Account, until: datetime) -> None:
    """Act as an account from the next page on; who may was found out before."""
    request.session[ACTING_KEY] = {"account": account.id, "until": until.timestamp()}


def stop_acting(request: HttpRequest) -> None:
    """Be oneself again from the next page on."""
    request.session.pop(ACTING_KEY, None)
    cast(Any, request).acting = None


def find_acting(request: HttpRequest) -> Acting | None:
    """As whom the signed-in member of staff acts now; looked up once a request."""
    if not hasattr(request, "acting"):
        cast(Any, request).acting = _read(request)
    return cast("Acting | None", cast(Any, request).acting)


def _read(request: HttpRequest) -> Acting | None:
    kept = request.session.get(ACTING_KEY)
    user = request.user
    if not kept or not isinstance(user, User):
        return None
    rows = Account.objects.select_related("seller__brand").filter(id=kept["account"])
    account = rows.first() if read_now().timestamp() < kept["until"] else None
    if account is None or not is_proved(request) or not _may(user, account):
        request.session.pop(ACTING_KEY, None)
        return None
    zone = read_now().tzinfo
    return Acting(account, datetime.fromtimestamp(kept["until"], zone))


def _may(user: User, account: Account) -> bool:
    needed = StaffPermission.CHANGE_CUSTOMERS
    posts = find_posts(user)
    return any(one.seller == account.seller and staff_may(one.role, needed) for one in posts)
