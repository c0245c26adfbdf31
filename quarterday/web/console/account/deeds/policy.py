"""Choose by which policy a customer or an invoice is reminded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from quarterday.core.access import StaffPermission as May
from quarterday.core.dunning import NONE
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.dunning.choose_policy import choose_policy
from quarterday.store.models import Dunning, Invoice
from quarterday.store.queries.dunning_policies import list_policies
from quarterday.web.console.account.deed import Case, Deed, Given
from quarterday.web.console.account.inputs import make_form


class ChoosePolicy(Deed):
    """Another policy from now on; steps that were taken stay taken."""

    code, label = "choose-policy", "Remind by another policy"
    needed = (May.CHANGE_CUSTOMERS, May.BOOK_MONEY)
    model = Invoice
    is_subject_optional = True

    def fits(self, case: Case) -> bool:
        """For one invoice while it is open."""
        return case.subject is None or case.subject.status == InvoiceState.OPEN

    def name(self, case: Case) -> str:
        """Of what."""
        return f"Invoice {case.subject.label}" if case.subject else case.account.name

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """Which one."""
        above = "the customer" if case.subject else "group and seller"
        choices = [("", f"As {above} says"), (NONE, "Remind of nothing")]
        policies = list_policies(case.staff.seller)
        choices += [(code, one.name or code) for code, one in policies.items()]
        now = case.account.settings.get("dunning", "")
        if case.subject:
            rows = Dunning.objects.filter(invoice=case.subject)
            now = rows.values_list("policy", flat=True).first() or ""
        fields: dict[str, forms.Field] = {
            "policy": forms.ChoiceField(label="Policy", choices=choices, required=False)
        }
        return make_form(fields, data, {"policy": now})

    def question(self, case: Case, given: Given) -> str:
        """Of what."""
        about = f"invoice {case.subject.label}" if case.subject else case.account.name
        return f"Change how {about} is reminded?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """From when."""
        choices = dict(self.form(case).fields["policy"].choices)  # type: ignore[attr-defined]
        return (
            f"From now on: {choices[given['policy']]}.",
            "Steps that were taken stay taken; nothing is suspended without a warning first.",
        )

    def back(self, case: Case, given: Given) -> str:
        """Choose the other."""
        return "choose the other policy again."

    def do(self, case: Case, given: Given) -> str:
        """Choose it."""
        level = case.subject or case.account
        choose_policy(level=level, policy=given["policy"] or None, **case.who())
        return "The policy is chosen; what it says next stands on each open invoice."
