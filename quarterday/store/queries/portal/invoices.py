"""The invoices of an account, page by page, by what the customer looks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from quarterday.core.lifecycle import InvoiceState
from quarterday.core.money import currency
from quarterday.store.models import Account, Invoice, InvoiceLine
from quarterday.store.queries.portal.amounts import find_amount

PAGE = 25
# A search is cheap, but not free: nobody means more words than these.
_WORDS = 6


class Shown(StrEnum):
    """Which invoices a customer wants to see. Those that are overdue are open as well."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    ALL = "all"


class InvoiceFilter(NamedTuple):
    """What the customer looks for; ``text`` is words, numbers or amounts."""

    shown: Shown = Shown.ALL
    text: str = ""
    year: int | None = None


class InvoiceCounts(NamedTuple):
    """How many invoices there are of each sort, what is open of them, and of which years."""

    all: int
    open: int
    overdue: int
    paid: int
    open_minor: int
    overdue_minor: int
    first_on: date | None
    last_on: date | None

    @property
    def years(self) -> list[int]:
        """The years from the last invoice to the first."""
        if self.first_on is None or self.last_on is None:
            return []
        return list(range(self.last_on.year, self.first_on.year - 1, -1))


class InvoicePage(NamedTuple):
    """Invoices, the newest first. ``newer`` and ``older`` are the public ids from which the pages
    before and after this one go on; None where there is none.
    """

    invoices: list[Invoice]
    newer: str | None
    older: str | None


def count_invoices(account: Account, today: date) -> InvoiceCounts:
    """One look at all invoices of an account."""
    is_open = Q(status=InvoiceState.OPEN)
    is_overdue = is_open & Q(due_on__lt=today)
    found = _invoices(account).aggregate(
        n_all=Count("id"),
        n_open=Count("id", filter=is_open),
        n_overdue=Count("id", filter=is_overdue),
        n_paid=Count("id", filter=Q(status=InvoiceState.PAID)),
        owed=Sum("open_minor", filter=is_open, default=0),
        late=Sum("open_minor", filter=is_overdue, default=0),
        first=Min("issued_on"),
        last=Max("issued_on"),
    )
    # In the order in which they were asked for, which is that of the fields.
    return InvoiceCounts(*found.values())


def page_invoices(
    account: Account,
    wanted: InvoiceFilter,
    today: date,
    *,
    older_than: str = "",
    newer_than: str = "",
    limit: int = PAGE,
) -> InvoicePage:
    """A page of the invoices that are wanted, beside the invoice whose public id is given.

    An id that the account does not have gives an empty page.
    """
    rows = filter_invoices(account, wanted, today)
    if newer_than:
        mark = Invoice.objects.filter(account=account, public_id=newer_than).values("id")
        found = list(rows.filter(id__gt=mark).order_by("id")[: limit + 1])
        has_more = len(found) > limit
        found = found[:limit][::-1]
        newer, older = has_more, bool(found)
    else:
        if older_than:
            mark = Invoice.objects.filter(account=account, public_id=older_than).values("id")
            rows = rows.filter(id__lt=mark)
        found = list(rows[: limit + 1])
        newer, older = bool(older_than) and bool(found), len(found) > limit
        found = found[:limit]
    return InvoicePage(
        found, found[0].public_id if newer else None, found[-1].public_id if older else None
    )


def stream_invoices(account: Account, wanted: InvoiceFilter, today: date) -> Iterator[Invoice]:
    """All invoices that are wanted, a few hundred in memory at a time."""
    return filter_invoices(account, wanted, today).iterator(chunk_size=500)


def filter_invoices(account: Account, wanted: InvoiceFilter, today: date) -> QuerySet[Invoice]:
    """The invoices that are wanted, the newest first."""
    rows = _invoices(account).order_by("-id")
    match wanted.shown:
        case Shown.OPEN:
            rows = rows.filter(status=InvoiceState.OPEN)
        case Shown.OVERDUE:
            rows = rows.filter(status=InvoiceState.OPEN, due_on__lt=today)
        case Shown.PAID:
            rows = rows.filter(status=InvoiceState.PAID)
    if wanted.year is not None:
        rows = rows.filter(issued_on__year=wanted.year)
    if text := wanted.text.strip():
        rows = rows.filter(_says(text, account))
    return rows


def _invoices(account: Account) -> QuerySet[Invoice]:
    return Invoice.objects.filter(account=account).exclude(status=InvoiceState.DRAFT)


def _says(text: str, account: Account) -> Q:
    """The invoice is of this amount, or each word stands in its number, amounts or lines."""
    each = Q()
    for word in text.split()[:_WORDS]:
        each &= _has_word(word, account)
    amount = find_amount(text, currency(account.currency))
    return each if amount is None else each | _is_of(amount)


def _has_word(word: str, account: Account) -> Q:
    lines = InvoiceLine.objects.filter(invoice=OuterRef("pk")).filter(
        Q(description__icontains=word) | Q(product__name__icontains=word)
    )
    said = Q(label__icontains=word) | Q(Exists(lines))
    amount = find_amount(word, currency(account.currency))
    return said if amount is None else said | _is_of(amount)


def _is_of(minor: int) -> Q:
    # The largest that the database's integers hold; nothing costs more.
    if minor >= 2**63:
        return Q(pk__in=())
    return Q(total_minor=minor) | Q(open_minor=minor, open_minor__gt=0)


class Summary(NamedTuple):
    """What an invoice is for, in short: its first line, and how many more there are."""

    text: str
    more: int


def summarize_invoices(invoices: Sequence[Invoice]) -> dict[int, Summary]:
    """What invoices are for, by key, in two queries."""
    rows = InvoiceLine.objects.filter(invoice__in=[invoice.id for invoice in invoices])
    counts = dict(rows.order_by().values_list("invoice").annotate(Count("id")))
    first = rows.filter(position=1).values_list("invoice_id", "description")
    return {key: Summary(text, counts[key] - 1) for key, text in first}
