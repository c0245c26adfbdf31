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

    ``is_direct`` kinds go to the address that the caller names and to nobody else, whatever
    contacts chose. ``fresh_days`` is how long it is worth sending: afterwards it is dropped.
    ``groups`` are the merge fields that it can use besides those that every message has.
    """

    name: str
    topic: Topic
    fresh_days: int = 14
    is_direct: bool = False
    groups: tuple[str, ...] = ()
    document: str = ""

    @property
    def is_marketing(self) -> bool:
        """Whether it may be unsubscribed from; everything else belongs to the contract."""
        return self.topic is Topic.NEWS


_INVOICE = ("invoice", "pay")
_SERVICE = ("subscription", "portal")
_LIST = (
    MessageKind("invoice_issued", Topic.INVOICES, 30, groups=_INVOICE, document="invoice"),
    MessageKind("credit_note", Topic.INVOICES, 30, groups=("credit_note",), document="credit_note"),
    MessageKind("receipt", Topic.PAYMENTS, groups=("payment",), document="receipt"),
    MessageKind("payment_failed", Topic.PAYMENTS, 7, groups=("attempt", *_INVOICE)),
    MessageKind("card_expiring", Topic.PAYMENTS, groups=("method", "portal")),
    MessageKind("refund", Topic.PAYMENTS, groups=("refund",)),
    MessageKind("credit_added", Topic.PAYMENTS, groups=("credit", "portal")),
    MessageKind("credit_low", Topic.PAYMENTS, 7, groups=("credit", "portal")),
    MessageKind("reminder_before_due", Topic.REMINDERS, 3, groups=_INVOICE, document="invoice"),
    MessageKind("reminder_due", Topic.REMINDERS, 3, groups=_INVOICE, document="invoice"),
    MessageKind("reminder_1", Topic.REMINDERS, 7, groups=_INVOICE, document="invoice"),
    MessageKind("reminder_2", Topic.REMINDERS, 7, groups=_INVOICE, document="invoice"),
    MessageKind("overdue", Topic.REMINDERS, 7, groups=_INVOICE, document="invoice"),
    MessageKind("suspension_warning", Topic.REMINDERS, 7, groups=(*_INVOICE, "service")),
    MessageKind("suspended", Topic.SERVICES, groups=(*_INVOICE, "service")),
    MessageKind("restored", Topic.SERVICES, groups=("service", "portal")),
    MessageKind("terminated", Topic.SERVICES, groups=("service", "portal")),
    MessageKind("plan_changed", Topic.SERVICES, groups=_SERVICE),
    MessageKind("cancelled", Topic.SERVICES, groups=_SERVICE),
    MessageKind("welcome", Topic.ACCOUNT, groups=("portal",)),
    MessageKind("order_confirmation", Topic.ACCOUNT, groups=("order", "portal")),
    MessageKind("quote", Topic.ACCOUNT, 30, groups=("quote",), document="quote"),
    MessageKind("login_link", Topic.ACCOUNT, 1, is_direct=True, groups=("access",)),
    MessageKind("invitation", Topic.ACCOUNT, 7, is_direct=True, groups=("access", "inviter")),
    MessageKind("link_renewed", Topic.ACCOUNT, 1, is_direct=True, groups=("access",)),
    MessageKind("newsletter", Topic.NEWS, groups=("news",)),
)
KINDS: Mapping[str, MessageKind] = {kind.name: kind for kind in _LIST}


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
