"""Statements that overlap add nothing, and payments that are truly equal are all kept."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.bank_number import is_iban, plain_number, same_account
from quarterday.core.statement import (
    StatementEntry,
    find_batch_problem,
    find_new,
    list_lines,
)

DAY = date(2026, 3, 1)
entries = st.builds(
    StatementEntry,
    booked_on=st.integers(0, 4).map(lambda days: DAY + timedelta(days=days)),
    amount_minor=st.sampled_from([-500, 0, 500, 1000]),
    currency=st.just("EUR"),
    text=st.sampled_from(["", "rent", "Rent ", "invoice 1"]),
    unique_reference=st.sampled_from(["", "", "R1", "R2"]),
)
accounts = st.lists(entries, max_size=40).map(
    lambda found: sorted(found, key=lambda one: one.booked_on)
)


def days_of(rows: list[StatementEntry], first: int, last: int) -> list[StatementEntry]:
    """What a statement from one day to another says."""
    begin, end = DAY + timedelta(days=first), DAY + timedelta(days=last)
    return [row for row in rows if begin <= row.booked_on <= end]


@given(
    accounts, st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6), st.randoms()
)
def test_any_statements_in_any_order_give_each_line_once(
    rows: list[StatementEntry], spans: list[tuple[int, int]], chance: object
) -> None:
    known: dict[str, StatementEntry] = {}
    for first, last in [*spans, (0, 4)]:
        part = days_of(rows, min(first, last), max(first, last))
        for line in find_new(list_lines(part), known):
            assert line.fingerprint not in known
            known[line.fingerprint] = line.entry
    moved = Counter(row.amount_minor for row in rows if row.amount_minor)
    assert Counter(row.amount_minor for row in known.values()) == moved


@given(accounts)
def test_a_file_of_several_statements_counts_on(rows: list[StatementEntry]) -> None:
    whole = [line.fingerprint for line in list_lines(rows)]
    seen: Counter[tuple[object, ...]] = Counter()
    halves = list_lines(rows[: len(rows) // 2], seen) + list_lines(rows[len(rows) // 2 :], seen)
    assert [line.fingerprint for line in halves] == whole
    assert len(set(whole)) == len(whole)


@given(st.lists(st.integers(-1000, 1000).filter(bool), min_size=2, max_size=6), st.booleans())
def test_a_batch_is_known_by_its_sum_and_by_its_parts(
    amounts: list[int], first_whole: bool
) -> None:
    total = StatementEntry(DAY, sum(amounts), "EUR", unique_reference="R1")
    parts = tuple(StatementEntry(DAY, one, "EUR") for one in amounts)
    split = StatementEntry(DAY, sum(amounts), "EUR", unique_reference="R1", parts=parts)
    assert not find_batch_problem(total, parts)
    assert find_batch_problem(total, [*parts, parts[0]])
    first, then = ([total], [split]) if first_whole and sum(amounts) else ([split], [total])
    known = {line.fingerprint for line in list_lines(first)}
    assert not find_new(list_lines(then), known)


@given(
    st.text("0123456789", min_size=8, max_size=8), st.text("0123456789", min_size=10, max_size=10)
)
def test_a_german_account_is_known_by_bank_code_and_number(bank: str, number: str) -> None:
    rest = f"{bank}{number}131400"
    iban = f"DE{98 - int(rest) % 97:02}{bank}{number}"
    assert is_iban(iban)
    assert same_account(iban, f"{iban[:4]} {iban[4:]}")
    plain = number.lstrip("0")
    if len(plain) >= 5:
        assert same_account(f"{bank}/{plain}", iban)
        assert same_account(plain_number(f"{bank}/{number}EUR"), iban)
        wrong = str((int(plain[0]) % 9) + 1) + plain[1:]
        assert same_account(f"{bank}/{wrong}", iban) == (wrong == plain)
