"""Messages, their deliveries, and addresses that get none."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from quarterday.store.models import (
    Account,
    AddressMark,
    Contact,
    Delivery,
    Membership,
    Message,
    MessageTemplate,
    Seller,
)
from quarterday.store.queries.references import AnyRow, NotThere


def list_messages(
    *,
    account: Account | None = None,
    seller: Seller | None = None,
    kind: str = "",
    status: str = "",
    limit: int = 100,
) -> list[Message]:
    """Messages, the newest first, with their deliveries; ``status`` may be that of either."""
    rows = Message.objects.select_related("account", "seller").prefetch_related("deliveries")
    if account is not None:
        rows = rows.filter(account=account)
    if seller is not None:
        rows = rows.filter(seller=seller)
    if kind:
        rows = rows.filter(kind=kind)
    if status:
        rows = rows.filter(Q(status=status) | Q(deliveries__status=status)).distinct()
    return list(_cut(rows.order_by("-id"), limit))


def find_message(name: str) -> Message:
    """A message by its own id or that of one of its deliveries. Raises `NotThere`."""
    rows = Message.objects.select_related("account", "seller").prefetch_related("deliveries")
    found = rows.filter(Q(public_id=name) | Q(deliveries__public_id=name)).first()
    if found is None:
        raise NotThere(f"there is no message or delivery {name!r}; see quarterday messages list")
    return found


def find_delivery(name: str) -> Delivery:
    """A delivery by its id. Raises `NotThere`."""
    rows = Delivery.objects.select_related("message__account", "message__seller")
    found = rows.filter(public_id=name).first()
    if found is None:
        raise NotThere(f"there is no delivery {name!r}; see quarterday messages show")
    return found


def list_marks(limit: int = 100) -> list[AddressMark]:
    """Addresses that get no more mail, the last marked first."""
    return list(_cut(AddressMark.objects.exclude(reason="").order_by("-at", "-id"), limit))


def marks_of_account(account: Account) -> dict[str, AddressMark]:
    """The marked ones among the addresses of an account's contacts and members."""
    contacts = Contact.objects.filter(account=account).values_list("email", flat=True)
    members = Membership.objects.filter(account=account).values_list("user__email", flat=True)
    addresses = {email.lower() for email in (*contacts, *members)}
    rows = AddressMark.objects.filter(address__in=addresses).exclude(reason="")
    return {row.address: row for row in rows.order_by("address")}


def list_templates(seller: Seller | None = None) -> list[MessageTemplate]:
    """The words that sellers use of their own: the newest version of each that is in use."""
    rows = MessageTemplate.objects.select_related("seller").defer("text", "html")
    if seller is not None:
        rows = rows.filter(seller=seller)
    newest = {(row.seller_id, row.kind, row.language): row for row in _by_version(rows)}
    return [row for row in newest.values() if row.title]


def _by_version(rows: QuerySet[MessageTemplate]) -> Sequence[MessageTemplate]:
    return list(rows.order_by("seller__code", "kind", "language", "version"))


def _cut(rows: QuerySet[AnyRow], limit: int) -> QuerySet[AnyRow]:
    return rows[:limit] if limit else rows
