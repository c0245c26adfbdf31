"""Record what somebody pays at the desk, or has transferred."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from quarterday.core.access import StaffPermission as May
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.tills.take_payment import Means, take_payment
from quarterday.store.models import Account, Invoice, Till
from quarterday.web.console.account.deed import Case, Given
from quarterday.web.console.account.deeds.charge import RecordPayment
from quarterday.web.console.account.inputs import show_minor

_TRANSFER = ("bank_transfer", "Bank transfer")
_AT_THE_DESK = (
    ("cash", "Cash"),
    ("cheque", "Cheque"),
    ("card_terminal", "Card, at the terminal"),
)
_MEANS = {"cash": Means.CASH, "cheque": Means.CHEQUE, "card_terminal": Means.CARD}


class TakeMoney(RecordPayment):
    """Money at the desk goes through the till of who takes it, where they have one that is open;
    without one, no cash is taken. A transfer goes through none.
    """

    code = "take-money"
    needed = (May.TAKE_MONEY,)
    is_discreet = True
    hint = "What is due first is paid first, unless it is for one invoice."

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """The ways that there are at this desk."""
        form = super().form(case, data, _with_amount(case, initial))
        till = _find_till(case)
        ways = [*_AT_THE_DESK, _TRANSFER] if till else [_TRANSFER, *_AT_THE_DESK[1:]]
        method = form.fields["method"]
        assert isinstance(method, forms.ChoiceField)
        method.choices = ways
        method.help_text = (
            f"Cash, cheques and cards go into your till {till.number}."
            if till
            else "For cash, open your till of today first: quarterday cash open."
        )
        return form

    def back(self, case: Case, given: Given) -> str:
        """Others do that."""
        return "tell finance: they refund it by hand, or cancel it in your till."

    def do(self, case: Case, given: Given) -> str:
        """Into the till, or as a transfer."""
        till = _find_till(case)
        if till is None or given["method"] not in _MEANS:
            return super().do(case, given)
        _check_day(given["received_on"], case.today)
        entry = take_payment(
            cashier=till.cashier,
            account=case.account,
            amount_minor=given["amount"],
            means=_MEANS[given["method"]],
            today=case.today,
            now=case.now,
            invoices=[given["invoice"]] if given["invoice"] else None,
            reference=given["reference"],
            role=case.staff.role,
            actor=case.staff.actor,
        )
        return f"{case.money(entry.amount_minor)} is in your till, as entry {entry.number}."

    def home(self, account: Account) -> str:
        """The page of the desk."""
        return f"/console/desk/{account.public_id}/"


def _with_amount(case: Case, initial: Any) -> dict[str, Any]:
    """With what is open of the invoice that was chosen on the page before."""
    begin = dict(initial or {})
    rows = Invoice.objects.filter(account=case.account, public_id=begin.get("invoice", ""))
    if chosen := rows.filter(status=InvoiceState.OPEN).first():
        begin.setdefault("amount", show_minor(chosen.open_minor, chosen.currency))
    return begin


def _find_till(case: Case) -> Till | None:
    """Who takes money has at most one till open; it is of today and of the account's currency."""
    rows = Till.objects.filter(
        cashier__user=case.staff.user,
        cashier__seller=case.staff.seller,
        cashier__is_active=True,
        closed_at=None,
        opened_on=case.today,
        currency=case.account.currency,
    )
    return rows.select_related("cashier__seller").order_by("id").first()


def _check_day(day: date, today: date) -> None:
    if day != today:
        raise BillingError("received_on has to be today for money that goes into a till")
