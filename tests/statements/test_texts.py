"""MT940, OFX and CSV: what each bank writes differently, and what cannot be read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.statement import StatementEntry
from quarterday.ports.statement import suggest_columns
from tests.statements.samples import read

MT940 = """:20:STARTUMS
:25:37040044/532013000
:28C:1/1
:60F:C260227EUR100,00
:61:2603020302C119,00NTRFNONREF//BANK-1
:86:{details}
:62F:C260302EUR219,00
-
"""


def one(details: str) -> StatementEntry:
    (found,) = read(MT940.format(details=details))
    assert found.difference() == 0
    (entry,) = found.entries
    return entry


def test_german_subfields() -> None:
    entry = one(
        "166?00GUTSCHRIFT?20EREF+E2E-1?21MREF+M-1?22KREF+B-1?23SVWZ+Invoice INV-000001 o\n"
        "f M?24arch?30BYLADEMM?31DE02120300000000202051?32Anna?33 Example"
    )
    assert (entry.end_to_end_id, entry.mandate, entry.payment_group) == ("E2E-1", "M-1", "B-1")
    assert (entry.text, entry.name) == ("Invoice INV-000001 of March", "Anna Example")
    assert (entry.iban, entry.bank_reference) == ("DE02120300000000202051", "BANK-1")
    assert not entry.return_reason


def test_german_returns() -> None:
    entry = one("109?00RETOURE?20EREF+E2E-1?21SVWZ+AM04 Deckung?34906")
    assert (entry.return_reason, entry.end_to_end_id) == ("AM04", "E2E-1")
    assert one("109?00RETOURE?20EREF+E2E-1?34906").return_reason == "109-906"


def test_dutch_words_between_slashes() -> None:
    entry = one(
        "/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/J. Voorbeeld\n"
        "/REMI/USTD//Factuur INV-000001/EREF/E2E-1"
    )
    assert (entry.iban, entry.name) == ("NL91ABNA0417164300", "J. Voorbeeld")
    assert (entry.text, entry.end_to_end_id) == ("Factuur INV-000001", "E2E-1")
    assert one("/REMI/STRD/CUR/RF18539007547034/EREF/X").creditor_reference == "RF18539007547034"
    returned = one("/RTRN/AC04/EREF/E2E-1/NAME/J. Voorbeeld")
    assert (returned.return_reason, returned.end_to_end_id) == ("AC04", "E2E-1")


def test_polish_names_and_plain_text() -> None:
    entry = one(
        "911 TRANSAKCJA COLLECT; Z RACH.: 56114010810000267002001001; OD: Jan Nowak; TYT.: Faktura 7; TNR: 1.2"
    )
    assert (entry.name, entry.text.split(" 911")[0]) == ("Jan Nowak", "Faktura 7")
    assert one("just words").text == "just words"


def test_days_of_booking_around_new_year_and_of_thirty_day_months() -> None:
    text = MT940.format(details="x")
    (found,) = read(text.replace("2603020302", "2512310102"))
    assert (found.entries[0].value_on, found.entries[0].booked_on) == (
        date(2025, 12, 31),
        date(2026, 1, 2),
    )
    (found,) = read(text.replace("2603020302", "2602300302"))
    assert found.entries[0].value_on == date(2026, 2, 28)


def test_expected_and_taken_back() -> None:
    text = MT940.format(details="x")
    (found,) = read(text.replace("0302C119", "0302ED119"))
    assert (found.entries, found.pending) == ((), 1)
    (found,) = read(text.replace("0302C119", "0302RCR119"))
    assert found.entries[0].amount_minor == -11900


OFX = (
    "OFXHEADER:100\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1"
    "<ACCTID>22222</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260331<STMTTRN>"
    "<TRNTYPE>CREDIT<DTPOSTED>20260302120000[-5:EST]<TRNAMT>1,119.00<FITID>F-1<NAME>Anna &amp; Co"
    "<MEMO>Invoice 1</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>1200.00<DTASOF>20260331</LEDGERBAL>"
    "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
)


def test_ofx() -> None:
    (found,) = read(OFX)
    (entry,) = found.entries
    assert (found.account, found.closing_minor) == ("1/22222", 120000)
    assert (entry.amount_minor, entry.name, entry.text) == (
        111900,
        "Anna & Co",
        "Anna & Co Invoice 1",
    )
    assert (entry.booked_on, entry.unique_reference) == (date(2026, 3, 2), "F-1")


BAD = {
    "a broken movement": (MT940.format(details="x").replace("C119,00N", "C,N"), "line 5, :61:"),
    "a broken balance": (
        MT940.format(details="x").replace("C260227EUR", "260227"),
        "line 4, :60F:",
    ),
    "no day": (MT940.format(details="x").replace("2603020302", "2613020302"), "line 5.*no day"),
    "half of OFX": (OFX[:-20], "</OFX>"),
    "no amount": (OFX.replace("1,119.00", "much"), "FITID F-1.*is no amount"),
    "no balance": (OFX.replace("<BALAMT>1200.00", "<BALAMT></BALAMT>"), "BALAMT is empty"),
    "nothing": ("  ", "is empty"),
    "something else": ("Dear Sir or Madam", "no bank statement"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_named(case: str) -> None:
    content, words = BAD[case]
    with pytest.raises(BillingError, match=words):
        read(content)


GERMAN = (
    "Umsätze;;;\n\nBuchungstag;Wertstellung;Auftraggeber/Empfänger;Verwendungszweck;IBAN;Betrag;Saldo\n"
    "31.03.2026;31.03.2026;Anna Müller;INV-000001;DE02120300000000202051;1.119,00;1.219,00\n"
    "30.03.2026;;Strom AG;Abschlag;;-20,00 €;100,00\nStand: heute;;;\n"
).encode("cp1252")
ENGLISH = (
    b'Date,Description,Paid out,Paid in\n2026-03-30,Power,20.00,\n2026-03-31,INV-1,,"1,119.00"\n'
)
DUTCH = b"Datum;Naam / Omschrijving;Tegenrekening;Af Bij;Bedrag (EUR);Mededelingen\n20260330;Stroom;;Af;20,00;x\n20260331;Anna;NL91ABNA0417164300;Bij;1119,00;INV-1\n"


@pytest.mark.parametrize("content", [GERMAN, ENGLISH, DUTCH], ids=["German", "English", "Dutch"])
def test_tables_are_read_as_they_are_guessed(content: bytes) -> None:
    (found,) = read(content, columns=suggest_columns(content), number="1", currency="EUR")
    assert [(one.booked_on.day, one.amount_minor) for one in found.entries] == [
        (30, -2000),
        (31, 111900),
    ]
    assert found.difference() in (0, None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"decimal": "."}, r"row 4, column 'Betrag': '1.119,00' is no amount"),
        ({"dates": "YYYY-MM-DD"}, r"row 4, column 'Buchungstag': '31.03.2026' is no date"),
        (
            {"columns": {"booked_on": "Tag", "amount": "Betrag"}},
            "no row has the columns tag; the file has Buchungstag",
        ),
        ({"columns": {"booked_on": "Buchungstag"}}, "needs the column amount"),
        ({"columns": {"day": "Buchungstag"}}, "cannot be 'day'"),
        ({"encoding": "nonsense"}, "no encoding 'nonsense'"),
    ],
)
def test_a_mapping_that_does_not_fit_is_named(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BillingError, match=words):
        read(GERMAN, columns=suggest_columns(GERMAN) | change, number="1", currency="EUR")


@given(st.integers(-(10**12), 10**12).filter(bool), st.sampled_from([",", "."]), st.booleans())
def test_any_amount_is_read_back(minor: int, decimal: str, is_grouped: bool) -> None:
    text = (
        f"{minor / 100:,.2f}"
        if is_grouped
        else f"{minor // 100 if minor > 0 else -(-minor // 100)}.{abs(minor) % 100:02}"
    )
    if not is_grouped and -100 < minor < 0:
        text = "-" + text.lstrip("-")
    if decimal == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    mapping = {
        "columns": {"booked_on": "D", "amount": "A"},
        "decimal": decimal,
        "dates": "YYYY-MM-DD",
    }
    (found,) = read(f"D;A\n2026-03-02;{text}\n", columns=mapping, number="1", currency="EUR")
    assert found.total() == minor
