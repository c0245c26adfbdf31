"""Days on which banks settle, and what SEPA direct debits ask."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.sealing import derive_seal_key, open_text, seal_text
from quarterday.core.sepa import (
    Sequence,
    choose_sequence,
    clean_sepa_text,
    expires_on,
    is_mandate_reference,
    make_end_to_end_id,
    make_mandate_reference,
    plan_collection,
)
from quarterday.core.sepa_returns import RETURN_REASONS, read_return_reason
from quarterday.core.target_days import (
    add_target_days,
    find_easter,
    is_target_day,
    next_target_day,
)
from quarterday.ports.outcomes import DeclineCode

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
SIGNS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")
# As the almanacs have it, with the earliest and the latest that there are.
EASTER = "2000-04-23 2008-03-23 2024-03-31 2025-04-20 2026-04-05 2027-03-28 2038-04-25 2049-04-18"


@pytest.mark.parametrize("text", EASTER.split())
def test_easter(text: str) -> None:
    day = date.fromisoformat(text)
    assert find_easter(day.year) == day


@given(st.integers(1900, 2299))
def test_easter_is_a_sunday_in_spring(year: int) -> None:
    easter = find_easter(year)
    assert easter.weekday() == 6
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)


def test_a_year_of_target_days() -> None:
    year = [date(2026, 1, 1) + timedelta(days=one) for one in range(365)]
    closed = [day for day in year if day.weekday() < 5 and not is_target_day(day)]
    assert [f"{day:%m-%d}" for day in closed] == ["01-01", "04-03", "04-06", "05-01", "12-25"]


@given(days, st.integers(0, 30))
def test_target_days_are_counted(day: date, count: int) -> None:
    found = add_target_days(day, count)
    assert is_target_day(found)
    start = next_target_day(day)
    between = [start + timedelta(days=one) for one in range((found - start).days)]
    assert sum(is_target_day(one) for one in between) == count
    assert not any(is_target_day(day + timedelta(days=one)) for one in range((start - day).days))


@given(days, st.integers(1, 5), st.integers(1, 30))
def test_nobody_is_debited_before_the_notice_or_the_bank(day: date, lead: int, notice: int) -> None:
    found = plan_collection(day, lead_days=lead, notice_days=notice)
    assert is_target_day(found)
    assert found >= day + timedelta(days=notice)
    assert found >= add_target_days(day, lead)


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.booleans())
def test_a_mandate_has_one_first_and_one_last(refused: list[bool], ends: bool) -> None:
    """However many are refused before one is collected, that one is the first."""
    used, found = False, []
    for number, is_refused in enumerate(refused):
        is_last = ends and number == len(refused) - 1
        found.append(choose_sequence(is_one_off=False, was_used=used, is_last=is_last))
        used = used or not is_refused
    kept = [one for one, is_refused in zip(found, refused, strict=True) if not is_refused]
    assert kept[:1] in ([], [Sequence.FIRST])
    assert Sequence.FIRST not in kept[1:]
    assert Sequence.FINAL not in found[:-1]
    assert Sequence.ONE_OFF not in found


@given(st.text(max_size=200), st.integers(1, 140))
def test_texts_are_what_every_bank_takes(text: str, longest: int) -> None:
    clean = clean_sepa_text(text, longest)
    assert set(clean) <= SIGNS
    assert len(clean) <= longest
    assert "//" not in clean
    assert clean == clean.strip(" /")
    assert clean_sepa_text(clean, longest) == clean


@given(st.binary(min_size=16, max_size=16))
def test_references_fit(number: bytes) -> None:
    public_id = f"att_{number.hex()}"
    assert len(make_end_to_end_id(public_id)) == 32
    assert is_mandate_reference(make_mandate_reference(public_id))


@given(days, st.none() | days)
def test_use_keeps_a_mandate_alive(signed: date, used: date | None) -> None:
    end = expires_on(signed, used)
    assert timedelta(days=1094) <= end - (used or signed) <= timedelta(days=1096)


def test_every_reason_is_one_that_payers_are_told() -> None:
    for reason in [*RETURN_REASONS.values(), read_return_reason("")]:
        assert reason.decline in set(DeclineCode)
        assert not (reason.may_retry and reason.ends_mandate)


@given(st.text(), st.text(max_size=20), st.binary(min_size=12, max_size=12))
def test_sealed_texts_open_for_their_owner_alone(text: str, owner: str, nonce: bytes) -> None:
    old, new = derive_seal_key("old"), derive_seal_key("new")
    sealed = seal_text(text, owner=owner, key=old, nonce=nonce)
    assert open_text(sealed, owner=owner, keys=[new, old]) == text
    for other, keys in ((owner + "x", [old]), (owner, [new])):
        with pytest.raises(BillingError):
            open_text(sealed, owner=other, keys=keys)
