"""One invoice: what it is for, what was paid of it, and what happened to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterday.core.access import Permission
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.money import currency, format_minor
from quarterday.store.models import InvoiceLine
from quarterday.store.queries.collecting import foresee
from quarterday.store.queries.dunning import read_timeline
from quarterday.store.queries.instalments import (
    find_pay_by,
    find_to_pay,
    may_choose_plan,
    read_plan,
)
from quarterday.store.queries.portal.invoice import InvoiceSheet, read_sheet
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.sums import tell_sums
from quarterday.web.portal.attempts import tell_attempts
from quarterday.web.portal.charges import tell_charge
from quarterday.web.portal.history import name_settlement, tell_history, tell_settlement
from quarterday.web.portal.invoices import show_state
from quarterday.web.portal.reminding import tell_outlook, tell_steps


class ExplainedLine(NamedTuple):
    """A line of an invoice and the sentences about how it came to be."""

    line: InvoiceLine
    last_on: date
    why: list[str]


@require_safe
@account_page(Permission.SEE_MONEY)
def show_invoice(request: AccountRequest, public_id: str) -> HttpResponse:
    """The page of an invoice; 404 for whatever is not the account's."""
    sheet = read_sheet(request.account, public_id)
    if sheet is None:
        raise Http404(_("There is no such invoice."))
    today = read_today(request.seller)
    invoice = sheet.invoice
    is_open = invoice.status == InvoiceState.OPEN
    (outlook,) = foresee(request.account, today, [invoice]) if is_open else (None,)
    plan = read_plan(invoice, today) if is_open else None
    timeline = read_timeline(invoice, today=today, now=read_now()) if is_open else None
    to_pay = find_to_pay(plan) or invoice.open_minor
    is_part = to_pay < invoice.open_minor
    pay_by = find_pay_by(plan) or invoice.due_on
    state = show_state(invoice, today)
    if plan is not None:
        # With a plan the oldest instalment says what is late.
        state = "overdue" if pay_by < today else "open"
    context = {
        "charge": tell_charge(request.account, outlook, today) if outlook else None,
        "plan": plan,
        "to_pay": to_pay,
        "part_amount": format_minor(to_pay, currency(invoice.currency)) if is_part else "",
        "today": today,
        "may_split": plan is None and may_choose_plan(invoice, request.seller),
        "sheet": sheet,
        "invoice": invoice,
        "state": state,
        "pay_by": pay_by,
        "lines": _explain(sheet),
        "underway": tell_attempts(sheet.underway, request.seller.time_zone),
        "settled": [(one, tell_settlement(one), name_settlement(one)) for one in sheet.settled],
        "paid_on": max((one.on for one in sheet.settled), default=None),
        "reminding": tell_outlook(timeline) if timeline else None,
        "history": tell_history(sheet, today, pay_by, tell_steps(sheet, timeline)),
        "days_late": (today - pay_by).days,
        "can_pay": is_open and Permission.PAY in request.permissions,
        "is_open": is_open,
    }
    return render(request, "portal/invoice.html", context)


def _explain(sheet: InvoiceSheet) -> list[ExplainedLine]:
    code, day = sheet.invoice.currency, timedelta(days=1)
    return [
        ExplainedLine(line, line.period_end - day, tell_sums(said, code))
        for line in sheet.lines
        if (said := sheet.explained.get(line.position))
    ]
