"""One link of every kind to try, made from what a seller has; all of it is undone again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.links.destinations import link_hosts
from quarterday.services.links.make_link import MadeLink, make_link
from quarterday.store.models import (
    Account,
    Invitation,
    Invoice,
    Link,
    LinkPurpose,
    Membership,
    Quote,
    QuoteStatus,
    Seller,
    User,
)

_ADDRESS = "link-check@example.invalid"
_MOST, _LATE = 100, 5000


class Sample(NamedTuple):
    """What a link is made from. ``missing`` says what the seller lacks for this purpose."""

    purpose: LinkPurpose
    what: str
    terms: dict[str, Any]
    missing: str = ""

    def make(self, seller: Seller, now: datetime, **more: Any) -> MadeLink:
        """The link."""
        return make_link(seller=seller, purpose=self.purpose, now=now, **{**self.terms, **more})


def list_samples(seller: Seller, *, now: datetime) -> Iterator[Sample]:
    """Samples of every purpose, and of every destination that links of late lead to.

    It writes an invitation and a user; call it within a transaction that is rolled back.
    """
    account = Account.objects.filter(seller=seller, status="open").order_by("id").first()
    yield _invoice_sample(LinkPurpose.PAY, seller, {"status": InvoiceState.OPEN})
    yield _invoice_sample(LinkPurpose.VIEW, seller, {})
    if account is None:
        yield Sample(LinkPurpose.SIGN_IN, "", {}, "an account")
        yield Sample(LinkPurpose.PORTAL, "", {}, "an account")
        yield Sample(LinkPurpose.INVITATION, "", {}, "an account")
    else:
        yield _user_sample(account)
        yield Sample(LinkPurpose.PORTAL, "/", {"account_id": account.id, "destination": "/"})
        yield _invitation_sample(account, now)
    yield _quote_sample(seller, now)
    yield Sample(
        LinkPurpose.UNSUBSCRIBE,
        _ADDRESS,
        {"address": _ADDRESS, "account_id": getattr(account, "id", None)},
    )
    yield from _destination_samples(seller, now)


def _invoice_sample(purpose: LinkPurpose, seller: Seller, wanted: dict[str, str]) -> Sample:
    rows = Invoice.objects.filter(seller=seller, **wanted).exclude(status=InvoiceState.DRAFT)
    invoice = rows.order_by("-id").first()
    if invoice is None:
        return Sample(purpose, "", {}, "an open invoice" if wanted else "an invoice")
    terms = {"account_id": invoice.account_id, "subject": invoice.public_id}
    return Sample(purpose, invoice.label, terms)


def _user_sample(account: Account) -> Sample:
    """Somebody who was not there before, so that nobody's second factor or notice is touched."""
    user = User.objects.create_user(_ADDRESS)
    Membership.objects.create(user=user, account=account, role="read_only")
    terms = {"account_id": account.id, "subject": user.public_id}
    return Sample(LinkPurpose.SIGN_IN, str(account), terms)


def _invitation_sample(account: Account, now: datetime) -> Sample:
    row = Invitation.objects.create(
        account=account,
        email=f"invited-{_ADDRESS}",
        role="read_only",
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    terms = {"account_id": account.id, "subject": row.public_id}
    return Sample(LinkPurpose.INVITATION, str(account), terms)


def _quote_sample(seller: Seller, now: datetime) -> Sample:
    rows = Quote.objects.filter(
        seller=seller, status=QuoteStatus.OPEN, valid_through__gte=now.date()
    )
    quote = rows.order_by("-id").first()
    if quote is None:
        return Sample(LinkPurpose.QUOTE, "", {}, "an open quote")
    terms = {"account_id": quote.account_id, "subject": quote.public_id}
    return Sample(LinkPurpose.QUOTE, quote.label, terms)


def _destination_samples(seller: Seller, now: datetime) -> Iterator[Sample]:
    """Our own first page, each trusted host, and where links that are still good lead."""
    for destination in ("/", *(f"https://{host}/" for host in link_hosts(seller))):
        yield Sample(LinkPurpose.CUSTOM, destination, {"destination": destination})
    rows = Link.objects.filter(seller=seller, expires_at__gt=now, revoked_at=None)
    used = rows.filter(purpose__in=[LinkPurpose.CUSTOM, LinkPurpose.PORTAL])
    known = {("custom", "/"), ("portal", "/"), ("portal", "")}
    late = used.order_by("-id").values_list("purpose", "destination", "account_id")
    for purpose, destination, account_id in late[:_LATE]:
        if (purpose, destination) not in known and len(known) < _MOST:
            known.add((purpose, destination))
            terms = {"destination": destination, "account_id": account_id}
            yield Sample(LinkPurpose(purpose), destination, terms)


def try_to_make(sample: Sample, seller: Seller, now: datetime) -> MadeLink | str:
    """The link of a sample, or why it can no longer be made."""
    try:
        return sample.make(seller, now)
    except BillingError as error:
        return str(error)
