from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from quarterday.core.errors import BillingError
from quarterday.ports.clock import SHIFT, VARIABLE, is_moved, read_now

CLOSE = timedelta(seconds=5)


@pytest.fixture(autouse=True)
def real_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SHIFT, raising=False)
    monkeypatch.delenv(VARIABLE, raising=False)


def test_it_is_now() -> None:
    assert abs(read_now() - datetime.now(UTC)) < CLOSE
    assert not is_moved()


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("31d", timedelta(days=31)),
        ("-2h", timedelta(hours=-2)),
        ("+90s", timedelta(seconds=90)),
    ],
)
def test_a_rehearsal_moves_it(monkeypatch: pytest.MonkeyPatch, text: str, shift: timedelta) -> None:
    monkeypatch.setenv(SHIFT, text)
    assert abs(read_now() - datetime.now(UTC) - shift) < CLOSE
    assert is_moved()


def test_a_rehearsal_starts_when_it_says_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2027-01-31T09:00+01:00")
    first, second = read_now(), read_now()
    assert datetime(2027, 1, 31, 8, tzinfo=UTC) <= first <= second
    assert second - first < CLOSE


@pytest.mark.parametrize("text", ["tomorrow", "31", "2027-01-31", "d", "1w"])
def test_what_is_no_shift_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(SHIFT, text)
    with pytest.raises(BillingError, match="such as 31d"):
        read_now()


@pytest.mark.parametrize("text", ["tomorrow", "2027-01-31", "2027-01-31T09:00"])
def test_what_is_no_instant_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(BillingError, match="with its offset"):
        read_now()
