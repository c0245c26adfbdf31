"""Statements that nothing could be made of do not keep the others, nor the job, from their work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from quarterday.services.bank.add_bank_account import add_bank_account
from quarterday.store.models import BankStatement
from tests.jobs.conftest import Move
from tests.jobs.test_read_statements import add, names, put, run
from tests.services.till import NOW, Shop
from tests.statements.make_camt import balance, document, entry, statement

MT940 = """:20:START{}\r
:25:DE02120300000000202051\r
:28C:1/1\r
:60F:C260301EUR0,00\r
:61:2603020302C12,00NTRFNONREF\r
:86:166?20INV-1\r
:62F:C260302EUR12,00\r
-\r
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUARTERDAY_STATEMENTS", str(tmp_path))
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


def test_one_that_no_database_takes_does_not_keep_the_others(
    shop: Shop, folder: Path, clock: Move
) -> None:
    add(shop)
    add_bank_account(
        seller=shop.seller, code="old", number="DE02120300000000202051", currency="EUR", now=NOW
    )
    most = balance("OPBD", "99999999999999999999.00", "2026-03-01")
    put(folder / "a.xml", document(statement(most, entry("12.00", "INV-7"))))
    put(folder / "b.sta", MT940.format("\0"))
    path = folder / os.fsdecode(b"c\xff.xml")
    put(path, document(statement(entry("13.00", "", on="2026-03-03"))))
    put(folder / "z.xml", document(statement(entry("14.00", "", on="2026-03-04"))))
    assert run() == {"files": 3, "lines": 3, "refused": 1}
    assert names(folder) == set()
    assert names(folder / "refused") == {"a.xml", "a.xml.reason.txt"}
    rows = BankStatement.objects.values_list("name", flat=True)
    assert all("\0" not in one and one.isprintable() for one in rows)


def test_what_nobody_has_thought_of_is_left_for_people(
    shop: Shop, folder: Path, clock: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quarterday.jobs import read_statements

    add(shop)
    put(folder / "a.xml", document(statement(entry("12.00", "INV-7"))))
    put(folder / "z.xml", document(statement(entry("14.00", ""))))
    real = read_statements.import_file

    def breaks(**given: object) -> object:
        if given["name"] == "a.xml":
            raise RuntimeError("a bug")
        return real(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(read_statements, "import_file", breaks)
    assert run() == {"files": 1, "lines": 1, "refused": 0}
    assert (names(folder), names(folder / "done")) == ({"a.xml"}, {"z.xml"})
