"""What an address asks for, read without trusting it."""

from __future__ import annotations

from django.http import QueryDict

from quarterday.core.errors import BillingError
from quarterday.core.money import currency, parse_minor
from quarterday.store.queries.portal.amounts import find_amount
from quarterday.store.queries.portal.invoices import InvoiceFilter, Shown


def read_filter(query: QueryDict, default: Shown) -> InvoiceFilter:
    """What a list of invoices is limited to; what nobody can mean is left out.

    Whoever searches looks among all invoices unless they say otherwise.
    """
    text = query.get("q", "").replace("\x00", "").strip()[:100]
    year = read_number(query.get("year", ""))
    try:
        shown = Shown(query.get("state", ""))
    except ValueError:
        shown = Shown.ALL if text or year else default
    return InvoiceFilter(shown, text, year if year and 1900 <= year <= 9998 else None)


def read_number(text: str) -> int | None:
    """A whole number of up to eighteen digits; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def read_amount(text: str, code: str) -> int | None:
    """An amount as people write it; None when it is none or the currency cannot hold it."""
    try:
        return parse_minor(text.strip(), currency(code))
    except BillingError:
        return find_amount(text.strip(), currency(code))
