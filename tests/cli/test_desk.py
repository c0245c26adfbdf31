"""The cash desk and direct debits from the command line."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.cli.conftest import Shop

HEAD = "account,reference,holder,iban,signed_on,last_used_on"


def test_a_day_at_the_desk(shop: Shop) -> None:
    code = shop.data("sellers list")[0]["code"]
    account = shop.data(f"accounts list --seller {code}")[0]
    at = f"--cashier anna --seller {code}"
    shop("cash add-cashier anna --name Anna --limit 500 --seller", code)
    assert "no till yet" in shop.refuses(f"cash report {at}")
    opened = shop.data(f"cash open {at} --cash 100")
    assert (opened["till"], opened["is_open"], opened["opening"]) == (1, True, "100.00")
    found = shop.data(f"cash find {account['account']} {at}")
    assert [one["account"] for one in found] == [account["account"]]
    taken = shop.data(f"cash take {account['account']} 50 {at} --credit --external-id s1")
    assert shop.data(f"cash take {account['account']} 50 {at} --credit --external-id s1") == taken
    assert "bring cash to the bank" in shop.refuses(f"cash take {account['account']} 400 {at}")
    shop(f"cash take {account['account']} 7.50 {at} --by card --credit --reference 4711")
    shop(f"cash take {account['account']} 30 {at} --credit")
    assert "undoes entry 3" in shop(f"cash cancel 3 {at} --reason mistyped")
    shop(f"cash bank 140 {at} --slip 77")
    assert "count again" in shop.refuses(f"cash close 9 {at}")
    closed = shop.data(f"cash close 9 {at} --note change")
    assert (closed["expected"], closed["counted"]) == ("10.00", "9.00")
    assert closed == shop.data(f"cash report {at}")
    assert {"by": "cash", "kind": "payment", "count": 2, "amount": "80.00"} in closed["sums"]
    assert "cash counted" in shop(f"cash report {at} --till 1")
    shop("check")


def test_mandates_are_taken_over_row_by_row(shop: Shop, tmp_path: Path) -> None:
    code = shop.data("sellers list")[0]["code"]
    account = shop.data(f"accounts list --seller {code}")[0]["account"]
    table = tmp_path / "mandates.csv"
    rows = [
        f"{account},M-1,Zoë Müller,AT61 1904 3002 3457 3201,2025-01-31,2026-01-31",
        f"{account},M-2,Zoë Müller,AT611904300234573202,2025-01-31,",
        "nobody,M-3,Zoë Müller,AT611904300234573201,2025-01-31,",
        f"{account},M-4,Zoë Müller,AT611904300234573201,2019-01-31,",
    ]
    table.write_text("\n".join([HEAD, *rows]))
    line = f"mandates import {table} --seller {code} --today 2026-03-02"
    for _ in range(2):
        said = shop.data(line, status=4)
        assert [one["reference"] for one in said["taken"]] == ["M-1"]
        assert [one["line"] for one in said["refused"]] == [3, 4, 5]
    assert "AT61" not in shop.books() + shop(f"mandates show M-1 --seller {code}")
    listed = shop.data(f"mandates list --seller {code}")
    assert [(one["holder"], one["last_digits"]) for one in listed] == [("Zoe Mueller", "3201")]
    assert shop.data(f"payments methods {account} --seller {code}")[0]["gateway"] == "sepa_debit"
    assert "is revoked" in shop(f"mandates revoke M-1 --seller {code}")
    assert shop.data(f"payments methods {account} --seller {code}") == []
    table.write_text("reference\nM-9")
    assert "no column" in shop.refuses(f"mandates import {table} --seller {code}", status=2)


def test_nothing_due_is_said_in_words(shop: Shop, tmp_path: Path) -> None:
    code = shop.data("sellers list")[0]["code"]
    assert shop.data(f"debits due --seller {code}") == []
    assert shop.data(f"debits make-file --seller {code} --to {tmp_path}") == []
    assert "No debit is due" in shop(f"debits make-file --seller {code}")
    assert shop.data(f"debits list --open --seller {code}") == []
    assert "has made no file" in shop.refuses(f"debits sent X --seller {code}")
    assert "no debit 'X'" in shop.refuses(f"debits return X --code AM04 --seller {code}")
    assert stat.S_ISDIR(tmp_path.stat().st_mode)


def test_direct_debits_from_mandate_to_return(shop: Shop, tmp_path: Path) -> None:
    shop("sellers brand host --set gateways.sepa_debit.creditor_id=DE98ZZZ09999999999")
    shop("sellers brand host --set iban=DE89370400440532013000 --set bic=COBADEFFXXX")
    table = tmp_path / "mandates.csv"
    table.write_text(f"{HEAD}\nA1,M-1,Zoë Müller,AT611904300234573201,2026-01-01,\n")
    shop(f"mandates import {table}")
    shop("run --on 2026-01-15", status=4)
    shop("collect --account A1 --today 2026-01-29")
    (due,) = shop.data("debits due")
    assert (due["account"], due["mandate"], due["amount"]) == ("A1", "M-1", "35.64")
    folder = tmp_path / "files"
    (made,) = shop.data(f"debits make-file --through 2090-01-01 --to {folder}")
    path = Path(made["path"])
    assert "<MndtId>M-1</MndtId>" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = path.read_bytes()
    shop(f"debits download {made['file']} --to {folder}")
    assert path.read_bytes() == written
    assert "No debit is due" in shop("debits make-file --through 2090-01-01")
    assert "is sent" in shop(f"debits sent {made['file']}")
    assert "refused all of it" in shop.refuses(f"debits drop {made['file']}")
    settled = shop.data(f"debits settle {made['file']}")
    assert (settled["payments"], settled["total"]) == (1, "35.64")
    assert shop.data("accounts show A1")["owed"] == "0.00"
    said = shop(f"debits return {due['debit']} --code MD01 --fee 3.00")
    assert "came back and is owed again; its mandate is revoked" in said
    assert shop.data("accounts show A1")["owed"] == "35.64"
    assert shop.data("debits list")[0]["status"] == "sent"
    shop("check")
