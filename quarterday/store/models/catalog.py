"""The catalogue: products, plans, prices, tax rates and discounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models

from quarterday.core.charging import Timing
from quarterday.core.metering import Aggregation
from quarterday.core.period import Anchoring, Unit
from quarterday.core.proration import Convention, Policy
from quarterday.store.fields import DataField, ExactField, PublicIdField
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.seller import Seller


class Product(Row):
    """What is sold, how it is taxed and which income account it earns to."""

    public_id = PublicIdField("prd")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="products", db_index=False)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    tax_class = models.CharField(max_length=32, default="standard")
    income_code = models.CharField(max_length=64, default="sales")
    settings = DataField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "code"], name="product_code_once"),
        )

    def __str__(self) -> str:
        return self.code


class Plan(Row):
    """A product at a cadence."""

    public_id = PublicIdField("pln")
    product = models.ForeignKey(Product, models.PROTECT, related_name="plans", db_index=False)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    cadence_count = models.PositiveSmallIntegerField(default=1)
    cadence_unit = models.CharField(max_length=8, default=Unit.MONTH)
    anchoring = models.CharField(max_length=16, default=Anchoring.START)
    anchor_day = models.PositiveSmallIntegerField(null=True)
    trial_days = models.PositiveSmallIntegerField(default=0)
    settings = DataField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["product", "code"], name="plan_code_once"),
            one_of("cadence_unit", Unit, "plan_cadence_unit"),
            one_of("anchoring", Anchoring, "plan_anchoring"),
            models.CheckConstraint(
                condition=models.Q(cadence_count__gte=1), name="plan_cadence_count"
            ),
        )

    def __str__(self) -> str:
        return self.code


class Meter(Row):
    """What is measured, and how its measurements become one quantity."""

    public_id = PublicIdField("mtr")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="meters", db_index=False)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    aggregation = models.CharField(max_length=16, default=Aggregation.SUM)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "code"], name="meter_code_once"),
            one_of("aggregation", Aggregation, "meter_aggregation"),
        )


class Price(Row):
    """How much, in one currency. A price is never edited: a change publishes a new one.

    ``model`` holds the parameters of a pricing model with exact decimals as text. A price with a
    meter rates usage. ``commitment`` is the least that a subscription spends in a period.
    """

    public_id = PublicIdField("prc")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="prices", db_index=False)
    code = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    model = DataField()
    setup_fee = ExactField[Decimal](default=Decimal(0))
    minimum = ExactField[Decimal | None](null=True)
    commitment = ExactField[Decimal | None](null=True)
    free_units = ExactField[Decimal](default=Decimal(0))
    unit_code = models.CharField(max_length=8, default="C62")
    meter = models.ForeignKey(Meter, models.PROTECT, null=True, related_name="prices")
    timing = models.CharField(max_length=8, default=Timing.ADVANCE)
    convention = models.CharField(max_length=16, default=Convention.ACTUAL_DAYS)
    policy = models.CharField(max_length=8, default=Policy.PRORATE)
    tax_inclusive = models.BooleanField(default=False)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["plan", "code", "currency"], name="price_code_once"),
            one_of("timing", Timing, "price_timing"),
            one_of("convention", Convention, "price_convention"),
            one_of("policy", Policy, "price_policy"),
            models.CheckConstraint(
                condition=models.Q(meter__isnull=True) | models.Q(timing=Timing.ARREARS),
                name="price_usage_in_arrears",
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class TaxRate(Row):
    """A dated rate of a seller, for a country and perhaps a region (rule 6)."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="tax_rates", db_index=False)
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    percent = ExactField[Decimal]()
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=32, blank=True, default="")
    tax_class = models.CharField(max_length=32, default="standard")
    level = models.PositiveSmallIntegerField(default=1)
    compound = models.BooleanField(default=False)
    category = models.CharField(max_length=2, default="S")
    valid_from = models.DateField(default=date(1970, 1, 1))
    valid_end = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["seller", "code", "tax_class", "valid_from"], name="tax_rate_once"
            ),
            models.CheckConstraint(condition=models.Q(level__in=[1, 2]), name="tax_rate_level"),
        )


class Discount(Row):
    """A coupon or agreed reduction; what it does is decided in `quarterday.core.discount`.

    ``promotion`` says who may enter its code when ordering: ``nobody``, ``new`` customers, or
    ``all``; ``max_uses`` how many orders may, of all and of one account, where there is a limit.
    ``uses`` counts the `PromotionUse` rows, so that two orders never both take the last one.
    """

    public_id = PublicIdField("dsc")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="discounts", db_index=False)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=16)
    value = ExactField[Decimal](default=Decimal(0))
    currency = models.CharField(max_length=3, blank=True, default="")
    products = DataField(null=True)
    duration = models.CharField(max_length=8, default="forever")
    periods = models.PositiveSmallIntegerField(default=1)
    priority = models.SmallIntegerField(default=100)
    valid_from = models.DateField(null=True)
    valid_end = models.DateField(null=True)
    promotion = models.CharField(max_length=8, default="nobody")
    max_uses = models.PositiveIntegerField(null=True)
    max_uses_per_account = models.PositiveIntegerField(null=True)
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "code"], name="discount_code_once"),
            models.CheckConstraint(
                condition=models.Q(max_uses__isnull=True)
                | models.Q(uses__lte=models.F("max_uses")),
                name="discount_max_uses",
            ),
            models.CheckConstraint(
                condition=models.Q(promotion__in=["nobody", "new", "all"]),
                name="discount_promotion",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["percentage", "fixed", "price_override", "free_setup"]
                ),
                name="discount_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(duration__in=["once", "periods", "forever"]),
                name="discount_duration",
            ),
        )
