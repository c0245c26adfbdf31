"""Documents of a customer as files, and everything that is held about them."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.db.models import Model
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.services.documents.get_document import get_document
from quarterday.services.errors import NotFound
from quarterday.store.models import CreditNote, DocumentKind, Invoice, Payment
from quarterday.web.console.account.find import find_account, find_own
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.export import send_account

_log = logging.getLogger(__name__)
_OWNERS: dict[str, type[Model]] = {
    DocumentKind.INVOICE: Invoice,
    DocumentKind.CREDIT_NOTE: CreditNote,
    DocumentKind.RECEIPT: Payment,
}


@require_safe
@staff_page(StaffPermission.SEE_MONEY)
def download(
    request: HttpRequest, staff: Staff, account_id: str, kind: str, name: str
) -> HttpResponse:
    """An invoice, a credit note or a receipt as PDF."""
    account = find_account(staff, account_id)
    if kind not in _OWNERS:
        raise Http404("There is no such document.")
    find_own(account, _OWNERS[kind], name)
    try:
        file = get_document(kind=DocumentKind(kind), subject=name, now=read_now())
    except NotFound:
        raise Http404("There is no such document.") from None
    except BillingError:
        _log.exception("%s of %s cannot be made", kind, name)
        messages.error(request, "This document cannot be made: look at the seller's own layout.")
        return HttpResponseRedirect(f"/console/accounts/{account.public_id}/")
    response = HttpResponse(bytes(file.content), content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(StaffPermission.CHANGE_CUSTOMERS)
def export(
    request: HttpRequest, staff: Staff, account_id: str
) -> HttpResponse | StreamingHttpResponse:
    """Ask, then hand out everything that is held about a customer."""
    account = find_account(staff, account_id)
    if request.method == "POST":
        today, now = read_today(staff.seller), read_now()
        return send_account(account, today=today, now=now, actor=staff.actor)
    context = {"account": account}
    return show(request, staff, "console/account/export.html", context, title="Hand out the data")
