"""Mail a link that signs somebody in, without telling whether there is such a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.throttle import LINK_ADDRESS, LINK_NETWORK
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.users.add_user import check_email
from quarterday.services.users.count_tries import count_tries
from quarterday.services.users.tell_user import queue_to_staff
from quarterday.store.fields import make_public_id
from quarterday.store.models import Account, Seller, User
from quarterday.store.queries.access import find_membership
from quarterday.store.queries.staff import find_staff_seller


def request_sign_in_link(
    *,
    email: str,
    network: str,
    now: datetime,
    destination: str = "/",
    seller: Seller | None = None,
) -> int:
    """Queue the link for the user with an address; for anybody else do the same and undo it.

    So the answer and the work are the same for known and unknown addresses: in both cases the
    try is counted, the message is written, and something is committed. The link itself is made
    when the message is sent. Asked for again within a minute, it is queued once. ``network`` is
    where it was asked from, and ``seller`` whose pages it was asked for on, where several share
    an installation. The seconds to wait, 0 when it was not asked for too often.
    """
    email = check_email(email)
    with transaction.atomic():
        wait = count_tries({LINK_ADDRESS: (email,), LINK_NETWORK: (network,)}, now=now)
        if not wait:
            _queue(email, now, destination, seller)
    return wait


def _queue(email: str, now: datetime, destination: str, seller: Seller | None) -> None:
    user = User.objects.filter(email=email, is_active=True).first()
    row = find_membership(0 if user is None else user.id, seller=seller)
    anybody = Account.objects.select_related("seller__brand").order_by("id").first()
    account = anybody if row is None else row.account
    works_for = find_staff_seller(0 if user is None else user.id)
    occasion, data = f"{now:%Y-%m-%dT%H:%M}", {"destination": destination}
    if row is None and user is not None and works_for is not None:
        queue_to_staff(
            kind="login_link",
            seller=works_for,
            user=user,
            to=email,
            occasion=occasion,
            data=data,
            now=now,
        )
        return
    if account is None:
        return
    with transaction.atomic():
        queue_message(
            kind="login_link",
            account=account,
            subject=make_public_id("usr") if user is None else user.public_id,
            now=now,
            occasion=occasion,
            recipient=email,
            language="" if user is None else user.language,
            data=data,
        )
        if row is None:
            transaction.set_rollback(True)
