"""What a payer is asked for paying by one method."""

from __future__ import annotations

from quarterday.core.method_fee import find_fee, read_fees
from quarterday.store.models import Account, Product
from quarterday.store.queries.paying import read_brand


def find_method_fee(account: Account, gateway: str, choice: str, amount_minor: int) -> int:
    """The fee on top of an amount, in minor units; 0 where none is asked for or none may be.

    Whoever has a tax id is no consumer.
    """
    if not (data := read_brand(account.seller).get("method_fees")):
        return 0
    fees = read_fees(data)
    fee = find_fee(
        fees,
        gateway=gateway,
        choice=choice,
        amount_minor=amount_minor,
        code=account.currency,
        country=account.country,
        is_consumer=not account.tax_id,
    )
    return fee if fee and find_fee_product(account) else 0


def find_fee_product(account: Account) -> Product | None:
    """What a fee is sold as; None while the seller has not published it."""
    code = read_fees(read_brand(account.seller).get("method_fees", {})).product
    return Product.objects.filter(seller_id=account.seller_id, code=code).first()
