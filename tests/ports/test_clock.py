from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from quarterday.core.errors import BillingError
from quarterday.ports.clock import VARIABLE, read_now


def test_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert abs(read_now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_rehearsal_starts_when_it_says_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2027-01-31T09:00+01:00")
    first, second = read_now(), read_now()
    assert datetime(2027, 1, 31, 8, tzinfo=UTC) <= first <= second
    assert second - first < timedelta(seconds=5)


@pytest.mark.parametrize("text", ["tomorrow", "2027-01-31", "2027-01-31T09:00"])
def test_what_is_no_instant_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(BillingError, match="with its offset"):
        read_now()
