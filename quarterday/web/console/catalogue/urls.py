"""Which address leads where: the catalogue; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.console.catalogue import (
    discounts,
    offers,
    prices,
    products,
    taxes,
    versions,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", products.catalogue, name="catalogue"),
    path("products/new/", products.new_product, name="catalogue_new_product"),
    path("products/<str:key>/", products.product, name="catalogue_product"),
    path("products/<str:key>/plans/new/", products.new_plan, name="catalogue_new_plan"),
    path("products/<str:key>/offer/", offers.offer, name="catalogue_offer"),
    path("plans/<str:key>/", products.plan, name="catalogue_plan"),
    path("plans/<str:key>/prices/new/", prices.new, name="catalogue_new_price"),
    path("plans/<str:key>/prices/try/", prices.try_new, name="catalogue_try_new"),
    path("prices/<str:key>/", prices.price, name="catalogue_price"),
    path("prices/<str:key>/retire/", prices.retire, name="catalogue_retire"),
    path("prices/<str:key>/version/", versions.version, name="catalogue_version"),
    path("prices/<str:key>/try/", versions.try_version, name="catalogue_try_version"),
    path("taxes/", taxes.taxes, name="catalogue_taxes"),
    path("taxes/new/", taxes.new, name="catalogue_new_tax"),
    path("taxes/try/", taxes.try_tax, name="catalogue_try_tax"),
    path("taxes/<int:key>/end/", taxes.end, name="catalogue_end_tax"),
    path("discounts/", discounts.discounts, name="catalogue_discounts"),
    path("discounts/new/", discounts.new, name="catalogue_new_discount"),
    path("discounts/try/", discounts.try_discount, name="catalogue_try_discount"),
    path("discounts/<str:key>/", discounts.discount, name="catalogue_discount"),
]
