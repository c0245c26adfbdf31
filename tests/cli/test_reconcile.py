"""Reconciling from the command line: read, match, decide, undo, and report."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Shop

OFX = """OFXHEADER:100
DATA:OFXSGML

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260310
<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0
<SEVERITY>INFO</STATUS><STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>1<ACCTID>12345678
<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260310
{lines}
</BANKTRANLIST><LEDGERBAL><BALAMT>{balance}<DTASOF>20260310</LEDGERBAL></STMTRS></STMTTRNRS>
</BANKMSGSRSV1></OFX>
"""
LINE = """<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260305<TRNAMT>{amount}<FITID>{number}
<NAME>{name}<MEMO>{memo}</STMTTRN>"""


def test_a_statement_is_reconciled_and_decided_upon(shop: Shop, tmp_path: Path) -> None:
    shop("run --on 2026-01-15", status=4)
    invoice = shop.data("invoices list")[0]
    currency, account = invoice["currency"], invoice["account"]
    lines = [
        LINE.format(amount=invoice["open"], number=1, name="A STRANGER", memo=invoice["label"]),
        LINE.format(amount="77.00", number=2, name="Example Landlord", memo="rent"),
        LINE.format(amount="10.00", number=3, name="who", memo="knows"),
    ]
    file = tmp_path / "march.ofx"
    balance = float(invoice["open"]) + 87
    text = OFX.format(currency=currency, lines="\n".join(lines), balance=f"{balance:.2f}")
    file.write_text(text)
    shop(f"bank add main 12345678 --currency {currency}")
    done = shop.data(f"reconcile {file}")
    (matched,) = done["matched"]
    assert (matched["lines"], matched["proposed"]["lines"], matched["open"]["lines"]) == (3, 1, 2)
    assert shop.data(f"reconcile {file}")["matched"] == [matched], "again, nothing new"
    (proposed,) = shop.data("matches list")
    assert proposed["for"] == f"{account}: {invoice['label']}"
    assert "the number" in proposed["why"]
    assert "is booked" in shop(f"matches accept {proposed['line']}")
    rent, other = sorted(shop.data("matches list --status open"), key=lambda one: -len(one["name"]))
    shop(f"matches ignore {rent['line']} --reason rent")
    shop(f"matches split {other['line']} {account}=4.00")
    shop.refuses(f"matches split {other['line']} {account}=7.00")
    report = shop.data("reconcile --report")
    assert report["agrees"] is True
    suspense = next(part for part in report["parts"] if part["name"] == "assets:suspense")
    assert [one["amount"] for one in suspense["items"]] == ["-6.00"]
    booked = shop.data("matches list --status booked")
    mine = next(one for one in booked if one["line"] == proposed["line"])
    shop(f"matches undo {mine['match']} --reason wrong")
    assert "not booked" not in shop.refuses(f"matches undo {mine['match']} --reason wrong")
    assert shop.data(f"invoices show {invoice['label']}")["open"] == invoice["open"]
    assert "Everything agrees." in shop("reconcile --report")
    shop("check")
