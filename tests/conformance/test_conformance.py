"""The worked cases pass, each expectation is really compared, and nothing is skipped in silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.__main__ import main
from tests.conformance.case import Case, read_cases
from tests.conformance.runner import Outcome, Status, render_table, run_case, run_file

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"
# Told in words, or wrong answers to be recognised: another wording is no other answer.
UNFIT_TO_CHANGE = ("error", "wrong_", "sum_of_per_fee_rounding")

needs_cases = pytest.mark.skipif(
    not CASES.is_dir(), reason=f"the worked cases are not here: no directory {CASES}"
)
DATES: dict[str, Any] = {
    "given": {"date": "2026-01-31", "add": {"months": 1}},
    "expect": {"date": "2026-02-28"},
}


def shared_files() -> list[Path]:
    return sorted(CASES.glob("*.json"))


def run_one(tmp_path: Path, **fields: Any) -> Outcome:
    """What becomes of one case of our own."""
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"cases": [{"id": "own-1", **DATES, **fields}]}))
    (outcome,) = run_file(path).outcomes
    return outcome


@needs_cases
@pytest.mark.parametrize("path", shared_files(), ids=lambda path: path.stem)
def test_the_worked_cases_pass(path: Path) -> None:
    result = run_file(path)
    assert result.outcomes
    assert not result.count(Status.FAILED), render_table([result])


@needs_cases
@pytest.mark.parametrize("path", shared_files(), ids=lambda path: path.stem)
def test_another_figure_in_any_place_fails(path: Path) -> None:
    survived = [
        (case.id, name, changed)
        for case in read_cases(path)
        if not case.skip_reason
        for name, changed in changed_expectations(case)
        if run_case(replace(case, expect={**case.expect, name: changed})).status
        is not Status.FAILED
    ]
    assert not survived


@needs_cases
@pytest.mark.parametrize("path", shared_files(), ids=lambda path: path.stem)
def test_a_field_that_nobody_reads_fails(path: Path) -> None:
    for case in read_cases(path):
        if not case.skip_reason:
            odd = replace(case, given={**case.given, "phase_of_the_moon": "full"})
            assert run_case(odd).status is Status.FAILED, case.id


def changed_expectations(case: Case) -> Iterator[tuple[str, Any]]:
    for name, value in case.expect.items():
        if not name.startswith(UNFIT_TO_CHANGE):
            yield from ((name, changed) for changed in changed_leaves(value))


def changed_leaves(value: Any) -> Iterator[Any]:
    """The value with one figure, date or flag in it changed, for each of them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ({**value, key: changed} for changed in changed_leaves(inner))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            for changed in changed_leaves(inner):
                yield [*value[:place], changed, *value[place + 1 :]]
    else:
        yield changed_leaf(value)


def changed_leaf(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return not value
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return f"1901{value[4:]}"
    return str(number + Decimal(1).scaleb(min(0, int(number.as_tuple().exponent))))


def test_a_right_case_passes(tmp_path: Path) -> None:
    assert run_one(tmp_path).status is Status.PASSED


def test_a_wrong_expectation_fails_and_says_what_we_got(tmp_path: Path) -> None:
    outcome = run_one(tmp_path, expect={"date": "2026-03-03"})
    assert outcome.status is Status.FAILED
    assert outcome.reason == 'date: expected "2026-03-03", got 2026-02-28'


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"given": {"tea": "Assam"}}, "no adapter knows a case that gives tea"),
        ({"given": DATES["given"] | {"hour": 3}}, "does not read given.hour"),
        ({"expect": DATES["expect"] | {"weekday": 6}}, "does not answer expect.weekday"),
        ({"given": {"date": "2026-01-31", "add": {"moons": 1}}}, "a date plus moons"),
        ({"given": {"date": "2026-01-31", "add": 7}}, "broke off: TypeError"),
        ({"rule": "some_other_family", "house": "true", "expect": {"tea": 1}}, "expect.tea"),
    ],
)
def test_what_cannot_be_expressed_fails(tmp_path: Path, fields: dict[str, Any], why: str) -> None:
    outcome = run_one(tmp_path, **fields)
    assert outcome.status is Status.FAILED
    assert why in outcome.reason


def test_another_engines_own_choice_is_skipped(tmp_path: Path) -> None:
    outcome = run_one(tmp_path, house=True, expect={"date": "whenever"})
    assert outcome.status is Status.SKIPPED


def test_a_family_decided_against_is_skipped_by_the_number_of_the_rule(tmp_path: Path) -> None:
    run_one(tmp_path, rule="both_end_days_counted")
    table = render_table([run_file(tmp_path / "own.json")])
    assert "(1 billing rule 3 decides against both_end_days_counted)" in table.splitlines()[1]


def test_bad_input_that_is_refused_is_what_an_error_expects(tmp_path: Path) -> None:
    given = {
        "billing_mode": "in_advance",
        "period": "monthly",
        "anchor_day": 15,
        "start_date": "2026-03-30",
        "end_date": "2026-01-15",
        "bill_through_target_date": "2026-04-15",
    }
    assert run_one(tmp_path, given=given, expect={"error": "bad"}).status is Status.PASSED
    assert run_one(tmp_path, given=given, expect={"periods": []}).status is Status.FAILED
    right = given | {"end_date": "2026-05-15"}
    assert run_one(tmp_path, given=right, expect={"error": "bad"}).status is Status.FAILED


@pytest.mark.parametrize("text", ["", "[]", '{"cases": [1]}', '{"cases": [{"id": "own-1"}]}'])
def test_a_file_that_cannot_be_read_is_a_failure(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.json").write_text(text)
    assert main([str(tmp_path)]) == 1


def test_the_exit_code_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    run_one(tmp_path)
    assert main([str(tmp_path)]) == 0
    run_one(tmp_path, expect={"date": "2026-03-03"})
    assert main([str(tmp_path)]) == 1
    assert "FAILED own-1: date: expected" in capsys.readouterr().out
