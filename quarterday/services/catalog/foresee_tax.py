"""What tax is due on a day, by the very code that bills it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.money import currency, to_minor
from quarterday.core.tax import TaxableLine, TaxResult, UnknownTax, compute_taxes, rates_for
from quarterday.services.catalog.change_tax_rate import change_tax_rate
from quarterday.services.invoicing.catalog import Catalog, make_tax_rate
from quarterday.store.models import Account, Seller, TaxRate
from quarterday.store.queries.billing import load_accounts


class _Undone(Exception):  # noqa: N818 - a way out, not a fault
    """Leaves the transaction without a trace."""


def foresee_tax(account: Account, amount: Decimal, tax_class: str, on: date) -> TaxResult:
    """The tax of an account on a net amount in currency units, of service on a day.

    Raises `BillingError` where no rate is known.
    """
    unit = currency(account.currency)
    row = load_accounts([account.id])[account.id]
    rates, treatment = Catalog().tax(row, tax_class, on)
    line = TaxableLine(to_minor(amount, unit), rates, treatment)
    return compute_taxes([line], currency=unit)


def foresee_rate(
    *, seller: Seller, valid_from: date, now: datetime, sample_minor: int, **terms: Any
) -> tuple[int | None, int]:
    """The tax on a net sample in minor units just before a rate begins, and from then on.

    The rate is published as `change_tax_rate` does, looked at and rolled back; None where no rate
    is known before. Raises what that raises.
    """
    place = (terms["country"], terms.get("region", ""), terms.get("tax_class", "standard"))
    before = _tax_at(seller, place, valid_from - timedelta(days=1), sample_minor)
    after = 0
    try:
        with transaction.atomic():
            change_tax_rate(seller=seller, valid_from=valid_from, now=now, **terms)
            found = _tax_at(seller, place, valid_from, sample_minor)
            if found is None:
                raise BillingError("the rate is not one that anything would bear; look again")
            after = found
            raise _Undone
    except _Undone:
        return before, after


def _tax_at(seller: Seller, place: tuple[str, str, str], on: date, sample_minor: int) -> int | None:
    country, region, tax_class = place
    known = [make_tax_rate(row) for row in TaxRate.objects.filter(seller=seller)]
    try:
        rates = rates_for(known, country=country, region=region, tax_class=tax_class, on=on)
    except UnknownTax:
        return None
    if not rates:
        return None
    unit = currency(seller.currency)
    return compute_taxes([TaxableLine(sample_minor, rates)], currency=unit).tax_total
