"""How much credit may be paid in, for all amounts; and the code that banking apps read."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as some

from quarterday.core.credit_transfer import make_transfer_code, show_iban
from quarterday.core.errors import BillingError
from quarterday.core.funds import check_funds, read_limits

amounts = some.integers(1, 10**9)


@given(some.tuples(amounts, amounts, amounts), amounts, some.integers(0, 10**9))
def test_what_is_added_keeps_all_limits(
    given_limits: tuple[int, int, int], amount: int, balance: int
) -> None:
    low, high, most = sorted(given_limits)
    data = {"EUR": {"min_minor": low, "max_minor": high, "max_balance_minor": most}}
    limits = read_limits(data, "EUR")
    allowed = low <= amount <= high and balance + amount <= most
    accepted = False
    with suppress(BillingError):
        accepted = check_funds(limits, amount, balance) == amount
    assert accepted == allowed
    assert limits.find_most(balance) <= max(0, most - balance)


@given(some.integers(1, 99_999_999_999), some.text(max_size=200))
def test_a_code_has_twelve_lines_at_most_whatever_the_holder_is_called(
    amount: int, holder: str
) -> None:
    code = make_transfer_code(
        holder=holder, iban="DE89370400440532013000", amount_minor=amount, reference="RF18539"
    )
    lines = code.split("\n")
    assert len(lines) == 10
    assert lines[6] == "DE89370400440532013000"
    assert lines[7] == f"EUR{amount // 100}.{amount % 100:02}"


@given(some.text("0123456789ABCDEF", min_size=15, max_size=34))
def test_an_iban_reads_the_same_with_its_spaces(iban: str) -> None:
    assert show_iban(iban).replace(" ", "") == iban
