"""A folder of statements is read by itself: what was read, refused, unfinished or not ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.jobs.conftest import Move
from tests.services.till import NOW, Shop
from tests.statements.make_camt import OWN, balance, document, entry, statement

ENV_DATABASE = "QUARTERDAY_DATABASE_URL"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUARTERDAY_STATEMENTS", str(tmp_path))
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


def put(path: Path, content: str, *, age: int = 120) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    then = path.stat().st_mtime - age
    os.utime(path, (then, then))
    return path


def run() -> dict[str, int]:
    from quarterday.jobs.read_statements import ReadStatements

    return ReadStatements().run()


def add(shop: Shop) -> None:
    from quarterday.services.bank.add_bank_account import add_bank_account

    add_bank_account(seller=shop.seller, code="main", number=OWN, currency="EUR", now=NOW)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def test_files_are_read_refused_or_left(shop: Shop, folder: Path, clock: Move) -> None:
    from quarterday.store.models import BankLine, BankStatement

    add(shop)
    good = document(statement(entry("12.00", "")))
    put(folder / "a.xml", good)
    put(folder / "b.xml", good[:-30])
    put(folder / "c.xml", good, age=0)
    put(folder / "d.xml.part", good)
    put(folder / ".hidden.xml", good)
    put(folder.parent / "stranger" / "e.xml", good)
    (folder / "link.xml").symlink_to(put(folder.parent / "outside.xml", good))
    assert run() == {"files": 1, "lines": 1, "refused": 1}
    assert names(folder) == {"c.xml", "d.xml.part", ".hidden.xml", "link.xml"}
    assert names(folder / "done") == {"a.xml"}
    assert names(folder / "refused") == {"b.xml", "b.xml.reason.txt"}
    assert "b.xml is no complete XML file" in (folder / "refused" / "b.xml.reason.txt").read_text()
    assert (folder.parent / "stranger" / "e.xml").exists()
    put(folder / "a.xml", good)
    assert run() == {"files": 1, "lines": 0, "refused": 0}
    assert names(folder / "done") == {"a.xml", "a-2.xml"}
    assert (BankLine.objects.count(), BankStatement.objects.count()) == (1, 1)
    assert run() == {}


def test_tables_stand_in_the_folder_of_their_account(shop: Shop, folder: Path, clock: Move) -> None:
    from quarterday.services.bank.save_columns import save_columns
    from quarterday.store.models import BankAccount

    add(shop)
    table = "day;amount\n2026-03-02;10,00\n"
    put(folder / "main" / "march.csv", table)
    assert run() == {"files": 0, "lines": 0, "refused": 1}
    columns = {"columns": {"booked_on": "day", "amount": "amount"}, "dates": "YYYY-MM-DD"}
    save_columns(bank_account=BankAccount.objects.get(), columns=columns, now=NOW)
    put(folder / "main" / "march.csv", table)
    assert run() == {"files": 1, "lines": 1, "refused": 0}
    assert names(folder / "main" / "done") == {"march.csv"}


def test_without_a_folder_there_is_nothing_to_do(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUARTERDAY_STATEMENTS", raising=False)
    assert run() == {}
    monkeypatch.setenv("QUARTERDAY_STATEMENTS", "/nowhere/at/all")
    assert run() == {}


@pytest.mark.slow
def test_a_killed_import_leaves_whole_statements_and_goes_on(
    open_shop: Shop, fresh_database_url: str, tmp_path: Path
) -> None:
    """A real process, killed wherever it happens to be, again and again."""
    from quarterday.store.models import BankLine, BankStatement
    from quarterday.store.queries.check.bank import check_bank

    add(open_shop)
    days = [f"2026-03-{day:02}" for day in range(1, 31)]
    parts = [
        statement(
            balance("OPBD", f"{100 * number}.00", on),
            balance("CLBD", f"{100 * number + 100}.00", on),
            *[entry("1.00", "", on=on)] * 100,
            reference=f"S-{number}",
        )
        for number, on in enumerate(days)
    ]
    file = put(tmp_path / "march.xml", document(*parts))
    for goal in (3, 15, 30):
        worker = subprocess.Popen(
            [sys.executable, "-m", "quarterday", "bank", "import", str(file)],
            env=os.environ | {ENV_DATABASE: fresh_database_url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(3000):
            if BankStatement.objects.count() >= goal or worker.poll() is not None:
                break
            time.sleep(0.005)
        if goal < len(days):
            worker.send_signal(signal.SIGKILL)
        _, said = worker.communicate(timeout=60)
        count = BankStatement.objects.count()
        assert BankLine.objects.count() == 100 * count
        assert count >= goal, said.decode()
        assert not list(check_bank())
    assert worker.returncode == 0
    assert BankLine.objects.count() == 3000
