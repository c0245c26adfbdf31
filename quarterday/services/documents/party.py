"""How sellers and customers stand on paper: address lines in the order of their country."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quarterday.services.documents.words import format_country

# Where sheets are Letter (CLDR, measurement data); everywhere else they are A4.
LETTER = frozenset("BZ CA CL CO CR GT MX NI PA PH PR SV US VE".split())
# Town before the code: "Springfield, IL 00000".
_CODE_LAST = frozenset("AU CA CN GB GU IE IN NZ PR US VI".split())


def address_lines(details: Mapping[str, Any]) -> list[str]:
    """Street, code and town of a snapshot, without name and country."""
    address = details.get("address") or {}
    text = {key: str(value).strip() for key, value in address.items() if value}
    region = text.get("region") or details.get("region") or ""
    code, city = text.get("postcode", ""), text.get("city", "")
    if not city:
        town = code
    elif details.get("country") in _CODE_LAST:
        town = ", ".join(filter(None, (city, " ".join(filter(None, (region, code))))))
    else:
        town = " ".join(filter(None, (code, city)))
    street = [text.get(key, "") for key in ("company", "line1", "line2", "line3", "street")]
    return [line for line in (*street, town) if line]


def recipient_lines(details: Mapping[str, Any], home: str) -> list[str]:
    """A letter's address; the country stands last, in capitals, where it is another one."""
    lines = [str(details.get("name") or ""), *address_lines(details)]
    country = str(details.get("country") or "")
    if country and country != home:
        lines.append(format_country(country).upper())
    return lines


def sender_line(details: Mapping[str, Any]) -> str:
    """One small line above the address, for the window."""
    return " · ".join([str(details.get("name") or ""), *address_lines(details)])
