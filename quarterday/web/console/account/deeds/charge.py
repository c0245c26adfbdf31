"""Charge a kept method now, and record money that came another way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from quarterday.core.access import StaffPermission as May
from quarterday.services.collection.charge_method import charge_method, start_charge
from quarterday.services.errors import Conflict
from quarterday.services.idempotency.once import once
from quarterday.services.payments.record_payment import record_payment
from quarterday.store.models import (
    AttemptStatus,
    IdempotencyKey,
    Invoice,
    PaymentAttempt,
    PaymentMethod,
)
from quarterday.store.queries.account.head import AccountHead
from quarterday.store.queries.balances import load_balances
from quarterday.store.queries.collecting import list_chargeable
from quarterday.store.queries.instalments import find_amounts
from quarterday.store.queries.portal.invoice import list_open
from quarterday.web.console.account.deed import Case, Deed, Given
from quarterday.web.console.account.inputs import AmountField, day_field, make_form, show_minor
from quarterday.web.kit.words import format_day

_SAID = {
    AttemptStatus.SUCCEEDED: "{amount} was charged to {method}.",
    AttemptStatus.FAILED: "{method} was declined{error}. Nothing was paid.",
    AttemptStatus.PENDING: "{amount} is on its way from {method}.",
    AttemptStatus.ACTION: "The customer has to confirm the payment of {amount} first.",
}
_OTHERWISE = "{amount} was asked of {method}; the answer is not there yet and is looked up."


class ChargeNow(Deed):
    """What is owed is charged to a way to pay that the customer keeps."""

    code, label = "charge", "Charge now"
    needed = (May.BOOK_MONEY,)
    is_outside = True
    hint = "It settles the invoices that are due first."

    def suits(self, head: AccountHead) -> bool:
        """While something is owed and there is a way."""
        return bool(head.open_invoices) and bool(head.methods)

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """Which way, and how much of what is owed."""
        owed = load_balances([case.account.id], case.today)[case.account.id].owed_minor
        methods = [(one.public_id, one.label) for one in list_chargeable(case.account)]
        code = case.account.currency
        fields: dict[str, forms.Field] = {
            "method": forms.ChoiceField(label="Charge", choices=methods),
            "amount": AmountField(code, most=owed),
        }
        return make_form(fields, data, {"amount": show_minor(owed, code), **(initial or {})})

    def question(self, case: Case, given: Given) -> str:
        """With amount and way."""
        return f"Charge {case.money(given['amount'])} to {_method(case, given).label}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What it settles; the gateway decides."""
        left, said = given["amount"], []
        for invoice in list_open(case.account):
            part = min(left, invoice.open_minor)
            if part <= 0:
                break
            left -= part
            whole = "all" if part == invoice.open_minor else case.money(part)
            due = f"{case.money(invoice.open_minor)}, due {format_day(invoice.due_on)}"
            said.append(f"It pays {whole} of invoice {invoice.label} ({due}).")
        return [*said, "If it is declined, nothing changes; the customer is not told of it."]

    def back(self, case: Case, given: Given) -> str:
        """A refund."""
        return "refund the payment; the money goes back the way it came."

    def verb(self, case: Case, given: Given) -> str:
        """With the amount."""
        return f"Charge {case.money(given['amount'])}"

    def rehearse(self, case: Case, given: Given) -> None:
        """Only what is written before the gateway is asked."""
        start_charge(**_terms(case, given))

    def was_done(self, case: Case) -> bool:
        """Whether the form's key has charged before."""
        return IdempotencyKey.objects.filter(caller=_caller(case), key=case.key).exists()

    def do(self, case: Case, given: Given) -> str:
        """Ask the gateway, once for a key."""

        def take_key(attempt: PaymentAttempt) -> None:
            name = attempt.public_id
            mine = once(
                caller=_caller(case), key=case.key, input=None, work=lambda: name, now=case.now
            )
            if mine != name:
                raise Conflict("this charge was made already")

        if self.was_done(case):
            return "This charge was begun before; the timeline says how it ended."
        attempt = charge_method(**_terms(case, given), begin=take_key)
        said = _SAID.get(AttemptStatus(attempt.status), _OTHERWISE)
        error = f": {attempt.error}" if attempt.error else ""
        words = {"amount": case.money(attempt.amount_minor), "error": error}
        return said.format(method=_method(case, given).label, **words)


def _caller(case: Case) -> str:
    return f"console charge {case.staff.actor}"


def _method(case: Case, given: Given) -> PaymentMethod:
    return next(one for one in list_chargeable(case.account) if one.public_id == given["method"])


def _terms(case: Case, given: Given) -> dict[str, Any]:
    left, named = given["amount"], []
    for invoice in list_open(case.account):
        if left > 0:
            named.append(invoice.public_id)
            left -= invoice.open_minor
    return {
        "account": case.account,
        "method": _method(case, given),
        "amount_minor": given["amount"],
        "invoices": named,
        **case.who(),
    }


_WAYS = (
    ("bank_transfer", "Bank transfer"),
    ("cheque", "Cheque"),
    ("card_terminal", "Card, at a terminal"),
    ("cash", "Cash, outside of a till"),
    ("other", "Another way"),
)


class RecordPayment(Deed):
    """Money that came without us: it settles what is due first, or one invoice."""

    code, label = "record-payment", "Record a payment"
    needed = (May.BOOK_MONEY,)
    hint = "Money that came in by no gateway and stands on no statement that is read here."

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """How much came, when, how, and for what."""
        code, open_ones = case.account.currency, list_open(case.account)
        named = [
            (one.public_id, f"Only {one.label}: {case.money(one.open_minor)}") for one in open_ones
        ]
        owed = sum(find_amounts(open_ones, case.today).values())
        fields: dict[str, forms.Field] = {
            "amount": AmountField(code),
            "method": forms.ChoiceField(label="How it came", choices=_WAYS),
            "received_on": day_field("When it came"),
            "reference": forms.CharField(
                label="Reference", max_length=200, required=False, help_text="As the bank shows it"
            ),
            "invoice": forms.ChoiceField(
                label="What it pays",
                required=False,
                choices=[("", "What is due first; the rest becomes credit"), *named],
            ),
        }
        begin = {"received_on": case.today, "amount": show_minor(owed, code) if owed else ""}
        return make_form(fields, data, begin | (initial or {}))

    def question(self, case: Case, given: Given) -> str:
        """With the amount."""
        return f"Record {case.money(given['amount'])} from {case.account.name}?"

    def back(self, case: Case, given: Given) -> str:
        """A refund by hand, with the invoices owed again."""
        return "refund it by hand with “those invoices are owed again”."

    def verb(self, case: Case, given: Given) -> str:
        """With the amount."""
        return f"Record {case.money(given['amount'])}"

    def do(self, case: Case, given: Given) -> str:
        """Record it; the form's key keeps it from being recorded twice."""
        name = given["invoice"]
        rows = Invoice.objects.filter(account=case.account, public_id=name) if name else None
        payment = record_payment(
            account=case.account,
            amount_minor=given["amount"],
            method=given["method"],
            received_on=given["received_on"],
            reference=given["reference"],
            invoices=None if rows is None else list(rows),
            **case.terms(),
        )
        return f"{case.money(payment.amount_minor)} is recorded."
