"""What the meters of the sample measure: deterministic, with late and corrected measurements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from random import Random

from quarterday.services.demo.wisp import TRAFFIC
from quarterday.services.usage.usage_input import UsageInput

_LATE_DAYS = 21


def measure_days(
    subscription: str, account: str, meter: str, days: list[date], rng: Random
) -> Iterator[tuple[int, UsageInput]]:
    """Measurements of some days, each with how many days late it arrives: a few come weeks late."""
    for day in days:
        at = datetime.combine(day, time(18), UTC)
        value = rng.randint(5, 60) if meter == TRAFFIC else rng.randint(10, 95)
        event = UsageInput(
            meter=meter,
            event_id=f"{subscription}-{day}",
            at=at,
            value=value,
            account=account,
            subscription=subscription,
        )
        chance = rng.randrange(200)
        yield (_LATE_DAYS if chance == 0 else 0), event
        if chance == 1:
            # The device counted twice; the right value follows under an id of its own.
            fixed = event._replace(
                event_id=f"{event.event_id}-corrected",
                value=value // 2,
                corrects=event.event_id,
            )
            yield 3, fixed
