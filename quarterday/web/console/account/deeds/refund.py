"""Give a payment back: as money, or as credit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from quarterday.core.access import StaffPermission as May
from quarterday.core.approval import Waiver
from quarterday.core.lifecycle import PaymentState
from quarterday.services.approvals.do_or_ask import do_or_ask, needs_another
from quarterday.services.approvals.wish import Wish, wish_refund, wish_waiver
from quarterday.services.payments.book_refund import find_left
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.services.payments.start_refund import start_refund
from quarterday.store.models import CreditNote, Payment, Refund
from quarterday.store.queries.refunds import find_origin
from quarterday.web.console.account.approvals import ASKED, Waiving, has_asked, say_asked
from quarterday.web.console.account.deed import Case, Deed, Given
from quarterday.web.console.account.inputs import AmountField, make_form, reason_field, show_minor

_MOVABLE = (PaymentState.SUCCEEDED, PaymentState.PARTIALLY_REFUNDED)
_REOPEN = (
    ("no", "Of the customer's credit; credit the invoice first if it should not be owed"),
    ("yes", "Of what it settled: those invoices are owed again"),
)


class _OfPayment(Deed):
    """Something with a payment that has not gone back."""

    model = Payment
    is_danger = True

    def fits(self, case: Case) -> bool:
        """While some of it is here."""
        return case.subject.status in _MOVABLE

    def name(self, case: Case) -> str:
        """By amount and day."""
        return f"{case.money(case.subject.amount_minor)} of {case.subject.received_on:%d %B %Y}"


class RefundPayment(_OfPayment):
    """Money goes back the way it came, or by hand."""

    code, label = "refund", "Refund"
    needed = (May.GIVE_MONEY_BACK,)
    is_outside = True

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """How much, by which way, out of what."""
        left = find_left(case.subject)
        code = case.account.currency
        fields: dict[str, forms.Field] = {
            "amount": AmountField(code, most=left),
            "way": forms.ChoiceField(label="How it goes back", choices=_ways(case.subject)),
            "reopen": forms.ChoiceField(
                label="Out of what", choices=_REOPEN, widget=forms.RadioSelect, initial="no"
            ),
            "reason": reason_field(),
        }
        return make_form(fields, data, {"amount": show_minor(left, code), **(initial or {})})

    def question(self, case: Case, given: Given) -> str:
        """With the amount."""
        return f"Refund {case.money(given['amount'])} to {case.account.name}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """How it travels, and a second person where one is needed."""
        asked = (
            [ASKED] if needs_another(_wish(case, given), user=case.staff.user, now=case.now) else []
        )
        if given["way"] == "gateway":
            return [*asked, "The gateway is asked to pay it back the way it came."]
        return [*asked, "No gateway is asked: pay it out yourself, such as by a transfer."]

    def back(self, case: Case, given: Given) -> str:
        """None but a new payment."""
        return "none; money that went back has to be paid anew."

    def verb(self, case: Case, given: Given) -> str:
        """With the amount."""
        verb = (
            "Ask to refund"
            if needs_another(_wish(case, given), user=case.staff.user, now=case.now)
            else "Refund"
        )
        return f"{verb} {case.money(given['amount'])}"

    def rehearse(self, case: Case, given: Given) -> None:
        """Book it without asking anybody."""
        terms = {
            "payment": case.subject,
            "amount_minor": given["amount"],
            "reopen": given["reopen"] == "yes",
            "reason": given["reason"],
            **case.terms(),
        }
        if given["way"] == "gateway":
            start_refund(**terms)
        else:
            refund_payment(**terms)

    def was_done(self, case: Case) -> bool:
        """Whether the form's key has made a refund, or was asked for."""
        rows = Refund.objects.filter(account=case.account, external_id=case.key)
        return rows.exists() or has_asked(case)

    def do(self, case: Case, given: Given) -> str:
        """Refund it, or ask."""
        done = do_or_ask(
            _wish(case, given),
            user=case.staff.user,
            role=case.staff.role,
            key=case.key,
            today=case.today,
            now=case.now,
        )
        return say_asked(done) or f"{case.money(given['amount'])} is refunded."


def _ways(payment: Payment) -> list[tuple[str, str]]:
    by_hand = ("hand", "I pay it back myself")
    origin = find_origin(payment)
    if origin is None or not origin.gateway_reference:
        return [by_hand]
    return [("gateway", f"The way it came, by {origin.gateway}"), by_hand]


def _wish(case: Case, given: Given) -> Wish:
    return wish_refund(
        payment=case.subject,
        amount_minor=given["amount"],
        reason=given["reason"],
        by_gateway=given["way"] == "gateway",
        reopen=given["reopen"] == "yes",
    )


class RefundToCredit(Waiving, _OfPayment):
    """The money stays here, as credit for what the customer buys next."""

    code, label = "refund-to-credit", "Turn into credit"
    needed = (May.GIVE_MONEY_BACK,)
    hint = "The invoices that it paid are credited, and the money stays as credit."

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """Why."""
        fields: dict[str, forms.Field] = {
            "reason": reason_field(help_text="It stands on the credit note.")
        }
        return make_form(fields, data, initial)

    def back(self, case: Case, given: Given) -> str:
        """Credit pays the next invoices."""
        return "bill what should be owed again by a one-off charge; the credit pays it."

    def verb(self, case: Case, given: Given) -> str:
        """As it is called."""
        return self.ask_or(self.label, case, given)

    def wish(self, case: Case, given: Given) -> Wish:
        """All that it settled."""
        return wish_waiver(Waiver.PAYMENT, subject=case.subject, reason=given["reason"])

    def say(self, case: Case, given: Given, note: CreditNote | None) -> str:
        """That it stays."""
        return "What it paid is credit now."
