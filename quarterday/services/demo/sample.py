"""What the three sellers of the sample share: records of the native format, and their dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from quarterday.core.period import Cadence, Schedule

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """Where the sample comes from: chance with a seed, and the days of its year."""

    rng: Random
    first: date
    last: date
    names: Iterator[tuple[str, str]]

    def account(self, seller: str, number: int, **details: Any) -> list[Record]:
        """An account with its contact."""
        name, email = next(self.names)
        key = f"{seller[:1].upper()}{number:04d}"
        return [
            {"type": "account", "external_id": key, "name": name, **details},
            {"type": "contact", "account": key, "email": email},
        ]

    def old_start(self, cadence: str, *, on_first: bool = False) -> Record:
        """The start of a contract that ran before the year, billed elsewhere until then."""
        start = self.first - timedelta(days=self.rng.randint(40, 1400))
        start = start.replace(day=1) if on_first else start
        schedule = Schedule.anchored(start, Cadence.parse(cadence))
        through = schedule.next_boundary(self.first)
        return {"start_on": start.isoformat(), "billed_through": through.isoformat()}

    def new_start(self) -> Record:
        """The start of a contract that begins during the year, not quite at its end."""
        days = (self.last - self.first).days
        start = self.first + timedelta(days=self.rng.randint(1, max(1, days - 20)))
        return {"start_on": start.isoformat()}

    def one_in(self, count: int) -> bool:
        """True once in so many times."""
        return self.rng.randrange(count) == 0
