"""Regions of a country in which a seller charges taxes of their own."""

from __future__ import annotations

from quarterday.store.models import Seller, TaxRate


def list_regions(seller: Seller, country: str) -> list[str]:
    """The regions that a buyer chooses from; empty where the country is taxed as a whole."""
    rows = TaxRate.objects.filter(seller=seller, country=country).exclude(region="")
    return sorted(set(rows.values_list("region", flat=True)))
