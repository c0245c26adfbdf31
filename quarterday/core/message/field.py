"""The merge fields: what a message can tell, what each field means, and an example of it.

Values are plain: text, `Money`, dates and lists of groups. They are put into the reader's words
when a message is composed. A date in full names its weekday.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from quarterday.core.message.kind import find_kind
from quarterday.core.money import Money


class InFull(NamedTuple):
    """A date that is shown with its weekday."""

    day: date


class Span(NamedTuple):
    """A period of service, half-open; it is shown with its last day."""

    start: date
    end: date


class MergeField(NamedTuple):
    """What a field means, and an example, which templates are tried with."""

    about: str
    example: Any


def _euro(amount: str) -> Money:
    return Money.of(amount, "EUR")


def _field(about: str, example: Any) -> MergeField:
    return MergeField(about, example)


Group = Mapping[str, MergeField]
_LINES = (
    {
        "text": "Hosting Pro, example.com",
        "note": Span(date(2026, 12, 1), date(2027, 1, 1)),
        "amount": _euro("96.00"),
    },
    {"text": "Backup", "note": "2 × 2.42 €", "amount": _euro("4.84")},
)
_LINES_ABOUT = "what it is for, each with `text`, `note` and `amount`"
_ISSUED, _DUE, _NEXT = date(2026, 11, 19), date(2026, 12, 3), date(2026, 12, 8)

ALWAYS: Mapping[str, Group] = {
    "seller": {
        "name": _field("who sends it: the name of the site, else of the seller", "Nordlicht Netz"),
        "legal_name": _field("the legal name of the seller", "Nordlicht Netz GmbH"),
        "email": _field("where questions go", "help@nordlicht.example"),
        "phone": _field("the telephone number, or nothing", "+49 30 5550100"),
        "website": _field("the website, or nothing", "https://nordlicht.example"),
        "address": _field("the postal address in one line", "Beispielweg 1, 00000 Musterstadt"),
        "tax_id": _field("the VAT number or other tax id, or nothing", "DE000000000"),
    },
    "account": {
        "name": _field("the name of the customer", "Ada Example"),
        "number": _field("the customer's number", "C-1001"),
    },
    "recipient": {
        "name": _field("the name of the contact, or nothing", "Ada Example"),
        "address": _field("where the message goes", "ada@example.com"),
    },
}

GROUPS: Mapping[str, Group] = {
    "invoice": {
        "number": _field("its number", "INV-000123"),
        "issued_on": _field("when it was issued", _ISSUED),
        "due_on": _field("when it is due", _DUE),
        "due_day": _field("when it is due, with the weekday", InFull(_DUE)),
        "total": _field("its total with tax", _euro("120.00")),
        "open": _field("what is still owed of it", _euro("100.00")),
        "paid": _field("what was paid of it, or nothing", _euro("20.00")),
        "is_open": _field("whether anything is owed", True),
        "is_overdue": _field("whether the due day has passed", False),
        "days_overdue": _field("days since it was due, 0 before", 0),
        "net": _field("its total without tax", _euro("100.84")),
        "tax": _field("the tax", _euro("19.16")),
        "lines": _field(_LINES_ABOUT, _LINES),
    },
    "dunning": {
        "total": _field("what is open on all invoices together", _euro("148.00")),
        "is_several": _field("whether more than one invoice is open", True),
        "invoices": _field(
            "all open invoices, each with its number as `text`, its due date as `note`, `amount`",
            (
                {"text": "INV-000117", "note": date(2026, 11, 3), "amount": _euro("48.00")},
                {"text": "INV-000123", "note": _DUE, "amount": _euro("100.00")},
            ),
        ),
        "next": _field(
            "what happens next if it stays unpaid: `restrict`, `suspend`, `terminate`, "
            "`collections`, or nothing",
            "suspend",
        ),
        "next_on": _field("when that happens, or nothing", _NEXT),
        "next_day": _field("the same with its weekday, or nothing", InFull(_NEXT)),
        "services": _field("the services that it happens to, or nothing", "Hosting Pro"),
        "fee": _field("the late fee that is added next, or nothing", _euro("5.00")),
        "fee_on": _field("when that is added, or nothing", _NEXT),
    },
    "credit_note": {
        "number": _field("its number", "CN-000017"),
        "issued_on": _field("when it was issued", _ISSUED),
        "total": _field("its total with tax", _euro("24.00")),
        "net": _field("its total without tax", _euro("20.17")),
        "tax": _field("the tax", _euro("3.83")),
        "invoice": _field("the number of the invoice that it corrects, or nothing", "INV-000123"),
        "reason": _field("why it was issued, or nothing", "Outage of 14 November"),
        "lines": _field(
            _LINES_ABOUT,
            ({"text": "Hosting Pro, example.com", "note": "", "amount": _euro("20.17")},),
        ),
    },
    "payment": {
        "amount": _field("what was paid", _euro("125.00")),
        "received_on": _field("when it arrived", _ISSUED),
        "method": _field("how it was paid", "card"),
        "reference": _field("the payer's reference, or nothing", "INV-000123"),
        "credit": _field("what of it became credit, or nothing", _euro("5.00")),
        "lines": _field(
            "which invoices it settled, each with `text`, `note` and `amount`",
            ({"text": "INV-000123", "note": "", "amount": _euro("120.00")},),
        ),
    },
    "attempt": {
        "amount": _field("what was to be paid", _euro("100.00")),
        "method": _field("the card or account that was tried", "Visa •••• 4242"),
        "reason": _field("why it failed, or nothing", "The card was declined."),
        "retry_on": _field("when it will be tried again, or nothing", date(2026, 12, 6)),
    },
    "debit": {
        "amount": _field("what will be collected", _euro("100.00")),
        "collect_on": _field("when it will be collected", _DUE),
        "collect_day": _field("when it will be collected, with the weekday", InFull(_DUE)),
        "account": _field("the last digits of the account", "IBAN •••• 2051"),
        "mandate": _field("the reference of the mandate", "M-89ABCDEF01234567"),
        "creditor": _field("who collects it", "Nordlicht Netz GmbH"),
        "creditor_id": _field("the creditor identifier", "DE98ZZZ09999999999"),
        "invoices": _field("the invoices that it pays, or nothing", "INV-000123"),
    },
    "method": {
        "label": _field("the card", "Visa •••• 4242"),
        "expires_on": _field("its last day", date(2026, 12, 31)),
    },
    "refund": {
        "amount": _field("what was given back", _euro("24.00")),
        "refunded_on": _field("when", _ISSUED),
        "method": _field("the way it goes back, or nothing", "card"),
        "reason": _field("why, or nothing", "Outage of 14 November"),
    },
    "credit": {
        "amount": _field("what was added, or nothing", _euro("50.00")),
        "balance": _field("the credit that there is now", _euro("62.40")),
        "limit": _field("below what it is low, or nothing", _euro("10.00")),
        "expires_on": _field("when the added credit lapses, or nothing", date(2027, 11, 19)),
        "reason": _field("where it comes from, or nothing", "Thank you for your patience"),
        "retry_on": _field("when it is topped up again by itself, or nothing", _DUE),
    },
    "service": {
        "name": _field("what is running", "Hosting Pro, example.com"),
        "on": _field("the day of what is told", _DUE),
        "day": _field("the same with its weekday", InFull(_DUE)),
        "reason": _field("why, or nothing", "Moving to another city"),
        "is_future": _field("whether that day is still to come", True),
        "delete_on": _field("when its data is deleted, or nothing", date(2027, 1, 2)),
    },
    "change": {
        "before": _field("the plan until then", "Hosting Start"),
        "after": _field("the plan from then on", "Hosting Pro"),
    },
    "price": {
        "plan": _field("what has another price", "Hosting Pro, monthly"),
        "on": _field("the first day that costs the new one", date(2027, 1, 1)),
        "day": _field("the same with its weekday", InFull(date(2027, 1, 1))),
        "last_on": _field(
            "the day on which the last of several services follows, or the same",
            date(2027, 1, 1),
        ),
        "was_inclusive": _field("whether tax is inside the old price", False),
        "is_inclusive": _field("whether tax is inside the new price", False),
        "old_least": _field(
            "what a service spends at least in a period until then, where that changes, or nothing",
            _euro("5.00"),
        ),
        "new_least": _field("the same from then on", _euro("8.00")),
        "old": _field(
            "what each service, or some usage, costs in a whole period until then, each with "
            "`text`, `note` and `amount`",
            ({"text": "Hosting Pro, example.com", "note": "", "amount": _euro("10.00")},),
        ),
        "new": _field(
            "the same from then on",
            ({"text": "Hosting Pro, example.com", "note": "", "amount": _euro("12.50")},),
        ),
    },
    "order": {
        "number": _field("its number", "ORD-000042"),
        "placed_on": _field("when it was placed", _ISSUED),
        "total": _field("what is to be paid now, with tax", _euro("120.00")),
        "net": _field("the same without tax", _euro("100.84")),
        "tax": _field("the tax, or nothing", _euro("19.16")),
        "is_waiting": _field("whether the service waits for the payment", False),
        "lines": _field(_LINES_ABOUT, _LINES),
    },
    "quote": {
        "number": _field("its number", "QUO-000007"),
        "total": _field("its total with tax", _euro("120.00")),
        "net": _field("its total without tax", _euro("100.84")),
        "tax": _field("the tax, or nothing", _euro("19.16")),
        "valid_through": _field("its last day", date(2026, 12, 19)),
        "valid_day": _field("its last day, with the weekday", InFull(date(2026, 12, 19))),
        "lines": _field(_LINES_ABOUT, _LINES),
    },
    "access": {
        "expires_in": _field("for how long the link works, in words", timedelta(minutes=20)),
        "inviter": _field("who invites, or nothing", "Grace Example"),
        "what": _field("what the link opens, or nothing", "INV-000123"),
    },
    "report": {
        "title": _field("the name of the report", "Revenue"),
        "question": _field("what it answers", "How much did we invoice, and earn?"),
        "days": _field("the days that it is about", "2026-11-01 – 2026-11-30"),
        "file": _field("the name of the file that comes with it", "revenue_2026-11-01.xlsx"),
        "figures": _field(
            _LINES_ABOUT,
            (
                {"text": "Invoiced, net", "note": "", "amount": _euro("41210.00")},
                {"text": "Recognised", "note": "", "amount": _euro("38714.55")},
            ),
        ),
    },
    "notice": {
        "what": _field(
            "what changed: `password_set`, `passkey_added`, …, as the program calls it",
            "password_set",
        ),
        "on": _field("when", _ISSUED),
        "time": _field("at what time, in the seller's zone", "14:05"),
    },
    "news": {
        "title": _field("what the news is about", "Faster servers in Frankfurt"),
        "text": _field(
            "the news: paragraphs with an empty line between them",
            "All new plans run "
            "on faster disks from January. You need not do anything.\n\nHave a look.",
        ),
        "button": _field("what the button says, or nothing", "See the new plans"),
    },
}


def list_fields(kind: str) -> dict[str, Group]:
    """All groups of merge fields that a kind of message has.

    >>> sorted(list_fields("receipt"))
    ['account', 'payment', 'recipient', 'seller']
    """
    return {**ALWAYS, **{name: GROUPS[name] for name in find_kind(kind).groups}}


def example_fields(kind: str) -> dict[str, dict[str, Any]]:
    """An example of everything that a kind of message can tell.

    >>> example_fields("receipt")["payment"]["amount"]
    Money(minor=12500, currency=Currency(code='EUR', exponent=2))
    """
    return {
        group: {name: field.example for name, field in fields.items()}
        for group, fields in list_fields(kind).items()
    }


def empty_fields(kind: str) -> dict[str, dict[str, Any]]:
    """The example with nothing in every field that may be empty, for trying templates.

    >>> empty_fields("refund")["refund"]["reason"], empty_fields("receipt")["recipient"]["name"]
    ('', '')
    """
    return {
        group: {name: _empty(field) for name, field in fields.items()}
        for group, fields in list_fields(kind).items()
    }


def _empty(field: MergeField) -> Any:
    if isinstance(field.example, bool):
        return not field.example
    if isinstance(field.example, tuple) and not isinstance(field.example, InFull | Span):
        return ()
    return "" if field.about.endswith("or nothing") else field.example
