"""Files become rows: encodings, delimiters, broken rows, and what cannot be read at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.ports.importer import SourceRow, list_importers, read_source


def read(path: Path, content: bytes | str, **source: Any) -> list[SourceRow]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_source(path, source))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "customers.csv"


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    return tmp_path / "customers.jsonl"


def test_importers_are_found_by_themselves() -> None:
    assert set(list_importers()) == {"csv", "jsonl"}


def test_rows_are_counted_as_a_spreadsheet_does(table: Path) -> None:
    rows = read(table, 'No,Name\n1,"Two\nlines"\n\n3,Three\n')
    assert [(row.number, dict(row.values)) for row in rows] == [
        (2, {"No": "1", "Name": "Two\nlines"}),
        (4, {"No": "3", "Name": "Three"}),
    ]


@pytest.mark.parametrize(
    ("content", "source"),
    [
        ("No,Name\n1,Käse\n".encode(), {}),
        ("No,Name\n1,Käse\n".encode("utf-8-sig"), {}),
        ("No,Name\n1,Käse\n".encode("utf-8-sig"), {"encoding": "utf-8-sig"}),
        ("No,Name\n1,Käse\n".encode("latin-1"), {"encoding": "latin-1"}),
        ("No;Name\r\n1;Käse\r\n".encode("cp1252"), {"encoding": "cp1252", "delimiter": ";"}),
        ("No\tName\n1\tKäse\n".encode(), {"delimiter": "\t"}),
        ("No,Name\n1,'Käse'\n".encode(), {"quote": "'"}),
    ],
)
def test_encodings_and_dialects(table: Path, content: bytes, source: dict[str, str]) -> None:
    (row,) = read(table, content, **source)
    assert dict(row.values) == {"No": "1", "Name": "Käse"}


def test_a_row_in_another_encoding_is_a_problem_of_its_own(table: Path) -> None:
    good, bad = read(table, b"No,Name\n1,Example\n2,K\xe4se\n")
    assert good.problem is None
    assert bad.number == 3
    assert bad.problem == (
        "has bytes that are not of the encoding of the file",
        'say which it has in the [source] of the mapping, such as encoding = "latin-1"',
    )


def test_a_row_of_another_length_is_a_problem_of_its_own(table: Path) -> None:
    bad, good = read(table, "No,Name\n1,2,3\n4,Four\n")
    assert bad.problem is not None
    assert bad.problem[0] == "the row has 3 cells, but there are 2 columns"
    assert good.values["Name"] == "Four"


@pytest.mark.parametrize(
    ("content", "source", "said"),
    [
        ("", {}, "does not begin with a row of column names"),
        ("No,No\n1,2\n", {}, "has two columns 'No'; rename one of them"),
        (b"K\xe4se\n1\n", {}, "the header of customers.csv has bytes"),
        ("No\n", {"encoding": "klingon"}, "encoding 'klingon' is unknown; use utf-8"),
        ("No\n", {"encoding": "rot13"}, "encoding 'rot13' is unknown; use utf-8"),
        ("No\n", {"encoding": "idna"}, "encoding 'idna' is unknown; use utf-8"),
        ("No\n", {"encoding": "a\x00b"}, "is unknown; use utf-8"),
        ("No\n", {"delimiter": ";;"}, "one different character each"),
        ("No\n", {"colour": "red"}, "unknown key 'colour'; csv knows format, encoding"),
        ("No\n", {"delimiter": 1}, "[source] delimiter must be text in quotes, not 1"),
        ("No\n", {"format": "xml"}, "is of no known format (xml)"),
    ],
)
def test_what_cannot_be_read_says_why(
    table: Path, content: str | bytes, source: dict[str, Any], said: str
) -> None:
    with pytest.raises(BillingError) as error:
        read(table, content, **source)
    assert said in str(error.value)


def test_a_missing_file_is_named(table: Path) -> None:
    with pytest.raises(BillingError, match=r"there is no file .*customers.csv"):
        read_source(table, {})


def test_json_lines_keep_numbers_exact(lines: Path) -> None:
    (row,) = read(lines, '{"amount": 0.1000000000000000055, "count": 3}\n\n')
    assert row.values == {"amount": "0.1000000000000000055", "count": 3}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{no\n", "the line is not JSON"),
        ("[1]\n", "the line is not an object"),
        (b'{"a": "K\xe4se"}\n', "has bytes"),
    ],
)
def test_a_bad_line_is_a_problem_of_its_own(lines: Path, content: str | bytes, said: str) -> None:
    content = content.encode() if isinstance(content, str) else content
    good, bad = read(lines, b'{"a": 1}\n' + content)
    assert (good.number, good.problem) == (1, None)
    assert bad.number == 2
    assert bad.problem is not None
    assert said in bad.problem[0]


def test_reading_does_not_hold_the_file_in_memory(table: Path) -> None:
    table.write_text("No\n" + "1\n" * 100)
    rows = read_source(table, {})
    assert next(rows).number == 2
    with table.open("a") as file:
        file.write("last\n")
    assert [row.values["No"] for row in rows][-1] == "last"


@pytest.mark.parametrize(
    ("rest", "reason", "remedy"),
    [
        (b'"2\n3\n', "unexpected end of data", "check the quotes here"),
        (b'"2"3\n4\n', "expected after", "check the quotes here"),
        (b"x" * 2_000_000, "more than a million characters", "check the quotes here"),
        (b'"' + b"x\n" * 1_000_000, "field larger", "check the quotes here"),
    ],
)
def test_a_table_that_breaks_off_keeps_what_came_before(
    table: Path, rest: bytes, reason: str, remedy: str
) -> None:
    good, bad = read(table, b"No\n1\n" + rest)
    assert (good.values["No"], good.problem) == ("1", None)
    assert bad.number == 3
    assert bad.problem is not None
    assert bad.problem[0].startswith("the file breaks off here, and nothing after it was read")
    assert reason in bad.problem[0]
    assert bad.problem[1].startswith(remedy)


@pytest.mark.parametrize("name", ["table", "lines"])
def test_text_that_is_cut_in_the_middle_of_a_character(
    name: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(name)
    content = ("No\n1\n" if name == "table" else '{"No": 1}\n').encode("utf-16")
    *_, bad = read(path, content[:-1], encoding="utf-16")
    assert bad.problem is not None
    assert "breaks off here" in bad.problem[0]
    assert "check the encoding" in bad.problem[1]


def test_a_huge_cell_is_left_to_its_field(table: Path) -> None:
    huge, small = read(table, "No\n" + "x" * 200_000 + "\n2\n")
    assert (len(huge.values["No"]), small.values["No"]) == (200_000, "2")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"a": ' + "[" * 40 + "]" * 40 + "}", "more than 32 levels"),
        ('{"a": ' + "[" * 100_000, "is not JSON"),
        ('{"a": "' + "x" * 1_100_000 + '"}', "more than a million characters"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "the name 'c' stands in it twice"),
        ('{"a": ' + "9" * 5000 + "}", "is not JSON"),
    ],
)
def test_a_line_that_cannot_be_worked_with_is_a_problem_of_its_own(
    lines: Path, line: str, said: str
) -> None:
    bad, good = read(lines, f'{line}\n{{"a": 1}}\n')
    assert (good.number, good.problem) == (2, None)
    assert bad.problem is not None
    assert said in bad.problem[0]
