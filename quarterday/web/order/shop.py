"""The catalogue: shelves with offers, and the page of one product."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quarterday.core.cart import BadCart
from quarterday.core.errors import BillingError
from quarterday.services.carts.add_item import add_item
from quarterday.services.carts.price_cart import PricedCart, price_cart
from quarterday.services.orders.show_price import show_price
from quarterday.store.models import Cart, Offer, Seller
from quarterday.store.queries.catalogue import (
    Catalogue,
    OfferView,
    list_currencies,
    load_catalogue,
)
from quarterday.web.kit.access import resolve_seller
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.order.choose import (
    Choice,
    check_names,
    describe_addons,
    describe_options,
    describe_plans,
    read_choice,
)
from quarterday.web.order.present import present
from quarterday.web.order.visit import ShopRequest, find_cart, need_cart, shop_page
from quarterday.web.order.words import every, refusal


@require_safe
def sellers(request: HttpRequest) -> HttpResponse:
    """The shop of the seller whose host or only one it is; otherwise all shops to choose from."""
    seller = resolve_seller(request)
    if seller is not None:
        return redirect("order:shop", seller.code)
    shops = Offer.objects.filter(is_public=True).values("product__seller")
    rows = Seller.objects.filter(id__in=shops).select_related("brand").order_by("name")
    return render(request, "order/sellers.html", {"sellers": rows})


@require_safe
@shop_page
def shop(request: ShopRequest) -> HttpResponse:
    """Everything that is offered, in groups."""
    catalogue = read_catalogue(request)
    shelves = [
        {
            "group": shelf.group,
            "offers": [_card(view) for view in shelf.offers],
        }
        for shelf in catalogue.shelves
    ]
    context = {
        "shelves": shelves,
        "currency": catalogue.currency,
        "currencies": list_currencies(request.seller, read_today(request.seller)),
        "cart": find_cart(request),
    }
    return render(request, "order/shop.html", context)


def read_catalogue(request: ShopRequest, cart: Cart | None = None) -> Catalogue:
    """The catalogue of today in the currency of the cart, or of the address, or of the seller."""
    today = read_today(request.seller)
    cart = cart or find_cart(request)
    if cart is not None:
        return load_catalogue(request.seller, cart.currency, today)
    if request.buyer is not None:
        return load_catalogue(request.seller, request.buyer.currency, today)
    asked = request.GET.get("currency", "")
    if asked and asked in list_currencies(request.seller, today):
        return load_catalogue(request.seller, asked, today)
    return load_catalogue(request.seller, request.seller.currency, today)


def _card(view: OfferView) -> dict[str, Any]:
    """An offer as it stands on its shelf, with its lowest price for the shortest cadence."""
    shown = [show_price(one) for one in view.plans]
    short = [one for one in shown if one.view.cadence == shown[0].view.cadence]
    lowest = min(short, key=lambda one: one.amount_minor)
    return {
        "offer": view.offer,
        "price": lowest,
        "every": every(lowest.view.cadence),
        "has_more": len(shown) > 1,
        "trial_days": max(one.view.plan.trial_days for one in shown),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def product(request: ShopRequest, product: str) -> HttpResponse:
    """Choose cadence, options, add-ons and quantity, see what it costs, put it into the cart."""
    cart = find_cart(request)
    catalogue = read_catalogue(request, cart)
    offer = catalogue.find_offer(product)
    if offer is None:
        raise Http404(_("There is no such product here."))
    if request.method == "POST":
        return _add(request, catalogue, offer, request.POST)
    choice = read_choice(catalogue, offer, request.GET)
    return show_product(request, catalogue, offer, choice, cart)


def _add(
    request: ShopRequest, catalogue: Catalogue, offer: OfferView, given: QueryDict
) -> HttpResponse:
    """Put what was chosen into the cart, or say what is wrong with it."""
    choice = read_choice(catalogue, offer, given)
    if choice.error is None:
        try:
            check_names(catalogue, offer, given)
            put_in_cart(request, choice)
        except BadCart as error:
            choice.error = error
        else:
            return redirect("order:cart", request.seller.code)
    answer = show_product(request, catalogue, offer, choice, find_cart(request))
    answer.status_code = 422
    return answer


def put_in_cart(request: ShopRequest, choice: Choice) -> Cart:
    """The visitor's cart with what was chosen. Raises `BadCart`."""
    return add_item(
        cart=need_cart(request),
        plan=choice.view.plan.public_id,
        quantity=choice.quantity,
        options=choice.options,
        addons=choice.addons,
        today=read_today(request.seller),
        now=read_now(),
    )


def show_product(
    request: ShopRequest,
    catalogue: Catalogue,
    offer: OfferView,
    choice: Choice,
    cart: Cart | None,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of a product with a choice made, and what that choice alone would cost."""
    error: BillingError | None = choice.error
    summary = None
    try:
        priced = price_choice(request, catalogue, choice, cart)
        summary = present(priced, catalogue, read_today(request.seller))
    except BillingError as refused:
        error = error or refused
    context = {
        "offer": offer.offer,
        "product": offer.offer.product,
        "families": describe_plans(offer, choice.view),
        "options": describe_options(catalogue, offer, choice),
        "addons": describe_addons(catalogue, offer, choice),
        "quantity": choice.quantity,
        "summary": summary,
        "currency": catalogue.currency,
        "error": refusal(error) if error else "",
        "cart": cart,
        "country": cart.country if cart else _country(request),
        **(extra or {}),
    }
    return render(request, "order/product.html", context)


def _country(request: ShopRequest) -> str:
    return request.buyer.country if request.buyer else request.seller.country


def price_choice(
    request: ShopRequest, catalogue: Catalogue, choice: Choice, cart: Cart | None
) -> PricedCart:
    """What a choice would cost by itself, for the place and promotion of the visitor's cart."""
    alone = Cart(
        seller=request.seller,
        account=request.buyer,
        currency=catalogue.currency,
        country=cart.country if cart else _country(request),
        region=cart.region if cart else "",
        tax_id=cart.tax_id if cart else "",
        promotion=cart.promotion if cart else "",
        items=[choice.item().to_data()],
    )
    now, today = read_now(), read_today(request.seller)
    return price_cart(cart=alone, catalogue=catalogue, today=today, now=now)
