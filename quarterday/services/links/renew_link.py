"""Mail a fresh link to the address on file, to whoever holds one that no longer works."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from quarterday.core.message import wants_kind
from quarterday.services.links.make_link import MadeLink, make_link
from quarterday.services.links.open_link import open_link
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import (
    Account,
    Contact,
    Invitation,
    Link,
    LinkPurpose,
    Membership,
    Message,
    User,
)

KIND = "link_renewed"
_SLOT_MINUTES, _A_DAY = 10, 5


def renew_link(*, token: str, now: datetime) -> None:
    """Queue a mail with a fresh link in place of one that has expired, was used or revoked.

    It goes to an address that is on file, never to one that the asker names, and the asker is
    told the same whether there is one or not. At most one in ten minutes and five a day go out
    for one link. The fresh link is made when the mail is rendered (see `remake_link`), so that
    no token waits in a table.
    """
    link = open_link(token=token, now=now).link
    if link is None:
        return
    account, addresses = _addresses(link, now)
    if account is None:
        return
    # The same ten minutes have the same occasion, and an occasion is queued once.
    slot = now.replace(minute=now.minute - now.minute % _SLOT_MINUTES)
    with transaction.atomic():
        sent = Message.objects.filter(kind=KIND, subject=link.public_id)
        if sent.filter(created_at__gt=now - timedelta(days=1)).count() >= _A_DAY * len(addresses):
            return
        for address in addresses:
            queue_message(
                kind=KIND,
                account=account,
                subject=link.public_id,
                occasion=f"{slot:%Y%m%dT%H%M}",
                recipient=address,
                now=now,
                data={"link": link.public_id, "purpose": link.purpose, "subject": link.subject},
            )


def remake_link(
    *, public_id: str, now: datetime, delivery_id: int | None = None, kind: str = KIND
) -> MadeLink:
    """A fresh link for the same thing as another, with a new expiry; for the mail about it."""
    old = Link.objects.select_related("seller").get(public_id=public_id)
    return make_link(
        seller=old.seller,
        purpose=LinkPurpose(old.purpose),
        now=now,
        account_id=old.account_id,
        subject=old.subject,
        address=old.address,
        destination=old.destination,
        parameters=old.parameters,
        single_use=old.single_use,
        delivery_id=delivery_id,
        kind=kind,
        variant=old.variant,
    )


def _addresses(link: Link, now: datetime) -> tuple[Account | None, list[str]]:
    """Whose link it is and the addresses on file that may have a fresh one, often just one."""
    if link.purpose == LinkPurpose.SIGN_IN:
        return _of_user(link)
    if link.purpose == LinkPurpose.INVITATION:
        rows = Invitation.objects.select_related("account").filter(
            public_id=link.subject, accepted_at=None, withdrawn_at=None, expires_at__gt=now
        )
        asked = rows.first()
        return (asked.account, [asked.email]) if asked else (None, [])
    if link.account is None:
        return None, []
    return link.account, _of_account(link, link.account)


def _of_user(link: Link) -> tuple[Account | None, list[str]]:
    user = User.objects.filter(public_id=link.subject, is_active=True).first()
    rows = Membership.objects.select_related("account").filter(
        user=user, account__seller_id=link.seller_id
    )
    member = rows.order_by("id").first() if user else None
    return (member.account, [user.email]) if user and member else (None, [])


def _of_account(link: Link, account: Account) -> list[str]:
    """The address that the link was sent to if it is still on file, else who gets the invoices."""
    contacts = list(Contact.objects.filter(account=account).order_by("id"))
    members = Membership.objects.filter(account=account, user__is_active=True)
    on_file = {one.email.lower() for one in contacts}
    on_file |= {email.lower() for email in members.values_list("user__email", flat=True)}
    sent_to = link.address or (link.delivery.address if link.delivery else "")
    if sent_to.lower() in on_file:
        return [sent_to.lower()]
    return [one.email.lower() for one in contacts if wants_kind(one.kinds, "invoice_issued")][:3]
