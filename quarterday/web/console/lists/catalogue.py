"""Lists of what is sold."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.html import format_html

from quarterday.core.access import StaffPermission
from quarterday.store.models import Plan, Price, Product
from quarterday.web.console.door import Staff
from quarterday.web.console.lists.asked import Day, Days
from quarterday.web.console.lists.base import ListAdmin, link_row
from quarterday.web.console.lists.columns import column, day_column

_SETTINGS = StaffPermission.SEE_SETTINGS


class ProductList(ListAdmin):
    """Products, the newest first."""

    slug, label, owner, needed = "products", "Products", "seller", _SETTINGS
    lead = "What is sold."
    list_display = (
        column(
            "Product",
            lambda row: format_html(
                '<a href="{}">{}</a>', link_row("products", row.public_id), row.name
            ),
        ),
        column("Code", lambda row: row.code),
        column("Tax class", lambda row: row.tax_class),
        column("Income", lambda row: row.income_code),
    )


class PlanList(ListAdmin):
    """Plans, the newest first."""

    slug, label, needed = "plans", "Plans", _SETTINGS
    lead = "Products at a cadence."
    list_select_related = ("product",)
    list_display = (
        column(
            "Plan",
            lambda row: format_html(
                '<a href="{}">{}</a>', link_row("plans", row.public_id), row.name
            ),
        ),
        column("Product", lambda row: row.product.name),
        column("Code", lambda row: row.code),
        column("Every", lambda row: f"{row.cadence_count} {row.cadence_unit}"),
    )

    def scope(self, rows: QuerySet[Any], staff: Staff) -> QuerySet[Any]:
        """Of products of the seller."""
        return rows.filter(product__seller=staff.seller)


class PriceList(ListAdmin):
    """Prices, the newest first; none can be changed."""

    slug, label, needed = "prices", "Prices", _SETTINGS
    lead = "Every price that there is or was; a change makes a new one."
    days: ClassVar[Days] = {"retired": Day("Retired", "retired_on")}
    list_select_related = ("plan__product",)
    list_display = (
        column(
            "Price",
            lambda row: format_html(
                '<a href="{}">{}</a>',
                link_row("prices", row.public_id),
                f"{row.plan.name}, {row.code}",
            ),
        ),
        column("Model", lambda row: row.model.get("model", "")),
        column("Currency", lambda row: row.currency),
        day_column("Retired", lambda row: row.retired_on),
    )

    def scope(self, rows: QuerySet[Any], staff: Staff) -> QuerySet[Any]:
        """Of plans of the seller."""
        return rows.filter(plan__product__seller=staff.seller)


LISTS: tuple[tuple[type[Model], type[ListAdmin]], ...] = (
    (Product, ProductList),
    (Plan, PlanList),
    (Price, PriceList),
)
