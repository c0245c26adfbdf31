"""Links to one invoice: pay it, or read it. Nothing else of the account is to be seen here."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from quarterday.core.lifecycle import InvoiceState
from quarterday.services.documents.get_document import get_document
from quarterday.store.models import DocumentKind, Invoice, Link, LinkPurpose, Payment
from quarterday.store.queries.collecting import find_to_confirm
from quarterday.store.queries.instalments import find_to_pay, read_plan
from quarterday.store.queries.link_page import invoice_of_link, lines_of, payments_of
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.pay import PayPage, pay_view
from quarterday.web.links.door import LinkRequest, link_page, note
from quarterday.web.links.files import give_file


def show_pay(request: LinkRequest, link: Link) -> HttpResponse:
    """Ask for what is open of the invoice; say that it is paid once it is."""
    invoice = _find_invoice(link)
    if invoice.status != InvoiceState.OPEN or link.account is None:
        return _show_settled(request, link, invoice)
    note(request, link, "open" if request.method != "POST" else "pay")
    here = reverse("links:show", args=[request.token])
    return pay_view(
        request,
        account=link.account,
        invoices=[invoice],
        amount_minor=find_to_pay(read_plan(invoice, read_today(link.seller))),
        back_url=here,
        done_url=here,
        actor=f"link {link.public_id}",
        page=PayPage(ends_at_done=True, confirms=find_to_confirm(invoice)),
    )


def show_invoice(request: LinkRequest, link: Link) -> HttpResponse:
    """The invoice to read, with its PDF."""
    note(request, link, "open")
    invoice = _find_invoice(link)
    context = {
        "invoice": invoice,
        "lines": lines_of(invoice),
        "taxes": invoice.taxes.order_by("id"),
        "settled_minor": invoice.total_minor - invoice.open_minor,
        "is_overdue": invoice.status == InvoiceState.OPEN
        and invoice.due_on < read_today(link.seller),
        "token": request.token,
    }
    return render(request, "links/invoice.html", context)


def _show_settled(request: LinkRequest, link: Link, invoice: Invoice) -> HttpResponse:
    note(request, link, "open")
    paid = payments_of(invoice)
    context = {
        "invoice": invoice,
        "payments": paid,
        "has_receipt": any(one.has_receipt for one in paid),
        "is_paid": invoice.status == InvoiceState.PAID,
        "token": request.token,
    }
    return render(request, "links/settled.html", context)


@require_safe
@link_page(LinkPurpose.VIEW)
def invoice_pdf(request: LinkRequest, link: Link) -> HttpResponse:
    """The PDF of the invoice of a link."""
    note(request, link, "pdf")
    invoice = _find_invoice(link)
    return give_file(
        get_document(kind=DocumentKind.INVOICE, subject=invoice.public_id, now=read_now())
    )


@require_safe
@link_page(LinkPurpose.PAY)
def receipt_pdf(request: LinkRequest, link: Link) -> HttpResponse:
    """The receipt of the last payment that was for this invoice alone."""
    note(request, link, "receipt")
    payment = _find_receipt(_find_invoice(link))
    return give_file(
        get_document(kind=DocumentKind.RECEIPT, subject=payment.public_id, now=read_now())
    )


def _find_invoice(link: Link) -> Invoice:
    invoice = invoice_of_link(link)
    if invoice is None:
        raise Http404
    return invoice


def _find_receipt(invoice: Invoice) -> Payment:
    own = [one.payment for one in payments_of(invoice) if one.has_receipt]
    if not own:
        raise Http404
    return own[-1]
