"""Read all merge fields of a message: from the store, then what the message itself brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from quarterday.core.message import InFull, find_kind, list_fields
from quarterday.core.money import Money, currency
from quarterday.services.messages.fields.debits import load_debit
from quarterday.services.messages.fields.documents import (
    load_credit_note,
    load_invoice,
    load_quote,
)
from quarterday.services.messages.fields.dunning import load_dunning
from quarterday.services.messages.fields.money import (
    load_attempt,
    load_credit,
    load_method,
    load_payment,
    load_refund,
)
from quarterday.services.messages.fields.others import (
    load_access,
    load_change,
    load_notice,
    load_order,
    load_service,
)
from quarterday.services.messages.fields.people import load_account, load_seller
from quarterday.services.messages.fields.source import Source
from quarterday.store.models import Message

Loader = Callable[[Source], Mapping[str, Any]]
_LOADERS: Mapping[str, Loader] = {
    "seller": load_seller,
    "account": load_account,
    "invoice": load_invoice,
    "dunning": load_dunning,
    "credit_note": load_credit_note,
    "quote": load_quote,
    "payment": load_payment,
    "refund": load_refund,
    "attempt": load_attempt,
    "debit": load_debit,
    "method": load_method,
    "credit": load_credit,
    "service": load_service,
    "change": load_change,
    "order": load_order,
    "access": load_access,
    "notice": load_notice,
}


def load_fields(
    message: Message, *, name: str, address: str, now: datetime
) -> dict[str, dict[str, Any]]:
    """The merge fields of a message to a recipient, as values; what is not known is nothing.

    Raises `NotFound` when what it tells about is not there.
    """
    source = Source(message, now)
    found: dict[str, dict[str, Any]] = {}
    for group, fields in list_fields(message.kind).items():
        values: dict[str, Any] = {}
        if group in _LOADERS:
            values.update(_LOADERS[group](source))
        values.update(_read_given(message.data.get(group), fields))
        found[group] = {name: values.get(name) for name in fields}
    found["recipient"] = {"name": name, "address": address}
    return found


def _read_given(given: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the message brings for a group, as values of the kind that its fields have."""
    if not isinstance(given, dict):
        return {}
    return {name: _read(given[name], fields[name].example) for name in given if name in fields}


def _read(value: Any, example: Any) -> Any:
    if isinstance(value, dict) and {"minor", "currency"} <= value.keys():
        return Money(int(value["minor"]), currency(value["currency"]))
    if isinstance(value, str) and isinstance(example, date):
        return date.fromisoformat(value)
    if isinstance(value, str) and isinstance(example, InFull):
        return InFull(date.fromisoformat(value))
    if isinstance(value, int) and isinstance(example, timedelta):
        return timedelta(minutes=value)
    if isinstance(value, list):
        return [{key: _read(part, None) for key, part in row.items()} for row in value]
    return value


def main_subject(message: Message) -> str:
    """What a file comes with the message for, or an empty text."""
    document = find_kind(message.kind).document
    prefix = {"invoice": "inv", "credit_note": "crn", "receipt": "pay", "quote": "quo"}
    return Source(message, message.created_at).find(prefix[document]) if document else ""
