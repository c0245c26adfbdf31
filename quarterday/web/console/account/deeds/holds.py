"""Pause reminding and billing of a customer, and go on with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from quarterday.core.access import StaffPermission as May
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.dunning.hold_dunning import hold_dunning
from quarterday.services.dunning.promise_payment import promise_payment
from quarterday.services.dunning.release_dunning import release_dunning
from quarterday.services.runs.hold_billing import hold_billing
from quarterday.services.runs.release_billing import release_billing
from quarterday.store.models import DunningHold, Invoice
from quarterday.store.queries.account.head import AccountHead
from quarterday.web.console.account.deed import Case, Deed, Given
from quarterday.web.console.account.inputs import day_field, make_form, reason_field
from quarterday.web.kit.words import format_day

_BOTH = (May.CHANGE_CUSTOMERS, May.BOOK_MONEY)


class _Reminding(Deed):
    """Of the customer, or of one open invoice."""

    needed = _BOTH
    model = Invoice
    is_subject_optional = True

    def fits(self, case: Case) -> bool:
        """For one invoice while it is open."""
        return case.subject is None or case.subject.status == InvoiceState.OPEN

    def about(self, case: Case) -> str:
        """What it is a pause of."""
        if case.subject is None:
            return f"all invoices of {case.account.name}"
        return f"invoice {case.subject.label}"

    def name(self, case: Case) -> str:
        """What it is a pause of."""
        said = self.about(case)
        return f"{said[:1].upper()}{said[1:]}"


class PauseReminding(_Reminding):
    """Nothing is sent, charged as a fee or suspended meanwhile."""

    code, label = "pause-reminding", "Pause reminders"
    hint = "What is suspended stays so. What was due is caught up on afterwards, by one mail."

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """Until when, and why."""
        fields: dict[str, forms.Field] = {
            "until": day_field(
                "Through", required=False, help_text="Without a day it stays until released."
            ),
            "reason": reason_field(),
        }
        return make_form(fields, data, initial)

    def question(self, case: Case, given: Given) -> str:
        """Of what."""
        return f"Pause reminders of {self.about(case)}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """Until when."""
        until = given["until"]
        end = f"through {format_day(until, 'weekday')}" if until else "until somebody goes on"
        return (
            f"No reminder, no late fee and no suspension for {self.about(case)} {end}.",
            "Afterwards nothing is suspended without a new warning.",
        )

    def back(self, case: Case, given: Given) -> str:
        """Release."""
        return "“Go on reminding”, beside the pause on the customer's page."

    def do(self, case: Case, given: Given) -> str:
        """Hold it."""
        hold_dunning(
            account=case.account,
            invoice=case.subject,
            until=given["until"],
            reason=given["reason"],
            **case.who(),
        )
        return f"Reminders of {self.about(case)} are paused."


class Promise(_Reminding):
    """The customer said by when they pay."""

    code, label = "promise", "Promise to pay"
    hint = "Reminding pauses through that day. A promise that is kept ends with the payment."

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """By when."""
        fields: dict[str, forms.Field] = {
            "until": day_field("They pay by"),
            "reason": reason_field("What they said", required=False),
        }
        return make_form(fields, data, initial)

    def question(self, case: Case, given: Given) -> str:
        """By when."""
        return f"Note that {case.account.name} pays by {format_day(given['until'])}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What happens then."""
        day = format_day(given["until"], "weekday")
        return (
            f"No reminder, no late fee and no suspension for {self.about(case)} through {day}.",
            "If it is not paid by then, reminding goes on the day after, and the log says so.",
        )

    def back(self, case: Case, given: Given) -> str:
        """Release."""
        return "“Go on reminding”, beside the promise on the customer's page."

    def verb(self, case: Case, given: Given) -> str:
        """With the day."""
        return f"Note the promise for {format_day(given['until'])}"

    def do(self, case: Case, given: Given) -> str:
        """Note it."""
        promise_payment(
            account=case.account,
            invoice=case.subject,
            until=given["until"],
            reason=given["reason"],
            **case.terms(),
        )
        return f"Reminding waits until {format_day(given['until'])} has passed."


class ReleaseReminding(Deed):
    """A pause or promise ends before its day."""

    code, label = "go-on-reminding", "Go on reminding"
    needed = _BOTH
    model = DunningHold

    def fits(self, case: Case) -> bool:
        """While it holds."""
        return case.subject.ended_at is None

    def name(self, case: Case) -> str:
        """Whose."""
        return case.account.name

    def question(self, case: Case, given: Given) -> str:
        """Which pause."""
        return f"Go on reminding {case.account.name}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What happens then."""
        return ("What came due meanwhile is caught up on with the next run, by one message.",)

    def back(self, case: Case, given: Given) -> str:
        """Pause anew."""
        return "pause it again."

    def do(self, case: Case, given: Given) -> str:
        """Release it."""
        release_dunning(hold=case.subject, **case.who())
        return "Reminding goes on."


class HoldBilling(Deed):
    """The billing run passes the customer over."""

    code, label = "hold-billing", "Hold billing"
    needed = (May.BOOK_MONEY, May.CHANGE_CUSTOMERS)
    hint = "What falls due meanwhile waits, and is billed by the first run after the hold."

    def suits(self, head: AccountHead) -> bool:
        """While it is not held."""
        return head.billing_hold is None

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """Until when, and why."""
        fields: dict[str, forms.Field] = {
            "until": day_field(
                "Through", required=False, help_text="Without a day it stays until released."
            ),
            "reason": reason_field(),
        }
        return make_form(fields, data, initial)

    def question(self, case: Case, given: Given) -> str:
        """Whose."""
        return f"Hold billing of {case.account.name}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """Until when."""
        until = given["until"]
        end = f"through {format_day(until, 'weekday')}" if until else "until somebody releases it"
        due = case.account.due.bill_on
        on = f" Next would have been {format_day(due)}." if due else ""
        return (f"No invoice is issued to {case.account.name} {end}.{on}",)

    def back(self, case: Case, given: Given) -> str:
        """Release."""
        return "“Release billing”, on the customer's page; what was missed is billed then."

    def do(self, case: Case, given: Given) -> str:
        """Hold it."""
        hold_billing(
            seller=case.staff.seller,
            account_ids=[case.account.id],
            reason=given["reason"],
            until=given["until"],
            **case.terms(),
        )
        return f"Billing of {case.account.name} is on hold."


class ReleaseBilling(Deed):
    """The customer is billed again."""

    code, label = "release-billing", "Release billing"
    needed = (May.BOOK_MONEY, May.CHANGE_CUSTOMERS)

    def suits(self, head: AccountHead) -> bool:
        """While it is held."""
        return head.billing_hold is not None

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What happens then."""
        return ("What was missed is billed by the next run, with that day's date.",)

    def back(self, case: Case, given: Given) -> str:
        """Hold anew."""
        return "hold billing again before the next run."

    def do(self, case: Case, given: Given) -> str:
        """Release it."""
        release_billing(seller=case.staff.seller, account_ids=[case.account.id], **case.who())
        return f"{case.account.name} is billed again."
