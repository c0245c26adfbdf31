"""Count an order as a use of its promotion codes, and give the use back when it is cancelled."""

from __future__ import annotations

from django.db.models import F, Max, Q

from quarterday.core.cart import BadCart
from quarterday.core.promotion import UsedUp
from quarterday.services.carts.find_promotion import check_uses
from quarterday.store.models import Discount, Order, PromotionUse


def take_promotion(*, order: Order, discount: Discount) -> PromotionUse:
    """Use a code once, within the transaction that places the order and has claimed its account.

    Raises `BadCart` when there is no use left. The last one goes to whose transaction moves the
    count first; a constraint stands behind it.
    """
    account = order.account
    known = Discount.objects.get(id=discount.id)
    check_uses(known, account)
    left = Q(max_uses__isnull=True) | Q(uses__lt=F("max_uses"))
    rows = Discount.objects.filter(left, id=discount.id)
    if rows.update(uses=F("uses") + 1) != 1:
        raise BadCart(
            f"the code {known.code} is not available any more",
            f"promotion_used_{UsedUp.ALL}",
            code=known.code,
        )
    own = PromotionUse.objects.filter(discount=discount, account=account)
    number = (own.aggregate(top=Max("number"))["top"] or 0) + 1
    return PromotionUse.objects.create(
        discount=discount, account=account, order=order, number=number
    )


def give_promotions_back(*, order: Order) -> int:
    """Take the uses of an order off again, within the transaction that cancels it; how many."""
    uses = list(PromotionUse.objects.filter(order=order).order_by("discount_id"))
    for one in uses:
        Discount.objects.filter(id=one.discount_id).update(uses=F("uses") - 1)
        PromotionUse.objects.filter(id=one.id).delete()
    return len(uses)
