"""Statements and tax documents, year by year."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quarterday.core.access import Permission
from quarterday.store.queries.portal.papers import read_credit_note, read_payment
from quarterday.store.queries.portal.years import list_years, read_papers
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_today
from quarterday.web.portal.ways import name_way


@require_safe
@account_page(Permission.SEE_MONEY)
def list_documents(request: AccountRequest) -> HttpResponse:
    """The years with what was billed and paid in each."""
    today = read_today(request.seller)
    years = list_years(request.account, today)
    context = {
        "years": years,
        "is_empty": not any(year.invoices or year.payments for year in years),
        "can_export": Permission.EXPORT_DATA in request.permissions,
        "this_year": today.year,
        "stated": today.year if today > date(today.year, 1, 1) else today.year - 1,
    }
    return render(request, "portal/documents.html", context)


@require_safe
@account_page(Permission.SEE_MONEY)
def show_year(request: AccountRequest, year: int) -> HttpResponse:
    """What was billed and paid in a year, with its tax, and the papers of it."""
    today = read_today(request.seller)
    years = list_years(request.account, today)
    found = next((one for one in years if one.year == year), None)
    if found is None:
        raise Http404(_("There is nothing of that year."))
    papers = read_papers(
        request.account,
        year,
        older_than=request.GET.get("after", ""),
        newer_than=request.GET.get("before", ""),
    )
    context = {
        "year": found,
        "is_stated": date(year, 1, 1) < today,
        "papers": papers,
        "newer_url": f"?before={papers.newer}#payments" if papers.newer else "",
        "older_url": f"?after={papers.older}#payments" if papers.older else "",
        "payments": [(one, name_way(one.method)) for one in papers.payments],
        "credited_minor": -found.credited_minor,
        "refunded_minor": -found.refunded_minor,
    }
    return render(request, "portal/year.html", context)


@require_safe
@account_page(Permission.SEE_MONEY)
def show_payment(request: AccountRequest, public_id: str) -> HttpResponse:
    """A payment and what it was used for."""
    sheet = read_payment(request.account, public_id)
    if sheet is None:
        raise Http404(_("There is no such payment."))
    context = {"sheet": sheet, "payment": sheet.payment, "way": name_way(sheet.payment.method)}
    return render(request, "portal/payment.html", context)


@require_safe
@account_page(Permission.SEE_MONEY)
def show_credit_note(request: AccountRequest, public_id: str) -> HttpResponse:
    """A credit note: what it takes back, and where that went."""
    sheet = read_credit_note(request.account, public_id)
    if sheet is None:
        raise Http404(_("There is no such credit note."))
    lines = [(line, line.period_end - timedelta(days=1)) for line in sheet.lines]
    context = {"sheet": sheet, "note": sheet.note, "lines": lines}
    return render(request, "portal/credit_note.html", context)
