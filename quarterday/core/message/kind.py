"""The kinds of message. A contact chooses among them one by one, or by topic."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple

from quarterday.core.errors import BillingError


class Topic(StrEnum):
    """What a message is about: a contact chooses these, and a role stands for some of them."""

    INVOICES = "invoices"
    PAYMENTS = "payments"
    REMINDERS = "reminders"
    SERVICES = "services"
    ACCOUNT = "account"
    NEWS = "news"


class MessageKind(NamedTuple):
    """A kind of message.

    ``fresh_days`` is how long it is worth sending: afterwards it is dropped. ``link`` is where its
    button leads: a page of the portal, or what one may do without signing in. ``groups`` are the
    merge fields that it has besides those of every message, and ``document`` the file that comes
    with it. ``is_direct`` kinds go to the address that the caller names and to nobody else,
    whatever contacts chose.
    """

    name: str
    topic: Topic
    fresh_days: int
    link: str
    groups: tuple[str, ...]
    document: str = ""
    is_direct: bool = False

    @property
    def is_marketing(self) -> bool:
        """Whether it may be unsubscribed from; everything else belongs to the contract."""
        return self.topic is Topic.NEWS


_R, _S = Topic.REMINDERS, Topic.SERVICES
_OWED, _HELD = ("invoice", "dunning"), ("invoice", "service", "dunning")
_LIST = (
    MessageKind("invoice_issued", Topic.INVOICES, 30, "pay", ("invoice",), "invoice"),
    MessageKind("credit_note", Topic.INVOICES, 30, "/invoices/", ("credit_note",), "credit_note"),
    MessageKind("receipt", Topic.PAYMENTS, 14, "/invoices/", ("payment",), "receipt"),
    MessageKind("payment_action", Topic.PAYMENTS, 7, "pay", ("invoice", "attempt")),
    MessageKind("payment_failed", Topic.PAYMENTS, 7, "pay", ("invoice", "attempt")),
    MessageKind("debit_announced", Topic.PAYMENTS, 7, "/invoices/", ("debit",)),
    MessageKind("card_expiring", Topic.PAYMENTS, 14, "/payment-methods/", ("method",)),
    MessageKind("refund", Topic.PAYMENTS, 14, "/invoices/", ("refund",)),
    MessageKind("credit_added", Topic.PAYMENTS, 14, "/credit/", ("credit",)),
    MessageKind("top_up_failed", Topic.PAYMENTS, 7, "/credit/", ("credit", "attempt")),
    MessageKind("credit_low", Topic.PAYMENTS, 7, "/credit/", ("credit",)),
    MessageKind("reminder_before_due", _R, 3, "pay", _OWED, "invoice"),
    MessageKind("reminder_due", _R, 3, "pay", _OWED, "invoice"),
    MessageKind("reminder_1", _R, 7, "pay", _OWED, "invoice"),
    MessageKind("reminder_2", _R, 7, "pay", _OWED, "invoice"),
    MessageKind("overdue", _R, 7, "pay", _OWED, "invoice"),
    MessageKind("suspension_warning", _R, 7, "pay", _HELD),
    MessageKind("restricted", _S, 14, "pay", _HELD),
    MessageKind("suspended", _S, 14, "pay", _HELD),
    MessageKind("final_notice", _R, 7, "pay", _OWED, "invoice"),
    MessageKind("restored", _S, 14, "/services/", ("service",)),
    MessageKind("terminated", _S, 14, "/services/", _HELD),
    MessageKind("plan_changed", _S, 14, "/services/", ("service", "change")),
    MessageKind("price_changed", _S, 30, "/services/", ("price",)),
    MessageKind("cancelled", _S, 14, "/services/", ("service",)),
    MessageKind("welcome", Topic.ACCOUNT, 14, "/", ()),
    MessageKind("order_confirmation", Topic.ACCOUNT, 14, "/services/", ("order",)),
    MessageKind("quote", Topic.ACCOUNT, 30, "quote", ("quote",), "quote"),
    MessageKind("login_link", Topic.ACCOUNT, 1, "sign_in", ("access",), is_direct=True),
    MessageKind("invitation", Topic.ACCOUNT, 7, "invitation", ("access",), is_direct=True),
    MessageKind("address_change", Topic.ACCOUNT, 1, "address", ("access",), is_direct=True),
    MessageKind("security_notice", Topic.ACCOUNT, 14, "/security/", ("notice",), is_direct=True),
    MessageKind("link_renewed", Topic.ACCOUNT, 1, "renewed", ("access",), is_direct=True),
    MessageKind("report", Topic.ACCOUNT, 3, "console", ("report",), is_direct=True),
    MessageKind("newsletter", Topic.NEWS, 14, "news", ("news",)),
)
KINDS: Mapping[str, MessageKind] = {kind.name: kind for kind in _LIST}


_MONEY, _SERVICES = frozenset({"owner", "billing"}), frozenset({"owner", "technical"})
_ROLES: Mapping[Topic, frozenset[str]] = {
    Topic.INVOICES: _MONEY,
    Topic.PAYMENTS: _MONEY,
    Topic.REMINDERS: _MONEY,
    Topic.SERVICES: _SERVICES,
    Topic.ACCOUNT: frozenset({"owner"}),
    Topic.NEWS: frozenset(),
}


def find_roles(name: str) -> frozenset[str]:
    """The roles of people that hear of a kind where an account has no contact at all.

    >>> sorted(find_roles("receipt")), sorted(find_roles("newsletter"))
    (['billing', 'owner'], [])
    """
    return _ROLES[find_kind(name).topic]


def find_kind(name: str) -> MessageKind:
    """A kind by its name; raises `BillingError` listing all of them.

    >>> find_kind("receipt").topic
    <Topic.PAYMENTS: 'payments'>
    """
    try:
        return KINDS[name]
    except KeyError:
        raise BillingError(
            f"there is no kind of message {name!r}; there are {', '.join(KINDS)}"
        ) from None


def list_topics() -> dict[Topic, tuple[str, ...]]:
    """The kinds that a contact can choose, by topic.

    >>> list_topics()[Topic.INVOICES]
    ('invoice_issued', 'credit_note')
    """
    return {
        topic: tuple(k.name for k in _LIST if k.topic is topic and not k.is_direct)
        for topic in Topic
    }


def wants_kind(chosen: Collection[str], name: str) -> bool:
    """Whether somebody who chose these kinds and topics wants a kind; no choice is all but news.

    >>> wants_kind([], "receipt"), wants_kind([], "newsletter"), wants_kind(["news"], "receipt")
    (True, False, False)
    >>> wants_kind(["invoices"], "invoice_issued"), wants_kind(["receipt"], "receipt")
    (True, True)
    """
    kind = find_kind(name)
    if not chosen:
        return not kind.is_marketing
    return name in chosen or kind.topic in chosen
