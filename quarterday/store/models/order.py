"""What is offered in public, carts, orders and quotes."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField, minor_field
from quarterday.store.models.account import Account
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.catalog import Discount, Product
from quarterday.store.models.invoice import Invoice
from quarterday.store.models.seller import Seller


class CartStatus(StrEnum):
    """A cart is open until it is ordered or has expired."""

    OPEN = "open"
    ORDERED = "ordered"
    EXPIRED = "expired"


class OrderStatus(StrEnum):
    """``pending`` waits for payment or a hand; ``active`` has its service."""

    PENDING = "pending"
    ACTIVE = "active"
    CANCELLED = "cancelled"


class QuoteStatus(StrEnum):
    """An open quote can be accepted until its last day."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ProductGroup(Row):
    """A shelf of the public catalogue."""

    public_id = PublicIdField("grp")
    seller = models.ForeignKey(Seller, models.CASCADE, related_name="product_groups")
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    position = models.SmallIntegerField(default=100)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "code"], name="product_group_code_once"),
        )


class Offer(Row):
    """A product as it stands in the public catalogue.

    ``options`` is a list of choices (``code``, ``name``, ``choices`` of add-on plan codes) and
    ``addons`` a list of product codes. ``activation`` says when the service starts: on_order,
    on_payment or by_hand. ``on_invoice`` lets the buyer pay later.
    """

    product = models.OneToOneField(Product, models.CASCADE, related_name="offer")
    group = models.ForeignKey(ProductGroup, models.PROTECT, related_name="offers")
    is_public = models.BooleanField(default=True)
    headline = models.CharField(max_length=200, blank=True, default="")
    description = models.TextField(blank=True, default="")
    features = DataField(default=list)
    position = models.SmallIntegerField(default=100)
    max_quantity = models.PositiveIntegerField(default=1)
    options = DataField(default=list)
    addons = DataField(default=list)
    activation = models.CharField(max_length=12, default="on_payment")
    on_invoice = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(activation__in=["on_order", "on_payment", "by_hand"]),
                name="offer_activation",
            ),
        )


class Cart(Row):
    """What somebody is about to order; its public id is the secret that opens it.

    ``items`` is a list of plan public id, quantity, options and add-ons.
    """

    public_id = PublicIdField("crt")
    seller = models.ForeignKey(Seller, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2, blank=True, default="")
    region = models.CharField(max_length=32, blank=True, default="")
    tax_id = models.CharField(max_length=64, blank=True, default="")
    promotion = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    items = DataField(default=list)
    buyer = DataField(default=dict)
    status = models.CharField(max_length=8, default=CartStatus.OPEN)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (one_of("status", CartStatus, "cart_status"),)
        indexes = (
            models.Index(
                fields=["expires_at"], name="cart_expiring", condition=models.Q(status="open")
            ),
        )


class Order(Row):
    """What was ordered, when, and on which terms. A cart becomes at most one order."""

    public_id = PublicIdField("ord")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="orders")
    cart = models.OneToOneField(Cart, models.PROTECT, null=True, related_name="order")
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="orders")
    label = models.CharField(max_length=64)
    status = models.CharField(max_length=12, default=OrderStatus.PENDING)
    activation = models.CharField(max_length=12)
    placed_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    terms_version = models.CharField(max_length=64, blank=True, default="")
    terms_accepted_at = models.DateTimeField(null=True)
    subscriptions = DataField(default=list)
    data = DataField(default=dict)

    class Meta:
        constraints = (
            one_of("status", OrderStatus, "order_status"),
            models.UniqueConstraint(fields=["seller", "label"], name="order_label_once"),
        )


class PromotionUse(Row):
    """A promotion code that was entered in an order, the account's ``number``-th use of it.

    An order that is cancelled gives its use back.
    """

    discount = models.ForeignKey(Discount, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="promotion_uses")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["discount", "account", "number"], name="promotion_use_once"
            ),
            models.UniqueConstraint(fields=["order", "discount"], name="promotion_use_of_order"),
        )


class Quote(Row):
    """An offer to one account with a last day; accepting it places the order."""

    public_id = PublicIdField("quo")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="quotes")
    label = models.CharField(max_length=64)
    status = models.CharField(max_length=12, default=QuoteStatus.OPEN)
    currency = models.CharField(max_length=3)
    issued_on = models.DateField()
    valid_through = models.DateField()
    items = DataField(default=list)
    lines = DataField(default=list)
    net_minor = minor_field()
    tax_minor = minor_field()
    total_minor = minor_field()
    order = models.OneToOneField(Order, models.PROTECT, null=True, related_name="quote")
    data = DataField(default=dict)

    class Meta:
        constraints = (
            one_of("status", QuoteStatus, "quote_status"),
            models.UniqueConstraint(fields=["seller", "label"], name="quote_label_once"),
        )
