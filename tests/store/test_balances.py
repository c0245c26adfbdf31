"""What accounts owe, and how it came to be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.store.queries.balances import (
    Balance,
    load_balances,
    load_open_credit,
    load_statement,
)
from tests.services.till import DAY, LATER, NOW, Shop


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    yield Shop()


def test_what_is_owed_overdue_and_credited(shop: Shop) -> None:
    other = shop.open_account("A2")
    shop.invoice(1000)
    shop.invoice(100, on=LATER)
    shop.pay(190, LATER)
    terms = {"account": shop.account, "today": LATER, "now": NOW}
    grant_credit(kind="goodwill", amount_minor=50, **terms)
    grant_credit(kind="promotional", amount_minor=70, expires_on=date(2026, 3, 25), **terms)
    ids = [shop.account.id, other.id]
    found = load_balances(ids, date(2026, 3, 24))
    assert found == {
        shop.account.id: Balance("EUR", 1119, 1000, 120),
        other.id: Balance("EUR"),
    }
    assert found[shop.account.id].due_minor == 999
    assert load_balances(ids, date(2026, 3, 25))[shop.account.id].credit_minor == 50
    assert load_balances(ids, date(2026, 3, 16))[shop.account.id].overdue_minor == 0


def test_credit_stands_in_the_order_of_its_use(shop: Shop) -> None:
    terms = {"account": shop.account, "kind": "goodwill", "today": DAY, "now": NOW}
    grant_credit(amount_minor=1, **terms)
    grant_credit(amount_minor=2, expires_on=LATER, **terms)
    grant_credit(amount_minor=3, priority=1, **terms)
    found = load_open_credit(shop.account.id)
    assert [(one.open_minor, one.expires_on) for one in found] == [(3, None), (2, LATER), (1, None)]


def test_a_statement_runs_from_balance_to_balance(shop: Shop) -> None:
    first = shop.invoice(1000)
    shop.pay(1200, date(2026, 3, 5))
    second = shop.invoice(100, on=date(2026, 3, 10))
    credit_invoice(invoice=second, today=date(2026, 3, 12), now=NOW, reason="no", lines={1: 50})
    write_off_invoice(invoice=second, today=LATER, now=NOW, reason="small")
    whole = load_statement(shop.account.id)
    assert [(line.kind, line.amount_minor, line.balance_minor) for line in whole.lines] == [
        ("invoice", 1190, 1190),
        ("payment", -1200, -10),
        ("invoice", 119, 109),
        ("credit_note", -60, 49),
        ("write_off", -49, 0),
    ]
    assert (whole.opening_minor, whole.closing_minor) == (0, 0)
    assert whole.lines[0].reference == first.label
    part = load_statement(shop.account.id, date(2026, 3, 5), date(2026, 3, 12))
    assert [line.kind for line in part.lines] == ["payment", "invoice"]
    assert (part.opening_minor, part.closing_minor) == (1190, 109)


def test_an_account_that_is_not_there_has_no_statement(db: None) -> None:
    with pytest.raises(LookupError):
        load_statement(99)
