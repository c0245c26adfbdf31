"""What an account was billed and has paid, year by year, and the papers of one year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractYear

from quarterday.core.lifecycle import InvoiceState, PaymentState
from quarterday.store.models import (
    Account,
    CreditNote,
    CreditNoteTax,
    Invoice,
    InvoiceTax,
    Payment,
    Refund,
)


@dataclass(slots=True)
class Year:
    """Counts and sums of a year, in minor units of the account's currency."""

    year: int
    invoices: int = 0
    invoiced_minor: int = 0
    invoiced_tax_minor: int = 0
    credit_notes: int = 0
    credited_minor: int = 0
    credited_tax_minor: int = 0
    payments: int = 0
    received_minor: int = 0
    refunds: int = 0
    refunded_minor: int = 0

    @property
    def billed_minor(self) -> int:
        """Invoices less credit notes."""
        return self.invoiced_minor - self.credited_minor

    @property
    def tax_minor(self) -> int:
        """The tax in what was billed."""
        return self.invoiced_tax_minor - self.credited_tax_minor

    @property
    def paid_minor(self) -> int:
        """Payments less refunds."""
        return self.received_minor - self.refunded_minor


class TaxRow(NamedTuple):
    """The tax of one rate in a year, invoices less credit notes, in minor units."""

    code: str
    name: str
    percent: Decimal
    reason: str
    base_minor: int
    tax_minor: int


@dataclass(slots=True)
class Papers:
    """What there is of one year besides its invoices, the newest first, a page of each.

    ``newer`` and ``older`` are the payments by whose public id the pages before and after go on.
    """

    taxes: list[TaxRow]
    credit_notes: list[CreditNote]
    payments: list[Payment]
    refunds: list[Refund]
    newer: str | None
    older: str | None


PAGE = 50
# Corrections are few; nobody reads more of them on one page.
_MOST = 200

# What failed was never received.
_RECEIVED = (
    PaymentState.SUCCEEDED,
    PaymentState.PARTIALLY_REFUNDED,
    PaymentState.REFUNDED,
    PaymentState.DISPUTED,
)


def list_years(account: Account, today: date) -> list[Year]:
    """The years of an account, from this one to that of its first paper, without a gap."""
    found: dict[int, Year] = {}
    for rows, on, count, sums in (
        (
            _invoices(account),
            "issued_on",
            "invoices",
            {"invoiced_minor": "total_minor", "invoiced_tax_minor": "tax_minor"},
        ),
        (
            CreditNote.objects.filter(account=account),
            "issued_on",
            "credit_notes",
            {"credited_minor": "total_minor", "credited_tax_minor": "tax_minor"},
        ),
        (_payments(account), "received_on", "payments", {"received_minor": "amount_minor"}),
        (
            Refund.objects.filter(account=account),
            "refunded_on",
            "refunds",
            {"refunded_minor": "amount_minor"},
        ),
    ):
        grouped = rows.annotate(in_year=ExtractYear(on)).values("in_year").order_by()
        named = {name: Sum(column) for name, column in sums.items()}
        row: dict[str, Any]
        for row in grouped.annotate(**{count: Count("id")}, **named):  # type: ignore[assignment]
            year = found.setdefault(row["in_year"], Year(row["in_year"]))
            for name in (count, *sums):
                setattr(year, name, int(row[name]))
    last, first = max([today.year, *found]), min([today.year, *found])
    return [found.get(year, Year(year)) for year in range(last, first - 1, -1)]


def read_papers(
    account: Account, year: int, *, older_than: str = "", newer_than: str = ""
) -> Papers:
    """The papers of a year; its invoices have their own list, and payments come page by page."""
    notes = CreditNote.objects.filter(account=account, issued_on__year=year)
    refunds = Refund.objects.filter(account=account, refunded_on__year=year)
    payments, newer, older = _page_payments(account, year, older_than, newer_than)
    return Papers(
        taxes=_sum_taxes(account, year),
        credit_notes=list(notes.select_related("invoice").order_by("-id")[:_MOST]),
        payments=payments,
        refunds=list(refunds.select_related("payment").order_by("-id")[:_MOST]),
        newer=newer,
        older=older,
    )


def _page_payments(
    account: Account, year: int, older_than: str, newer_than: str
) -> tuple[list[Payment], str | None, str | None]:
    rows = _payments(account).filter(received_on__year=year)
    if newer_than:
        mark = Payment.objects.filter(account=account, public_id=newer_than).values("id")
        found = list(rows.filter(id__gt=mark).order_by("id")[: PAGE + 1])
        newer, found = len(found) > PAGE, found[:PAGE][::-1]
        older = bool(found)
    else:
        if older_than:
            mark = Payment.objects.filter(account=account, public_id=older_than).values("id")
            rows = rows.filter(id__lt=mark)
        found = list(rows.order_by("-id")[: PAGE + 1])
        newer, older = bool(older_than) and bool(found), len(found) > PAGE
        found = found[:PAGE]
    return (
        found,
        found[0].public_id if newer and found else None,
        found[-1].public_id if older else None,
    )


def _invoices(account: Account) -> QuerySet[Invoice]:
    return Invoice.objects.filter(account=account).exclude(status=InvoiceState.DRAFT)


def _payments(account: Account) -> QuerySet[Payment]:
    return Payment.objects.filter(account=account, status__in=_RECEIVED)


def _sum_taxes(account: Account, year: int) -> list[TaxRow]:
    """By code, rate and reason, since each is another box of a tax return."""
    sums: dict[tuple[str, str, Decimal, str], list[int]] = {}
    invoiced = InvoiceTax.objects.filter(
        invoice__account=account, invoice__issued_on__year=year
    ).exclude(invoice__status=InvoiceState.DRAFT)
    credited = CreditNoteTax.objects.filter(
        credit_note__account=account, credit_note__issued_on__year=year
    )
    rows: tuple[tuple[int, QuerySet[Any]], ...] = ((1, invoiced), (-1, credited))
    for sign, taxes in rows:
        grouped = taxes.order_by().values("code", "name", "percent", "reason")
        for row in grouped.annotate(base=Sum("base_minor"), tax=Sum("tax_minor")):
            key = (row["code"], row["name"], Decimal(row["percent"]), row["reason"])
            total = sums.setdefault(key, [0, 0])
            total[0] += sign * int(row["base"])
            total[1] += sign * int(row["tax"])
    return [TaxRow(*key, *total) for key, total in sorted(sums.items(), key=lambda one: one[0][:2])]


def has_year(account: Account, year: int, today: date) -> bool:
    """Whether there can be papers of a year: from the first of them to today."""
    if year == today.year:
        return True
    return any(one.year == year for one in list_years(account, today))


def list_papers(account: Account, year: int) -> Iterator[tuple[str, str, str]]:
    """The documents of a year in order: what each is, its public id and its number."""
    notes = CreditNote.objects.filter(account=account, issued_on__year=year)
    invoices = _invoices(account).filter(issued_on__year=year)
    rows: tuple[tuple[str, QuerySet[Any]], ...] = (("invoice", invoices), ("credit_note", notes))
    for kind, papers in rows:
        for public_id, label in papers.order_by("id").values_list("public_id", "label"):
            yield kind, public_id, label
