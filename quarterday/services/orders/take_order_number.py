"""The numbers of orders, of quotes, and of customers who come by ordering."""

from __future__ import annotations

from quarterday.services.invoicing.take_number import take_number
from quarterday.store.models import Account, NumberSeries


def take_order_number(seller_id: int, series: str = "order", prefix: str = "O-") -> str:
    """The next number of a seller's orders or quotes, as it reads; the series opens by itself."""
    NumberSeries.objects.get_or_create(
        seller_id=seller_id, code=series, defaults={"prefix": prefix}
    )
    return take_number(seller_id, series).label


def take_customer_number(seller_id: int) -> str:
    """The next number of a seller's customers that none of its accounts has as external id."""
    while True:
        label = take_order_number(seller_id, "account", "C-")
        if not Account.objects.filter(seller_id=seller_id, external_id=label).exists():
            return label
