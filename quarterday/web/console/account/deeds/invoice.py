"""Correct an invoice, give it up, and send it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from quarterday.core.access import StaffPermission as May
from quarterday.core.approval import Waiver
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.approvals.wish import Wish, wish_waiver
from quarterday.services.collection.resume_collection import resume_collection
from quarterday.services.collection.stop_collection import stop_collection
from quarterday.services.invoicing.credit_lines import choose_lines
from quarterday.services.messages.send_again import send_again
from quarterday.store.models import (
    Collection,
    CollectionStatus,
    CreditNote,
    DocumentSeries,
    Invoice,
)
from quarterday.store.queries.fees import find_fees
from quarterday.web.console.account.approvals import Waiving
from quarterday.web.console.account.deed import Case, Deed, Given
from quarterday.web.console.account.inputs import AmountField, make_form, reason_field
from quarterday.web.kit.words import format_day

_READ = "It stands on the credit note, where the customer reads it."


class OfInvoice(Deed):
    """Something with one invoice."""

    model = Invoice
    states: tuple[str, ...] = (InvoiceState.OPEN,)

    def fits(self, case: Case) -> bool:
        """In the states that allow it."""
        return case.subject.status in self.states

    def question(self, case: Case, given: Given) -> str:
        """With the number."""
        return f"{self.label}: invoice {case.subject.label}?"

    def name(self, case: Case) -> str:
        """By number and total."""
        invoice = case.subject
        return f"Invoice {invoice.label}, {case.money(invoice.total_minor)}"


class WithReason(OfInvoice):
    """One that only asks why."""

    why = "It is kept in the audit log."

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """Why."""
        return make_form({"reason": reason_field(help_text=self.why)}, data, initial)


class CreditLines(Waiving, OfInvoice):
    """A credit note for an invoice, or for some of its lines."""

    code, label = "credit-note", "Credit note"
    needed = (May.BOOK_MONEY,)
    states = (InvoiceState.OPEN, InvoiceState.PAID)
    hint = (
        "Its amount comes off what is open of the invoice; the rest becomes credit. Leave a line "
        "empty to leave it as it is."
    )

    def fits(self, case: Case) -> bool:
        """Not for credit that was paid in, whose tax goes back as it is used."""
        return super().fits(case) and case.subject.series != DocumentSeries.ADVANCE

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """An amount for each line, in the line's own terms."""
        fields: dict[str, forms.Field] = {}
        begin = dict(initial or {})
        for one in choose_lines(case.subject, None):
            if one.amount_minor <= 0:
                continue
            line, name = one.line, f"line_{one.line.position}"
            last = max(line.period_start, line.period_end - timedelta(days=1))
            days = f"{format_day(line.period_start, 'short')} to {format_day(last, 'short')}"
            label = f"{line.position}. {line.description}"
            fields[name] = AmountField(
                case.account.currency,
                most=one.amount_minor,
                label=label[:90],
                required=False,
                help_text=f"{days}; {case.money(one.amount_minor)} is left of it",
            )
        fields["reason"] = reason_field(help_text=_READ)
        return make_form(fields, data, begin)

    def question(self, case: Case, given: Given) -> str:
        """Which invoice."""
        return f"Credit invoice {case.subject.label}?"

    def back(self, case: Case, given: Given) -> str:
        """None: a credit note stays."""
        return "a credit note stays; bill what should be owed again by a one-off charge."

    def verb(self, case: Case, given: Given) -> str:
        """As it is called."""
        return self.ask_or("Issue the credit note", case, given)

    def wish(self, case: Case, given: Given) -> Wish:
        """The lines that have an amount."""
        lines = {
            int(name.removeprefix("line_")): amount
            for name, amount in given.items()
            if name.startswith("line_") and amount
        }
        if not lines:
            raise BillingError("reason: give an amount for at least one line")
        return wish_waiver(
            Waiver.CREDIT_NOTE, subject=case.subject, lines=lines, reason=given["reason"]
        )

    def say(self, case: Case, given: Given, note: CreditNote | None) -> str:
        """The note."""
        assert note is not None
        return f"Credit note {note.label} of {case.money(note.total_minor)} is issued."


class VoidInvoice(Waiving, WithReason):
    """An invoice that should not have been issued."""

    code, label = "void", "Make void"
    needed = (May.BOOK_MONEY,)
    is_danger = True
    why = _READ
    hint = "For an invoice that should not have been issued, while nothing of it is paid."

    def fits(self, case: Case) -> bool:
        """While all of it is open."""
        return super().fits(case) and case.subject.open_minor == case.subject.total_minor

    def back(self, case: Case, given: Given) -> str:
        """None."""
        return "none; its days stay billed. Bill them again by a one-off charge."

    def verb(self, case: Case, given: Given) -> str:
        """With the number."""
        return self.ask_or(f"Make {case.subject.label} void", case, given)

    def wish(self, case: Case, given: Given) -> Wish:
        """All of it."""
        return wish_waiver(Waiver.VOID, subject=case.subject, reason=given["reason"])

    def say(self, case: Case, given: Given, note: CreditNote | None) -> str:
        """With the note."""
        assert note is not None
        return f"Invoice {case.subject.label} is void; credit note {note.label} says so."


class WriteOff(Waiving, WithReason):
    """A debt that will not be collected."""

    code, label = "write-off", "Write off"
    needed = (May.BOOK_MONEY,)
    is_danger = True
    hint = "For a debt that will not be paid: it becomes a loss in the book."

    def back(self, case: Case, given: Given) -> str:
        """None: the loss stays in the book."""
        return "none; should money come after all, it becomes credit of the customer."

    def verb(self, case: Case, given: Given) -> str:
        """With the amount."""
        return self.ask_or(f"Write off {case.money(case.subject.open_minor)}", case, given)

    def wish(self, case: Case, given: Given) -> Wish:
        """What is open of it."""
        return wish_waiver(Waiver.WRITE_OFF, subject=case.subject, reason=given["reason"])

    def say(self, case: Case, given: Given, note: CreditNote | None) -> str:
        """With the number."""
        return f"What was open of invoice {case.subject.label} is written off."


class WaiveFee(Waiving, OfInvoice):
    """A fee is given back."""

    code, label = "waive-fee", "Waive a fee"
    needed = (May.BOOK_MONEY, May.GRANT_CREDIT)
    states = (InvoiceState.OPEN, InvoiceState.PAID)
    hint = "For what was charged by itself for being late or for a way to pay."

    def fits(self, case: Case) -> bool:
        """Where there is a fee."""
        return super().fits(case) and bool(_fees(case.subject))

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """Which fee, and why."""
        choices = [
            (str(one.line.position), f"{one.line.description}: {case.money(one.amount_minor)}")
            for one in _fees(case.subject)
        ]
        fields: dict[str, forms.Field] = {
            "line": forms.ChoiceField(label="Fee", choices=choices),
            "reason": reason_field(help_text=_READ),
        }
        return make_form(fields, data, initial)

    def question(self, case: Case, given: Given) -> str:
        """What it is."""
        return f"Waive a fee of invoice {case.subject.label}?"

    def back(self, case: Case, given: Given) -> str:
        """Charge it anew."""
        return "charge the fee again by a one-off charge."

    def verb(self, case: Case, given: Given) -> str:
        """As it is called."""
        return self.ask_or("Waive the fee", case, given)

    def wish(self, case: Case, given: Given) -> Wish:
        """The line."""
        lines = {int(given["line"]): None}
        return wish_waiver(Waiver.FEE, subject=case.subject, lines=lines, reason=given["reason"])

    def say(self, case: Case, given: Given, note: CreditNote | None) -> str:
        """With the note."""
        assert note is not None
        return f"The fee is waived by credit note {note.label}."


def _fees(invoice: Invoice) -> list[Any]:
    fees = find_fees(invoice)
    found = choose_lines(invoice, None) if fees else []
    return [one for one in found if one.line.id in fees and one.amount_minor > 0]


class SendAgain(OfInvoice):
    """The invoice goes out once more, with a fresh link that pays it."""

    code, label = "send-again", "Send again"
    needed = (May.CHANGE_CUSTOMERS, May.BOOK_MONEY)
    states = (InvoiceState.OPEN, InvoiceState.PAID, InvoiceState.WRITTEN_OFF)

    def question(self, case: Case, given: Given) -> str:
        """Which invoice."""
        return f"Send invoice {case.subject.label} again?"

    def back(self, case: Case, given: Given) -> str:
        """A mail that is sent is sent."""
        return "none; a mail that went out cannot be called back."

    def verb(self, case: Case, given: Given) -> str:
        """With the number."""
        return f"Send {case.subject.label}"

    def do(self, case: Case, given: Given) -> str:
        """Queue it."""
        send_again(subject=case.subject, **case.who())
        return f"Invoice {case.subject.label} goes out with the next mails."


def _is_stopped(invoice: Invoice) -> bool:
    """Whether it is charged by itself no more, by people or after the last try."""
    over = (CollectionStatus.STOPPED, CollectionStatus.EXHAUSTED)
    return Collection.objects.filter(invoice=invoice, status__in=over).exists()


class StopCharging(WithReason):
    """An invoice is not charged by itself any more."""

    code, label = "stop-charging", "Stop charging by itself"
    needed = (May.BOOK_MONEY,)

    def fits(self, case: Case) -> bool:
        """While it is charged by itself."""
        return super().fits(case) and not _is_stopped(case.subject)

    def back(self, case: Case, given: Given) -> str:
        """Resume."""
        return "“Charge by itself again”, on this page."

    def do(self, case: Case, given: Given) -> str:
        """Stop it."""
        stop_collection(invoice=case.subject, reason=given["reason"], **case.terms())
        return f"Invoice {case.subject.label} is not charged by itself any more."


class ResumeCharging(OfInvoice):
    """An invoice is charged by itself again, from the first try on."""

    code, label = "resume-charging", "Charge by itself again"
    needed = (May.BOOK_MONEY,)

    def fits(self, case: Case) -> bool:
        """While it is not."""
        return super().fits(case) and _is_stopped(case.subject)

    def back(self, case: Case, given: Given) -> str:
        """Stop."""
        return "“Stop charging by itself”, on this page."

    def do(self, case: Case, given: Given) -> str:
        """Resume it."""
        resume_collection(invoice=case.subject, **case.terms())
        return f"Invoice {case.subject.label} is charged by itself again, from the first try."
