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
    old = known.snapshot_id, _state_of(known)
    details = {key: value for key, value in values.items() if key not in ("code", "currency")}
    changed = change_seller(seller_id=known.id, **details, now=context.now, actor=context.actor)
    if (changed.snapshot_id, _state_of(changed)) == old:
        return Outcome.UNCHANGED
    context.forget()
    return Outcome.UPDATED


def load_tax_rate(record: Record, context: Context) -> Outcome:
    """Publish a tax rate."""
    seller = context.seller(record)
    before = _seen(TaxRate, seller=seller)
    row = publish_tax_rate(seller=seller, **_rest(record), **_by(context))
    return _outcome(row, before)


def load_product(record: Record, context: Context) -> Outcome:
    """Publish a product."""
    seller = context.seller(record)
    before = _seen(Product, seller=seller, code=record.values["code"])
    row = publish_product(seller=seller, **_rest(record), **_by(context))
    return _outcome(row, before)


def load_plan(record: Record, context: Context) -> Outcome:
    """Publish a plan of a product."""
    product = context.product(record)
    before = _seen(Plan, product=product, code=record.values["code"])
    row = publish_plan(product=product, **_rest(record, "product"), **_by(context))
    outcome = _outcome(row, before)
    if outcome is Outcome.UPDATED:
        context.forget()
    return outcome


def load_meter(record: Record, context: Context) -> Outcome:
    """Publish a meter."""
    seller = context.seller(record)
    before = _seen(Meter, seller=seller, code=record.values["code"])
    row = publish_meter(seller=seller, **_rest(record), **_by(context))
    return _outcome(row, before)


def load_price(record: Record, context: Context) -> Outcome:
    """Publish a price of a plan, in the seller's currency unless it says another."""
    plan = context.plan(record)
    values = {"currency": context.seller(record).currency, **_rest(record, "plan")}
    if "meter" in values:
        values["meter"] = context.meter(record)
    before = _seen(Price, plan=plan, code=values["code"], currency=values["currency"])
    row = publish_price(plan=plan, **values, **_by(context))
    row.plan = plan
    context.keep_price(row)
    return _outcome(row, before)


def load_discount(record: Record, context: Context) -> Outcome:
    """Publish a discount."""
    seller = context.seller(record)
    before = _seen(Discount, seller=seller, code=record.values["code"])
    row = publish_discount(seller=seller, **_rest(record), **_by(context))
    return _outcome(row, before)


def _rest(record: Record, *used: str) -> dict[str, Any]:
    """The fields that a service takes by their own names."""
    return {key: value for key, value in record.values.items() if key not in ("seller", *used)}


def _by(context: Context) -> dict[str, Any]:
    return {"now": context.now, "actor": context.actor}


def _seen(model: type[Model], **key: Any) -> dict[int, Mapping[str, Any]]:
    """The rows of a key as they are before something is published."""
    return {row.pk: _state_of(row) for row in model._default_manager.filter(**key)}


def _outcome(row: Model, before: Mapping[int, Mapping[str, Any]]) -> Outcome:
    old = before.get(row.pk)
    if old is None:
        return Outcome.CREATED
    return Outcome.UNCHANGED if old == _state_of(row) else Outcome.UPDATED


def _state_of(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
