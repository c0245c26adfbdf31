"""Contacts, notes, kept ways to pay, and messages that are sent again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from quarterday.core.access import StaffPermission as May
from quarterday.core.errors import BillingError
from quarterday.core.message import Topic
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.accounts.add_note import add_note
from quarterday.services.accounts.change_contact import change_contact
from quarterday.services.accounts.change_note import pin_note, remove_note
from quarterday.services.accounts.remove_contact import remove_contact
from quarterday.services.messages.resend_message import resend_message
from quarterday.services.payments.remove_method import remove_method
from quarterday.store.models import AccountNote, Contact, Delivery, PaymentMethod
from quarterday.web.console.account.deed import Case, Deed, Given
from quarterday.web.console.account.inputs import make_form

_TOPICS = [
    (str(Topic.INVOICES), "Invoices and credit notes"),
    (str(Topic.PAYMENTS), "Payments"),
    (str(Topic.REMINDERS), "Reminders"),
    (str(Topic.SERVICES), "Services"),
    (str(Topic.ACCOUNT), "The account"),
    (str(Topic.NEWS), "News"),
]
_USUAL = [topic for topic, _ in _TOPICS if topic != Topic.NEWS]


class _Contact(Deed):
    """Somebody who gets messages."""

    needed = (May.CHANGE_CUSTOMERS,)
    is_light = True

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """Who, where, and what they get."""
        fields: dict[str, forms.Field] = {
            "name": forms.CharField(label="Name", max_length=200, required=False),
            "email": forms.EmailField(label="Mail address", max_length=254),
            "kinds": forms.MultipleChoiceField(
                label="Gets", choices=_TOPICS, widget=forms.CheckboxSelectMultiple
            ),
        }
        contact = case.subject
        begin: dict[str, Any] = {"kinds": _USUAL}
        if contact is not None:
            begin = {
                "name": contact.name,
                "email": contact.email,
                "kinds": contact.kinds or _USUAL,
            }
        return make_form(fields, data, begin)


class AddContact(_Contact):
    """A new one."""

    code, label = "add-contact", "Add a contact"

    def do(self, case: Case, given: Given) -> str:
        """Add them."""
        email = given["email"].lower()
        if case.account.contacts.filter(email=email).exists():
            raise BillingError("email belongs to a contact already; change that one")
        add_contact(
            account_id=case.account.id,
            email=email,
            name=given["name"],
            kinds=_kinds(given),
            **case.who(),
        )
        return f"{email} gets messages now."


class ChangeContact(_Contact):
    """Another address, or other messages."""

    code, label = "change-contact", "Change the contact"
    model = Contact

    def name(self, case: Case) -> str:
        """Their address."""
        return str(case.subject.email)

    def do(self, case: Case, given: Given) -> str:
        """Change them."""
        change_contact(
            account_id=case.account.id,
            public_id=case.subject.public_id,
            email=given["email"],
            name=given["name"],
            kinds=_kinds(given),
            **case.who(),
        )
        return "The contact is changed."


def _kinds(given: Given) -> list[str]:
    """Nothing chosen in the store means everything but news."""
    chosen = [str(one) for one in given["kinds"]]
    return [] if sorted(chosen) == sorted(_USUAL) else chosen


class RemoveContact(Deed):
    """They get no more messages."""

    code, label = "remove-contact", "Remove the contact"
    needed = (May.CHANGE_CUSTOMERS,)
    model = Contact
    is_danger = True

    def name(self, case: Case) -> str:
        """Their address."""
        return str(case.subject.email)

    def question(self, case: Case, given: Given) -> str:
        """Who."""
        return f"Remove {case.subject.email}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What they miss."""
        return (f"{case.subject.email} gets no more messages of this customer.",)

    def back(self, case: Case, given: Given) -> str:
        """Add them."""
        return "add the contact again."

    def do(self, case: Case, given: Given) -> str:
        """Remove them."""
        remove_contact(account_id=case.account.id, public_id=case.subject.public_id, **case.who())
        return f"{case.subject.email} is removed."


class AddNote(Deed):
    """Something to remember."""

    code, label = "add-note", "Add a note"
    needed = (May.SEE_CUSTOMERS,)
    is_light = True
    hint = "Only staff see it."

    def may(self, staff: Any) -> bool:
        """Whoever works with customers; those who only look leave no notes."""
        return any(staff.may(one) for one in (May.CHANGE_CUSTOMERS, May.BOOK_MONEY))

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """What, and whether it stands at the head."""
        fields: dict[str, forms.Field] = {
            "text": forms.CharField(
                label="Note", max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
            ),
            "is_pinned": forms.BooleanField(label="Pin it to the head of the page", required=False),
        }
        return make_form(fields, data, initial)

    def do(self, case: Case, given: Given) -> str:
        """Keep it."""
        add_note(
            account=case.account,
            text=given["text"],
            is_pinned=given["is_pinned"],
            **case.who(),
        )
        return "The note is kept."


class _Note(Deed):
    """Something with a note."""

    needed = (May.CHANGE_CUSTOMERS, May.BOOK_MONEY)
    model = AccountNote

    def name(self, case: Case) -> str:
        """How it begins."""
        text = str(case.subject.text)
        return text if len(text) <= 80 else f"{text[:79]}…"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """Which."""
        return (f"“{self.name(case)}”",)


class PinNote(_Note):
    """It stands at the head of the page, or no more."""

    code, label = "pin-note", "Pin or unpin"

    def question(self, case: Case, given: Given) -> str:
        """Which way."""
        verb = "Unpin" if case.subject.is_pinned else "Pin"
        return f"{verb} the note?"

    def verb(self, case: Case, given: Given) -> str:
        """Which way."""
        return "Unpin it" if case.subject.is_pinned else "Pin it"

    def do(self, case: Case, given: Given) -> str:
        """Turn it."""
        pin_note(note=case.subject, is_pinned=not case.subject.is_pinned, **case.who())
        return "The note is unpinned." if case.subject.is_pinned else "The note is pinned."


class RemoveNote(_Note):
    """It is shown no more."""

    code, label = "remove-note", "Remove the note"
    is_danger = True

    def back(self, case: Case, given: Given) -> str:
        """Write it anew."""
        return "write it again; the log keeps who removed it."

    def do(self, case: Case, given: Given) -> str:
        """Remove it."""
        remove_note(note=case.subject, **case.who())
        return "The note is removed."


class RemoveMethod(Deed):
    """A way to pay is kept no more."""

    code, label = "remove-method", "Remove the way to pay"
    needed = (May.CHANGE_CUSTOMERS, May.BOOK_MONEY)
    model = PaymentMethod
    is_danger = True

    def name(self, case: Case) -> str:
        """Its label."""
        return str(case.subject.label)

    def question(self, case: Case, given: Given) -> str:
        """Which."""
        return f"Remove {case.subject.label}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What it does."""
        return (f"{case.subject.label} is not charged any more.",)

    def back(self, case: Case, given: Given) -> str:
        """Only the customer can."""
        return "only the customer can add it again, on a pay page."

    def do(self, case: Case, given: Given) -> str:
        """Remove it."""
        remove_method(method=case.subject, **case.who())
        return f"{case.subject.label} is removed."


class Resend(Deed):
    """A message goes out once more, with fresh links."""

    code, label = "resend", "Send again"
    needed = (May.CHANGE_CUSTOMERS, May.BOOK_MONEY)
    model = Delivery
    path = "message__account"

    def name(self, case: Case) -> str:
        """Its subject line and address."""
        return f"{case.subject.title or case.subject.message.kind} to {case.subject.address}"

    def question(self, case: Case, given: Given) -> str:
        """To whom."""
        return f"Send it to {case.subject.address} again?"

    def back(self, case: Case, given: Given) -> str:
        """A mail that is sent is sent."""
        return "none; a mail that went out cannot be called back."

    def verb(self, case: Case, given: Given) -> str:
        """To whom."""
        return f"Send to {case.subject.address}"

    def do(self, case: Case, given: Given) -> str:
        """Queue it."""
        resend_message(delivery=case.subject, **case.who())
        return f"It goes to {case.subject.address} with the next mails."
