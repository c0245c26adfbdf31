"""A shop that sends its mail to a sink, on the day of the shop's clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from quarterday.ports import clock as clock_port
from tests.mail.sink import Sink, run_sink
from tests.services import conftest as services

NOW = datetime.fromisoformat("2026-03-02T12:00:00+00:00")
Move = Callable[[timedelta], datetime]

shop, open_shop = services.shop, services.open_shop


@pytest.fixture(autouse=True)
def _start_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is set goes on from when the process began; for each test it begins anew."""
    monkeypatch.setattr(clock_port, "_STARTED", time.monotonic())


@pytest.fixture
def sink() -> Iterator[Sink]:
    with run_sink() as found:
        yield found


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Move:
    """Move the clock to so long after the shop's own instant."""

    def move(later: timedelta = timedelta()) -> datetime:
        at = NOW + timedelta(minutes=1) + later
        monkeypatch.setenv("QUARTERDAY_NOW", at.isoformat())
        return at

    move(timedelta())
    return move


@pytest.fixture
def deliver(sink: Sink, clock: Move, settings: LazySettings) -> Callable[[], dict[str, Any]]:
    """Run the job that delivers."""
    from quarterday.jobs.deliver_messages import DeliverMessages

    settings.MESSAGE_TRANSPORTS = {"mail": sink.options}
    settings.PUBLIC_URL = "https://billing.shop.example"
    return DeliverMessages().run


__all__ = ["open_shop", "shop"]
