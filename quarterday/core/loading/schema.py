"""The native format: every type of record, its fields, and how each of them is read.

One table says it for JSON lines, for mappings and for the documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from quarterday.core.loading.values import (
    read_count,
    read_country,
    read_currency,
    read_data,
    read_date,
    read_flag,
    read_instant,
    read_number,
    read_rows,
    read_settings,
    read_text,
    read_words,
)

Reader = Callable[[Any], Any]


class Field(NamedTuple):
    """How a field is read, whether a record must have it, and the longest text it holds."""

    kind: str
    read: Reader
    is_needed: bool = False
    limit: int = 0


_READERS: Mapping[str, Reader] = {
    "text": read_text,
    "number": read_number,
    "count": read_count,
    "date": read_date,
    "instant": read_instant,
    "flag": read_flag,
    "words": read_words,
    "data": read_data,
    "rows": read_rows,
    "settings": read_settings,
    "country": read_country,
    "currency": read_currency,
}

# Each field with its kind; those with a star must be given. Texts name their longest length.
_TYPES = {
    "seller": "code*:text/64 name*:text/200 country*:country time_zone*:text/64 "
    "currency*:currency region:text/32 language:text/16 address:data tax_id:text/64 settings:settings",
    "tax_rate": "seller:text/64 code*:text/32 name*:text/100 percent*:number country*:country "
    "region:text/32 tax_class:text/32 level:count compound:flag category:text/2 valid_from:date "
    "valid_end:date",
    "product": "seller:text/64 code*:text/64 name*:text/200 tax_class:text/32 "
    "income_code:text/64 settings:settings",
    "plan": "seller:text/64 product*:text/64 code*:text/64 name*:text/200 cadence:text/32 "
    "anchoring:text/16 anchor_day:count trial_days:count settings:settings",
    "brand": "seller:text/64 site_name:text/200 domain:text/253 accent:text/7 logo:text/700000 "
    "custom_css:text/20000 data:data",
    "product_group": "seller:text/64 code*:text/64 name*:text/200 description:text/4000 "
    "position:count",
    "provisioning": "seller:text/64 product*:text/64 place:text/64 options:data features:words",
    "offer": "seller:text/64 product*:text/64 group*:text/64 is_public:flag headline:text/200 "
    "description:text/4000 features:words position:count max_quantity:count options:rows "
    "addons:words activation:text/16 on_invoice:flag",
    "meter": "seller:text/64 code*:text/64 name*:text/200 aggregation:text/16",
    "price": "seller:text/64 plan*:text/129 code*:text/64 currency:currency model*:data "
    "setup_fee:number minimum:number commitment:number free_units:number unit_code:text/8 "
    "meter:text/64 timing:text/8 convention:text/16 policy:text/8 tax_inclusive:flag",
    "discount": "seller:text/64 code*:text/64 kind*:text/16 name:text/200 value:number "
    "currency:currency products:words duration:text/8 periods:count priority:count "
    "valid_from:date valid_end:date promotion:text/8 max_uses:count max_uses_per_account:count",
    "account": "seller:text/64 external_id*:text/128 name*:text/200 country:country "
    "currency:currency language:text/16 region:text/32 address:data tax_id:text/64 "
    "tax_id_evidence:data tax_exempt_reason:text/200 settings:settings data:data",
    "contact": "seller:text/64 account*:text/128 email*:text/254 name:text/200 kinds:words",
    "subscription": "seller:text/64 account*:text/128 external_id*:text/128 plan*:text/129 "
    "prices:words amount:number timing:text/8 tax_inclusive:flag quantity:number start_on*:date "
    "end_on:date trial_days:count anchor_on:date anchor_day:count billed_through:date "
    "discounts:words settings:settings data:data",
    "addon": "seller:text/64 account*:text/128 subscription*:text/128 plan*:text/129 "
    "price:text/64 quantity:number start_on*:date",
    "charge": "seller:text/64 account*:text/128 external_id*:text/128 product*:text/64 "
    "description*:text/500 amount*:number bill_on:date tax_inclusive:flag",
    "usage": "seller:text/64 meter*:text/64 event_id*:text/200 at*:instant value*:number "
    "account:text/128 subscription:text/128 key:text/200 corrects:text/200",
    "payment": "seller:text/64 account*:text/128 external_id*:text/128 amount*:number "
    "received_on*:date method*:text/32 reference:text/200",
    "credit": "seller:text/64 account*:text/128 external_id*:text/128 kind*:text/16 "
    "amount*:number granted_on*:date method:text/32 expires_on:date priority:count "
    "reason:text/500",
}


def _read_fields(text: str) -> dict[str, Field]:
    found = {}
    for word in text.split():
        name, _, rest = word.partition(":")
        kind, _, limit = rest.partition("/")
        found[name.removesuffix("*")] = Field(
            kind, _READERS[kind], name.endswith("*"), int(limit or 0)
        )
    return found


RECORD_TYPES: Mapping[str, Mapping[str, Field]] = {
    name: _read_fields(text) for name, text in _TYPES.items()
}
