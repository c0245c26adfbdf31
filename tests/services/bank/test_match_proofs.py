"""Each way in which bank lines and the book can disagree is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from quarterday.core.creditor_reference import make_creditor_reference
from quarterday.services.bank.match_lines import match_lines
from quarterday.services.bank.undo_match import undo_match
from quarterday.store.models import BankMatch
from quarterday.store.queries.check.matches import check_matches
from tests.services.bank.lines import make_bank, make_line
from tests.services.till import DAY, LATER, NOW, Shop

DAMAGE = {
    "bank-line-use": "UPDATE store_bankline SET open_minor = open_minor + 1 WHERE status = 'booked'",
    "match-posting": "UPDATE store_bankmatch SET amount_minor = amount_minor + 1",
    "match-payment": "UPDATE store_bankmatch SET payment_id = NULL WHERE status = 'booked'",
    "match-once": "UPDATE store_bankmatch SET payment_id = (SELECT MIN(id) FROM store_payment)",
    "suspense": "UPDATE store_bankline SET open_minor = open_minor - 1 WHERE status = 'open'",
}


@pytest.fixture
def books(shop: Shop) -> Callable[[], set[str]]:
    """Two booked lines, one that was undone, and one that nobody understands."""
    bank = make_bank(shop.seller)
    for _ in range(3):
        invoice = shop.invoice(1000)
        make_line(bank, 1190, creditor_reference=make_creditor_reference(invoice.label))
    make_line(bank, 500, DAY, text="what is it")
    match_lines(bank_account=bank, today=LATER, now=NOW)
    undo_match(match=BankMatch.objects.latest("id"), today=LATER, now=NOW, reason="wrong")
    return lambda: {one.rule for one in check_matches()}


@pytest.mark.parametrize("rule", list(DAMAGE))
def test_damage_is_found(books: Callable[[], set[str]], rule: str) -> None:
    assert books() == set()
    try:
        with transaction.atomic():
            connection.cursor().execute(DAMAGE[rule])
            assert rule in books()
            raise _Enough
    except _Enough:
        pass
    assert books() == set()


class _Enough(Exception):
    """Takes the damage back."""
