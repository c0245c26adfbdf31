"""Whose shop a visitor is in, for which account, and the cart that their session holds.

Neither a cart nor an order is opened by its address: the visitor's session has to know it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quarterday.core.access import Permission, permissions_of
from quarterday.services.carts.make_cart import make_cart
from quarterday.store.models import Account, Cart, CartStatus, Order, Seller
from quarterday.store.queries.access import find_membership
from quarterday.web.kit.access import ACCOUNT_KEY, seller_of_host
from quarterday.web.kit.clock import read_now

CARTS, ORDERS = "carts", "orders"
_KEPT_ORDERS = 20
View = TypeVar("View", bound=Callable[..., HttpResponse])


class ShopRequest(HttpRequest):
    """A request in a shop. ``buyer`` is the account that a signed-in visitor orders for."""

    seller: Seller
    buyer: Account | None


def shop_page(view: View) -> View:
    """A page of the shop that the address names; on a seller's own host there is no other."""

    @wraps(view)
    def guarded(request: HttpRequest, seller: str, *args: Any, **kwargs: Any) -> HttpResponse:
        row = Seller.objects.select_related("brand").filter(code=seller).first()
        own = seller_of_host(request)
        if row is None or (own is not None and own.id != row.id):
            raise Http404(_("There is no such shop."))
        asked = cast(Any, request)
        asked.seller = row
        asked.buyer = _find_buyer(request, row)
        return view(request, *args, **kwargs)

    return cast(View, guarded)


def _find_buyer(request: HttpRequest, seller: Seller) -> Account | None:
    """The current account of a signed-in visitor, if it is of this seller and may order."""
    if not request.user.is_authenticated:
        return None
    row = find_membership(
        request.user.pk, seller=seller, account_id=request.session.get(ACCOUNT_KEY)
    )
    if row is None or Permission.ORDER not in permissions_of(row.role):
        return None
    return row.account


def find_cart(request: ShopRequest) -> Cart | None:
    """The visitor's open cart in this shop."""
    public_id = request.session.get(CARTS, {}).get(request.seller.code)
    if public_id is None:
        return None
    rows = Cart.objects.filter(public_id=public_id, seller=request.seller)
    cart = rows.select_related("account").first()
    if cart is None or cart.status != CartStatus.OPEN or cart.expires_at <= read_now():
        return None
    cart.seller = request.seller
    if cart.account is not None and (request.buyer is None or request.buyer.id != cart.account_id):
        # Signed out, or for another account by now: it starts anew.
        return None
    if request.buyer is not None and request.buyer.currency == cart.currency:
        # Signed in since it was filled; check-out writes it down.
        cart.account = request.buyer
    return cart


def last_cart(request: ShopRequest) -> Cart | None:
    """The cart that the session knows, whatever became of it."""
    public_id = request.session.get(CARTS, {}).get(request.seller.code)
    rows = Cart.objects.filter(public_id=public_id or "", seller=request.seller)
    return rows.select_related("account", "seller").first()


def need_cart(request: ShopRequest) -> Cart:
    """The visitor's cart; a new one where there is none."""
    cart = find_cart(request)
    if cart is None:
        cart = make_cart(
            seller=request.seller,
            account=request.buyer,
            language=str(getattr(request, "LANGUAGE_CODE", "")),
            now=read_now(),
        )
        known = dict(request.session.get(CARTS, {}))
        request.session[CARTS] = {**known, request.seller.code: cart.public_id}
    return cart


def remember_order(request: ShopRequest, order: Order) -> None:
    """Let this browser see the order that it placed."""
    known = [one for one in request.session.get(ORDERS, []) if one != order.public_id]
    request.session[ORDERS] = [*known, order.public_id][-_KEPT_ORDERS:]


def find_order(request: ShopRequest, public_id: str) -> Order:
    """An order that this browser placed, or of the account that the visitor acts for."""
    rows = Order.objects.select_related("account__seller", "invoice", "cart", "seller")
    order = rows.filter(public_id=public_id, seller=request.seller).first()
    if order is not None:
        is_own = request.buyer is not None and request.buyer.id == order.account_id
        if is_own or public_id in request.session.get(ORDERS, []):
            return order
    raise Http404(_("There is no such order here."))
