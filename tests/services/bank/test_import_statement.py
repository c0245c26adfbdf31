"""Statements are taken in once, whatever is read again, and the book has what the bank states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.ledger.statement import post_bank_line, post_bank_opening
from quarterday.services.bank.add_bank_account import add_bank_account
from quarterday.services.bank.import_file import ImportedFile, import_file
from quarterday.services.bank.import_statement import ImportedStatement
from quarterday.services.bank.save_columns import save_columns
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import BankAccount, BankLine, BankStatement, JournalEntry
from quarterday.store.queries.bank import find_bank_account, read_balance, read_opening
from quarterday.store.queries.check.bank import check_bank
from tests.services.till import NOW, Shop, ledger, together
from tests.statements.make_camt import OWN, balance, document, entry, statement

Move = tuple[int, int]


def add(shop: Shop, code: str = "main", number: str = OWN, currency: str = "EUR") -> BankAccount:
    return add_bank_account(
        seller=shop.seller, code=code, number=number, currency=currency, now=NOW
    )


def take(shop: Shop, text: str | bytes, **given: Any) -> ImportedFile:
    content = text.encode() if isinstance(text, str) else text
    return import_file(seller=shop.seller, content=content, name="file.xml", now=NOW, **given)


@contextmanager
def undone() -> Iterator[None]:
    """Within it things may be tried that leave no trace."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def only(done: ImportedFile) -> ImportedStatement:
    (found,) = done.statements
    return found


def moves_of(rows: list[Move], opening: int, *, first: int, last: int, message: str = "M") -> str:
    """A statement of some days, with the balances before and after them."""
    before = opening + sum(amount for day, amount in rows if day < first)
    mine = [(day, amount) for day, amount in rows if first <= day <= last]
    after = before + sum(amount for _, amount in mine)
    return document(
        statement(
            balance("OPBD", f"{before / 100:.2f}", f"2026-03-{first:02}"),
            balance("CLBD", f"{after / 100:.2f}", f"2026-03-{last:02}"),
            *(
                entry(
                    f"{abs(amount) / 100:.2f}",
                    "",
                    side="DBIT" if amount < 0 else "CRDT",
                    on=f"2026-03-{day:02}",
                )
                for day, amount in mine
            ),
        ),
        message=message,
    )


MONTH = [(2, 1000), (2, 1000), (3, -300), (4, 500), (9, 700), (9, 1000)]


def test_lines_stand_in_the_book_at_once(shop: Shop) -> None:
    bank = add(shop)
    done = only(take(shop, moves_of(MONTH, 5000, first=2, last=10)))
    assert (done.new, done.known, done.missing_minor, done.gap) == (6, 0, 0, "")
    assert (
        ledger()["assets:bank:main"]
        == read_balance(bank)
        == 5000 + sum(amount for _, amount in MONTH)
    )
    assert ledger()["assets:suspense"] == -sum(amount for _, amount in MONTH)
    assert ledger()["equity:opening-balance"] == -5000
    line = BankLine.objects.get(amount_minor=-300)
    assert (line.open_minor, line.status) == (-300, "open")
    assert JournalEntry.objects.get(source=line.public_id).on == line.booked_on


def test_the_same_file_and_a_newer_copy_of_it_add_nothing(shop: Shop) -> None:
    add(shop)
    text = moves_of(MONTH, 5000, first=2, last=10)
    take(shop, text)
    again = only(take(shop, text))
    assert (again.is_repeat, again.new, BankStatement.objects.count()) == (True, 0, 1)
    copy = only(take(shop, moves_of(MONTH, 5000, first=2, last=10, message="other")))
    assert (copy.is_repeat, copy.new, copy.known) == (False, 0, 6)
    assert BankLine.objects.count() == 6


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(2, 6), st.sampled_from([-500, 700, 700, 1000])), max_size=9),
    st.lists(st.tuples(st.integers(2, 6), st.integers(2, 6)), min_size=1, max_size=4),
)
def test_any_overlaps_in_any_order_give_the_account_as_it_is(
    shop: Shop, rows: list[Move], spans: list[tuple[int, int]]
) -> None:
    with undone():
        bank = add(shop)
        rows.sort(key=lambda one: one[0])
        for number, (one, two) in enumerate([*spans, (2, 6)]):
            first, last = min(one, two), max(one, two)
            take(shop, moves_of(rows, 5000, first=first, last=last, message=f"M-{number}"))
        found = Counter((line.booked_on.day, line.amount_minor) for line in BankLine.objects.all())
        assert found == Counter(rows)
        assert read_opening(bank) == 5000
        assert not list(check_bank())


def test_two_files_of_one_day_that_follow_each_other_are_both_kept(shop: Shop) -> None:
    """Each has the same payment; their balances say that it happened twice."""
    add(shop)
    for number, opening in enumerate((5000, 6000)):
        text = moves_of([(2, 1000)], opening, first=2, last=2, message=f"M-{number}")
        assert only(take(shop, text)).new == 1
    whole = moves_of([(2, 1000), (2, 1000)], 5000, first=2, last=2, message="day")
    done = only(take(shop, whole))
    assert (done.new, done.known, done.missing_minor) == (0, 2, 0)


def test_a_missing_statement_is_said_until_it_is_read(shop: Shop) -> None:
    bank = add(shop)
    take(shop, moves_of(MONTH, 5000, first=2, last=3))
    late = only(take(shop, moves_of(MONTH, 5000, first=9, last=10)))
    assert late.missing_minor == 500
    assert "5.00 EUR is missing between the statement until 2026-03-03 and this one" in late.gap
    assert [one.rule for one in check_bank()] == ["bank-closing"]
    take(shop, moves_of(MONTH, 5000, first=4, last=8))
    assert not list(check_bank())
    assert read_opening(bank) == 5000


def test_older_statements_are_taken_from_the_opening_balance(shop: Shop) -> None:
    bank = add(shop)
    take(shop, moves_of(MONTH, 5000, first=4, last=10))
    assert read_opening(bank) == 6700
    assert only(take(shop, moves_of(MONTH, 5000, first=2, last=3))).missing_minor == 0
    assert read_opening(bank) == 5000
    assert not list(check_bank())


def test_a_statement_that_does_not_add_up_is_taken_in_and_said(shop: Shop) -> None:
    add(shop)
    text = moves_of(MONTH, 5000, first=2, last=10)
    with undone():
        done = only(take(shop, text.replace('"EUR">89.00', '"EUR">90.00')))
        assert (done.new, done.statement.difference()) == (6, 100)
        assert "its own balances differ by 1.00 EUR" in done.gap
        assert {one.rule for one in check_bank()} == {"bank-statement"}


def test_another_format_for_the_same_days_is_refused(shop: Shop) -> None:
    bank = add(shop)
    take(shop, moves_of(MONTH, 5000, first=2, last=10))
    table = "day;amount;text\n2026-03-0{day};10,00;rent\n"
    named = {"booked_on": "day", "amount": "amount", "text": "text"}
    columns = {"columns": named, "dates": "YYYY-MM-DD"}
    save_columns(bank_account=bank, columns=columns, now=NOW)
    bank.refresh_from_db()
    with pytest.raises(Conflict, match=r"2026-03-09 was read from camt\.053 already"):
        take(shop, table.format(day=9), bank_account=bank)
    later = table.replace("03-0{day}", "03-11")
    assert only(take(shop, later, bank_account=bank)).new == 1


def test_accounts_are_found_by_their_numbers_or_nothing_is_written(shop: Shop) -> None:
    add(shop)
    both = document(
        statement(entry("1.00", "")), statement(entry("2.00", ""), number="DE02120300000000202051")
    )
    with pytest.raises(
        NotFound, match="quarterday bank add CODE DE02120300000000202051 --currency EUR"
    ):
        take(shop, both)
    assert not BankStatement.objects.exists()
    other = add(shop, "other", "DE02120300000000202051")
    with pytest.raises(Conflict, match="is of account DE89370400440532013000"):
        take(shop, document(statement(entry("1.00", ""))), bank_account=other)
    assert [one.row.bank_account.code for one in take(shop, both).statements] == ["main", "other"]
    with pytest.raises(NotFound, match="in USD"):
        take(shop, document(statement(entry("1.00", "", code="USD"))))


def test_bank_accounts_are_added_once(shop: Shop) -> None:
    assert add(shop) == add(shop)
    assert find_bank_account("DE89 3704 0044 0532 0130 00").code == "main"
    with pytest.raises(Conflict, match="use another code"):
        add(shop, number="DE02120300000000202051")
    with pytest.raises(Conflict, match="is bank account main already"):
        add(shop, code="two")
    with pytest.raises(BillingError, match="wrong check digits"):
        add(shop, code="two", number="DE00370400440532013000")
    assert add(shop, code="dollars", currency="USD").number == OWN


def test_what_no_database_keeps_is_cut_or_refused(shop: Shop) -> None:
    bank = add(shop)
    columns = {
        "columns": {"booked_on": "day", "amount": "amount", "name": "name"},
        "dates": "YYYY-MM-DD",
    }
    save_columns(bank_account=bank, columns=columns, now=NOW)
    bank.refresh_from_db()
    table = f"day;amount;name\n2026-03-02;10,00;a\x00b{'x' * 300}\n"
    take(shop, table, bank_account=bank)
    assert BankLine.objects.get().name == f"a b{'x' * 197}"
    with pytest.raises(BillingError, match="look for a slip"):
        take(shop, "day;amount;name\n2026-03-02;99999999999999999,00;x\n", bank_account=bank)


def test_two_imports_at_once_take_a_file_in_once(open_shop: Shop) -> None:
    add(open_shop)
    text = moves_of(MONTH, 5000, first=2, last=10)
    other = moves_of(MONTH, 5000, first=3, last=10, message="other")
    done = together(*(lambda text=text: take(open_shop, text) for text in (text, other, text)))  # type: ignore[misc]
    assert sum(only(one).new for one in done if isinstance(one, ImportedFile)) == 6
    assert BankLine.objects.count() == 6


def test_the_proof_sees_what_the_book_lacks_or_has_too_much(shop: Shop) -> None:
    bank = add(shop)
    take(shop, moves_of(MONTH, 5000, first=2, last=10))
    known = BankLine.objects.first()
    assert known is not None
    with undone():
        known.pk, known.public_id, known.fingerprint = None, "bln_other", "other"
        known.save(force_insert=True)
        assert {one.rule for one in check_bank()} >= {"bank-line", "bank-statement", "bank-balance"}
    with undone():
        stray = post_bank_line(
            on=known.booked_on, reference="X", code=bank.code, currency="EUR", amount_minor=5
        )
        post_entry(stray, seller_id=shop.seller.id, source="bln_stray")
        assert {one.rule for one in check_bank()} == {"entry-source", "bank-balance"}
    with undone():
        other = post_bank_opening(
            on=known.booked_on, reference="X", code="main", currency="EUR", amount_minor=5
        )
        post_entry(
            other,
            seller_id=shop.seller.id,
            source=BankStatement.objects.create(
                bank_account=bank,
                digest="x",
                number=1,
                format="camt.053",
                lines=0,
                new_lines=0,
                imported_at=NOW,
            ).public_id,
        )
        assert {one.rule for one in check_bank()} == {"bank-closing"}
