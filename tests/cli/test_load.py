"""Loading as a real process: what is said, the exit code, and a real customer list."""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.house.source import ROOT

TELCO = ROOT.parent / "shared" / "data" / "telco.csv"
MAPPING = ROOT / "examples" / "telco.toml"
HEADER = "customerID,tenure,MonthlyCharges,Churn,Contract,PaymentMethod\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text(f"{HEADER}E-1,3,10.50,No,One year,transfer\nE-2,x,9.99,Yes,One year,transfer\n")
    return path


def test_a_refused_row_is_told_with_its_remedy(
    fresh_database_url: str, run_command: Run, table: Path
) -> None:
    command = ("load", str(table), "--mapping", str(MAPPING))
    said = run_command(fresh_database_url, *command, status=4).stdout
    assert "Loaded customers.csv: 2 rows." in said
    assert "Refused 1 row:" in said
    assert "  3  tenure  x      'x' is not a whole number  write digits only, such as 12" in said
    again = run_command(fresh_database_url, *command, "--json", status=4).stdout
    data = json.loads(again)
    assert (data["created"], data["unchanged"], data["refused"]) == (0, 1, 1)
    assert data["problems"] == [
        {
            "file": "customers.csv",
            "row": 3,
            "column": "tenure",
            "value": "x",
            "reason": "'x' is not a whole number",
            "remedy": "write digits only, such as 12",
        }
    ]


def test_strict_and_dry_runs_leave_the_database_alone(
    fresh_database_url: str, run_command: Run, table: Path
) -> None:
    command = ("load", str(table), "--mapping", str(MAPPING))
    empty = run_command(fresh_database_url, "export", "all").stdout
    said = run_command(fresh_database_url, *command, "--strict", status=4).stdout
    assert said.startswith("Nothing was loaded (--strict) from customers.csv")
    said = run_command(fresh_database_url, *command, "--dry-run", status=4).stdout
    assert said.startswith("Dry run, nothing was changed: customers.csv")
    assert run_command(fresh_database_url, "export", "all").stdout == empty
    assert json.loads(run_command(fresh_database_url, "accounts", "list", "--json").stdout) == []


def test_two_loads_at_once_make_each_customer_once(
    fresh_database_url: str, run_quarterday: Run, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    rows = (f"E-{n},{n % 60},{n % 7 + 5}.50,No,One year,transfer" for n in range(1200))
    path.write_text(HEADER + "\n".join(rows))
    command = ("load", str(path), "--mapping", str(MAPPING), "--json")
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(run_quarterday, fresh_database_url, *command) for _ in range(2)]
    reports = [json.loads(run.result().stdout) for run in runs]
    assert sum(report["refused"] for report in reports) == 0
    again = json.loads(run_quarterday(fresh_database_url, *command).stdout)
    assert again["unchanged"] == 1200
    assert "Accounts         1,200" in run_quarterday(fresh_database_url, "check").stdout


@pytest.mark.parametrize(
    ("mapping", "status", "said"),
    [
        ("[account\n", 2, "mapping.toml is not TOML"),
        ("[acount]\n", 5, "the mapping has an unknown table 'acount'"),
        ('[account]\nexternal_id = "No"\nname = "No"\n', 5, "the file has no column 'No'"),
    ],
)
def test_a_mapping_that_cannot_be_used(
    fresh_database_url: str,
    run_command: Run,
    table: Path,
    tmp_path: Path,
    mapping: str,
    status: int,
    said: str,
) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(mapping)
    command = ("load", str(table), "--mapping", str(path))
    error = run_command(fresh_database_url, *command, status=status).stderr
    assert said in error
    assert "Traceback" not in error


def test_a_missing_file_is_named(fresh_database_url: str, run_command: Run) -> None:
    error = run_command(fresh_database_url, "load", "none.jsonl", status=2).stderr
    assert "there is no file none.jsonl" in error


def test_a_table_without_a_mapping_is_wrong_usage(
    fresh_database_url: str, run_command: Run, table: Path
) -> None:
    error = run_command(fresh_database_url, "load", str(table), status=2).stderr
    assert "--mapping" in error


@pytest.mark.skipif(not TELCO.exists(), reason=f"there is no {TELCO.name} beside the repository")
def test_a_real_customer_list(fresh_database_url: str, run_command: Run) -> None:
    """All rows load, twice; the last days of the replay bill what the list itself adds up to."""
    command = ("load", str(TELCO), "--mapping", str(MAPPING), "--json")
    first = json.loads(run_command(fresh_database_url, *command).stdout)
    assert (first["created"], first["refused"]) == (7043, 0)
    again = json.loads(run_command(fresh_database_url, *command).stdout)
    assert (again["unchanged"], again["created"], again["updated"]) == (7043, 0, 0)
    with TELCO.open(newline="") as file:
        rows = list(csv.DictReader(file))
    # Who began 72 months before is due on the first day, and so on: in the first two months
    # of the replay that are those with the longest tenure.
    due = [Decimal(row["MonthlyCharges"]) for row in rows if int(row["tenure"]) >= 71]
    twice = [Decimal(row["MonthlyCharges"]) for row in rows if int(row["tenure"]) == 72]
    done = run_command(
        fresh_database_url, "run", "--from", "2020-11-01", "--to", "2020-12-01", "--json"
    )
    summary = json.loads(done.stdout)
    assert summary["invoices"] == len(due) + len(twice)
    assert summary["invoiced"] == {"USD": str(sum(due) + sum(twice))}
    assert summary["skipped"] == []
