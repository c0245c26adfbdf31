"""Refunds and credits above the limit: what waits for a second person, and deciding."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.approval import NEEDED, ApprovalKind, Waiver
from quarterday.core.errors import BillingError
from quarterday.services.approvals.decide_approval import approve, refuse, withdraw
from quarterday.store.models import Approval, ApprovalStatus, Invoice, Payment
from quarterday.store.queries.staff import find_approval, list_waiting
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.keyset import page_of
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.words import format_day, format_money

HOME = "/console/staff/approvals/"
_DECISIONS: dict[str, tuple[ApprovalStatus, str]] = {
    "approve": (ApprovalStatus.DONE, "Approved and done."),
    "refuse": (ApprovalStatus.REFUSED, "Refused; nothing was done."),
    "withdraw": (ApprovalStatus.WITHDRAWN, "Taken back; nothing was done."),
}


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def approvals(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What waits, the oldest first, and what was decided."""
    decided = Approval.objects.filter(seller=staff.seller).exclude(
        status__in=[ApprovalStatus.WAITING, ApprovalStatus.APPROVED]
    )
    rows, pages = page_of(
        request, decided.select_related("account", "asked_by", "decided_by"), size=25
    )
    context = {"waiting": list_waiting(staff.seller), "decided": rows, **pages}
    return show(request, staff, "console/staff/approvals.html", context, title="Approvals")


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def approval(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """One: what, how much, who asked, and what approving it does."""
    row = _find(staff, key)
    is_mine = row.asked_by_id == staff.user.id
    may = staff.may(NEEDED[ApprovalKind(row.kind)])
    is_open = row.status in (ApprovalStatus.WAITING, ApprovalStatus.APPROVED)
    context = {
        "row": row,
        "effects": list_effects(row),
        "is_mine": is_mine,
        "may_decide": may and is_open and not is_mine,
        "may_withdraw": is_mine and row.status == ApprovalStatus.WAITING,
        "amount": format_money(row.amount_minor, row.currency),
    }
    title = f"{row.deed.capitalize()} of {context['amount']}"
    return show(request, staff, "console/staff/approval.html", context, title=title)


@require_POST
@staff_page(StaffPermission.GIVE_MONEY_BACK)
def decide(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """Approve, refuse, or take back one's own; what was done is said."""
    row, asked = _find(staff, key), request.POST.get("decision", "")
    deciding: dict[str, Callable[[], Approval]] = {
        "approve": lambda: approve(row, user=staff.user, role=staff.role, now=read_now()),
        "refuse": lambda: refuse(row, user=staff.user, role=staff.role, now=read_now()),
        "withdraw": lambda: withdraw(row, user=staff.user, now=read_now()),
    }
    if asked not in deciding:
        raise Http404
    try:
        after = deciding[asked]()
    except BillingError as error:
        messages.error(request, _sentence(str(error)))
        return HttpResponseRedirect(f"{HOME}{row.public_id}/")
    wanted, said = _DECISIONS[asked]
    if after.status == wanted:
        messages.success(request, said)
    else:
        messages.error(request, f"It could not be done: {after.error or after.status}")
    return HttpResponseRedirect(f"{HOME}{row.public_id}/")


def list_effects(row: Approval) -> list[str]:
    """What approving does, in sentences."""
    amount = format_money(row.amount_minor, row.currency)
    if "waiver" in row.data:
        return _list_waived(row, amount)
    if row.kind == ApprovalKind.CREDIT:
        kind, until = row.data.get("kind", ""), row.data.get("expires_on")
        # The first day on which it is no longer good is stored as text.
        end = f", until {until}" if until else ""
        return [
            f"{row.account.name} gets {amount} of {kind} credit{end}.",
            "They are told by mail.",
        ]
    payment = Payment.objects.filter(account=row.account, public_id=row.subject).first()
    if payment is None:
        return ["The payment is not there any more; approving will fail."]
    paid = f"the payment of {format_money(payment.amount_minor, payment.currency)}"
    paid += f" from {format_day(payment.received_on)}"
    way = (
        f"{amount} of {paid} go back the way they came."
        if row.data.get("by_gateway")
        else f"{amount} of {paid} are recorded as given back by hand."
    )
    rest = (
        "The invoices it settled are owed again."
        if row.data.get("reopen")
        else "It is taken from the account’s credit; no invoice is owed again."
    )
    return [way, rest, "The customer is told by mail."]


def _list_waived(row: Approval, amount: str) -> list[str]:
    """Of the invoice, or of the payment whose invoices are credited."""
    waiver = Waiver(row.data["waiver"])
    if waiver is Waiver.PAYMENT:
        return [
            f"The invoices that the payment settled are credited; {amount} of it is credit then.",
            "They are told by mail.",
        ]
    invoice = Invoice.objects.filter(account=row.account, public_id=row.subject).first()
    if invoice is None:
        return ["The invoice is not there any more; approving will fail."]
    if waiver is Waiver.WRITE_OFF:
        return [f"{amount} that is open of invoice {invoice.label} becomes a loss."]
    noted = f"A credit note of {amount} is issued for invoice {invoice.label}"
    end = ", which is void then." if waiver is Waiver.VOID else "; what is not owed becomes credit."
    return [f"{noted}{end}", "They are told by mail."]


def _find(staff: Staff, key: str) -> Approval:
    row = find_approval(staff.seller, key)
    if row is None:
        raise Http404
    return row


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
