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
