"""The books in other forms: the same bytes for the same facts, and accepted by other tools."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from quarterday.core.errors import BillingError
from quarterday.store.models import Account, Invoice, JournalEntry, Posting
from quarterday.store.queries.exports import export_all, export_beancount, export_ledger_csv
from quarterday.store.queries.exports.cells import safe_cell
from quarterday.store.queries.exports.names import make_link, name_accounts, name_opening, quote
from tests.databases import Databases
from tests.house.source import ROOT
from tests.store.damage import damage, remove_guards

ENTRY_KINDS = set(
    "invoice credit_note payment refund deposit credit_grant credit_use credit_expiry "
    "credit_reversal reversal write_off".split()
)


def write_books(url: str, folder: Path) -> Path:
    """Make the business in a new database and write it, as real processes do."""
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-m", "tests.store.write_books", str(folder)],
        env=os.environ | {"QUARTERDAY_DATABASE_URL": url},
        cwd=ROOT,
        check=True,
    )
    return folder


@pytest.fixture(scope="module")
def written(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The books of the business, written once for this file."""
    url = databases.create()
    folder = write_books(url, tmp_path_factory.mktemp("books") / "first")
    databases.drop(url)
    return folder


def exported(export: Callable[..., int], **options: object) -> str:
    """What an export writes."""
    text = io.StringIO()
    export(text.write, **options)
    return text.getvalue()


def bean_check(path: Path) -> str:
    """What bean-check says about a file; nothing when it is right."""
    program = Path(sys.executable).with_name("bean-check")
    done = subprocess.run([str(program), "--no-cache", str(path)], capture_output=True, text=True)
    return done.stdout + done.stderr


def test_the_same_facts_are_the_same_bytes_on_every_database(written: Path, tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.mkdir()
    other = write_books(Databases(path, None).create(), tmp_path / "second")
    for name in ("all.jsonl", "unnumbered.jsonl", "ledger.csv"):
        here, there = (written / name).read_text(), (other / name).read_text()
        if name == "ledger.csv":
            # Public ids stand in for what has no name of its own, and those are made by chance.
            here, there = (text.count("\n") for text in (here, there))
        assert here == there, name


@pytest.mark.usefixtures("books")
def test_every_document_and_every_posting_is_exported() -> None:
    records = [json.loads(line) for line in exported(export_all).splitlines()]
    kinds = defaultdict(list)
    for record in records:
        kinds[record["record"]].append(record)
    assert len(kinds["invoice"]) == Invoice.objects.count()
    assert sum(one["total_minor"] for one in kinds["invoice"]) == sum(
        Invoice.objects.values_list("total_minor", flat=True)
    )
    assert sum(len(one["postings"]) for one in kinds["entry"]) == Posting.objects.count()
    assert {one["kind"] for one in kinds["entry"]} == ENTRY_KINDS
    assert set(kinds) == {
        "account", "item", "invoice", "credit_note", "payment", "refund", "grant", "entry",
    }  # fmt: skip


@pytest.mark.usefixtures("books")
def test_the_canonical_export_names_no_key_no_chance_and_no_clock() -> None:
    text = exported(export_all)
    names = [*Account.objects.values_list("public_id", flat=True)]
    names += Invoice.objects.values_list("public_id", flat=True)
    assert not [name for name in names if name in text]
    assert '_at":' not in text
    assert '_id":' not in text.replace('"external_id":', "")


@pytest.mark.usefixtures("books")
def test_without_numbers_only_the_numbers_are_left_out() -> None:
    with_numbers = exported(export_all).splitlines()
    without = exported(export_all, numbers=False)
    assert "INV-" in with_numbers[-1] or any("INV-" in line for line in with_numbers)
    assert "INV-" not in without
    assert "CN-" not in without
    assert len(without.splitlines()) == len(with_numbers)


@pytest.mark.usefixtures("books")
def test_documents_that_exchanged_their_numbers_are_the_same_without_them() -> None:
    before, plain = exported(export_all), exported(export_all, numbers=False)
    one, other = Invoice.objects.filter(
        seller__code="hosting", issued_on=date(2025, 1, 1)
    ).order_by("id")[:2]
    remove_guards()
    sql = "UPDATE store_invoice SET number = %s, label = %s WHERE id = %s"
    damage(sql, 10**6, "none", one.id)
    damage(sql, one.number, one.label, other.id)
    damage(sql, other.number, other.label, one.id)
    assert exported(export_all) != before
    assert exported(export_all, numbers=False) == plain


@pytest.mark.parametrize("name", ["ledger", "range", "one"])
def test_bean_check_accepts_the_ledger(written: Path, name: str) -> None:
    path = written / f"{name}.beancount"
    assert " balance " in path.read_text()
    assert bean_check(path) == ""


def test_the_ledger_has_every_kind_of_entry(written: Path) -> None:
    text = (written / "ledger.beancount").read_text()
    assert {word[1:] for word in text.split() if word.startswith("#")} >= ENTRY_KINDS


@pytest.mark.parametrize("name", ["ledger", "range"])
def test_bean_check_sees_a_lost_transaction(written: Path, tmp_path: Path, name: str) -> None:
    parts = (written / f"{name}.beancount").read_text().split("\n\n")
    lost = next(n for n, part in enumerate(parts) if "#invoice" in part)
    path = tmp_path / "lost.beancount"
    path.write_text("\n\n".join(parts[:lost] + parts[lost + 1 :]))
    assert "Balance failed" in bean_check(path)


def test_a_range_opens_with_what_came_before(written: Path) -> None:
    text = (written / "range.beancount").read_text()
    days = {line[:10] for line in text.splitlines() if " * " in line}
    assert min(days) == "2025-02-04"
    assert "2025-02-04 open Equity:Hosting:Opening-Balances" in text
    opening = text.split("2025-02-04 * ")[1].split("\n\n")[0]
    assert "Income:" not in opening


@pytest.mark.usefixtures("books")
def test_an_empty_ledger_is_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "empty.beancount"
    path.write_text(exported(export_beancount, first=date(2020, 1, 1), last=date(2020, 12, 31)))
    assert bean_check(path) == ""
    assert " * " not in path.read_text()


@pytest.mark.usefixtures("books")
def test_names_that_beancount_does_not_know_are_made_legal(tmp_path: Path) -> None:
    remove_guards()
    damage("UPDATE store_seller SET code = 'büro \"7\" & co' WHERE code = 'hosting'")
    damage("UPDATE store_account SET name = %s WHERE external_id = 'H1'", 'A "quoted\\"\nname')
    damage("UPDATE store_ledgeraccount SET code = 'income:größe_2' WHERE code = 'income:books'")
    path = tmp_path / "odd.beancount"
    path.write_text(exported(export_beancount))
    assert bean_check(path) == ""


def test_accounts_whose_names_fall_together_are_kept_apart() -> None:
    names = name_accounts([("a_b", "income:x"), ("a-b", "income:x"), ("a.b", "income:x")])
    assert sorted(names.values()) == ["Income:A-b:X", "Income:A-b:X-2", "Income:A-b:X-3"]
    assert name_accounts([("s", "income::7")]) == {("s", "income::7"): "Income:S:X:7"}
    taken = ["Equity:S:Opening-Balances"]
    assert name_opening("s", taken) not in taken


def test_links_and_words_are_made_legal() -> None:
    assert make_link("INV 7/ü#^") == "INV-7/u"
    assert make_link("") == "none"
    assert quote('a\n"b"\\') == '"a \\"b\\"\\\\"'


@pytest.mark.usefixtures("books")
def test_the_csv_has_every_posting_and_balances() -> None:
    rows = list(csv.DictReader(io.StringIO(exported(export_ledger_csv))))
    assert len(rows) == Posting.objects.count()
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["entry"], row["currency"]] += Decimal(row["amount"])
    assert set(sums.values()) == {Decimal(0)}
    assert len(sums) == JournalEntry.objects.count()
    yen = next(row["amount"] for row in rows if row["currency"] == "JPY")
    assert "." not in yen


@pytest.mark.usefixtures("books")
def test_the_csv_is_limited_to_days_and_sellers() -> None:
    day = date(2025, 2, 1)
    options = {"first": day, "last": day, "sellers": ["canada"]}
    rows = list(csv.DictReader(io.StringIO(exported(export_ledger_csv, **options))))
    assert {(row["date"], row["seller"]) for row in rows} == {("2025-02-01", "canada")}


@pytest.mark.usefixtures("books")
def test_no_cell_of_the_csv_is_a_formula() -> None:
    text = exported(export_ledger_csv)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert '\'=cmd|"x"!A1' in cells
    assert '\'=HYPERLINK("P1")' in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@") and not _is_number(cell)]


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()


@pytest.mark.parametrize("text", ["=1", "+x", "-1+1", "@a", "\t=1", "\r=1", "\n=1", "-", "+1e5"])
def test_what_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["-1.50", "+1", "0", "INV-1", "a=1", ""])
def test_what_no_spreadsheet_would_run_is_left_alone(text: str) -> None:
    assert safe_cell(text) == text


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("export", [export_all, export_beancount, export_ledger_csv])
def test_an_unknown_seller_is_refused(export: Callable[..., int]) -> None:
    with pytest.raises(BillingError, match="no seller 'nobody'; there are canada, hosting, wisp"):
        exported(export, sellers=["nobody"])


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("export", [export_beancount, export_ledger_csv])
def test_a_range_that_ends_before_it_begins_is_refused(export: Callable[..., int]) -> None:
    with pytest.raises(BillingError, match="ends on 2024-12-31, before it begins on 2025-01-01"):
        exported(export, first=date(2025, 1, 1), last=date(2024, 12, 31))
