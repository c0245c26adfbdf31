"""Let an invoice be paid in parts, and end that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from quarterday.core.access import StaffPermission as May
from quarterday.core.instalments import MOST, Part, split_amount
from quarterday.services.collection.agree_instalments import agree_instalments
from quarterday.services.collection.end_instalments import end_instalments
from quarterday.store.models import InstalmentPlan
from quarterday.web.console.account.deed import Case, Given
from quarterday.web.console.account.deeds.invoice import OfInvoice
from quarterday.web.console.account.inputs import day_field, make_form, reason_field
from quarterday.web.kit.words import format_day

_BOTH = (May.CHANGE_CUSTOMERS, May.BOOK_MONEY)
_EVERY = (("1 month", "Each month"), ("2 weeks", "Every two weeks"), ("1 week", "Each week"))


def _has_plan(case: Case) -> bool:
    return InstalmentPlan.objects.filter(invoice=case.subject, ended_at=None).exists()


class AgreeInstalments(OfInvoice):
    """What is open of an invoice is paid in equal parts, each due on a day of its own."""

    code, label = "agree-instalments", "Agree instalments"
    needed = _BOTH
    hint = "The invoice itself stays as it is; what is open of it is due in equal parts."

    def fits(self, case: Case) -> bool:
        """While it is open and no plan holds."""
        return super().fits(case) and not _has_plan(case)

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """How many parts, from when, how often."""
        fields: dict[str, forms.Field] = {
            "parts": forms.IntegerField(
                label="Parts",
                min_value=2,
                max_value=MOST,
                help_text=f"{case.money(case.subject.open_minor)} is open",
            ),
            "first_on": day_field("The first is due"),
            "every": forms.ChoiceField(label="The others follow", choices=_EVERY),
        }
        return make_form(fields, data, {"parts": 3, "first_on": case.today, **(initial or {})})

    def question(self, case: Case, given: Given) -> str:
        """How many parts of what."""
        return f"Let invoice {case.subject.label} be paid in {given['parts']} instalments?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """Each part with its day."""
        said = [
            f"{case.money(one.amount_minor)} is due on {format_day(one.due_on, 'weekday')}."
            for one in _split(case, given)
        ]
        return [*said, "Reminders and charges go by these days, as long as the plan holds."]

    def back(self, case: Case, given: Given) -> str:
        """End it."""
        return "“End the instalments” on the invoice; then it is due as it says itself."

    def verb(self, case: Case, given: Given) -> str:
        """With the number."""
        return f"Agree {given['parts']} instalments"

    def do(self, case: Case, given: Given) -> str:
        """Agree it."""
        parts = _split(case, given)
        agree_instalments(invoice=case.subject, parts=parts, **case.terms())
        first = parts[0]
        on = format_day(first.due_on)
        return f"{len(parts)} instalments are agreed; {case.money(first.amount_minor)} is due {on}."


def _split(case: Case, given: Given) -> tuple[Part, ...]:
    return split_amount(case.subject.open_minor, given["parts"], given["first_on"], given["every"])


class EndInstalments(OfInvoice):
    """The plan ends; what is open is due as the invoice says."""

    code, label = "end-instalments", "End the instalments"
    needed = _BOTH
    hint = "What is open is due as the invoice itself says, and the customer is reminded by that."

    def fits(self, case: Case) -> bool:
        """While a plan holds."""
        return super().fits(case) and _has_plan(case)

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """Why."""
        return make_form({"reason": reason_field()}, data, initial)

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """When it is due."""
        invoice = case.subject
        on = format_day(invoice.due_on)
        late = "; that is past" if invoice.due_on < case.today else ""
        return [f"All that is open, {case.money(invoice.open_minor)}, is due on {on}{late}."]

    def back(self, case: Case, given: Given) -> str:
        """Agree again."""
        return "agree instalments again; staff may, as often as they like."

    def do(self, case: Case, given: Given) -> str:
        """End it."""
        end_instalments(invoice=case.subject, reason=given["reason"], **case.terms())
        return f"The instalments of {case.subject.label} have ended."
