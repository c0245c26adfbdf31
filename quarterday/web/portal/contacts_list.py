"""Contacts in words: what each one gets, and whether mail still reaches it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterday.core.message import KINDS, Topic, list_topics
from quarterday.store.models import Account, AddressMark, Contact, Membership
from quarterday.store.queries.messages import marks_of_account

TOPICS: Mapping[Topic, tuple[str | Promise, str | Promise]] = {
    Topic.INVOICES: (
        gettext_lazy("Invoices"),
        gettext_lazy("Each invoice and credit note, with its PDF."),
    ),
    Topic.PAYMENTS: (
        gettext_lazy("Payments and credit"),
        gettext_lazy("Receipts, failed payments, refunds, a card that expires, low credit."),
    ),
    Topic.REMINDERS: (
        gettext_lazy("Reminders"),
        gettext_lazy("Before and after the due date of an invoice."),
    ),
    Topic.SERVICES: (
        gettext_lazy("Services"),
        gettext_lazy("Changes, suspensions and cancellations."),
    ),
    Topic.ACCOUNT: (gettext_lazy("Account"), gettext_lazy("Welcome, orders and quotes.")),
    Topic.NEWS: (
        gettext_lazy("News and offers"),
        gettext_lazy("Only if you want it; every mail can be unsubscribed with one click."),
    ),
}
KIND_WORDS: Mapping[str, str | Promise] = {
    "invoice_issued": gettext_lazy("A new invoice"),
    "credit_note": gettext_lazy("A credit note"),
    "receipt": gettext_lazy("A receipt for a payment"),
    "payment_action": gettext_lazy("A payment that you have to confirm"),
    "payment_failed": gettext_lazy("A payment that failed"),
    "debit_announced": gettext_lazy("A direct debit that is announced"),
    "card_expiring": gettext_lazy("A card that expires soon"),
    "refund": gettext_lazy("Money that was paid back"),
    "credit_added": gettext_lazy("Credit that was added"),
    "top_up_failed": gettext_lazy("Credit that could not be topped up"),
    "credit_low": gettext_lazy("Credit that runs low"),
    "reminder_before_due": gettext_lazy("A hint before an invoice is due"),
    "reminder_due": gettext_lazy("A hint on the due date"),
    "reminder_1": gettext_lazy("The first reminder"),
    "reminder_2": gettext_lazy("The second reminder"),
    "overdue": gettext_lazy("A note that an invoice is long overdue"),
    "suspension_warning": gettext_lazy("A warning before a service is suspended"),
    "restricted": gettext_lazy("A service was restricted"),
    "suspended": gettext_lazy("A service was suspended"),
    "final_notice": gettext_lazy("The last notice"),
    "restored": gettext_lazy("A service works again"),
    "terminated": gettext_lazy("A service was ended"),
    "plan_changed": gettext_lazy("A plan was changed"),
    "price_changed": gettext_lazy("A price will change"),
    "cancelled": gettext_lazy("A service was cancelled"),
    "welcome": gettext_lazy("A welcome"),
    "order_confirmation": gettext_lazy("An order was received"),
    "quote": gettext_lazy("A quote"),
    "newsletter": gettext_lazy("News and offers"),
}


class TopicChoice(NamedTuple):
    """A topic to tick, and its kinds one by one."""

    topic: str
    word: str
    about: str
    is_chosen: bool
    is_news: bool
    kinds: list[tuple[str, str, bool]]

    @property
    def is_single(self) -> bool:
        """Whether some of its kinds are chosen, but not all."""
        return not self.is_chosen and any(kind[2] for kind in self.kinds)


class ContactRow(NamedTuple):
    """A contact as the list shows it; ``gets`` are words for what it receives."""

    contact: Contact
    gets: list[str]
    mark: AddressMark | None


def list_rows(account: Account) -> list[ContactRow]:
    """The contacts of an account with the marks of their addresses."""
    contacts = list(account.contacts.order_by("id"))
    marks = marks_of_account(account) if contacts else {}
    return [ContactRow(one, tell_kinds(one.kinds), marks.get(one.email)) for one in contacts]


def list_members_told(account: Account) -> list[Membership]:
    """Who is told as long as there is no contact: owners of everything, others of their part."""
    rows = Membership.objects.filter(account=account, user__is_active=True, role="owner")
    return list(rows.select_related("user").order_by("id"))


def tell_kinds(chosen: Collection[str]) -> list[str]:
    """What somebody who chose these kinds and topics gets, whole topics first."""
    if not chosen:
        return [_("Everything except news")]
    whole = [str(TOPICS[topic][0]) for topic in Topic if topic in chosen]
    return [*whole, *_single(chosen)]


def _single(chosen: Collection[str]) -> list[str]:
    """Kinds chosen one by one, outside of the topics that were chosen whole."""
    return [
        str(KIND_WORDS[name])
        for topic, names in list_topics().items()
        if topic not in chosen
        for name in names
        if name in chosen and name in KIND_WORDS
    ]


def tidy_kinds(asked: Collection[str]) -> list[str]:
    """Kinds as they are kept: a topic for all its kinds, and nothing where that means the same."""
    topics = list_topics()
    found: set[str] = set()
    for topic, names in topics.items():
        if topic in asked or (names and set(names) <= set(asked)):
            found.add(str(topic))
        else:
            found |= set(names) & set(asked) & set(KINDS)
    everything = {str(topic) for topic in topics if topic is not Topic.NEWS}
    return [] if found == everything else sorted(found)


def choose_topics(chosen: Collection[str]) -> list[TopicChoice]:
    """All topics, to tick whole or by their kinds."""
    found = []
    for topic, names in list_topics().items():
        word, about = TOPICS[topic]
        whole = topic in chosen
        kinds = [(name, str(KIND_WORDS[name]), name in chosen) for name in names]
        is_news = topic is Topic.NEWS
        found.append(TopicChoice(str(topic), str(word), str(about), whole, is_news, kinds))
    return found
