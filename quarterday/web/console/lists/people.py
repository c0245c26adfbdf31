"""Lists of customers, what they have, what was said to them, and who is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.html import format_html

from quarterday.core.access import StaffPermission
from quarterday.core.lifecycle import InvoiceState, SubscriptionState
from quarterday.store.models import (
    Account,
    AccountStatus,
    Delivery,
    Invoice,
    Membership,
    Message,
    SignIn,
    StaffMember,
    Subscription,
)
from quarterday.store.queries.balances import Balance, load_balances
from quarterday.store.queries.figures.added import CAME_BACK
from quarterday.store.queries.search import find_accounts, find_subscriptions
from quarterday.web.console.door import Staff
from quarterday.web.console.lists.asked import Day, Days
from quarterday.web.console.lists.base import EVERYTHING, ListAdmin, Shows, link_row
from quarterday.web.console.lists.columns import (
    account_column,
    amount,
    column,
    day_column,
    link_account,
    link_place,
    state_column,
)
from quarterday.web.console.table import Column, Table
from quarterday.web.kit.clock import read_today
from quarterday.web.kit.templatetags.kit import pill
from quarterday.web.kit.words import format_day

_CUSTOMERS = StaffPermission.SEE_CUSTOMERS


def _late(staff: Staff) -> Q:
    late = Invoice.objects.filter(
        status=InvoiceState.OPEN, due_on__lt=read_today(staff.seller), seller=staff.seller
    )
    return Q(id__in=late.values("account_id"))


def _account_state(row: Account) -> Any:
    return pill("active", "Open") if row.status == AccountStatus.OPEN else pill(row.status)


class AccountList(ListAdmin):
    """Accounts with what they owe."""

    slug, label, owner, needed = "accounts", "Accounts", "seller", _CUSTOMERS
    lead = "Everybody who owes, or could."
    shows: ClassVar[Shows] = {
        **EVERYTHING,
        "overdue": ("Overdue", _late),
        "open": ("Open", lambda staff: Q(status="open")),
        "closed": ("Closed", lambda staff: Q(status="closed")),
    }
    find = staticmethod(find_accounts)
    search_fields = ("name",)
    search_hint = "Name, number or mail address"
    list_display = (
        column("Account", link_account),
        column("Number", lambda row: row.external_id),
        column("Country", lambda row: row.country),
        column("State", _account_state),
        amount("Owes", lambda row: (row.balance.owed_minor, row.currency)),
        amount("Overdue", lambda row: (row.balance.overdue_minor, row.currency)),
        amount("Credit", lambda row: (row.balance.credit_minor, row.currency)),
    )

    def prepare(self, rows: Sequence[Any], staff: Staff) -> None:
        """What each owes today."""
        found = load_balances([row.pk for row in rows], read_today(staff.seller))
        for row in rows:
            row.balance = found.get(row.pk, Balance(row.currency))


def _ended(staff: Staff) -> Q:
    return Q(status__in=[SubscriptionState.CANCELLED, SubscriptionState.ENDED])


class SubscriptionList(ListAdmin):
    """Contracts, the newest first."""

    slug, label, needed = "subscriptions", "Subscriptions", _CUSTOMERS
    place = "subscriptions"
    lead = "What customers have."
    shows: ClassVar[Shows] = {
        **EVERYTHING,
        "active": ("Active", lambda staff: Q(status=SubscriptionState.ACTIVE)),
        "trialing": ("On trial", lambda staff: Q(status=SubscriptionState.TRIALING)),
        "paused": ("Paused", lambda staff: Q(status=SubscriptionState.PAUSED)),
        "ending": ("Ending", lambda staff: Q(status=SubscriptionState.CANCELLING)),
        "ended": ("Ended", _ended),
    }
    days: ClassVar[Days] = {"start": Day("Since", "start_on"), "end": Day("Ends", "end_on")}
    find = staticmethod(find_subscriptions)
    search_fields = ("external_id",)
    search_hint = "Name, such as a domain"
    list_select_related = ("account", "plan__product")
    list_display = (
        column(
            "Subscription",
            lambda row: link_place("subscriptions", row, row.external_id or row.public_id[-8:]),
        ),
        account_column(),
        column("Plan", lambda row: row.plan.name),
        state_column(),
        day_column("Since", lambda row: row.start_on),
        day_column("Ends", lambda row: row.end_on),
    )

    def tables(self, row: Any) -> list[Table]:
        """Its items."""
        items = row.items.select_related("price__plan").order_by("id")[:200]
        rows = [
            (
                one.price.plan.name,
                one.role,
                one.quantity,
                format_day(one.start_on, "short"),
                format_day(one.end_on, "short") if one.end_on else "–",
                format_day(one.billed_through, "short"),
            )
            for one in items
        ]
        titles = ("What", "Role", "Quantity", "From", "Until", "Billed before")
        names = [Column(one) for one in titles]
        return [Table("Items", names, rows, is_quiet=False)]


def _address(message: Message, delivery: Delivery) -> Any:
    """Where it went, which leads to what was said where it was said to a customer."""
    if message.account is None:
        return delivery.address
    delivery.account = message.account  # type: ignore[attr-defined]
    return link_place("messages", delivery, delivery.address)


class MessageList(ListAdmin):
    """What was said to customers."""

    slug, label, owner, needed = "messages", "Messages", "seller", _CUSTOMERS
    lead = "What was said, to whom, and why something was not."
    shows: ClassVar[Shows] = {
        **EVERYTHING,
        "queued": ("Waiting", lambda staff: Q(status="queued")),
        "dropped": ("Not sent", lambda staff: Q(status="dropped")),
    }
    days: ClassVar[Days] = {"written": Day("Written", "created_at")}
    list_select_related = ("account",)
    list_display = (
        day_column("Written", lambda row: row.created_at),
        account_column(),
        column(
            "Kind",
            lambda row: format_html(
                '<a href="{}">{}</a>',
                link_row("messages", row.public_id),
                row.kind.replace("_", " "),
            ),
        ),
        state_column(),
        column("Why", lambda row: row.reason),
    )

    def tables(self, row: Any) -> list[Table]:
        """Where it went."""
        rows = [
            (_address(row, one), one.channel, one.title, one.status, one.error)
            for one in row.deliveries.order_by("id")[:200]
        ]
        names = [Column(one) for one in ("To", "By", "Subject", "State", "Why")]
        return [Table("Deliveries", names, rows, is_quiet=False)]


class DeliveryList(ListAdmin):
    """Messages on their way; those that did not arrive first."""

    slug, label, needed = "deliveries", "Deliveries", _CUSTOMERS
    lead = "Each message to each address, and whether it arrived."
    shows: ClassVar[Shows] = {
        "failed": (
            "Did not arrive",
            lambda staff: Q(status__in=["failed", "bounced", "complained", "suppressed"]),
        ),
        "came_back": ("Came back", lambda staff: Q(status__in=CAME_BACK)),
        "waiting": ("Waiting", lambda staff: Q(status__in=["queued", "sending", "unknown"])),
        **EVERYTHING,
    }
    quiet = frozenset({"came_back"})
    days: ClassVar[Days] = {
        "tried": Day("Last tried", "next_at"),
        "sent": Day("Sent", "sent_at"),
    }
    list_select_related = ("message__account",)
    list_display = (
        day_column("Sent", lambda row: row.sent_at or row.next_at),
        account_column(lambda row: row.message.account),
        column(
            "Subject",
            lambda row: format_html(
                '<a href="{}">{}</a>',
                link_row("messages", row.message.public_id),
                row.title or row.message.kind.replace("_", " "),
            ),
        ),
        column("To", lambda row: row.address),
        state_column(),
        column("Why", lambda row: row.error),
    )

    def scope(self, rows: QuerySet[Any], staff: Staff) -> QuerySet[Any]:
        """Of messages of the seller."""
        own = Message.objects.filter(id=OuterRef("message_id"), seller=staff.seller)
        return rows.filter(Exists(own))


class SignInList(ListAdmin):
    """Who is signed in, of customers and staff."""

    slug, label, needed = "sign-ins", "Signed in", StaffPermission.SEE_SETTINGS
    lead = "Browsers in which somebody is signed in now."
    days: ClassVar[Days] = {
        "since": Day("Since", "created_at"),
        "seen": Day("Last seen", "seen_at"),
    }
    list_select_related = ("user",)
    list_display = (
        column("Who", lambda row: row.user.name or row.user.email),
        column("Address", lambda row: row.user.email),
        column("By", lambda row: row.method),
        column("Browser", lambda row: row.device),
        day_column("Since", lambda row: row.created_at),
        day_column("Last seen", lambda row: row.seen_at),
    )

    def scope(self, rows: QuerySet[Any], staff: Staff) -> QuerySet[Any]:
        """Of those who act for an account of the seller, or work for it."""
        members = Membership.objects.filter(user=OuterRef("user_id"), account__seller=staff.seller)
        posts = StaffMember.objects.filter(user=OuterRef("user_id"), ended_at__isnull=True)
        posts = posts.filter(Q(seller=staff.seller) | Q(seller__isnull=True))
        return rows.filter(Exists(members) | Exists(posts))


LISTS: tuple[tuple[type[Model], type[ListAdmin]], ...] = (
    (Account, AccountList),
    (Subscription, SubscriptionList),
    (Message, MessageList),
    (Delivery, DeliveryList),
    (SignIn, SignInList),
)
