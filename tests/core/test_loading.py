"""Values, mappings and conditions: what is read from a cell, and how each refusal reads."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.loading.expression import parse_expression
from quarterday.core.loading.formats import parse_format
from quarterday.core.loading.mapped import parse_mapped
from quarterday.core.loading.mapping import parse_mapping
from quarterday.core.loading.problem import BadValue, make_problem
from quarterday.core.loading.record import read_record
from quarterday.core.loading.schema import RECORD_TYPES
from quarterday.core.loading.values import (
    read_count,
    read_data,
    read_date,
    read_flag,
    read_instant,
    read_number,
    read_text,
    read_whole,
    read_words,
)
from quarterday.core.money import plain
from quarterday.core.period import add_months


@pytest.mark.parametrize(
    "text",
    ["1_000", "1,000", "1.000,50", "1e3", "1E+2", "", "NaN", "inf", "٣", "0x1", "1 000", "$5", "."],
)
def test_numbers_that_can_be_read_in_two_ways_are_refused(text: str) -> None:
    with pytest.raises(BadValue, match="is not a plain number; write digits and a point"):
        read_number(text)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20
    )
)
def test_plain_numbers_are_read_exactly(value: Decimal) -> None:
    assert read_number(plain(value)) == value


@pytest.mark.parametrize(
    "text", ["31.03.2026", "03/31/2026", "2026-3-31", "20260331", "2026-03-31T00:00"]
)
def test_dates_of_other_forms_are_refused(text: str) -> None:
    with pytest.raises(BadValue, match=r"is not a date such as .* format = .date:%d.%m.%Y"):
        read_date(text)


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadValue, match="there is no day 2026-02-30; write a day of the calendar"):
        read_date("2026-02-30")


@pytest.mark.parametrize(
    ("read", "value", "said"),
    [
        (read_whole, "1.0", "is not a whole number"),
        (read_count, "40000", "40000 is beyond 32767"),
        (read_flag, "maybe", "neither yes nor no"),
        (read_instant, "2026-03-31T12:00:00", "says no time zone; add Z"),
        (read_instant, "noon", "is not an instant"),
        (read_text, 1.5, "is not text"),
        (read_text, True, "is not text"),
        (read_text, "a\x00b", "holds the character U+0000, which cannot be printed; remove it"),
        (read_text, "\x1b[31mred", "holds the character U+001B"),
        (read_text, "\ufeffA-1", "holds the character U+FEFF"),
        (read_text, "\ud800", "holds the character U+D800"),
        (read_text, "evil\u202egnp", "holds the character U+202E"),
        (read_count, "9" * 5000, "the number has 5000 digits; write a smaller number"),
        (read_date, "0001-01-01", "is no day that can be billed; give one from 1900-01-01"),
        (read_date, date.max, "is no day that can be billed; give one from 1900-01-01"),
        (read_instant, "0001-01-01T00:00:00+23:59", "is no day that can be billed"),
        (read_data, {"a": ["\x00"]}, "the text holds the character U+0000"),
        (read_data, {"\ud800": 1}, "the text holds the character U+D800"),
    ],
)
def test_other_values_say_what_to_write(read: Any, value: Any, said: str) -> None:
    with pytest.raises(BadValue) as error:
        read(value)
    assert said in str(error.value)


def test_lists_are_cut_at_semicolons() -> None:
    assert read_words(" A ; B;") == ["A", "B"]
    assert read_words(["A", "B"]) == ["A", "B"]


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        ("number:1,234.56", "1,234.5", Decimal("1234.5")),
        ("number:1.234,56", "1.234.567,89", Decimal("1234567.89")),
        ("number:1 234,56", "-1 234,5", Decimal("-1234.5")),
        ("number:1'234.56", "1'234", Decimal(1234)),
        ("number:1234,56", "1234,56", Decimal("1234.56")),
        ("date:%m/%d/%Y", "03/04/2026", date(2026, 3, 4)),
    ],
)
def test_formats_are_read(form: str, text: str, value: object) -> None:
    assert parse_format(form)(text) == value


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("number:1,234.56", "1.234,56"),
        ("number:1,234.56", "12,34"),
        ("number:1.234,56", "1,234.56"),
        ("number:1234,56", "1.234,56"),
        ("date:%d.%m.%Y", "31.02.2026"),
        ("date:%d.%m.%Y", "2026-03-31"),
    ],
)
def test_cells_of_another_format_are_refused(form: str, text: str) -> None:
    with pytest.raises(BadValue, match="correct the cell, or the format in the mapping"):
        parse_format(form)(text)


@pytest.mark.parametrize(
    "form", ["number:1.234.56", "number:12", "date:", "day", "date:dd.mm.yyyy"]
)
def test_unknown_formats_are_refused(form: str) -> None:
    with pytest.raises(BillingError, match="is no format"):
        parse_format(form)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 200))
def test_months_are_counted_as_periods_are(base: date, months: int) -> None:
    before = parse_expression({"column": "n", "months_before": base.isoformat()}, "f")
    after = parse_expression({"column": "n", "months_after": {"column": "d"}}, "f")
    assert before.value({"n": str(months)}) == add_months(base, -months)
    assert after.value({"n": str(months), "d": base.isoformat()}) == add_months(base, months)


@pytest.mark.parametrize(
    ("given", "row", "value"),
    [
        ("A", {"A": " x "}, "x"),
        ("A", {"A": "  "}, None),
        ({"constant": "DE"}, {}, "DE"),
        ({"column": "A", "default": "none"}, {"A": ""}, "none"),
        ({"column": "A", "lookup": {"Y": True, "N": ""}}, {"A": "Y"}, True),
        ({"column": "A", "lookup": {"Y": True, "N": ""}}, {"A": "N"}, None),
        ({"columns": ["A", "B"]}, {"A": "Example", "B": "GmbH"}, "Example GmbH"),
        ({"columns": ["A", "B"], "join": ", "}, {"A": "", "B": "GmbH"}, "GmbH"),
        ({"column": "A", "days_after": "2026-01-31"}, {"A": "1"}, date(2026, 2, 1)),
        ({"column": "A", "weeks_before": "2026-01-31"}, {"A": "2"}, date(2026, 1, 17)),
        ({"column": "A", "years_after": "2024-02-29"}, {"A": "1"}, date(2025, 2, 28)),
        ({"column": "A", "days_after": date(2026, 1, 31)}, {"A": ""}, None),
        (
            {"column": "A", "months_after": {"column": "B", "format": "date:%d.%m.%y"}},
            {"A": "1", "B": "31.01.26"},
            date(2026, 2, 28),
        ),
    ],
)
def test_expressions(given: Any, row: dict[str, str], value: object) -> None:
    assert parse_expression(given, "f").value(row) == value


@pytest.mark.parametrize(
    ("given", "row", "said"),
    [
        ({"column": "A", "lookup": {"Y": 1}}, {"A": "X"}, "'X' is not in the lookup (Y)"),
        ({"column": "A", "days_after": "2026-01-01"}, {"A": "x"}, "is not a whole number"),
        ({"column": "A", "days_after": {"column": "B"}}, {"A": "1", "B": ""}, "no date to count"),
        ({"column": "A", "years_after": "2026-01-01"}, {"A": "9999"}, "lead out of the calendar"),
    ],
)
def test_cells_that_an_expression_refuses(given: Any, row: dict[str, str], said: str) -> None:
    with pytest.raises(BadValue) as error:
        parse_expression(given, "f").value(row)
    assert said in str(error.value)
    assert error.value.column == "A"


ACCOUNT = {"external_id": "No", "name": "Name"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "makes nothing of a row"),
        ({"acount": {}}, "unknown table 'acount'"),
        ({"account": {**ACCOUNT, "nme": "x"}}, "[account] has an unknown key 'nme'"),
        ({"account": {"name": "Name"}}, "[account] needs external_id; say which column"),
        ({"account": {**ACCOUNT, "name": {"colum": "x"}}}, "[account] name: unknown key 'colum'"),
        (
            {"account": {**ACCOUNT, "name": 5}},
            "[account] name: write the name of a column, or { constant = 5 }",
        ),
        ({"account": {**ACCOUNT, "name": {"default": "x"}}}, "write either column"),
        (
            {"account": {**ACCOUNT, "name": {"constant": "x", "column": "y"}}},
            "[account] name: a constant stands alone",
        ),
        ({"account": {**ACCOUNT, "data": "No"}}, "[account] data: write a list of columns"),
        (
            {"account": {**ACCOUNT, "name": {"column": "N", "format": "number"}}},
            "[account] name: 'number' is no format",
        ),
        (
            {"account": {**ACCOUNT, "name": {"column": "N", "days_after": "today"}}},
            "[account] name.days_after: 'today' is not a date",
        ),
        (
            {
                "account": {
                    **ACCOUNT,
                    "name": {
                        "column": "N",
                        "days_after": "2026-01-01",
                        "days_before": "2026-01-01",
                    },
                }
            },
            "exclude each other",
        ),
        (
            {"account": {**ACCOUNT, "skip_when": {"is": "x"}}},
            "[account] skip_when: write a condition",
        ),
        (
            {"account": {**ACCOUNT, "skip_when": {"column": "x", "is": "1", "in": []}}},
            "a condition has one of is, is_not, in, is_empty",
        ),
        ({"account": ACCOUNT, "products": {"code": "x"}}, "write [[products]]"),
        ({"account": ACCOUNT, "products": [{"code": "x"}]}, "the mapping's product: name"),
        ({"account": ACCOUNT, "seller": [{}]}, "the mapping has one [seller], not several"),
        ({"account": "x"}, "account must be a table"),
    ],
)
def test_every_mistake_in_a_mapping_is_named(given: dict[str, Any], said: str) -> None:
    with pytest.raises(BillingError) as error:
        parse_mapping(given)
    assert said in str(error.value)


def test_a_mapping_names_the_column_that_is_missing() -> None:
    mapping = parse_mapping({"account": ACCOUNT})
    mapping.check_columns({"No": "", "Name": ""})
    with pytest.raises(BillingError, match="the file has no column 'Name'; it has No, Nam"):
        mapping.check_columns({"No": "", "Nam": ""})


def test_skipping_rows_and_parts_of_rows() -> None:
    mapping = parse_mapping(
        {
            "skip_when": [{"column": "Status", "in": ["test", "closed"]}],
            "account": ACCOUNT,
            "subscription": {
                "external_id": "No",
                "plan": {"constant": "web/monthly"},
                "start_on": "Start",
                "skip_when": {"column": "Start", "is_empty": True},
            },
        }
    )
    row = {"No": "1", "Name": "Example", "Status": "open", "Start": "2026-01-01"}
    assert [one.type for one in mapping.read_row(row)[0]] == ["account", "subscription"]
    assert [one.type for one in mapping.read_row({**row, "Start": " "})[0]] == ["account"]
    assert mapping.read_row({**row, "Status": "test"}) == ([], [])


def test_all_that_is_wrong_with_a_row_is_told_once() -> None:
    mapping = parse_mapping(
        {
            "account": ACCOUNT,
            "subscription": {
                "external_id": "No",
                "plan": {"constant": "web/monthly"},
                "amount": "Price",
                "start_on": "Start",
            },
        }
    )
    _, wrong = mapping.read_row({"No": "", "Name": "x", "Price": "1,5", "Start": "soon"})
    assert [error.column for error in wrong] == ["No", "Price", "Start"]


def test_texts_are_as_long_as_their_columns() -> None:
    _, (error,) = read_record("account", {"external_id": "x", "name": "n" * 201})
    assert str(error) == "the text has 201 characters; shorten it to 200"


def test_every_type_of_record_can_be_read() -> None:
    samples = {
        "text": "x",
        "number": "1.5",
        "count": 1,
        "date": "2026-01-31",
        "instant": "2026-01-31T00:00:00Z",
        "flag": True,
        "words": ["x"],
        "data": {"x": "y"},
        "rows": [{"x": "y"}],
        "settings": {"lead_days": "7"},
        "country": "DE",
        "currency": "EUR",
    }
    for kind, fields in RECORD_TYPES.items():
        given = {name: samples[field.kind] for name, field in fields.items()}
        record, wrong = read_record(kind, given)
        assert not wrong
        assert record.values.keys() == fields.keys()


def test_weeks_and_days_agree() -> None:
    weeks = parse_expression({"column": "n", "weeks_after": "2026-01-01"}, "f")
    assert weeks.value({"n": "3"}) == date(2026, 1, 1) + timedelta(days=21)


def test_data_of_too_many_levels_are_refused() -> None:
    data: Any = "end"
    for _ in range(40):
        data = {"inner": data}
    with pytest.raises(BadValue, match="it has more than 32 levels"):
        read_data(data)


@pytest.mark.parametrize(
    ("how", "value"),
    [
        ({"column": "Day", "format": "date:%d.%m.%Y"}, "2026-03-31"),
        ({"column": "Count", "format": "number:1.234,56"}, "1234.5"),
        ({"constant": date(2026, 3, 31)}, "2026-03-31"),
    ],
)
def test_days_and_numbers_in_data_are_text(how: dict[str, Any], value: str) -> None:
    mapped = parse_mapped(
        "account", {"external_id": "No", "name": "No", "data": {"it": how}}, "", {}
    )
    record, wrong = mapped.read_row({"No": "1", "Day": "31.03.2026", "Count": "1.234,50"})
    assert (record.values["data"], wrong) == ({"it": value}, [])


@pytest.mark.parametrize("form", ["date:%d%d", "date:%Q", "date:%Y(%", "date:today"])
def test_forms_of_dates_that_cannot_be_read_are_refused_at_once(form: str) -> None:
    with pytest.raises(BillingError, match="is no format; write date:"):
        parse_format(form)


def test_a_month_is_a_form_of_a_date() -> None:
    assert parse_format("date:%m/%Y")("02/2100") == date(2100, 2, 1)


def test_a_join_is_text() -> None:
    with pytest.raises(BillingError, match="name: join is text"):
        parse_expression({"columns": ["First", "Last"], "join": 5}, "name")


def test_what_is_shown_of_a_row_is_short_and_can_be_written() -> None:
    bad = BadValue("x" * 100_000, "y" * 100_000, "\ud800", "z" * 100_000)
    problem = make_problem("a.csv", 2, bad)
    assert len("".join(map(str, problem))) < 2000
    assert (problem.column, problem.value[:3]) == ("\\ud800", "zzz")
    assert "(100,000 characters)" in problem.value
    assert str(problem).encode()
