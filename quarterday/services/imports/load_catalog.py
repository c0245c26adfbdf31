"""Load sellers and their catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from quarterday.core.loading.record import Record
from quarterday.services.catalog.publish_discount import publish_discount
from quarterday.services.catalog.publish_meter import publish_meter
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
from quarterday.services.imports.context import Context
from quarterday.services.imports.report import Outcome
from quarterday.services.sellers.change_seller import change_seller
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Discount, Meter, Plan, Price, Product, Seller, TaxRate

# Of a discount: who may use it, and how often. Staff change it from day to day.
_OF_USE = ("promotion", "max_uses", "max_uses_per_account")


def load_seller(record: Record, context: Context) -> Outcome:
    """Open a seller, or change the details that are given."""
    values = record.values
    known = Seller.objects.filter(code=values["code"]).first()
    if known is None:
        open_seller(**values, now=context.now, actor=context.actor)
        context.forget()
        return Outcome.CREATED
    if known.currency != values["currency"]:
        raise record.refuse(
            "currency",
            f"seller {known} bills in {known.currency}",
            "its currency never changes; give accounts their own currency",
        )
    old = known.snapshot_id, state_of(known)
    details = {key: value for key, value in values.items() if key not in ("code", "currency")}
    changed = change_seller(seller_id=known.id, **details, now=context.now, actor=context.actor)
    if (changed.snapshot_id, state_of(changed)) == old:
        return Outcome.UNCHANGED
    context.forget()
    return Outcome.UPDATED


def load_tax_rate(record: Record, context: Context) -> Outcome:
    """Publish a tax rate."""
    seller = context.seller(record)
    before = rows_before(TaxRate, seller=seller)
    row = publish_tax_rate(seller=seller, **rest_of(record), **told_by(context))
    return outcome_of(row, before)


def load_product(record: Record, context: Context) -> Outcome:
    """Publish a product."""
    seller = context.seller(record)
    before = rows_before(Product, seller=seller, code=record.values["code"])
    row = publish_product(seller=seller, **rest_of(record), **told_by(context))
    return outcome_of(row, before)


def load_plan(record: Record, context: Context) -> Outcome:
    """Publish a plan of a product."""
    product = context.product(record)
    before = rows_before(Plan, product=product, code=record.values["code"])
    row = publish_plan(product=product, **rest_of(record, "product"), **told_by(context))
    outcome = outcome_of(row, before)
    if outcome is Outcome.UPDATED:
        context.forget()
    return outcome


def load_meter(record: Record, context: Context) -> Outcome:
    """Publish a meter."""
    seller = context.seller(record)
    before = rows_before(Meter, seller=seller, code=record.values["code"])
    row = publish_meter(seller=seller, **rest_of(record), **told_by(context))
    return outcome_of(row, before)


def load_price(record: Record, context: Context) -> Outcome:
    """Publish a price of a plan, in the seller's currency unless it says another."""
    plan = context.plan(record)
    values = {"currency": context.seller(record).currency, **rest_of(record, "plan")}
    if "meter" in values:
        values["meter"] = context.meter(record)
    before = rows_before(Price, plan=plan, code=values["code"], currency=values["currency"])
    row = publish_price(plan=plan, **values, **told_by(context))
    row.plan = plan
    context.keep_price(row)
    return outcome_of(row, before)


def load_discount(record: Record, context: Context) -> Outcome:
    """Publish a discount. Who may use it, and how often, is kept where the file does not say."""
    seller = context.seller(record)
    before = rows_before(Discount, seller=seller, code=record.values["code"])
    known = Discount.objects.filter(seller=seller, code=record.values["code"]).values(*_OF_USE)
    terms = {**(known.first() or {}), **rest_of(record)}
    row = publish_discount(seller=seller, **terms, **told_by(context))
    return outcome_of(row, before)


def rest_of(record: Record, *used: str) -> dict[str, Any]:
    """The fields that a service takes by their own names."""
    return {key: value for key, value in record.values.items() if key not in ("seller", *used)}


def told_by(context: Context) -> dict[str, Any]:
    """When it was loaded, and by whom."""
    return {"now": context.now, "actor": context.actor}


def rows_before(model: type[Model], **key: Any) -> dict[int, Mapping[str, Any]]:
    """The rows of a key as they are before something is published."""
    return {row.pk: state_of(row) for row in model._default_manager.filter(**key)}


def outcome_of(row: Model, before: Mapping[int, Mapping[str, Any]]) -> Outcome:
    """What publishing did to a row."""
    old = before.get(row.pk)
    if old is None:
        return Outcome.CREATED
    return Outcome.UNCHANGED if old == state_of(row) else Outcome.UPDATED


def state_of(row: Model) -> dict[str, Any]:
    """The values of its columns."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
