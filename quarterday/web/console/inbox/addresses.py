"""Contacts that get no mail, since it came back or was complained of."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.http import Http404

from quarterday.core.access import StaffPermission
from quarterday.core.period import local_date
from quarterday.services.accounts.change_contact import change_contact
from quarterday.services.messages.mark_address import clear_mark
from quarterday.store.models import AddressMark, Contact
from quarterday.store.queries.attention import marked_contacts
from quarterday.web.console.door import Staff
from quarterday.web.console.inbox.kinds import (
    PAGE,
    Ask,
    Deed,
    Done,
    Field,
    Row,
    account_url,
    found,
)
from quarterday.web.kit.words import format_day

_MAY = StaffPermission.CHANGE_CUSTOMERS


class AddressesKind:
    """Addresses of customers that are left alone."""

    name: ClassVar[str] = "bounces"
    label: ClassVar[str] = "Addresses"
    empty: ClassVar[str] = "Mail reaches every contact, as far as anybody knows."

    def list_rows(self, staff: Staff) -> list[Row]:
        """By the name of the account."""
        rows = marked_contacts(staff.seller).select_related("account")
        contacts = list(rows.order_by("account__name", "id")[:PAGE])
        marks = {
            mark.address: mark
            for mark in AddressMark.objects.filter(address__in=[one.email for one in contacts])
        }
        return [_show(one, marks.get(one.email), staff) for one in contacts]

    def find(self, staff: Staff, key: str) -> Contact:
        """A contact of the seller's customers."""
        rows = Contact.objects.filter(account__seller=staff.seller, public_id=key)
        contact: Contact = found(rows.select_related("account").first())
        return contact

    def show(self, staff: Staff, one: Contact) -> Row:
        """The contact as a row."""
        return _show(one, _mark(one), staff)

    def list_facts(self, staff: Staff, one: Contact) -> list[tuple[str, Any]]:
        """What came back, and when."""
        mark = _mark(one)
        facts = [
            ("Contact", one.name),
            ("Account", f"{one.account.name} ({one.account})"),
            ("Gets", ", ".join(one.kinds) or "everything"),
        ]
        if mark is not None:
            on = format_day(local_date(mark.at, staff.seller.time_zone))
            facts += [("Marked", on), ("What its mail server said", mark.detail)]
        return facts

    def list_deeds(self, staff: Staff, one: Contact, today: date) -> list[Deed]:
        """Another address, or the same once more."""
        mark = _mark(one)
        if mark is None or not mark.reason:
            return []
        return [
            Deed(
                "change",
                "Use this address",
                [f"What {one.account.name} is sent from now on goes there instead."],
                _MAY,
                (Field("email", "Right address", hint="name@example.com", kind="email"),),
                title="They have another address",
            ),
            Deed(
                "clear",
                f"Send to {one.email} again",
                [
                    "The next message goes there. If it comes back, the address is marked again.",
                    "What was not sent meanwhile stays unsent; send it again from the account.",
                ],
                _MAY,
                title="The address works again",
            ),
        ]

    def do(self, one: Contact, ask: Ask) -> Done:
        """Do one of these."""
        if ask.deed == "clear":
            clear_mark(address=one.email, now=ask.now, actor=ask.staff.actor)
            return Done(f"Mail goes to {one.email} again.")
        if ask.deed in ("change", "undo"):
            before, email = one.email, ask.text("email")
            change_contact(
                account_id=one.account_id,
                public_id=one.public_id,
                email=email,
                now=ask.now,
                actor=ask.staff.actor,
            )
            effects = [f"{before} is the contact’s address again."]
            undo = Deed("undo", "Change it back", effects, _MAY, (), (("email", before),))
            return Done(f"{one.account.name} gets mail at {email}.", undo)
        raise Http404


def _mark(one: Contact) -> AddressMark | None:
    return AddressMark.objects.filter(address=one.email).exclude(reason="").first()


def _show(one: Contact, mark: AddressMark | None, staff: Staff) -> Row:
    said = {"bounced": "Mail to it came back", "complained": "Its owner called our mail unwanted"}
    note = said.get(mark.reason, "Nobody is to write to it") if mark else "Mail goes there again"
    return Row(
        one.public_id,
        one.email,
        f"{note}{f': {mark.detail[:120]}' if mark and mark.detail else '.'}",
        on=local_date(mark.at, staff.seller.time_zone) if mark else None,
        account=one.account.name,
        account_url=account_url(one.account.public_id),
    )
