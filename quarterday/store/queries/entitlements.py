"""What the contracts of an account entitle it to today."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import Q

from quarterday.core.entitlement import Answer, Claim, Reason, decide
from quarterday.core.lifecycle import SubscriptionState
from quarterday.core.service import SERVING, ServiceCondition, derive_condition
from quarterday.store.models import (
    Account,
    ItemRole,
    Order,
    OrderStatus,
    Product,
    Provisioning,
    Seller,
    ServiceHold,
    ServiceHoldCause,
    Subscription,
    SubscriptionItem,
)

_OVER = (SubscriptionState.CANCELLED, SubscriptionState.ENDED)


def find_account(seller: Seller, name: str) -> Account | None:
    """An account of a seller by its public id, or by the id that another system calls it."""
    rows = Account.objects.filter(Q(public_id=name) | Q(external_id=name), seller=seller)
    # The public id first, should somebody have taken one for an id of their own.
    return min(rows[:2], key=lambda one: one.public_id != name, default=None)


def read_entitlement(account: Account, today: date, feature: str = "") -> Answer:
    """What an account may use today, worked out anew; always the same number of queries."""
    claims = _list_claims(account, today)
    return decide(claims, feature, had=_had(account, feature))


def _list_claims(account: Account, today: date) -> list[Claim]:
    rows = Subscription.objects.filter(account=account).exclude(status__in=_OVER)
    contracts = list(rows.select_related("plan__product__provisioning").order_by("id"))
    holds: dict[int, list[ServiceHold]] = defaultdict(list)
    for hold in ServiceHold.objects.filter(account=account, ended_at__isnull=True):
        holds[hold.subscription_id].append(hold)
    orders = Order.objects.filter(account=account, status=OrderStatus.PENDING)
    waiting = {name for order in orders for name in order.subscriptions}
    features = _load_features(account, today)
    return [
        _make_claim(one, holds[one.id], one.public_id in waiting, features[one.id], today)
        for one in contracts
    ]


def _make_claim(
    contract: Subscription,
    holds: list[ServiceHold],
    is_waiting: bool,
    features: set[str],
    today: date,
) -> Claim:
    condition = derive_condition(
        contract.status,
        start_on=contract.start_on,
        today=today,
        holds=[one.level for one in holds],
        is_waiting=is_waiting,
    )
    # The state of a contract moves with the daily cycle; its last day is known before.
    if contract.end_on is not None and contract.end_on <= today:
        condition = ServiceCondition.TERMINATED
    names = features or _features_of(contract)
    reason = None if condition in SERVING else _find_reason(condition, holds, is_waiting)
    return Claim(contract.public_id, condition, frozenset(names), contract.end_on, reason)


def _features_of(contract: Subscription) -> set[str]:
    """What a contract of which nothing runs at present will give, or gave."""
    product = contract.plan.product
    given = getattr(product, "provisioning", None)
    more = given.features if given else ()
    return {product.code, f"{product.code}/{contract.plan.code}", *map(str, more)}


def _find_reason(condition: ServiceCondition, holds: list[ServiceHold], is_waiting: bool) -> Reason:
    if condition is ServiceCondition.TERMINATED:
        return Reason.ENDED
    if is_waiting:
        return Reason.UNPAID
    if condition is ServiceCondition.NONE:
        return Reason.NOT_STARTED
    if any(one.cause == ServiceHoldCause.UNPAID for one in holds):
        return Reason.UNPAID
    return Reason.HELD if holds else Reason.PAUSED


def _load_features(account: Account, today: date) -> dict[int, set[str]]:
    """What the items that run today give, by contract: their product, plan, and its features."""
    rows = SubscriptionItem.objects.filter(
        Q(end_on__isnull=True) | Q(end_on__gt=today), account_id=account.id, start_on__lte=today
    ).exclude(role=ItemRole.COMMITMENT)
    items = rows.values_list(
        "subscription_id",
        "price__plan__code",
        "price__plan__product__code",
        "price__plan__product_id",
    )
    given = dict(
        Provisioning.objects.filter(
            product__seller_id=account.seller_id,
            product_id__in=rows.values("price__plan__product_id"),
        ).values_list("product_id", "features")
    )
    found: dict[int, set[str]] = defaultdict(set)
    for key, plan, product, product_id in items.distinct():
        found[key] |= {product, f"{product}/{plan}", *map(str, given.get(product_id, ()))}
    return found


def _had(account: Account, feature: str) -> bool:
    """Whether a contract that is over gave a feature: by its product, or what that entitles to."""
    over = Subscription.objects.filter(account=account, status__in=_OVER)
    if not feature:
        return over.exists()
    products = Product.objects.filter(id__in=over.values("plan__product_id"))
    names = products.values_list("code", "provisioning__features")
    return any(feature == code or feature in (more or ()) for code, more in names)
