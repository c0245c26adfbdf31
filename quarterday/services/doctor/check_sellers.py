"""Sellers: time zones that exist, and ways to pay that are set up whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from quarterday.ports.gateway import list_gateways
from quarterday.services.doctor.finding import Finding, Visit, bad, ok, warn
from quarterday.store.models import Seller
from quarterday.store.queries.paying import read_brand, read_config

_VARIABLE = "env:"


def check_sellers(visit: Visit) -> Iterator[Finding]:
    """Each seller's clock and gateways."""
    sellers = list(Seller.objects.select_related("brand").order_by("id"))
    if not sellers:
        yield warn("sellers", "there is no seller yet", "quarterday load FILE")
        return
    for seller in sellers:
        try:
            local = visit.now.astimezone(ZoneInfo(seller.time_zone))
        except (ZoneInfoNotFoundError, ValueError):
            yield bad(
                "time zone",
                f"{seller} has the time zone {seller.time_zone!r}, which there is not",
                "load the seller again with a time_zone such as Europe/Berlin",
            )
            continue
        yield ok("time zone", f"{seller}: {seller.time_zone}, where it is {local:%Y-%m-%d %H:%M}")
        yield from _check_gateways(seller)


def _check_gateways(seller: Seller) -> Iterator[Finding]:
    known, working = list_gateways(), []
    for code, given in read_brand(seller).get("gateways", {}).items():
        kind = known.get(code)
        if kind is None:
            yield bad(
                "gateways", f"{seller}: there is no gateway {code}", "install it, or remove it"
            )
            continue
        if not given.get("is_enabled", True):
            continue
        config = read_config(seller, code)
        missing = [one.name for one in kind.settings if one.is_required and one.name not in config]
        missing += [value for value in config.values() if _is_unset(value)]
        if missing:
            yield bad(
                "gateways",
                f"{seller}: {code} lacks {', '.join(missing)}",
                "set it in the brand, or the variable that it names; see docs/paying.md",
            )
        elif kind.is_test and settings.IS_PRODUCTION:
            yield bad("gateways", f"{seller}: {code} takes play money", "disable it")
        else:
            working.append(code)
    if working:
        yield ok("gateways", f"{seller}: {', '.join(sorted(working))}")
    else:
        yield warn("gateways", f"{seller} takes no payments by itself", "see docs/paying.md")


def _is_unset(value: str) -> bool:
    """Whether a setting names a variable that this process does not have."""
    return value.startswith(_VARIABLE) and not os.environ.get(value.removeprefix(_VARIABLE))
