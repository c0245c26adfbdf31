"""Documents as files to download, each only by the account that it is of."""

from __future__ import annotations

import logging
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterday.core.access import Permission
from quarterday.core.errors import BillingError
from quarterday.services.documents.get_document import get_document
from quarterday.services.errors import NotFound
from quarterday.store.models import DocumentKind
from quarterday.store.queries.portal.invoice import find_invoices
from quarterday.store.queries.portal.papers import has_credit_note, has_payment
from quarterday.store.queries.portal.years import has_year
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now, read_today

_log = logging.getLogger(__name__)


@require_safe
@account_page(Permission.SEE_MONEY)
def download_invoice(request: AccountRequest, public_id: str) -> HttpResponse:
    """An invoice as PDF."""
    return _send(
        request, DocumentKind.INVOICE, public_id, bool(find_invoices(request.account, [public_id]))
    )


@require_safe
@account_page(Permission.SEE_MONEY)
def download_credit_note(request: AccountRequest, public_id: str) -> HttpResponse:
    """A credit note as PDF."""
    is_own = has_credit_note(request.account, public_id)
    return _send(request, DocumentKind.CREDIT_NOTE, public_id, is_own)


@require_safe
@account_page(Permission.SEE_MONEY)
def download_receipt(request: AccountRequest, public_id: str) -> HttpResponse:
    """The receipt of a payment as PDF."""
    return _send(request, DocumentKind.RECEIPT, public_id, has_payment(request.account, public_id))


@require_safe
@account_page(Permission.SEE_MONEY)
def download_statement(request: AccountRequest, year: int) -> HttpResponse:
    """What changed the balance of an account in a year, as PDF."""
    today = read_today(request.seller)
    # On New Year's Day, nothing of the year is over.
    is_own = today > date(today.year, 1, 1) or year != today.year
    is_own = is_own and has_year(request.account, year, today)
    return _send(request, DocumentKind.STATEMENT, f"{request.account.public_id}:{year}", is_own)


def _send(request: AccountRequest, kind: DocumentKind, subject: str, is_own: bool) -> HttpResponse:
    """The file; 404 for what is not the account's, just as for what there is not."""
    if not is_own:
        raise Http404(_("There is no such document."))
    try:
        file = get_document(kind=kind, subject=subject, now=read_now())
    except NotFound:
        raise Http404(_("There is no such document.")) from None
    except BillingError:
        # The seller's own layout may be broken, or a year has no day that is over.
        _log.exception("%s of %s cannot be made", kind, subject)
        messages.error(request, _("This document cannot be made right now. Try again tomorrow."))
        return redirect("portal:documents")
    response = HttpResponse(bytes(file.content), content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    return response
