"""Matching holds its bounds on months whose truth is known, and finds its way through the books."""

from __future__ import annotations

from collections import Counter

import pytest

from quarterday.core.matching import Debt, DebtIndex, Payer, match
from quarterday.core.matching_types import Verdict
from quarterday.services.bench.bank_month import Month, make_month
from quarterday.services.bench.bench_matching import bench_matching
from quarterday.store.models import BankMatch
from quarterday.store.queries.check.bank import check_bank
from quarterday.store.queries.check.matches import check_matches
from tests.services.till import NOW


def make_index(month: Month) -> DebtIndex:
    style = month.world.style
    debts = [
        Debt(
            str(one.number), one.customer.external_id, style.label(one.number), one.number,
            style.prefix, style.digits, one.amount_minor, "EUR", one.due_on,
        )
        for one in month.world.list_bills()
    ]  # fmt: skip
    payers = [
        Payer(
            one.external_id, one.name, "EUR", one.external_id, (),
            (one.iban,) if one.is_known else (),
        )
        for one in month.world.customers
    ]  # fmt: skip
    return DebtIndex(debts, payers)


@pytest.mark.parametrize(("seed", "is_second"), [(1, False), (3, False), (2027, True)])
def test_no_wrong_booking_and_almost_all_found(seed: int, is_second: bool) -> None:
    month = make_month(seed, 800, is_second=is_second)
    index, ends = make_index(month), Counter[str]()
    for line in month.lines:
        truth, found = month.truth[line.key], match(line, index)
        best = found.candidates[0] if found.candidates else None
        is_right = (
            best is not None
            and best.account == f"K{truth.customer:05d}"
            and {int(key) for key in best.invoices} == truth.invoices
        )
        if found.verdict is Verdict.CERTAIN:
            assert is_right, (line, truth, best)
            assert best is not None
            ends["booked"] += 1
            index.take(best.invoices, line.amount_minor)
        if truth.is_findable and truth.customer:
            ends["findable"] += 1
            ends["found"] += is_right
    assert ends["found"] >= 0.97 * ends["findable"]
    assert ends["booked"] >= 0.5 * ends["findable"]


def test_the_same_month_is_the_same_month() -> None:
    assert make_month(5, 200).lines == make_month(5, 200).lines
    assert make_month(5, 200).lines != make_month(6, 200).lines


@pytest.mark.django_db
def test_the_bench_goes_through_statements_and_books() -> None:
    told: Counter[str] = Counter()

    def count(step: str, number: int) -> None:
        told[step] += number

    figures = bench_matching(200, seed=1, now=NOW, progress=count)
    assert figures["booked_wrongly"] == 0
    assert figures["found_percent"] >= 97
    assert (
        figures["booked"]
        == BankMatch.objects.filter(status="booked", line__statement__name="month").count()
    )
    assert told["lines matched"] == figures["lines"]
    assert [*check_bank(), *check_matches()] == []
