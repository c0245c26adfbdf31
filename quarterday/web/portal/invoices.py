"""The list of invoices: search, filter, page by page, and the same as a table to keep."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from quarterday.core.access import Permission
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.money import currency, format_minor
from quarterday.store.models import Invoice
from quarterday.store.queries.exports.cells import safe_cell
from quarterday.store.queries.portal.invoices import (
    InvoiceCounts,
    InvoiceFilter,
    Shown,
    Summary,
    count_invoices,
    page_invoices,
    stream_invoices,
    summarize_invoices,
)
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_today
from quarterday.web.portal.inputs import read_filter


class InvoiceRow(NamedTuple):
    """An invoice of a list, with what it is for and its state in the eyes of its owner."""

    invoice: Invoice
    summary: Summary | None
    state: str


class Tab(NamedTuple):
    """A choice of what is shown, with how much there is of it."""

    shown: Shown
    word: str
    number: int
    url: str


@require_safe
@account_page(Permission.SEE_MONEY)
def list_invoices(request: AccountRequest) -> HttpResponse:
    """What is to be paid first, or everything where nothing is open."""
    today = read_today(request.seller)
    counts = count_invoices(request.account, today)
    wanted = read_filter(request.GET, Shown.OPEN if counts.open else Shown.ALL)
    page = page_invoices(
        request.account,
        wanted,
        today,
        older_than=request.GET.get("after", ""),
        newer_than=request.GET.get("before", ""),
    )
    context: dict[str, Any] = {
        "counts": counts,
        "places": currency(request.account.currency).exponent,
        "search_state": wanted.shown if wanted.shown is not Shown.OPEN else "",
        "wanted": wanted,
        "tabs": _tabs(counts, wanted),
        "rows": list_rows(page.invoices, today),
        "newer_url": _page_url(wanted, before=page.newer) if page.newer else "",
        "older_url": _page_url(wanted, after=page.older) if page.older else "",
        "export_url": f"{reverse('portal:invoices_csv')}?{_encode(wanted)}",
        "can_choose": wanted.shown in (Shown.OPEN, Shown.OVERDUE)
        and len(page.invoices) > 1
        and Permission.PAY in request.permissions,
    }
    return render(request, "portal/invoices.html", context)


@require_safe
@account_page(Permission.SEE_MONEY)
def export_invoices(request: AccountRequest) -> StreamingHttpResponse:
    """All invoices that the list shows, on every page of it, as CSV."""
    today = read_today(request.seller)
    wanted = read_filter(request.GET, Shown.ALL)
    # The reader's language is at hand only now, before the first row is written.
    columns = [str(column) for column in _COLUMNS]
    rows = _write_csv(columns, stream_invoices(request.account, wanted, today), today)
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    name = "-".join(filter(None, ("invoices", wanted.shown, str(wanted.year or ""))))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def list_rows(invoices: list[Invoice], today: date) -> list[InvoiceRow]:
    """Invoices as rows of a list."""
    summaries = summarize_invoices(invoices)
    return [InvoiceRow(one, summaries.get(one.id), show_state(one, today)) for one in invoices]


def show_state(invoice: Invoice, today: date) -> str:
    """The state of an invoice; an open one is overdue from the day after its due date."""
    if invoice.status == InvoiceState.OPEN and invoice.due_on < today:
        return "overdue"
    return str(invoice.status)


def _tabs(counts: InvoiceCounts, wanted: InvoiceFilter) -> list[Tab]:
    words = (
        (Shown.OPEN, gettext("To pay"), counts.open),
        (Shown.OVERDUE, gettext("Overdue"), counts.overdue),
        (Shown.PAID, gettext("Paid"), counts.paid),
        (Shown.ALL, gettext("All"), counts.all),
    )
    return [
        Tab(shown, word, count, _page_url(wanted._replace(shown=shown)))
        for shown, word, count in words
        if count or shown in (Shown.ALL, wanted.shown)
    ]


def _encode(wanted: InvoiceFilter) -> str:
    values = {"state": str(wanted.shown), "q": wanted.text, "year": wanted.year}
    return urlencode({name: value for name, value in values.items() if value})


def _page_url(wanted: InvoiceFilter, **cursor: str | None) -> str:
    extra = f"&{urlencode(cursor)}" if cursor else ""
    return f"{reverse('portal:invoices')}?{_encode(wanted)}{extra}"


class _Line:
    """What `csv` writes to; it hands each line on."""

    def write(self, line: str) -> str:
        return line


_COLUMNS = (
    _("Number"),
    _("Issued"),
    _("Due"),
    _("State"),
    _("Currency"),
    _("Net"),
    _("Tax"),
    _("Total"),
    _("Open"),
)


def _write_csv(columns: list[str], invoices: Iterator[Invoice], today: date) -> Iterator[str]:
    """Plain numbers and dates, for a spreadsheet of any language."""
    writer = csv.writer(_Line())
    # So that spreadsheets read it as UTF-8.
    yield "\ufeff" + writer.writerow(columns)
    for one in invoices:
        unit = currency(one.currency)
        amounts = (one.net_minor, one.tax_minor, one.total_minor, one.open_minor)
        yield writer.writerow(
            [
                safe_cell(one.label),
                one.issued_on.isoformat(),
                one.due_on.isoformat(),
                show_state(one, today),
                one.currency,
                *(format_minor(amount, unit) for amount in amounts),
            ]
        )
