"""One invoice or credit note of a customer: lines and how they came to be, money, reminding."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import Allocation, CreditNoteLine, Invoice, InvoiceLine
from quarterday.store.queries.collecting import Outlook, explain, foresee
from quarterday.store.queries.dunning import Timeline, TimelineEntry, read_timeline
from quarterday.store.queries.instalments import find_amounts, find_pay_by, read_plan
from quarterday.store.queries.portal.invoice import InvoiceSheet, read_sheet
from quarterday.store.queries.portal.papers import read_credit_note
from quarterday.web.console.account.act import deed_url
from quarterday.web.console.account.act_menu import Offer, offer
from quarterday.web.console.account.deed import Case
from quarterday.web.console.account.deeds import INVOICE, INVOICE_WAITING
from quarterday.web.console.account.find import find_account
from quarterday.web.console.account.inputs import show_minor
from quarterday.web.console.account.words import name_step
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.prices import format_price
from quarterday.web.kit.sums import tell_sums
from quarterday.web.kit.words import format_day, format_money

_DAY = timedelta(days=1)


class ExplainedLine(NamedTuple):
    """A line and the sentences about how it came to be."""

    line: InvoiceLine | CreditNoteLine
    last_on: date
    price: str
    why: list[str]


class Settlement(NamedTuple):
    """What settled a part: words, and the page to read more on."""

    on: date
    text: str
    url: str
    amount_minor: int


class Step(NamedTuple):
    """A line of the reminding."""

    on: date
    text: str
    why: str
    meaning: str


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def show_invoice(request: HttpRequest, staff: Staff, account_id: str, name: str) -> HttpResponse:
    """The page of an invoice."""
    account = find_account(staff, account_id)
    sheet = read_sheet(account, name)
    if sheet is None:
        raise Http404("This customer has no such invoice.")
    invoice, today, now = sheet.invoice, read_today(staff.seller), read_now()
    is_open = invoice.status == InvoiceState.OPEN
    (outlook,) = foresee(account, today, [invoice]) if is_open else (None,)
    timeline = read_timeline(invoice, today=today, now=now)
    case = Case(staff, account, invoice, today, now)
    plan = read_plan(invoice, today) if is_open else None
    # With a plan the oldest instalment says what is late.
    pay_by = find_pay_by(plan) or invoice.due_on
    context = {
        "account": account,
        "invoice": invoice,
        "sheet": sheet,
        "lines": _explain(sheet),
        "settled": [_settle(account.public_id, one) for one in sheet.settled],
        "state": "overdue" if is_open and pay_by < today else invoice.status,
        "pay_by": pay_by,
        "days_late": (today - pay_by).days if is_open else 0,
        "charge": _tell_charge(outlook),
        "plan": plan,
        "reminding": timeline,
        "steps": [tell_step(one) for one in timeline.entries],
        "offers": [*_offer_payment(case, invoice), *offer(INVOICE, case, invoice)],
        "waits": offer(INVOICE_WAITING, case, invoice),
        "may_link": is_open and (staff.may("change_customers") or staff.may("book_money")),
        "today": today,
    }
    title = f"Invoice {invoice.label}"
    return show(request, staff, "console/account/invoice.html", context, title=title)


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def show_credit_note(
    request: HttpRequest, staff: Staff, account_id: str, name: str
) -> HttpResponse:
    """The page of a credit note."""
    account = find_account(staff, account_id)
    sheet = read_credit_note(account, name)
    if sheet is None:
        raise Http404("This customer has no such credit note.")
    context = {
        "account": account,
        "note": sheet.note,
        "sheet": sheet,
        "lines": [
            ExplainedLine(
                one, one.period_end - _DAY, format_price(one.unit_price, account.currency), []
            )
            for one in sheet.lines
        ],
        "settled": [_settle(account.public_id, one) for one in sheet.settled],
    }
    title = f"Credit note {sheet.note.label}"
    return show(request, staff, "console/account/credit_note.html", context, title=title)


def _offer_payment(case: Case, invoice: Invoice) -> list[Offer]:
    """To record that it was paid, with what is known of it filled in."""
    if invoice.status != InvoiceState.OPEN or not case.staff.may(StaffPermission.BOOK_MONEY):
        return []
    known = {
        "invoice": invoice.public_id,
        "amount": show_minor(find_amounts([invoice], case.today)[invoice.id], invoice.currency),
        "reference": invoice.label,
    }
    url = f"{deed_url(case.account.public_id, 'record-payment')}?{urlencode(known)}"
    return [Offer("Record a payment", url, is_danger=False)]


def _explain(sheet: InvoiceSheet) -> list[ExplainedLine]:
    code = sheet.invoice.currency
    return [
        ExplainedLine(
            one,
            max(one.period_start, one.period_end - _DAY),
            format_price(one.unit_price, code),
            tell_sums(sheet.explained[one.position], code),
        )
        for one in sheet.lines
    ]


def _settle(account_id: str, one: Allocation) -> Settlement:
    page = f"/console/accounts/{account_id}"
    back = " taken back" if one.amount_minor < 0 else ""
    if one.payment is not None:
        text = f"Payment by {one.payment.method.replace('_', ' ')}{back}"
        return Settlement(
            one.on, text, f"{page}/payments/{one.payment.public_id}/", one.amount_minor
        )
    if one.credit_note is not None:
        text = f"Credit note {one.credit_note.label}{back}"
        url = f"{page}/credit-notes/{one.credit_note.public_id}/"
        return Settlement(one.on, text, url, one.amount_minor)
    return Settlement(one.on, f"Credit{back}", f"{page}/credit/", one.amount_minor)


def _tell_charge(outlook: Outlook | None) -> str:
    """What is charged by itself, and why or why not."""
    if outlook is None:
        return ""
    said = explain(outlook)
    if outlook.block is not None or outlook.plan.on is None or outlook.method is None:
        return f"Nothing is charged by itself: {said}."
    amount = format_money(outlook.amount_minor, outlook.invoice.currency)
    day = format_day(outlook.plan.on)
    return f"{amount} is charged to {outlook.method.label} on {day}: {said}."


_MEANINGS = {
    "done": "due",
    "failed": "bad",
    "held": "due",
    "released": "good",
    "paid": "good",
    "due": "",
}
_KINDS = {
    "issued": "Issued",
    "due": "Due",
    "held": "Paused",
    "released": "Pause ended",
    "paid": "Paid",
}


def tell_step(entry: TimelineEntry) -> Step:
    """An entry of the reminding in words."""
    said = name_step(entry.action, entry.template, entry.step)
    text = _KINDS.get(entry.kind) or said.capitalize() or entry.kind.capitalize()
    if entry.kind == "passed":
        text = f"{text} (passed over)"
    if entry.kind == "failed":
        text = f"{text} (failed)"
    if entry.kind == "coming":
        text = f"To come: {text[:1].lower()}{text[1:]}"
    return Step(entry.on, text, entry.why, _MEANINGS.get(entry.kind, ""))


def name_policy(timeline: Timeline) -> str:
    """Which policy, and who chose it."""
    return f"{timeline.policy_name or timeline.policy} (of the {timeline.level})"
