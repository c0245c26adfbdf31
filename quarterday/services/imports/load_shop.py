"""Load how a seller looks and what it offers in public."""

from __future__ import annotations

import base64
import binascii

from quarterday.core.loading.record import Record
from quarterday.services.catalog.publish_group import publish_group
from quarterday.services.catalog.publish_offer import publish_offer
from quarterday.services.catalog.publish_provisioning import publish_provisioning
from quarterday.services.imports.context import Context
from quarterday.services.imports.load_catalog import outcome_of, rest_of, rows_before, told_by
from quarterday.services.imports.report import Outcome
from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import Brand, Offer, ProductGroup, Provisioning


def load_brand(record: Record, context: Context) -> Outcome:
    """Change how a seller appears; the logo comes as a data URL."""
    seller, values = context.seller(record), rest_of(record, "logo")
    before = rows_before(Brand, seller=seller)
    if "logo" in record.values:
        values["logo_type"], values["logo"] = _read_logo(record)
    row = change_brand(seller=seller, **values, **told_by(context))
    return outcome_of(row, before)


def _read_logo(record: Record) -> tuple[str, bytes]:
    head, _, body = str(record.values["logo"]).partition(";base64,")
    try:
        return head.removeprefix("data:"), base64.b64decode(body, validate=True)
    except binascii.Error:
        raise record.refuse(
            "logo", "the logo cannot be read", "write it as data:image/png;base64,…"
        ) from None


def load_group(record: Record, context: Context) -> Outcome:
    """Publish a group of products."""
    seller = context.seller(record)
    before = rows_before(ProductGroup, seller=seller, code=record.values["code"])
    row = publish_group(seller=seller, **rest_of(record), **told_by(context))
    return outcome_of(row, before)


def load_offer(record: Record, context: Context) -> Outcome:
    """Publish an offer of a product."""
    product, seller = context.product(record), context.seller(record)
    code = record.values["group"]
    group = ProductGroup.objects.filter(seller=seller, code=code).first()
    if group is None:
        raise record.refuse("group", f"seller {seller} has no group {code}", "load it first")
    before = rows_before(Offer, product=product)
    given = rest_of(record, "product", "group")
    row = publish_offer(product=product, group=group, **given, **told_by(context))
    return outcome_of(row, before)


def load_provisioning(record: Record, context: Context) -> Outcome:
    """Say where the services of a product run."""
    product = context.product(record)
    before = rows_before(Provisioning, product=product)
    given = rest_of(record, "product")
    row = publish_provisioning(product=product, **given, **told_by(context))
    return outcome_of(row, before)
