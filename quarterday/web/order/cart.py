"""The cart: look at it, change it, enter a promotion code, say where you are."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.cart import BadCart, read_quantity
from quarterday.core.errors import BillingError
from quarterday.services.carts.change_cart import (
    change_currency,
    change_place,
    change_promotion,
)
from quarterday.services.carts.change_item import change_item, remove_item
from quarterday.services.carts.price_cart import price_cart
from quarterday.store.models import Cart
from quarterday.store.queries.catalogue import list_currencies
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.order.present import Summary, present
from quarterday.web.order.shop import read_catalogue
from quarterday.web.order.visit import ShopRequest, find_cart, need_cart, shop_page
from quarterday.web.order.words import countries, country_name, refusal


@require_safe
@shop_page
def cart(request: ShopRequest) -> HttpResponse:
    """What is in the cart and what it costs."""
    return show_cart(request, find_cart(request))


def show_cart(request: ShopRequest, row: Cart | None, error: str = "") -> HttpResponse:
    """The page of a cart; what can no longer be ordered is said, and can be removed."""
    summary: Summary | None = None
    if row is not None and row.items:
        try:
            summary = summarize(request, row)
        except BillingError as refused:
            error = error or refusal(refused)
    today = read_today(request.seller)
    context = {
        "cart": row,
        "summary": summary,
        "currency": row.currency if row else request.seller.currency,
        "currencies": list_currencies(request.seller, today),
        "error": error,
        "countries": countries(request.seller.country) if row else [],
        "country_name": country_name(row.country) if row else "",
    }
    return render(request, "order/cart.html", context, status=422 if error else 200)


def summarize(request: ShopRequest, row: Cart) -> Summary:
    """A cart with its prices. Raises `BillingError` for what cannot be ordered any more."""
    today, catalogue = read_today(request.seller), read_catalogue(request, row)
    priced = price_cart(cart=row, catalogue=catalogue, today=today, now=read_now())
    return present(priced, catalogue, today)


def _change(request: ShopRequest, work: Callable[[Cart], Cart]) -> HttpResponse:
    """Change the visitor's cart and show it; a refusal is said above what was kept."""
    row = find_cart(request)
    if row is None:
        messages.info(request, refusal(BadCart("", "expired")))
        return redirect("order:cart", request.seller.code)
    try:
        work(row)
    except BillingError as error:
        return show_cart(request, find_cart(request), refusal(error))
    return redirect("order:cart", request.seller.code)


@require_POST
@shop_page
def item(request: ShopRequest, key: str) -> HttpResponse:
    """Another quantity of something in the cart, or none of it."""

    def work(row: Cart) -> Cart:
        if "remove" in request.POST:
            return remove_item(cart=row, key=key, now=read_now())
        quantity = read_quantity(request.POST.get("quantity", ""), 10_000)
        today = read_today(request.seller)
        return change_item(cart=row, key=key, quantity=quantity, today=today, now=read_now())

    return _change(request, work)


@require_POST
@shop_page
def promotion(request: ShopRequest) -> HttpResponse:
    """Enter a promotion code, or take it away."""
    code = "" if "remove" in request.POST else request.POST.get("code", "")[:200]
    if not code.strip() and "remove" not in request.POST:
        return redirect("order:cart", request.seller.code)
    today = read_today(request.seller)
    return _change(
        request, lambda row: change_promotion(cart=row, code=code, today=today, now=read_now())
    )


@require_POST
@shop_page
def place(request: ShopRequest) -> HttpResponse:
    """Where the buyer is, which decides the tax."""
    country = request.POST.get("country", "")[:2]
    tax_id = request.POST.get("tax_id", "")[:64]
    region = request.POST.get("region", "")[:32]
    return _change(
        request,
        lambda row: change_place(
            cart=row, country=country, region=region, tax_id=tax_id, now=read_now()
        ),
    )


@require_POST
@shop_page
def currency(request: ShopRequest) -> HttpResponse:
    """Turn to another currency."""
    code = request.POST.get("currency", "")[:3]
    today = read_today(request.seller)
    if code not in list_currencies(request.seller, today):
        return redirect("order:shop", request.seller.code)
    row = need_cart(request)
    try:
        change_currency(cart=row, currency=code, today=today, now=read_now())
    except BillingError as error:
        return show_cart(request, row, refusal(error))
    to = "order:cart" if request.POST.get("back") == "cart" else "order:shop"
    return redirect(to, request.seller.code)
