"""Every entry balances, whatever moves the money."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.ledger import (
    CreditKind,
    JournalEntry,
    Posting,
    apply_credit,
    expire_credit,
    grant_credit,
    post_credit_note,
    post_deposit,
    post_invoice,
    post_payment,
    post_refund,
    reverse,
    write_off,
)

FACTS = {"on": date(2026, 1, 1), "reference": "R1", "account": "A1", "currency": "EUR"}
PAID = {**FACTS, "amount_minor": 1000, "method": "card"}
AMOUNT = {**FACTS, "amount_minor": 1000}
parts = st.lists(st.tuples(st.sampled_from("abc"), st.integers(-(10**9), 10**9)), max_size=4)


def balances(*entries: JournalEntry) -> dict[str, int]:
    found: Counter[str] = Counter()
    for entry in entries:
        for posting in entry.postings:
            found[posting.ledger_account] += posting.amount_minor
    return {name: amount for name, amount in found.items() if amount}


def invoice(gross: int = 1190, net: int = 1000, tax: int = 190) -> JournalEntry:
    return post_invoice(**FACTS, gross_minor=gross, nets=[("web", net)], taxes=[("vat", tax)])


class TestEntry:
    def test_each_currency_balances_by_itself(self) -> None:
        both = [Posting("a", 5, "EUR"), Posting("b", -5, "EUR"), Posting("a", 7, "USD")]
        with pytest.raises(BillingError, match="USD is off by 7"):
            JournalEntry("manual", date(2026, 1, 1), "J1", "", tuple(both))
        both.append(Posting("b", -7, "USD"))
        assert len(JournalEntry("manual", date(2026, 1, 1), "J1", "", tuple(both)).postings) == 4

    def test_currencies_do_not_offset_each_other(self) -> None:
        with pytest.raises(BillingError, match="EUR is off by 5"):
            JournalEntry(
                "m", date(2026, 1, 1), "J1", "", (Posting("a", 5, "EUR"), Posting("b", -5, "USD"))
            )

    @given(st.lists(st.tuples(st.sampled_from(["EUR", "USD"]), st.integers(-9, 9)), max_size=5))
    def test_accepts_exactly_what_balances(self, given: list[tuple[str, int]]) -> None:
        postings = tuple(Posting("a", amount, code) for code, amount in given)
        totals = Counter[str]()
        for code, amount in given:
            totals[code] += amount
        if any(totals.values()):
            with pytest.raises(BillingError, match="does not balance"):
                JournalEntry("m", date(2026, 1, 1), "J1", "", postings)
        else:
            assert JournalEntry("m", date(2026, 1, 1), "J1", "", postings).postings == postings


class TestDocuments:
    @given(parts, parts)
    def test_invoice_and_credit_note_cancel_out(
        self, nets: list[tuple[str, int]], taxes: list[tuple[str, int]]
    ) -> None:
        gross = sum(amount for _, amount in [*nets, *taxes])
        facts = {**FACTS, "gross_minor": gross, "nets": nets, "taxes": taxes}
        issued, credited = post_invoice(**facts), post_credit_note(**facts)
        assert sum(balances(issued).values()) == 0
        assert balances(issued).get("assets:receivable", 0) == gross
        assert balances(issued, credited) == {}
        assert all(posting.amount_minor for posting in issued.postings)

    def test_refuses_a_gross_that_is_not_the_sum(self) -> None:
        with pytest.raises(BillingError, match="R1 does not balance: EUR is off by 1 "):
            invoice(gross=1191)

    def test_every_posting_names_the_customer(self) -> None:
        assert {posting.account for posting in invoice().postings} == {"A1"}

    def test_write_off(self) -> None:
        gone = write_off(**FACTS, amount_minor=1190)
        assert balances(invoice(), gone) == {
            "income:web": -1000,
            "liabilities:tax:vat": -190,
            "expenses:bad-debt": 1190,
        }


class TestMoney:
    def test_overpayment_becomes_credit(self) -> None:
        assert balances(post_payment(**PAID, credit_minor=300)) == {
            "assets:clearing:card": 1000,
            "assets:receivable": -700,
            "liabilities:credit": -300,
        }

    @given(st.integers(1, 10**9), st.data())
    def test_a_refund_undoes_a_payment(self, amount: int, data: st.DataObject) -> None:
        facts = {**PAID, "amount_minor": amount}
        facts["credit_minor"] = data.draw(st.integers(0, amount))
        assert balances(post_payment(**facts), post_refund(**facts)) == {}

    @pytest.mark.parametrize("credit", [-1, 1001])
    def test_credit_is_a_part_of_the_payment(self, credit: int) -> None:
        with pytest.raises(BillingError, match="no part of 1000"):
            post_payment(**PAID, credit_minor=credit)

    @pytest.mark.parametrize("build", [post_payment, post_refund, post_deposit])
    @pytest.mark.parametrize("amount", [0, -5])
    def test_refuses_no_money(self, build: object, amount: int) -> None:
        with pytest.raises(BillingError, match="must be above 0"):
            build(**{**PAID, "amount_minor": amount})  # type: ignore[operator]


class TestCredit:
    def test_a_deposit_pays_an_invoice(self) -> None:
        paid = [post_deposit(**PAID), apply_credit(**AMOUNT)]
        assert balances(invoice(1000, 1000, 0), *paid) == {
            "assets:clearing:card": 1000,
            "income:web": -1000,
        }

    @pytest.mark.parametrize(
        ("kind", "granted", "expired"),
        [
            (CreditKind.DEPOSIT, "assets:receivable", "income:expired-credit"),
            (CreditKind.PROMOTIONAL, "expenses:promotions", "expenses:promotions"),
            (CreditKind.GOODWILL, "expenses:promotions", "expenses:promotions"),
        ],
    )
    def test_the_kind_says_who_bears_it(self, kind: CreditKind, granted: str, expired: str) -> None:
        assert balances(grant_credit(**AMOUNT, kind=kind)) == {
            granted: 1000,
            "liabilities:credit": -1000,
        }
        assert balances(expire_credit(**AMOUNT, kind=kind)) == {
            "liabilities:credit": 1000,
            expired: -1000,
        }


class TestReverse:
    @pytest.mark.parametrize("entry", [invoice(), post_deposit(**PAID)])
    def test_leaves_nothing(self, entry: JournalEntry) -> None:
        undone = reverse(entry, on=date(2026, 2, 1), reference="V1")
        assert balances(entry, undone) == {}
        assert (undone.on, undone.reference) == (date(2026, 2, 1), "V1")
        assert undone.memo == f"reverses {entry.kind} R1"
