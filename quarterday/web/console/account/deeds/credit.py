"""Give credit, and take it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from quarterday.core.access import StaffPermission as May
from quarterday.services.approvals.carry_out import carry_out
from quarterday.services.approvals.do_or_ask import do_or_ask, needs_another
from quarterday.services.approvals.wish import Wish, wish_credit
from quarterday.services.credit.deduct_credit import deduct_credit
from quarterday.store.models import CreditGrant
from quarterday.store.queries.account.head import AccountHead
from quarterday.store.queries.balances import load_balances
from quarterday.web.console.account.approvals import (
    ASKED,
    has_asked,
    rehearsal_key,
    say_asked,
)
from quarterday.web.console.account.deed import Case, Deed, Given
from quarterday.web.console.account.inputs import (
    AmountField,
    day_field,
    make_form,
    reason_field,
)

_KINDS = (
    ("goodwill", "Goodwill: to make up for something"),
    ("promotional", "Promotion: a gift"),
)


class GrantCredit(Deed):
    """Credit as a gift of the seller."""

    code, label = "grant-credit", "Give credit"
    needed = (May.GRANT_CREDIT,)
    is_outside = True
    hint = "A gift that pays for invoices. Money that was paid in is recorded as a payment instead."

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """How much, what for, and for how long."""
        fields: dict[str, forms.Field] = {
            "amount": AmountField(case.account.currency),
            "kind": forms.ChoiceField(label="What it is", choices=_KINDS),
            "expires_on": day_field(
                "Can be used until before", required=False, help_text="Without a day it stays."
            ),
            "reason": reason_field(help_text="The customer reads it beside their credit."),
        }
        return make_form(fields, data, initial)

    def question(self, case: Case, given: Given) -> str:
        """With the amount."""
        return f"Give {case.account.name} {case.money(given['amount'])} of credit?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """A second person, where one is needed."""
        return (
            (ASKED,)
            if needs_another(_wish(case, given), user=case.staff.user, now=case.now)
            else ()
        )

    def back(self, case: Case, given: Given) -> str:
        """It can be taken back."""
        return "credit that is not used yet can be taken back under “Take back credit”."

    def verb(self, case: Case, given: Given) -> str:
        """With the amount."""
        verb = (
            "Ask for"
            if needs_another(_wish(case, given), user=case.staff.user, now=case.now)
            else "Give"
        )
        return f"{verb} {case.money(given['amount'])} of credit"

    def rehearse(self, case: Case, given: Given) -> None:
        """Without a second person, to see what it would do."""
        carry_out(_wish(case, given), key=rehearsal_key(), **case.terms())

    def was_done(self, case: Case) -> bool:
        """Whether the form's key has made a grant, or was asked for."""
        rows = CreditGrant.objects.filter(account=case.account, external_id=case.key)
        return rows.exists() or has_asked(case)

    def do(self, case: Case, given: Given) -> str:
        """Give it, or ask."""
        wish = _wish(case, given)
        done = do_or_ask(
            wish,
            user=case.staff.user,
            role=case.staff.role,
            key=case.key,
            today=case.today,
            now=case.now,
        )
        amount = case.money(given["amount"])
        return say_asked(done) or f"{case.account.name} got {amount} of credit."


def _wish(case: Case, given: Given) -> Wish:
    return wish_credit(
        account=case.account,
        amount_minor=given["amount"],
        kind=given["kind"],
        expires_on=given["expires_on"],
        reason=given["reason"],
    )


class DeductCredit(Deed):
    """Credit is taken back; nothing is paid out."""

    code, label = "deduct-credit", "Take back credit"
    needed = (May.GIVE_MONEY_BACK,)
    is_danger = True
    hint = "Credit that should not be there. To pay out what was paid in, refund its payment."

    def suits(self, head: AccountHead) -> bool:
        """Only where there is some."""
        return head.balance.credit_minor > 0

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """How much of what there is, and why."""
        fields: dict[str, forms.Field] = {
            "amount": AmountField(case.account.currency, most=_has(case)),
            "reason": reason_field(help_text="The customer reads it beside their credit."),
        }
        return make_form(fields, data, initial)

    def back(self, case: Case, given: Given) -> str:
        """Give it anew."""
        return "the same amount can be given again as new credit."

    def verb(self, case: Case, given: Given) -> str:
        """With the amount."""
        return f"Take back {case.money(given['amount'])}"

    def do(self, case: Case, given: Given) -> str:
        """Take it."""
        deduct_credit(
            account=case.account,
            amount_minor=given["amount"],
            reason=given["reason"],
            role=case.staff.role,
            **case.terms(),
        )
        return f"{case.money(given['amount'])} of credit was taken back."


def _has(case: Case) -> int:
    return load_balances([case.account.id], case.today)[case.account.id].credit_minor
