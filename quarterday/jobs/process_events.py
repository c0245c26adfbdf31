"""Act on what gateways reported, and let go of what was acted on long ago."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from quarterday.ports.clock import read_now
from quarterday.services.gateway_events.process_events import process_events
from quarterday.services.gateway_events.tidy_events import tidy_events


class ProcessEvents:
    """Acts on stored events; any number of processes may, and one that dies loses nothing."""

    name: ClassVar[str] = "process_events"
    every: ClassVar[timedelta] = timedelta(seconds=2)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """How many ended how."""
        return dict(process_events(now=read_now()))


class TidyEvents:
    """Drops the content of old events; that they came is kept."""

    name: ClassVar[str] = "tidy_events"
    every: ClassVar[timedelta] = timedelta(days=1)
    is_recorded: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """How many were emptied."""
        count = tidy_events(now=read_now())
        return {"emptied": count} if count else {}
