"""Record what somebody pays at the desk, or has transferred."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django import forms

from quarterday.core.access import StaffPermission as May
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.tills.take_payment import Means, take_payment
from quarterday.store.models import Account, Invoice, Till
from quarterday.store.queries.instalments import find_amounts
from quarterday.store.queries.tills import list_cashiers_of, list_open_tills
from quarterday.web.console.account.deed import Case, Given
from quarterday.web.console.account.deeds.charge import RecordPayment
from quarterday.web.console.account.inputs import show_minor
from quarterday.web.kit.words import format_day

_TRANSFER = ("bank_transfer", "Bank transfer")
_INTO_THE_TILL = (
    ("cash", "Cash"),
    ("cheque", "Cheque"),
    ("card_terminal", "Card, at the terminal"),
)
_MEANS = {"cash": Means.CASH, "cheque": Means.CHEQUE, "card_terminal": Means.CARD}


class TakeMoney(RecordPayment):
    """Money at the desk goes through the till of who takes it, today; without an open one, none is
    taken. Who may book money records transfers, too, of earlier days as well.
    """

    code = "take-money"
    needed = (May.TAKE_MONEY,)
    is_discreet = True
    hint = "What is due first is paid first, unless it is for one invoice."

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """The ways that there are at this desk."""
        form = super().form(case, data, _with_amount(case, initial))
        found, books = _find_till(case), case.staff.may(May.BOOK_MONEY)
        ways = [*(_INTO_THE_TILL if found.till else ()), *([_TRANSFER] if books else ())]
        method, day = form.fields["method"], form.fields["received_on"]
        assert isinstance(method, forms.ChoiceField)
        method.choices = ways or [("", "No way yet")]
        method.help_text = found.told
        if not found.till:
            method.error_messages |= {"invalid_choice": found.told, "required": found.told}
        if not books:
            today = case.today.isoformat()
            day.widget.attrs |= {"min": today, "max": today}
        return form

    def back(self, case: Case, given: Given) -> str:
        """Others do that."""
        return "tell finance: they refund it by hand, or cancel it in your till."

    def do(self, case: Case, given: Given) -> str:
        """Into the till; or as a transfer, which the form offers to who may book money."""
        if given["method"] not in _MEANS:
            return super().do(case, given)
        _check_day(given["received_on"], case.today)
        found = _find_till(case)
        if found.till is None:
            raise BillingError(found.told.removesuffix("."))
        entry = take_payment(
            cashier=found.till.cashier,
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


class _Found(NamedTuple):
    """The till that takes the money, if any, and what to tell who stands at the desk."""

    till: Till | None
    told: str


def _with_amount(case: Case, initial: Any) -> dict[str, Any]:
    """With what is to be paid now of the invoice that was chosen on the page before."""
    begin = dict(initial or {})
    rows = Invoice.objects.filter(account=case.account, public_id=begin.get("invoice", ""))
    if chosen := rows.filter(status=InvoiceState.OPEN).first():
        amount = find_amounts([chosen], case.today)[chosen.id]
        begin.setdefault("amount", show_minor(amount, chosen.currency))
    return begin


def _find_till(case: Case) -> _Found:
    """The open till of who asks: of today, in the account's currency; or what is missing."""
    seller, currency = case.staff.seller, case.account.currency
    cashiers = list_cashiers_of(case.staff.user, seller)
    if not cashiers:
        link = f"quarterday cash change-cashier CODE --user {case.staff.user.email}"
        return _Found(
            None,
            "No cashier is yours, so you have no till. Whoever runs the installation links you to "
            f"one: {link} --seller {seller.code}.",
        )
    tills = list_open_tills(cashiers)
    to_open = f"quarterday cash open --cashier {cashiers[0].code} --seller {seller.code}"
    if not tills:
        return _Found(None, f"Your till is not open. Open it first: {to_open}.")
    of_today = [one for one in tills if one.opened_on == case.today]
    if not of_today:
        till = tills[0]
        return _Found(
            None,
            f"Your till {till.number} is of {format_day(till.opened_on)}. Count and close it, and "
            "open one of today.",
        )
    for till in of_today:
        if till.currency == currency:
            return _Found(till, f"Cash, cheques and cards go into your till {till.number}.")
    till = of_today[0]
    return _Found(
        None,
        f"Your till {till.number} is in {till.currency}, and this customer pays in {currency}. "
        f"Count and close it, and open one in {currency}.",
    )


def _check_day(day: date, today: date) -> None:
    if day != today:
        raise BillingError("received_on has to be today for money that goes into a till")
