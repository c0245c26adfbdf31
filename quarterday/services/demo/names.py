"""Names that nobody can take for real: every one says that it is an example."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

_FIRST = (
    "Amber Birch Cobalt Dune Ember Fern Granite Harbour Indigo Juniper Kestrel Lantern Maple "
    "Nimbus Orchid Pebble Quartz Raven Saffron Thistle Umber Violet Willow Yarrow Zephyr"
).split()
_TRADES = (
    "Bakery Bicycles Books Ceramics Cinema Clinic Coffee Dental Design Farm Florist Foods Forge "
    "Gallery Garage Glass Hotel Law Library Logistics Media Music Optics Press School Studio "
    "Tailors Tea Theatre Toys Travel Winery"
).split()


def make_names(rng: Random) -> Iterator[tuple[str, str]]:
    """Names of invented businesses, each with its mail address in a domain that cannot exist."""
    pairs = [(first, trade) for first in _FIRST for trade in _TRADES]
    rng.shuffle(pairs)
    for first, trade in pairs:
        domain = f"{first}-{trade}".lower()
        yield f"Example {first} {trade}", f"billing@{domain}.example"
