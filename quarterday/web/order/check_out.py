"""Check-out: who buys, how it is paid, the terms; then all of it is placed at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quarterday.core.cart import BadCart
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.throttle import Limit, network_of
from quarterday.services.accounts.check_tax_id import BadTaxId
from quarterday.services.carts.change_cart import attach_account, change_place
from quarterday.services.orders.place_order import Terms, place_order
from quarterday.services.users.count_tries import count_tries
from quarterday.store.models import Cart, Order
from quarterday.web.kit.brand import find_face
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.sign_in import client_address
from quarterday.web.kit.slow_down import slow_down
from quarterday.web.kit.words import format_day, format_money
from quarterday.web.order.cart import summarize
from quarterday.web.order.forms import LATER, NOW, AgreeForm, BuyerForm
from quarterday.web.order.present import Summary
from quarterday.web.order.visit import (
    ShopRequest,
    find_cart,
    last_cart,
    remember_order,
    shop_page,
)
from quarterday.web.order.words import country_name, refusal

# Each order makes an account and sends mail, so nobody places them by the hundred.
_LIMIT = Limit("order", 30, 3600)
_PLACE = ("country", "region", "tax_id")


@dataclass(slots=True)
class _Page:
    """What the page shows."""

    cart: Cart
    form: AgreeForm
    summary: Summary | None = None
    error: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def check_out(request: ShopRequest) -> HttpResponse:
    """Ask for what is needed, show what it costs, and place the order."""
    cart = find_cart(request)
    if cart is None or not cart.items:
        return _without_cart(request)
    if request.method != "POST":
        page = _Page(cart, _make_form(request, cart))
        return _show(request, page)
    error = _keep_place(request, cart)
    cart = find_cart(request) or cart
    page = _Page(cart, _make_form(request, cart, request.POST), error=error)
    if "tax_id" in page.form.fields and error:
        page.form.add_error("tax_id", error)
        page.error = ""
    if "look" in request.POST:
        # Only the sums for another place: nothing else is complained about yet.
        for name in set(page.form.errors) - {"tax_id"}:
            del page.form.errors[name]
        return _show(request, page, status=200)
    if not page.form.is_valid():
        return _show(request, page, status=422)
    return _place(request, page)


def _without_cart(request: ShopRequest) -> HttpResponse:
    """An order that was placed already is shown; otherwise the cart is empty."""
    last = last_cart(request)
    order = Order.objects.filter(cart=last).first() if last is not None else None
    if order is not None and last is not None:
        return redirect("order:done", request.seller.code, order.public_id)
    return redirect("order:cart", request.seller.code)


def _make_form(request: ShopRequest, cart: Cart, data: Any = None) -> AgreeForm:
    try:
        can_pay_later = summarize(request, cart).can_pay_later
    except BillingError:
        can_pay_later = False
    options = {"has_terms": bool(_terms_version(request)), "can_pay_later": can_pay_later}
    if cart.account is not None:
        return AgreeForm(data, initial={"pay": NOW}, **options)
    initial = {"pay": NOW, **{name: getattr(cart, name) for name in _PLACE}}
    return BuyerForm(data, cart=cart, initial=initial, **options)


def _terms_version(request: ShopRequest) -> str:
    data = find_face(request.seller).data
    return str(data.get("terms_version") or data.get("terms_url") or "")


def _keep_place(request: ShopRequest, cart: Cart) -> str:
    """Put country, region and tax number into the cart; what is wrong with them."""
    given = {name: request.POST.get(name, "")[:64] for name in _PLACE}
    if cart.account is not None or not given["country"]:
        return ""
    try:
        change_place(cart=cart, now=read_now(), **given)
    except BadTaxId as error:
        change_place(cart=cart, now=read_now(), **{**given, "tax_id": ""})
        return refusal(error)
    except BillingError as error:
        return refusal(error)
    return ""


def _place(request: ShopRequest, page: _Page) -> HttpResponse:
    """Place the order, and go on to pay; a refusal is said above what was typed."""
    now, today = read_now(), read_today(request.seller)
    if wait := count_tries({_LIMIT: (network_of(client_address(request)),)}, now=now):
        return slow_down(request, wait)
    total = request.POST.get("total", "")
    terms = Terms(
        version=_terms_version(request),
        total_minor=int(total) if total.isdecimal() and len(total) < 16 else None,
        pay_later=page.form.cleaned_data.get("pay") == LATER,
    )
    form = page.form
    try:
        if request.buyer is not None:
            attach_account(cart=page.cart, account=request.buyer, now=now)
        order = place_order(
            cart=page.cart,
            buyer=form.buyer(translation.get_language() or "")
            if isinstance(form, BuyerForm)
            else None,
            terms=terms,
            today=today,
            now=now,
            actor=request.user.public_id if request.user.is_authenticated else "buyer",
        )
    except BadCart as error:
        page.error = refusal(error)
        return _show(request, page, status=422)
    except BillingError:
        page.error = refusal(BillingError())
        return _show(request, page, status=422)
    remember_order(request, order)
    return redirect(
        "order:pay" if _asks_for_money(order) else "order:done",
        request.seller.code,
        order.public_id,
    )


def _asks_for_money(order: Order) -> bool:
    """Whether something is to be paid now."""
    invoice = order.invoice
    is_open = invoice is not None and invoice.status == InvoiceState.OPEN
    return is_open and not order.data.get("pay_later")


def _show(request: ShopRequest, page: _Page, status: int = 200) -> HttpResponse:
    """The page; with a cart that can no longer be ordered, the cart instead, where it is said."""
    try:
        page.summary = summarize(request, page.cart)
    except BillingError as error:
        messages.error(request, refusal(error))
        return redirect("order:cart", request.seller.code)
    context = {
        "cart": page.cart,
        "form": page.form,
        "summary": page.summary,
        "currency": page.cart.currency,
        "country_name": country_name(page.cart.country),
        "error": page.error,
        "terms_url": find_face(request.seller).data.get("terms_url", ""),
        "is_look": "look" in request.POST,
        "is_known": page.cart.account is not None,
        "button": _button(page.summary),
    }
    return render(request, "order/check_out.html", context, status=status)


def _button(summary: Summary) -> str:
    """The button says that ordering costs money, how much, and when it does later only."""
    if summary.total_minor and summary.can_pay_later:
        amount = format_money(summary.total_minor, summary.currency)
        return _("Order for %(amount)s") % {"amount": amount}
    if summary.total_minor:
        amount = format_money(summary.total_minor, summary.currency)
        return _("Order and pay %(amount)s") % {"amount": amount}
    if summary.coming:
        return _("Order and pay from %(day)s") % {"day": format_day(summary.coming[0].begins_on)}
    return _("Order")
