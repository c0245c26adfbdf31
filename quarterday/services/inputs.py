"""Checks of what callers give, so that each refusal names the field and what to give instead."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from quarterday.core.errors import BillingError
from quarterday.core.limits import find_unprintable
from quarterday.core.settings import Settings

Word = TypeVar("Word", bound=StrEnum)


def check_word(words: type[Word], value: str, field: str) -> Word:
    """The member of an enumeration that a word names; raises `BillingError` listing them."""
    try:
        return words(value)
    except ValueError:
        raise BillingError(f"{field} must be one of {', '.join(words)}, not {value!r}") from None


def check_text(value: str, field: str, limit: int = 200) -> str:
    """Text that can be printed, not empty and not longer than its column, without outer spaces."""
    text = value.strip()
    if not text:
        raise BillingError(f"{field} is empty; give it some text")
    if len(text) > limit:
        raise BillingError(f"{field} has {len(text)} characters; shorten it to {limit}: {text!r}")
    if bad := find_unprintable(text):
        raise BillingError(f"{field} holds the character U+{ord(bad):04X}; remove it: {text!a}")
    return text


def check_external_id(value: str | None) -> str | None:
    """The caller's own id for a thing, or None; an empty one would make all of them one."""
    return None if value is None else check_text(value, "external_id", 128)


def check_country(value: str) -> str:
    """An ISO 3166 country code of two capital letters."""
    if len(value) == 2 and value.isascii() and value.isalpha() and value.isupper():
        return value
    raise BillingError(f"country must be an ISO 3166 code of two capitals such as DE: {value!r}")


def check_zone(value: str) -> str:
    """A time zone by its IANA name."""
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, OSError):
        raise BillingError(
            f"time_zone must be an IANA name such as Europe/Berlin, not {value!r}"
        ) from None


def check_settings(data: Mapping[str, Any] | None) -> dict[str, Any]:
    """Settings of one level in the form in which they are stored; raises for unknown names."""
    return Settings.from_data(data).to_data() if data else {}
