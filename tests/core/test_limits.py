"""The bounds of amounts and days, and what they hold back."""

from __future__ import annotations

from datetime import date

import pytest

from quarterday.core.errors import BillingError
from quarterday.core.limits import FIRST_DAY, LAST_DAY, MOST_MINOR, check_day, check_minor
from quarterday.core.period import Anchoring, Cadence, Schedule


def test_the_largest_amounts_are_the_same_both_ways() -> None:
    assert check_minor(MOST_MINOR) == -check_minor(-MOST_MINOR) == MOST_MINOR
    for beyond in (MOST_MINOR + 1, -MOST_MINOR - 1, 2**63, 10**29):
        with pytest.raises(BillingError, match=r"the amount has \d+ digits"):
            check_minor(beyond)


def test_thousands_of_the_largest_amounts_can_be_summed_in_64_bits() -> None:
    assert 9_000 * MOST_MINOR < 2**63


@pytest.mark.parametrize("day", [date.min, date.max, date(1899, 12, 31), date(3000, 1, 1)])
def test_days_beyond_are_refused(day: date) -> None:
    with pytest.raises(BillingError, match="is no day that can be billed"):
        check_day(day)


@pytest.mark.parametrize("text", ["101 years", "1201 months", "36526 days", "1000000000000 weeks"])
def test_a_cadence_of_more_than_a_hundred_years_is_refused(text: str) -> None:
    with pytest.raises(BillingError, match="is longer than 100 years; choose a shorter one"):
        Cadence.parse(text)


@pytest.mark.parametrize("text", ["100 years", "1200 months", "36525 days", "5217 weeks"])
@pytest.mark.parametrize("day", [FIRST_DAY, date(2000, 2, 29), date(2100, 2, 28), LAST_DAY])
def test_every_allowed_day_has_a_period_around_it(text: str, day: date) -> None:
    schedule = Schedule.anchored(day, Cadence.parse(text), Anchoring.START)
    for on in (FIRST_DAY, day, LAST_DAY):
        assert schedule.containing(on).holds(on)
