"""camt as banks write it today: batches, returns, what is pending, several accounts, bad files."""

from __future__ import annotations

from datetime import date

import pytest

from quarterday.core.errors import BillingError
from quarterday.core.statement import Statement, list_lines
from tests.statements.make_camt import DETAILS, OWN, balance, document, entry, statement
from tests.statements.samples import read


def one(text: str) -> Statement:
    (found,) = read(text)
    return found


def test_a_payment_says_who_what_and_what_for() -> None:
    found = one(
        document(
            statement(balance("OPBD", "10.00"), balance("CLBD", "129.00"), entry("119.00", DETAILS))
        )
    )
    (line,) = found.entries
    assert (found.account, found.currency, found.reference) == (OWN, "EUR", "S-1")
    assert (found.opening_minor, found.closing_minor, found.difference()) == (1000, 12900, 0)
    assert (line.booked_on, line.amount_minor) == (date(2026, 3, 2), 11900)
    assert (line.name, line.iban) == ("Anna Example", "DE02120300000000202051")
    assert (line.creditor_reference, line.end_to_end_id) == ("RF18539007547034", "E2E-1")
    assert (line.mandate, line.text) == ("M-1", "Invoice INV-000001 of March")
    assert line.bank_code == "PMNT-RCDT-ESCT"


def test_a_batch_is_its_payments_where_they_sum_to_it() -> None:
    payment = '<TxDtls><Refs><EndToEndId>{0}</EndToEndId></Refs><Amt Ccy="EUR">{1}</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>'
    batch = "<Btch><PmtInfId>B-1</PmtInfId></Btch>"
    parts = payment.format("A", "10.00") + payment.format("B", "20.00")
    (line,) = one(document(statement(entry("30.00", batch + parts)))).entries
    assert [(part.end_to_end_id, part.amount_minor) for part in line.lines()] == [
        ("A", 1000),
        ("B", 2000),
    ]
    assert {part.payment_group for part in line.parts} == {"B-1"}
    (line,) = one(document(statement(entry("31.00", batch + parts)))).entries
    assert (line.parts, line.amount_minor, line.payment_group) == ((), 3100, "B-1")


def test_a_batch_told_as_a_sum_and_in_parts_is_the_same() -> None:
    payment = '<TxDtls><Amt Ccy="EUR">{0}</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>'
    told = "<AcctSvcrRef>R-1</AcctSvcrRef>"
    whole = one(document(statement(entry("30.00", "", reference=told))))
    parts = one(
        document(
            statement(entry("30.00", payment.format("10") + payment.format("20"), reference=told))
        )
    )
    (first,) = list_lines(whole.entries)
    assert all(first.fingerprint in line.known_by for line in list_lines(parts.entries))


def test_only_what_is_booked_counts() -> None:
    rows = entry("5.00", ""), entry("6.00", "", status="PDNG"), entry("7.00", "", status="INFO")
    found = one(document(statement(*rows)))
    assert ([line.amount_minor for line in found.entries], found.pending) == ([500], 2)


def test_what_comes_back_names_the_customer_and_why() -> None:
    returned = (
        "<TxDtls><RltdPties><Dbtr><Pty><Nm>Anna Example</Nm></Pty></Dbtr>"
        "<DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct>"
        f"<Cdtr><Pty><Nm>We</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>{OWN}</IBAN></Id></CdtrAcct></RltdPties>"
        "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls>"
    )
    (line,) = one(
        document(statement(entry("119.00", returned, side="DBIT", more="<RvslInd>true</RvslInd>")))
    ).entries
    assert (line.amount_minor, line.return_reason) == (-11900, "AM04")
    assert (line.name, line.iban) == ("Anna Example", "DE02120300000000202051")


def test_each_account_and_currency_is_a_statement_of_its_own() -> None:
    other = statement(entry("1.00", ""), number="DE02120300000000202051")
    dollars = statement(entry("2.00", ""), entry("3.00", "", code="USD"))
    found = read(document(other, dollars))
    assert [(each.account, each.currency, each.total()) for each in found] == [
        ("DE02120300000000202051", "EUR", 100),
        (OWN, "EUR", 200),
        (OWN, "USD", 300),
    ]


def test_yen_and_dinar_have_their_own_decimals() -> None:
    found = read(document(statement(entry("1200", "", code="JPY"), entry("1.005", "", code="KWD"))))
    assert {each.currency: each.total() for each in found if each.entries} == {
        "JPY": 1200,
        "KWD": 1005,
    }


BAD = {
    "no XML": (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><Bk",
        "no complete XML",
    ),
    "an unknown version": (
        document(statement()).replace("053.001.08", "053.001.99"),
        "which is not read",
    ),
    "a missing side": (
        document(statement(entry("1.00", ""))).replace("<CdtDbtInd>CRDT</CdtDbtInd>", ""),
        r"line 1, Stmt 1, Bal 1, Dt: .*CdtDbtInd.*unchanged",
    ),
    "an impossible day": (
        document(statement(entry("1.00", ""))).replace("2026-03-02</Dt>", "2026-02-30</Dt>"),
        "2026-02-30",
    ),
    "cents of yen": (
        document(statement(entry("1.50", "", code="JPY"))),
        r"Stmt 1, Ntry 1, Amt: .*more decimals than JPY",
    ),
    "an unknown currency": (document(statement(entry("1.00", "", code="XXQ"))), "XXQ"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_named(case: str) -> None:
    content, words = BAD[case]
    with pytest.raises(BillingError, match=words):
        read(content)


def test_nothing_is_fetched_or_blown_up() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    text = document(statement(entry("1.00", "")))
    for head in (bomb, outside, '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">'):
        with pytest.raises(BillingError, match="document type"):
            read(head + text.replace("S-1", "&a;" if "ENTITY" in head else "S-1"))
