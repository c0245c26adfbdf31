"""Which address leads where."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.order import add, cart, check_out, done, shop

app_name = "order"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", shop.sellers, name="sellers"),
    path("<str:seller>/", shop.shop, name="shop"),
    path("<str:seller>/products/<str:product>/", shop.product, name="product"),
    path("<str:seller>/add", add.add, name="add"),
    path("<str:seller>/cart/", cart.cart, name="cart"),
    path("<str:seller>/cart/items/<str:key>/", cart.item, name="item"),
    path("<str:seller>/cart/promotion/", cart.promotion, name="promotion"),
    path("<str:seller>/cart/place/", cart.place, name="place"),
    path("<str:seller>/cart/currency/", cart.currency, name="currency"),
    path("<str:seller>/check-out/", check_out.check_out, name="check_out"),
    path("<str:seller>/orders/<str:order>/", done.done, name="done"),
    path("<str:seller>/orders/<str:order>/pay/", done.pay, name="pay"),
]
