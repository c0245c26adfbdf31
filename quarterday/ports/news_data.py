"""What gateways report as plain data, so that it can be kept before anybody acts on it.

Every kind of news and outcome is named by a word, and its fields stand beside it; a field that has
its usual value is left out, so what was kept before a field came to be is still read afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from quarterday.core.errors import BillingError
from quarterday.ports import outcomes
from quarterday.ports.outcomes import News

_KINDS: Mapping[str, type] = {
    "attempt": outcomes.AttemptNews,
    "refund": outcomes.RefundNews,
    "dispute": outcomes.DisputeNews,
    "method": outcomes.MethodNews,
    "payout": outcomes.PayoutNews,
    "other": outcomes.OtherNews,
    "redirect": outcomes.Redirect,
    "needs_fields": outcomes.NeedsFields,
    "succeeded": outcomes.Succeeded,
    "pending": outcomes.Pending,
    "declined": outcomes.Declined,
    "unknown": outcomes.Unknown,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
# Under which word the name of a kind stands; `OtherNews` has a field called kind.
_WORD = "is"


def name_kind(news: News) -> str:
    """The word for a kind of news.

    >>> name_kind(outcomes.OtherNews("evt_1", "balance.available"))
    'other'
    """
    return _NAMES[type(news)]


def write_news(news: News) -> dict[str, Any]:
    """News as plain data, fit for JSON. Raises `BillingError` for a mandate, whose account number
    must not be kept in the clear.

    >>> write_news(outcomes.AttemptNews("evt_1", outcomes.Succeeded("pi_1"), "att_1"))
    {'is': 'attempt', 'event_id': 'evt_1', 'outcome': {'is': 'succeeded', 'reference': 'pi_1'}, \
'attempt': 'att_1'}
    """
    return cast(dict[str, Any], _write(news))


def read_news(data: Mapping[str, Any]) -> News:
    """News from what `write_news` made of it. Raises `BillingError` for anything else.

    >>> read_news({"is": "other", "event_id": "evt_1", "kind": "balance.available"})
    OtherNews(event_id='evt_1', kind='balance.available')
    """
    kind = _KINDS.get(str(data.get(_WORD)))
    if kind is None:
        raise BillingError(f"this is no news of a gateway: {data.get(_WORD)!r}")
    try:
        return cast(News, _read(data, kind))
    except (KeyError, TypeError, ValueError) as error:
        raise BillingError(f"news of a gateway that cannot be read: {error}") from None


def _write(value: Any) -> Any:
    if isinstance(value, outcomes.DebitMandate):
        raise BillingError("a mandate is kept with its method, encrypted, and never in an event")
    if is_dataclass(value) and not isinstance(value, type):
        kept = {
            one.name: _write(getattr(value, one.name))
            for one in fields(value)
            if getattr(value, one.name) != _usual(one)
        }
        name = _NAMES.get(type(value))
        return {_WORD: name, **kept} if name else kept
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _write(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_write(one) for one in value]
    return value


def _read(value: Any, hint: Any) -> Any:
    """A value as its type wants it."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _read_one_of(value, get_args(hint))
    if origin is tuple:
        return tuple(_read(one, get_args(hint)[0]) for one in value)
    if origin is not None:
        return {name: _read(one, get_args(hint)[1]) for name, one in value.items()}
    if is_dataclass(hint):
        hints = _hints(cast(type, hint))
        found = {name: _read(value[name], one) for name, one in hints.items() if name in value}
        return cast(type, hint)(**found)
    return _read_scalar(value, hint)


def _read_scalar(value: Any, hint: Any) -> Any:
    if hint is date:
        return date.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    if not isinstance(value, hint):
        raise TypeError(f"{value!r} is no {hint.__name__}")
    return value


def _read_one_of(value: Any, hints: tuple[Any, ...]) -> Any:
    if value is None and NoneType in hints:
        return None
    others = [one for one in hints if one is not NoneType]
    if len(others) == 1:
        return _read(value, others[0])
    return _read(value, _KINDS[value[_WORD]])


def _usual(one: Field[Any]) -> Any:
    if one.default is not MISSING:
        return one.default
    return one.default_factory() if one.default_factory is not MISSING else MISSING


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
