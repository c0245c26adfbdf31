"""Bank accounts and statements from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Shop
from tests.statements.make_camt import OWN, balance, document, entry, statement


def test_statements_are_read_and_listed(shop: Shop, tmp_path: Path) -> None:
    assert "main is DE89370400440532013000" in shop(f"bank add main {OWN} --currency EUR")
    file = tmp_path / "march.xml"
    rows = entry("12.00", ""), entry("7.00", "", status="PDNG")
    file.write_text(document(statement(balance("OPBD", "10.00"), balance("CLBD", "22.00"), *rows)))
    assert "1 new line, 1 not booked yet; 22.00 EUR at its end" in shop("bank import", str(file))
    assert "read before" in shop("bank import", str(file))
    (account,) = shop.data("bank accounts")
    assert (account["code"], account["balance"]) == ("main", "22.00")
    (line,) = shop.data("bank lines --account main --status open --from 2026-03-01")
    assert (line["amount"], line["booked_on"]) == ("12.00", "2026-03-02")
    (one,) = shop.data("bank statements --account", OWN)
    assert (one["opening"], one["closing"], one["new"], one["format"]) == (
        "10.00",
        "22.00",
        1,
        "camt.053",
    )
    assert "22.00 EUR" in shop("bank statements")
    bad = tmp_path / "bad.xml"
    bad.write_text("<Document")
    shop.refuses("bank import", str(bad))
    both = shop.data("bank import", str(file), str(bad), status=4)
    assert [("refused" in one) for one in both] == [False, True]
    assert "right" in shop("check")


def test_columns_are_shown_before_they_are_saved(shop: Shop, tmp_path: Path) -> None:
    shop(f"bank add main {OWN} --currency EUR")
    file = tmp_path / "march.csv"
    file.write_text("Buchungstag;Betrag;Zweck\n02.03.2026;-1.012,00;Strom\n")
    assert "-1,012.00 EUR" in shop("bank csv --account main", str(file))
    shop.refuses("bank import --account main", str(file))
    said = shop.data("bank csv --account main --column text=Zweck --save", str(file))
    assert (said["columns"]["columns"]["text"], said["rows"], said["saved"]) == ("Zweck", 1, True)
    (done,) = shop.data("bank import --account main", str(file))
    assert done["statements"][0]["new"] == 1
    assert shop.data("bank lines")[0]["text"] == "Strom"
