"""The discount that a promotion code stands for, if this buyer may have it for this cart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from quarterday.core.cart import BadCart, read_code
from quarterday.core.promotion import UsedUp, UseLimit, find_used_up
from quarterday.services.catalog.publish_discount import Promotion
from quarterday.services.orders.choose_items import Chosen
from quarterday.store.models import Account, Discount, PromotionUse, Seller, Subscription


def find_promotion(
    *, seller: Seller, code: str, currency: str, today: date, account: Account | None = None
) -> Discount:
    """The discount whose code may be entered today; capitals do not matter.

    Raises `BadCart` for a code that is unknown, not for ordering, out of its days, in another
    currency, used up, or for new customers where the account is none.
    """
    clean = read_code(code)
    rows = Discount.objects.filter(seller=seller, code__iexact=clean)
    found = sorted(rows.exclude(promotion=Promotion.NOBODY)[:5], key=lambda one: one.code != clean)
    if not clean or not found:
        raise BadCart("there is no such promotion code; look for a slip", "promotion")
    discount = found[0]
    if discount.valid_from is not None and today < discount.valid_from:
        raise BadCart(
            f"the code {discount.code} counts from {discount.valid_from}",
            "promotion_early",
            code=discount.code,
            day=discount.valid_from,
        )
    if discount.valid_end is not None and today >= discount.valid_end:
        raise BadCart(
            f"the code {discount.code} ended on {discount.valid_end}",
            "promotion_late",
            code=discount.code,
            day=discount.valid_end,
        )
    if discount.currency not in ("", currency):
        raise BadCart(
            f"the code {discount.code} is for orders in {discount.currency}",
            "promotion_currency",
            code=discount.code,
            currency=discount.currency,
        )
    if discount.promotion == Promotion.NEW and account is not None and _is_customer(account):
        raise BadCart(
            f"the code {discount.code} is for new customers", "promotion_new", code=discount.code
        )
    check_uses(discount, account)
    return discount


def check_uses(discount: Discount, account: Account | None) -> None:
    """Raise `BadCart` where a code was used as often as it may be, by all or by an account."""
    limit = UseLimit(discount.max_uses, discount.max_uses_per_account)
    own = 0
    if account is not None and limit.per_account is not None:
        own = PromotionUse.objects.filter(discount=discount, account=account).count()
    used_up = find_used_up(limit, discount.uses, own)
    if used_up is not None:
        whose = "any more" if used_up is UsedUp.ALL else "to this account any more"
        raise BadCart(
            f"the code {discount.code} is not available {whose}",
            f"promotion_used_{used_up}",
            code=discount.code,
        )


def aims_at_cart(discount: Discount, chosen: Sequence[Chosen]) -> bool:
    """Whether anything in a cart is what a discount is for."""
    if discount.products is None:
        return bool(chosen)
    wanted: Collection[str] = discount.products
    return any(
        price.plan.product.code in wanted
        for one in chosen
        for price in (*one.prices, *(addition.price for addition in one.additions))
    )


def _is_customer(account: Account) -> bool:
    return Subscription.objects.filter(account=account).exists()
