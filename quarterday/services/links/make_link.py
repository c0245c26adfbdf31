"""Make a link that lets its bearer do one thing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.token import SECRET_BYTES, digest_secret
from quarterday.services.errors import NotFound
from quarterday.services.inputs import check_word
from quarterday.services.links.base_url import base_url
from quarterday.services.links.destinations import check_destination, check_page
from quarterday.services.links.tokens import seal_link
from quarterday.store.fields import dump_data
from quarterday.store.models import Account, Invoice, Link, LinkPurpose, Seller

LIFETIME = {
    LinkPurpose.PAY: timedelta(days=90),
    LinkPurpose.VIEW: timedelta(days=90),
    LinkPurpose.SIGN_IN: timedelta(minutes=20),
    LinkPurpose.PORTAL: timedelta(days=30),
    LinkPurpose.INVITATION: timedelta(days=14),
    LinkPurpose.QUOTE: timedelta(days=60),
    LinkPurpose.CUSTOM: timedelta(days=90),
    # A mail is kept for years, and its way out must still work then.
    LinkPurpose.UNSUBSCRIBE: timedelta(days=5 * 365),
}
_OF_ACCOUNT = {LinkPurpose.PAY, LinkPurpose.VIEW, LinkPurpose.PORTAL, LinkPurpose.QUOTE}
_WITH_SUBJECT = {
    LinkPurpose.PAY,
    LinkPurpose.VIEW,
    LinkPurpose.SIGN_IN,
    LinkPurpose.INVITATION,
    LinkPurpose.QUOTE,
}


class MadeLink(NamedTuple):
    """A new link and its address, which is not kept and cannot be found again."""

    url: str
    link: Link


def make_link(
    *,
    seller: Seller,
    purpose: LinkPurpose,
    now: datetime,
    account_id: int | None = None,
    subject: str = "",
    address: str = "",
    destination: str = "",
    parameters: Mapping[str, Any] | None = None,
    expires_at: datetime | None = None,
    single_use: bool = False,
    delivery_id: int | None = None,
    kind: str = "",
    variant: str = "",
    created_by: str = "system",
) -> MadeLink:
    """Make a link; ``subject`` is the public id of what it is for, and ``address`` whose it is.

    ``pay`` and ``view`` need an invoice of the account, ``sign_in`` a user (and is always good
    for one use), ``invitation`` and ``quote`` what they are named for, ``unsubscribe`` an
    address, ``portal`` an account and maybe a page of the portal as ``destination``, and
    ``custom`` a ``destination``. ``kind`` and ``variant`` name the message it stands in. Raises
    `BillingError` for bad input and `NotFound` for another account's invoice.
    """
    purpose = check_word(LinkPurpose, purpose, "purpose")
    _check_parts(purpose, account_id, subject, address)
    if account_id is not None:
        _check_owner(seller, account_id, purpose, subject)
    if purpose == LinkPurpose.CUSTOM:
        destination = check_destination(seller, destination)
    elif destination:
        destination = check_page(destination)
    until = (expires_at or now + LIFETIME[purpose]).replace(microsecond=0)
    if until <= now:
        raise BillingError(f"expires_at, {until}, is not later than now, {now}")
    secret = os.urandom(SECRET_BYTES)
    link = Link(
        seller=seller,
        account_id=account_id,
        purpose=purpose,
        subject=subject,
        address=address.strip().lower(),
        destination=destination,
        parameters=check_parameters(parameters),
        secret_digest=digest_secret(secret),
        created_at=now,
        created_by=created_by,
        expires_at=until,
        single_use=single_use or purpose == LinkPurpose.SIGN_IN,
        delivery_id=delivery_id,
        kind=kind,
        variant=variant,
    )
    link.save(force_insert=True)
    return MadeLink(f"{base_url(seller)}/l/{seal_link(link, secret)}", link)


def check_parameters(parameters: Mapping[str, Any] | None) -> dict[str, str]:
    """Parameters of a destination, as text; raises `BillingError` when they are too long."""
    texts = {str(name): str(value) for name, value in (parameters or {}).items()}
    if len(dump_data(texts)) > 1000:
        raise BillingError("parameters have more than 1000 characters; shorten them")
    return texts


def _check_parts(purpose: LinkPurpose, account_id: int | None, subject: str, address: str) -> None:
    if purpose in _OF_ACCOUNT and account_id is None:
        raise BillingError(f"account_id is missing; a link to {purpose} belongs to an account")
    if purpose in _WITH_SUBJECT and not subject:
        raise BillingError(f"subject is missing; name what the {purpose} link is for")
    if purpose == LinkPurpose.UNSUBSCRIBE and not address.strip():
        raise BillingError("address is missing; say who is to be unsubscribed")


def _check_owner(seller: Seller, account_id: int, purpose: LinkPurpose, subject: str) -> None:
    """What a link is for belongs to its account, and that to its seller."""
    if not Account.objects.filter(id=account_id, seller=seller).exists():
        raise NotFound(f"seller {seller} has no account with the key {account_id}")
    if purpose in (LinkPurpose.PAY, LinkPurpose.VIEW):
        rows = Invoice.objects.filter(account_id=account_id, public_id=subject)
        if not rows.exists():
            raise NotFound(f"the account has no invoice {subject}; give its public id")
