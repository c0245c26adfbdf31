"""The native format: every type of record, its fields, and how each of them is read.

One table says it for JSON lines, for mappings and for the documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from quarterday.core.loading.values import (
    read_country,
    read_currency,
    read_data,
    read_date,
    read_flag,
    read_instant,
    read_number,
    read_text,
    read_whole,
    read_words,
)

Reader = Callable[[Any], Any]


class Field(NamedTuple):
    """How a field is read, and whether a record must have it."""

    read: Reader
    is_needed: bool = False


_READERS: Mapping[str, Reader] = {
    "text": read_text,
    "number": read_number,
    "whole": read_whole,
    "date": read_date,
    "instant": read_instant,
    "flag": read_flag,
    "words": read_words,
    "data": read_data,
    "country": read_country,
    "currency": read_currency,
}

# Each field with its kind; those with a star must be given.
_TYPES = {
    "seller": "code*:text name*:text country*:country time_zone*:text currency*:currency "
    "region:text language:text address:data tax_id:text settings:data",
    "tax_rate": "seller:text code*:text name*:text percent*:number country*:country region:text "
    "tax_class:text level:whole compound:flag category:text valid_from:date valid_end:date",
    "product": "seller:text code*:text name*:text tax_class:text income_code:text settings:data",
    "plan": "seller:text product*:text code*:text name*:text cadence:text anchoring:text "
    "anchor_day:whole trial_days:whole settings:data",
    "meter": "seller:text code*:text name*:text aggregation:text",
    "price": "seller:text plan*:text code*:text currency:currency model*:data setup_fee:number "
    "minimum:number commitment:number free_units:number unit_code:text meter:text timing:text "
    "convention:text policy:text tax_inclusive:flag",
    "discount": "seller:text code*:text kind*:text name:text value:number currency:currency "
    "products:words duration:text periods:whole priority:whole valid_from:date valid_end:date",
    "account": "seller:text external_id*:text name*:text country:country currency:currency "
    "language:text region:text address:data tax_id:text tax_id_evidence:data "
    "tax_exempt_reason:text settings:data data:data",
    "contact": "seller:text account*:text email*:text name:text kinds:words",
    "subscription": "seller:text account*:text external_id*:text plan*:text prices:words "
    "amount:number timing:text tax_inclusive:flag quantity:number start_on*:date end_on:date "
    "trial_days:whole anchor_on:date anchor_day:whole billed_through:date discounts:words "
    "settings:data data:data",
    "addon": "seller:text account*:text subscription*:text external_id*:text plan*:text "
    "prices:words quantity:number start_on*:date",
    "usage": "seller:text account*:text subscription*:text meter*:text event_id*:text at*:instant "
    "value*:number key:text corrects:text data:data",
    "payment": "seller:text account*:text external_id*:text amount*:number received_on*:date "
    "method*:text reference:text",
    "credit": "seller:text account*:text external_id*:text kind*:text amount*:number "
    "granted_on*:date method:text expires_on:date priority:whole reason:text",
}


def _read_fields(text: str) -> dict[str, Field]:
    found = {}
    for word in text.split():
        name, _, kind = word.partition(":")
        found[name.removesuffix("*")] = Field(_READERS[kind], name.endswith("*"))
    return found


RECORD_TYPES: Mapping[str, Mapping[str, Field]] = {
    name: _read_fields(text) for name, text in _TYPES.items()
}
