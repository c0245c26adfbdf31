"""A measurement as it is sent, checked for itself alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.money import parse_exact
from quarterday.core.period import local_date


class UsageInput(NamedTuple):
    """One measurement. ``event_id`` is the sender's own, and names it for ever within its meter.

    ``at`` says its time zone. ``subscription`` is a public id, or with ``account`` an external
    one; ``account`` alone (public or external id) is enough where one subscription measures the
    meter. ``corrects`` is the event id that it takes the place of.
    """

    meter: str
    event_id: str
    at: datetime
    value: Decimal | int | str
    subscription: str = ""
    account: str = ""
    key: str = ""
    corrects: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Refused:
    """An event that was not recorded: its place in the batch, what is wrong, and the remedy."""

    index: int
    event_id: str
    field: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return f"event {self.event_id!r}, {self.field} {self.value!r}: {self.remedy}"


class UsageRefused(BillingError):  # noqa: N818 - named for what it says
    """A strict batch had bad events; ``refused`` are all of them, and nothing was recorded."""

    def __init__(self, refused: list[Refused]) -> None:
        self.refused = refused
        more = f"; and {len(refused) - 1} more" if len(refused) > 1 else ""
        super().__init__(f"nothing was recorded: {refused[0]}{more}")


class Bad(Exception):  # noqa: N818 - becomes a `Refused` with the place of the event
    """What is wrong with a field of an event."""

    def __init__(self, field: str, value: object, remedy: str) -> None:
        super().__init__(field, value, remedy)
        self.field, self.value, self.remedy = field, value, remedy

    def refuse(self, index: int, event: UsageInput) -> Refused:
        """As it is reported."""
        return Refused(index, event.event_id, self.field, str(self.value), self.remedy)


class Checked(NamedTuple):
    """A measurement that is well-formed; ``on`` is its civil day in the seller's zone (rule 1)."""

    sent: UsageInput
    meter_id: int
    on: date
    value: Decimal


_TEXTS = {"event_id": 200, "key": 200, "corrects": 200}


def check_usage(event: UsageInput, meters: Mapping[str, int], zone: str) -> Checked:
    """Check an event by itself; raises `Bad`."""
    for field, limit in _TEXTS.items():
        text = getattr(event, field)
        if len(text) > limit or "\0" in text:
            raise Bad(field, text, f"give at most {limit} characters, without NUL")
    if not event.event_id.strip():
        raise Bad("event_id", event.event_id, "give each event an id of its own")
    if event.corrects == event.event_id:
        raise Bad("corrects", event.corrects, "a correction needs an event id of its own")
    if event.meter not in meters:
        known = ", ".join(sorted(meters)) or "none yet"
        raise Bad("meter", event.meter, f"name a meter of the seller: {known}")
    try:
        on = local_date(event.at, zone)
        event.at.astimezone(UTC)
    except (BillingError, OverflowError):
        raise Bad("at", event.at, "give an instant with its zone, as 2026-01-31T12:00Z") from None
    try:
        value = parse_exact(event.value)
    except BillingError as error:
        raise Bad("value", event.value, str(error)) from None
    return Checked(event, meters[event.meter], on, value)
