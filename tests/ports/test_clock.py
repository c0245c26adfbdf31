from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from quarterday.core.errors import BillingError
from quarterday.ports.clock import VARIABLE, read_now

CLOSE = timedelta(seconds=5)


def test_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert abs(read_now() - datetime.now(UTC)) < CLOSE


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("31d", timedelta(days=31)),
        ("-2h", timedelta(hours=-2)),
        ("+90s", timedelta(seconds=90)),
    ],
)
def test_a_rehearsal_moves_it(monkeypatch: pytest.MonkeyPatch, text: str, shift: timedelta) -> None:
    monkeypatch.setenv(VARIABLE, text)
    assert abs(read_now() - datetime.now(UTC) - shift) < CLOSE


@pytest.mark.parametrize("text", ["tomorrow", "31", "2027-01-31", "d", "1w"])
def test_what_is_no_shift_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(BillingError, match="such as 31d"):
        read_now()
