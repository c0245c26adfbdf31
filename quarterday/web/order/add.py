"""A link or a button elsewhere on the web opens a filled cart.

Following a link changes nothing: it shows what would be in the cart, and a button puts it there.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quarterday.core.cart import BadCart, read_code
from quarterday.core.errors import BillingError
from quarterday.services.carts.change_cart import change_promotion
from quarterday.services.carts.find_promotion import find_promotion
from quarterday.services.orders.choose_items import find_offered
from quarterday.store.models import Cart
from quarterday.store.queries.catalogue import Catalogue
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.order.choose import check_names, read_choice
from quarterday.web.order.shop import put_in_cart, read_catalogue, show_product
from quarterday.web.order.visit import ShopRequest, find_cart, shop_page
from quarterday.web.order.words import refusal


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def add(request: ShopRequest) -> HttpResponse:
    """``?plan=web/monthly&quantity=2&option.disk=disk/large&addon.backup=50&promotion=SPRING``."""
    given = request.POST if request.method == "POST" else request.GET
    cart = find_cart(request)
    catalogue = read_catalogue(request, cart)
    try:
        offer, _view = find_offered(catalogue, read_code(given.get("plan", "")))
        code = _read_promotion(request, catalogue, given.get("promotion", ""))
        choice = read_choice(catalogue, offer, given)
        check_names(catalogue, offer, given)
    except BillingError as error:
        return _refuse(request, refusal(error))
    if request.method == "POST" and choice.error is None:
        try:
            cart = put_in_cart(request, choice)
            if code:
                _enter_promotion(request, cart, code)
        except BadCart as error:
            return _refuse(request, refusal(error))
        return redirect("order:cart", request.seller.code)
    shown = cart or Cart(country=request.seller.country, currency=catalogue.currency)
    if code:
        shown.promotion = code
    extra = {"promotion": code, "is_link": True}
    return show_product(request, catalogue, offer, choice, shown, extra)


def _read_promotion(request: ShopRequest, catalogue: Catalogue, code: str) -> str:
    """The code as it is written, when it counts; a code that does not is left out of the link."""
    if not code:
        return ""
    try:
        return find_promotion(
            seller=request.seller,
            code=code,
            currency=catalogue.currency,
            today=read_today(request.seller),
            account=request.buyer,
        ).code
    except BadCart:
        return ""


def _enter_promotion(request: ShopRequest, cart: Cart, code: str) -> None:
    """The promotion that came with the link; the cart is filled even where it does not fit."""
    try:
        change_promotion(cart=cart, code=code, today=read_today(request.seller), now=read_now())
    except BadCart:
        return


def _refuse(request: ShopRequest, text: str) -> HttpResponse:
    """A link that names what is not offered leads on to what is."""
    context = {"title": _("This cannot be ordered by this link"), "text": text}
    return render(request, "order/refused.html", context, status=404)
