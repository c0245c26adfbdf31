"""Tables on terminals: names fold where it is narrow, amounts and dates never."""

from __future__ import annotations

import pytest

from quarterday.cli.output import Column, print_list, print_table

COLUMNS = (Column("Account"), Column("For"), Column("Total", right=True))
ROWS = [("H0001", "Web space Pro, monthly, with backup", "1,234.56 EUR")]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Output as on a terminal."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    return monkeypatch


@pytest.mark.parametrize(("width", "lines"), [(80, 2), (40, 4), (20, 2)])
def test_words_fold_and_amounts_stay_whole(
    terminal: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int, lines: int
) -> None:
    terminal.setenv("COLUMNS", str(width))
    assert print_table(COLUMNS, ROWS) == 1
    said = capsys.readouterr().out
    assert "1,234.56 EUR" in said
    assert "H0001" in said
    assert len(said.splitlines()) == lines


def test_columns_that_say_nothing_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    records = [
        {"seller": "web", "label": "INV-1", "end_on": None, "open": "79", "currency": "EUR"},
        {"seller": "web", "label": "INV-2", "end_on": None, "open": "1234.5", "currency": "EUR"},
    ]
    print_list(records, "label seller end_on open+")
    assert capsys.readouterr().out == (
        "Label          Open\nINV-1     79.00 EUR\nINV-2  1,234.50 EUR\n"
    )
    print_list([*records, records[0] | {"seller": "air"}], "label seller open+")
    assert "Seller" in capsys.readouterr().out
