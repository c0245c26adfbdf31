"""The catalogue as the billing run needs it: loaded on demand, kept for the run.

A million accounts share a few thousand prices, so each price, tax rate and seller is read once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from quarterday.core.charging import Timing
from quarterday.core.discount import Discount as DiscountTerms
from quarterday.core.discount import DiscountKind, Duration
from quarterday.core.errors import BillingError
from quarterday.core.invoice import Terms
from quarterday.core.money import Currency, currency
from quarterday.core.pricing import parse_model
from quarterday.core.pricing.price import Price as PriceTerms
from quarterday.core.proration import Convention, Policy
from quarterday.core.settings import Resolved, Settings
from quarterday.core.tax import (
    TaxRate,
    Treatment,
    TreatmentKind,
    decide_treatment,
    rates_for,
    taxing_country,
)
from quarterday.services.ledger.accounts import LedgerAccounts
from quarterday.store.fields import dump_data
from quarterday.store.models import Discount, NumberSeries, Price, Product, Seller
from quarterday.store.models import TaxRate as TaxRateRow
from quarterday.store.queries.billing import AccountRow, read_settings
from quarterday.store.queries.credit_policy import read_credit_policy


@dataclass(slots=True, eq=False)
class ProductInfo:
    """What a line needs of its product."""

    id: int
    code: str
    name: str
    tax_class: str
    income_code: str
    settings: Settings


@dataclass(slots=True, eq=False)
class PriceInfo:
    """A price with its terms, its product, and where its settings come from."""

    id: int
    terms: Terms
    description: str
    product: ProductInfo
    plan_settings: Settings
    meter_id: int | None
    aggregation: str
    commitment: Decimal | None


@dataclass(slots=True, eq=False)
class SellerInfo:
    """A seller, its tax rates, its settings and its book."""

    id: int
    code: str
    country: str
    time_zone: str
    settings: Settings
    snapshot_id: int
    rates: tuple[TaxRate, ...]
    registrations: tuple[str, ...]
    ledger: LedgerAccounts
    labels: dict[str, NumberSeries]
    pays_orders: bool


TaxAnswer = tuple[tuple[TaxRate, ...], Treatment]


@dataclass(slots=True)
class Catalog:
    """Loads what is asked for and keeps it. One per run, so a change counts from the next run."""

    prices: dict[int, PriceInfo] = field(default_factory=dict)
    products: dict[int, ProductInfo] = field(default_factory=dict)
    sellers: dict[int, SellerInfo] = field(default_factory=dict)
    discounts: dict[int, DiscountTerms] = field(default_factory=dict)
    currencies: dict[str, Currency] = field(default_factory=dict)
    taxes: dict[tuple[object, ...], TaxAnswer] = field(default_factory=dict)
    # By the identity of settings, which are one object for one text (see `read_settings`).
    resolved: dict[tuple[int, int, int, int, str], Resolved] = field(default_factory=dict)

    def load_prices(self, ids: Iterable[int]) -> None:
        """Read the prices that are not known yet, with their plans and products."""
        wanted = set(ids)
        missing = wanted - self.prices.keys()
        if not missing:
            return
        if len(self.prices) > 50_000:
            self.prices.clear()
            missing = wanted
        rows = Price.objects.filter(id__in=missing).select_related("plan__product", "meter")
        for row in rows.iterator():
            self.keep_price(row)

    def keep_price(self, row: Price) -> None:
        """Keep a price that was read or published just now, with its plan and product."""
        self.prices[row.id] = PriceInfo(
            row.id,
            make_terms(row),
            f"{row.plan.name}: {row.meter.name}" if row.meter else row.plan.name,
            self._product(row.plan.product),
            read_settings(dump_data(row.plan.settings)),
            row.meter_id,
            row.meter.aggregation if row.meter else "",
            row.commitment,
        )

    def price(self, price_id: int) -> PriceInfo:
        """A price that was loaded; raises `BillingError` when there is none."""
        try:
            return self.prices[price_id]
        except KeyError:
            raise BillingError(f"price {price_id} is missing; publish it again") from None

    def product(self, product_id: int) -> ProductInfo:
        """A product by key."""
        if product_id not in self.products:
            self._product(Product.objects.get(id=product_id))
        return self.products[product_id]

    def seller(self, seller_id: int) -> SellerInfo:
        """A seller by key, with its rates and book."""
        found = self.sellers.get(seller_id)
        if found is None:
            found = self.sellers[seller_id] = _load_seller(seller_id)
        return found

    def discount(self, discount_id: int) -> DiscountTerms:
        """A discount's terms by key."""
        found = self.discounts.get(discount_id)
        if found is None:
            row = Discount.objects.get(id=discount_id)
            found = self.discounts[discount_id] = make_discount(row)
        return found

    def currency(self, code: str) -> Currency:
        """The currency of a code."""
        found = self.currencies.get(code)
        if found is None:
            found = self.currencies[code] = currency(code)
        return found

    def tax(self, account: AccountRow, tax_class: str, on: date) -> TaxAnswer:
        """The rates and the treatment of a tax class for an account on a day (rule 6).

        Raises `BillingError` when the seller states no rate for it.
        """
        key = (
            account.seller_id,
            account.country,
            account.region,
            account.tax_id_valid,
            account.exempt_reason,
            tax_class,
            on,
        )
        found = self.taxes.get(key)
        if found is None:
            if len(self.taxes) > 20_000:
                self.taxes.clear()
            found = self.taxes[key] = self._decide_tax(account, tax_class, on)
        return found

    def _decide_tax(self, account: AccountRow, tax_class: str, on: date) -> TaxAnswer:
        seller = self.seller(account.seller_id)
        treatment = decide_treatment(
            seller_country=seller.country,
            customer_country=account.country,
            customer_tax_id_valid=account.tax_id_valid,
            exempt_reason=account.exempt_reason or None,
            registrations=seller.registrations,
            charges_tax=bool(seller.rates),
        )
        if treatment.kind is not TreatmentKind.TAXABLE:
            return (), treatment
        country = taxing_country(
            seller_country=seller.country,
            customer_country=account.country,
            registrations=seller.registrations,
        )
        rates = rates_for(
            seller.rates, country=country, region=account.region, tax_class=tax_class, on=on
        )
        return rates, treatment

    def _product(self, row: Product) -> ProductInfo:
        found = self.products.get(row.id)
        if found is None:
            found = self.products[row.id] = ProductInfo(
                row.id,
                row.code,
                row.name,
                row.tax_class,
                row.income_code,
                read_settings(dump_data(row.settings)),
            )
        return found


def make_terms(row: Price) -> Terms:
    """A stored price as the core's terms."""
    price = PriceTerms(
        currency(row.currency),
        parse_model(row.model),
        row.setup_fee,
        row.minimum,
        row.free_units,
        row.unit_code,
    )
    label = f"{row.plan.product.code}/{row.plan.code}/{row.code}"
    return Terms(
        price,
        Timing(row.timing),
        Convention(row.convention),
        Policy(row.policy),
        row.tax_inclusive,
        label,
    )


def make_discount(row: Discount) -> DiscountTerms:
    """A stored discount as the core's terms."""
    return DiscountTerms(
        code=row.code,
        kind=DiscountKind(row.kind),
        value=row.value,
        products=None if row.products is None else frozenset(row.products),
        duration=Duration(row.duration),
        periods=row.periods,
        priority=row.priority,
    )


def make_tax_rate(row: TaxRateRow) -> TaxRate:
    """A stored rate as the core's."""
    return TaxRate(
        code=row.code,
        name=row.name,
        percent=row.percent,
        country=row.country,
        region=row.region,
        tax_class=row.tax_class,
        level=row.level,
        compound=row.compound,
        category=row.category,
        valid_from=row.valid_from,
        valid_end=row.valid_end,
    )


def _load_seller(seller_id: int) -> SellerInfo:
    row = Seller.objects.get(id=seller_id)
    rates = tuple(make_tax_rate(rate) for rate in row.tax_rates.order_by("id"))
    return SellerInfo(
        row.id,
        row.code,
        row.country,
        row.time_zone,
        read_settings(dump_data(row.settings)),
        row.snapshot_id or 0,
        rates,
        tuple(sorted({rate.country for rate in rates} - {row.country})),
        LedgerAccounts(row.id),
        {series.code: series for series in row.series.all()},
        read_credit_policy(seller_id).pays_orders,
    )
