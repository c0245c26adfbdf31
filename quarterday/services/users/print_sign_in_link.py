"""Make a link that signs somebody in, to be shown to those who run the installation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.links.make_link import MadeLink, make_link
from quarterday.services.users.record_user_event import record_user_event
from quarterday.store.models import LinkPurpose, Seller, User
from quarterday.store.queries.access import find_membership, find_only_seller


def print_sign_in_link(
    *,
    user: User,
    now: datetime,
    seller: Seller | None = None,
    destination: str = "/",
    actor: str = "system",
) -> MadeLink:
    """A link for one use; the log says who made it. A second step is asked for all the same.

    It leads to the pages of the seller of the account that the user chose last, unless a seller
    is given. Raises `BillingError` where that leaves several sellers.
    """
    row = find_membership(user.id, seller=seller)
    owner = seller or (row.account.seller if row else find_only_seller())
    if owner is None:
        raise BillingError("say which seller's pages the link should open; there are several")
    with transaction.atomic():
        made = make_link(
            seller=owner,
            purpose=LinkPurpose.SIGN_IN,
            now=now,
            account_id=None if row is None else row.account_id,
            subject=user.public_id,
            address=user.email,
            destination=destination,
            created_by=actor,
        )
        record_user_event(user=user, kind="user.link_printed", now=now, actor=actor)
    return made
