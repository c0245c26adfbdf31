"""Where a customer is: which hours it has there, and on which days people work."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import holidays

from quarterday.core.dunning.days import IsWorking, is_weekday
from quarterday.store.models import Account, Seller


def find_zone(account: Account, seller: Seller) -> str:
    """The time zone of a customer: ``time_zone`` of its address or data, else of its country.

    In a country of several zones it is the seller's where that is one of them, else the one in
    which most people live; without any, the seller's.
    """
    own = account.address.get("time_zone") or account.data.get("time_zone")
    if own and _is_zone(str(own)):
        return str(own)
    zones = _read_zones().get(account.country, ())
    return seller.time_zone if seller.time_zone in zones or not zones else zones[0]


def find_working(account: Account, seller: Seller) -> IsWorking:
    """Which days are working days where a customer is: without weekends and public holidays."""
    country = account.country or seller.country
    return _make_calendar(country, account.region if account.country else seller.region)


@lru_cache(maxsize=512)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


@cache
def _read_zones() -> dict[str, tuple[str, ...]]:
    """By country its zones, the one with most people first, as the time zone database says."""
    text = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found[country] = (*found.get(country, ()), zone)
    return found


@lru_cache(maxsize=512)
def _make_calendar(country: str, region: str) -> IsWorking:
    known = holidays.list_supported_countries()
    if country not in known:
        return is_weekday
    name = region.removeprefix(f"{country}-")
    return holidays.country_holidays(
        country, subdiv=name if name in known[country] else None
    ).is_working_day
