"""Runs from the command line: look, hold, order, stop."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Shop


def test_a_run_is_foreseen_held_ordered_and_stopped(shop: Shop, tmp_path: Path) -> None:
    accounts = [one["id"] for one in shop.data("accounts list")]
    found = shop.data("runs preview --on 2027-06-01")
    assert found["accounts"] == sum(found["changes"].values()) > 0
    assert {one["account"] for one in found["differences"]}
    (tmp_path / "list.csv").write_text("account;name\n" + "".join(f"{one};x\n" for one in accounts))
    assert "not there: nobody" in shop.refuses("runs hold --reason x --account nobody")
    assert "say which accounts" in shop.refuses("runs hold --reason x", status=2)
    held = shop.data("runs hold --reason moving --until 2099-01-01 --file", f"{tmp_path}/list.csv")
    assert held == {"accounts": len(accounts), "held": len(accounts)}
    assert len(shop.data("runs holds")) == len(accounts)
    assert shop.data("runs preview --on 2027-06-01").get("accounts", 0) == 0
    assert shop.data("runs now").get("invoices", 0) == 0
    assert "released" in shop("runs release --file", f"{tmp_path}/list.csv")
    assert shop.data("runs holds") == []
    run = shop.data("runs schedule --on 2098-01-01", "--account", accounts[0])["run"]
    assert [one["run"] for one in shop.data("runs list --open")] == [run]
    assert "what it has done stands" in shop("runs cancel", run)
    assert "there is no run" in shop.refuses("runs cancel run_x")
    assert shop.data("runs now", "--account", accounts[0])["status"] == "done"
    shop("check")
