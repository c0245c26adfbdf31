"""Find things by the names that people use: codes, external ids, labels, public ids."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from quarterday.core.errors import BillingError
from quarterday.store.models import (
    Account,
    CreditGrant,
    CreditNote,
    Discount,
    Invoice,
    NumberSeries,
    Payment,
    Plan,
    Price,
    Seller,
    Subscription,
    SubscriptionItem,
)


class NotThere(BillingError):  # noqa: N818 - named for what it says
    """Nothing has that name."""


AnyRow = TypeVar("AnyRow", bound=Model)
AnyDocument = TypeVar("AnyDocument", Invoice, CreditNote)


def find_seller(code: str | None) -> Seller:
    """A seller by code; without one, the only seller there is.

    Raises `BillingError`, as all of these do, for what is not there or could be several.
    """
    if code is None:
        rows = list(Seller.objects.order_by("code")[:10])
        if len(rows) == 1:
            return rows[0]
        names = ", ".join(row.code for row in rows)
        which = f"say which seller, by --seller or as CODE: {names}"
        raise BillingError(which if rows else "there is no seller yet")
    found = Seller.objects.filter(code=code).first()
    if found is None:
        names = ", ".join(Seller.objects.order_by("code").values_list("code", flat=True)[:10])
        raise BillingError(f"there is no seller {code!r}; there are {names or 'none at all'}")
    return found


def find_account(name: str, seller: str | None = None) -> Account:
    """An account by external id or public id; ``seller`` is the code of the seller."""
    rows = Account.objects.select_related("seller")
    if seller is not None:
        rows = rows.filter(seller=find_seller(seller))
    found = rows.filter(public_id=name)
    if not found.exists():
        # The index on external ids begins with the seller; a list of keys lets it serve.
        keys = list(Seller.objects.values_list("id", flat=True))
        found = rows.filter(external_id=name, seller__in=keys)
    return _only(found, "account", name, "seller__code", "--seller")


def find_subscription(name: str, account: Account | None = None) -> Subscription:
    """A subscription by public id or external id, the latter best with its account."""
    rows = Subscription.objects.select_related("account__seller", "plan__product")
    if account is not None:
        rows = rows.filter(account=account)
    found = rows.filter(Q(public_id=name) | Q(external_id=name))
    return _only(found, "subscription", name, "account__external_id", "--account")


def find_invoice(name: str, seller: str | None = None) -> Invoice:
    """An invoice by the label that stands on it, or by public id."""
    return _find_document(Invoice, "invoice", name, seller)


def find_credit_note(name: str, seller: str | None = None) -> CreditNote:
    """A credit note by the label that stands on it, or by public id."""
    return _find_document(CreditNote, "credit note", name, seller)


def find_document(name: str, seller: str | None = None) -> Invoice | CreditNote:
    """An invoice, or else a credit note, by label or public id."""
    try:
        return find_invoice(name, seller)
    except NotThere:
        pass
    try:
        return find_credit_note(name, seller)
    except NotThere:
        raise NotThere(f"there is no invoice or credit note {name!r}") from None


def _find_document(
    model: type[AnyDocument], what: str, name: str, seller: str | None
) -> AnyDocument:
    """By number where the label can be read as one, because numbers are indexed."""
    rows = model._default_manager.select_related("account", "seller")
    if seller is not None:
        rows = rows.filter(seller=find_seller(seller))
    condition = Q(public_id=name)
    for series in NumberSeries.objects.all():
        number = name.removeprefix(series.prefix)
        if number.isdecimal() and series.label(int(number)) == name:
            key = Q(seller_id=series.seller_id, series=series.code, number=int(number))
            condition |= key & Q(label=name)
    found = rows.filter(condition)
    if not found.exists():
        found = rows.filter(label=name)
    return _only(found, what, name, "seller__code", "--seller")


def find_grant(name: str) -> CreditGrant:
    """A credit grant by public id or external id."""
    rows = CreditGrant.objects.select_related("account__seller")
    found = rows.filter(Q(public_id=name) | Q(external_id=name))
    return _only(found, "credit", name, "account__external_id", "its public id")


def find_payment(name: str) -> Payment:
    """A payment by public id or external id."""
    rows = Payment.objects.select_related("account__seller")
    found = rows.filter(Q(public_id=name) | Q(external_id=name))
    return _only(found, "payment", name, "account__external_id", "its public id")


def find_plan(name: str, seller: Seller) -> Plan:
    """A plan of a seller by ``product/plan``, or by the plan's code alone where that is enough."""
    product, _, code = name.rpartition("/")
    rows = Plan.objects.select_related("product").filter(product__seller=seller, code=code)
    if product:
        rows = rows.filter(product__code=product)
    return _only(rows, "plan", name, "product__code", "product/plan")


def find_prices(names: list[str], plan: Plan, currency: str) -> list[Price]:
    """Prices of a plan by code, in a currency."""
    known = {price.code: price for price in plan.prices.filter(currency=currency)}
    for name in names:
        if name not in known:
            raise BillingError(
                f"plan {plan.code} has no price {name!r} in {currency}; "
                f"there are {', '.join(sorted(known)) or 'none at all'}"
            )
    return [known[name] for name in names]


def find_only_price(name: str | None, plan: Plan, currency: str) -> Price:
    """A price of a plan by code; without one, the only price that it has in the currency."""
    if name is not None:
        return find_prices([name], plan, currency)[0]
    known = list(plan.prices.filter(currency=currency, retired_on=None).order_by("code")[:10])
    if len(known) != 1:
        names = ", ".join(price.code for price in known)
        raise BillingError(
            f"plan {plan.code} has several prices in {currency}; choose one: {names}"
            if known
            else f"plan {plan.code} has no price in {currency}; publish one"
        )
    return known[0]


def find_discounts(names: list[str], seller: Seller) -> list[Discount]:
    """Discounts of a seller by code."""
    known = {row.code: row for row in Discount.objects.filter(seller=seller, code__in=names)}
    for name in names:
        if name not in known:
            raise BillingError(f"seller {seller.code} has no discount {name!r}")
    return [known[name] for name in names]


def find_item(subscription: Subscription, name: str) -> SubscriptionItem:
    """An item of a subscription that has not ended, by the code of its price or product."""
    rows = subscription.items.filter(end_on=None).select_related("price__plan__product")
    found = rows.filter(Q(price__code=name) | Q(price__plan__product__code=name))
    return _only(found, f"item of {subscription}", name, "price__code", "the code of its price")


def _only(rows: QuerySet[AnyRow], what: str, name: str, apart: str, option: str) -> AnyRow:
    """The one row that was meant."""
    found = list(rows.order_by("pk")[:3])
    if not found:
        raise NotThere(f"there is no {what} {name!r}")
    if len(found) > 1:
        places = ", ".join(str(value) for value in rows.values_list(apart, flat=True)[:5])
        raise BillingError(f"{what} {name!r} could be several ({places}); tell by {option}")
    return found[0]
