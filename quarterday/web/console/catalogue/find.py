"""Things of the catalogue by public id, through the seller that owns them; 404 for all others."""

from __future__ import annotations

from django.http import Http404

from quarterday.store.models import Discount, Plan, Price, Product, Seller, TaxRate


def find_product(seller: Seller, key: str) -> Product:
    """A product of the seller."""
    row = Product.objects.select_related("seller").filter(seller=seller, public_id=key).first()
    if row is None:
        raise Http404
    return row


def find_plan(seller: Seller, key: str) -> Plan:
    """A plan of the seller, with its product."""
    rows = Plan.objects.select_related("product__seller")
    row = rows.filter(product__seller=seller, public_id=key).first()
    if row is None:
        raise Http404
    return row


def find_price(seller: Seller, key: str) -> Price:
    """A price of the seller, with its plan, product and meter."""
    rows = Price.objects.select_related("plan__product__seller", "meter")
    row = rows.filter(plan__product__seller=seller, public_id=key).first()
    if row is None:
        raise Http404
    return row


def find_rate(seller: Seller, key: int) -> TaxRate:
    """A tax rate of the seller."""
    row = TaxRate.objects.filter(seller=seller, id=key).first()
    if row is None:
        raise Http404
    return row


def find_discount(seller: Seller, key: str) -> Discount:
    """A discount of the seller."""
    row = Discount.objects.filter(seller=seller, public_id=key).first()
    if row is None:
        raise Http404
    return row
