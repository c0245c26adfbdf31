"""The proof sees money on the account of another way to pay, and entries that nothing explains."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction

from quarterday.core.ledger.entry import JournalEntry as Entry
from quarterday.core.ledger.entry import Posting
from quarterday.ports.outcomes import PayoutNews, PayoutPart, PayoutState
from quarterday.services.bank.accept_match import accept_match
from quarterday.services.bank.ignore_line import ignore_line
from quarterday.services.bank.match_lines import match_lines
from quarterday.services.bank.undo_match import undo_match
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.debits.return_debit import return_debit
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.store.models import BankMatch, Brand, LedgerAccount
from quarterday.store.queries.check import check_books
from quarterday.store.queries.check.clearing import check_clearing
from tests.services.bank.lines import make_bank, make_line
from tests.services.debits.desk import Desk
from tests.services.paid import disputed, hear, pay
from tests.services.till import DAY, LATER, NOW, Shop
from tests.store.damage import remove_guards, restore_checks


@pytest.fixture(autouse=True)
def _checks(shop: Shop) -> Iterator[None]:
    yield
    restore_checks()


# What has an entry on a clearing account.
MOVES = ("payment", "refund", "dispute_fee", "return_fee", "bank_match", "bank_match_undo")


def fill(shop: Shop) -> None:
    """Each kind of entry, and each kind of match."""
    debit = Desk(shop).debit()
    return_debit(
        debit=debit, code="AM04", today=DAY, now=NOW, key="r1", is_money_moved=False, fee_minor=300
    )
    brand = Brand.objects.get(seller=shop.seller)
    brand.data["gateways"]["sandbox"] = {"is_enabled": True, "hook_secret": "only for tests"}
    brand.save(update_fields=["data"])
    bank, paid = make_bank(shop.seller), pay(shop.invoice(10000))
    parts = (PayoutPart("payment", paid.reference, 11900, 300),)
    hear(shop, PayoutNews("p", "po_123", PayoutState.ARRIVED, "EUR", 11900, 300, 11600, DAY, parts))
    hear(shop, disputed(paid, "opened"))
    make_line(bank, 11600, text="SANDBOX PO 123")
    other = shop.open_account("B1")
    by_hand = shop.pay(5000, account=other)
    refund = refund_payment(payment=by_hand, amount_minor=700, today=DAY, now=NOW)
    make_line(bank, -700, text=refund.public_id)
    make_line(bank, 5000, name=other.name)
    terms = {"kind": "deposit", "method": "transfer", "external_id": "topup-77"}
    grant_credit(account=shop.account, amount_minor=800, today=DAY, now=NOW, **terms)  # type: ignore[arg-type]
    make_line(bank, 800, text="topup 77")
    ignore_line(line=make_line(bank, -900), today=DAY, now=NOW, reason="rent")
    match_lines(bank_account=bank, today=LATER, now=NOW)
    known = BankMatch.objects.get(status="proposed", payment=by_hand)
    accept_match(match=known, today=LATER, now=NOW)
    undo_match(match=known, today=LATER + timedelta(1), now=NOW, reason="no")
    kinds = set(BankMatch.objects.exclude(status="proposed").values_list("kind", flat=True))
    assert kinds == {"payout", "refund", "payment", "other"}


def test_each_is_named(shop: Shop) -> None:
    fill(shop)
    assert [str(one) for one in check_books()] == []
    other = LedgerAccount.objects.create(seller=shop.seller, code="assets:clearing:other")
    for kind in MOVES:
        place = transaction.savepoint()
        remove_guards()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE store_posting SET ledger_account_id = %s WHERE ledger_account_id IN ("
                "SELECT id FROM store_ledgeraccount WHERE code LIKE 'assets:clearing:%%') "
                "AND entry_id IN (SELECT id FROM store_journalentry WHERE kind = %s)",
                [other.id, kind],
            )
            assert cursor.rowcount > 0, kind
        assert {one.rule for one in check_clearing()} == {"clearing"}, kind
        transaction.savepoint_rollback(place)


def test_an_entry_that_nothing_explains(shop: Shop) -> None:
    place = transaction.savepoint()
    for kind, source in (("correction", "x_1"), ("return_fee", "x_2")):
        postings = (Posting("expenses:payment-fees", 5, "EUR"), Posting("income:web", -5, "EUR"))
        entry = Entry(kind, DAY, source, "", postings)
        post_entry(entry, seller_id=shop.seller.id, source=source)
    assert [one.subject for one in check_books()] == ["x_1", "x_2"]
    transaction.savepoint_rollback(place)
