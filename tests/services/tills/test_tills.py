"""The cash desk: what is taken, undone, banked and counted, and that the book agrees."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterday.core.access import StaffRole
from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.staff.check_staff import Forbidden
from quarterday.services.tills.add_cashier import add_cashier, change_cashier
from quarterday.services.tills.bank_cash import bank_cash
from quarterday.services.tills.cancel_entry import cancel_entry
from quarterday.services.tills.close_till import close_till
from quarterday.services.tills.find_payers import find_payers
from quarterday.services.tills.open_till import open_till
from quarterday.services.tills.take_payment import Means, take_payment
from quarterday.store.models import Cashier, Invoice, Message, Payment, Till, TillEntry
from quarterday.store.queries.check import check_books
from quarterday.store.queries.tills import list_sums, sum_cash
from tests.services.till import DAY, NOW, Shop, ledger, together

TOMORROW = DAY + timedelta(days=1)
TILL, CLEARING = "assets:cash:anna", "assets:clearing:cash"


def hire(shop: Shop, code: str = "anna", limit: int | None = None) -> Cashier:
    return add_cashier(
        seller=shop.seller, code=code, name="Anna Example", limit_minor=limit, now=NOW
    )


def take(shop: Shop, cashier: Cashier, amount: int = 11900, **terms: object) -> TillEntry:
    options = {"means": Means.CASH, "today": DAY, "now": NOW} | terms
    return take_payment(cashier=cashier, account=shop.account, amount_minor=amount, **options)  # type: ignore[arg-type]


def close(cashier: Cashier, counted: int, **terms: object) -> Till:
    options = {"today": DAY, "now": NOW} | terms
    return close_till(cashier=cashier, counted_minor=counted, **options)  # type: ignore[arg-type]


def test_a_day_at_the_desk(shop: Shop) -> None:
    shop.account.contacts.create(email="ada@example.com")
    cashier, invoice = hire(shop), shop.invoice(10000)
    open_till(cashier=cashier, today=DAY, now=NOW, opening_minor=5000)
    assert open_till(cashier=cashier, today=DAY, now=NOW).number == 1
    entry = take(shop, cashier, invoices=[invoice.public_id], key="slip 1")
    assert take(shop, cashier, invoices=[invoice.public_id], key="slip 1") == entry
    take(shop, cashier, 2000, means=Means.CHEQUE, invoices=[])
    take(shop, cashier, 3000, means=Means.CARD, invoices=[])
    bank_cash(cashier=cashier, amount_minor=10000, note="slip 7", today=DAY, now=NOW)
    bank_cash(cashier=cashier, amount_minor=10000, note="slip 7", today=DAY, now=NOW)
    with pytest.raises(BillingError, match="were counted"):
        close(cashier, 6500)
    till = close(cashier, 6500, note="wrong change")
    assert (till.expected_minor, till.counted_minor) == (6900, 6500)
    book = ledger()
    assert book[TILL] == 6500
    assert book["expenses:till-differences"] == 400
    # The float came from outside of the book, and what was banked waits for the statement.
    assert book[CLEARING] == 10000
    assert book["equity:other-books"] == -5000
    assert book["assets:clearing:cheque"] == 2000
    assert book["assets:clearing:card_terminal"] == 3000
    assert Invoice.objects.get().open_minor == 0
    assert Message.objects.filter(kind="receipt").count() == 3
    found = [(one.means, one.kind, one.entries, one.amount_minor) for one in list_sums(till)]
    assert found == [
        ("card", "payment", 1, 3000),
        ("cash", "banked", 1, -10000),
        ("cash", "difference", 1, -400),
        ("cash", "payment", 1, 11900),
        ("cheque", "payment", 1, 2000),
    ]
    assert open_till(cashier=cashier, today=TOMORROW, now=NOW).opening_minor == 6500


def test_what_was_mistyped_is_undone_the_same_day(shop: Shop) -> None:
    cashier, invoice = hire(shop), shop.invoice(10000)
    open_till(cashier=cashier, today=DAY, now=NOW)
    entry = take(shop, cashier)
    undone = cancel_entry(cashier=cashier, entry=entry, reason="wrong customer", today=DAY, now=NOW)
    again = cancel_entry(cashier=cashier, entry=entry, reason="wrong customer", today=DAY, now=NOW)
    assert (again, undone.amount_minor) == (undone, -11900)
    invoice.refresh_from_db()
    assert invoice.open_minor == 11900
    assert TILL not in ledger()
    assert CLEARING not in ledger()
    kept = take(shop, cashier)
    close(cashier, 11900)
    with pytest.raises(NotFound, match="no open till"):
        cancel_entry(cashier=cashier, entry=kept, reason="too late", today=DAY, now=NOW)
    open_till(cashier=cashier, today=TOMORROW, now=NOW)
    with pytest.raises(BillingError, match="have the payment refunded"):
        cancel_entry(cashier=cashier, entry=kept, reason="too late", today=TOMORROW, now=NOW)
    with pytest.raises(BillingError, match="only payments"):
        cancel_entry(cashier=cashier, entry=undone, reason="again", today=TOMORROW, now=NOW)


def test_each_day_is_closed_for_itself(shop: Shop) -> None:
    cashier = hire(shop)
    with pytest.raises(NotFound, match="no open till"):
        take(shop, cashier)
    open_till(cashier=cashier, today=DAY, now=NOW)
    with pytest.raises(BillingError, match="count and close it"):
        take(shop, cashier, today=TOMORROW)
    with pytest.raises(Conflict, match="has an open till"):
        open_till(cashier=cashier, today=TOMORROW, now=NOW)


def test_no_more_cash_than_the_limit_lies_in_a_till(shop: Shop) -> None:
    cashier = hire(shop, limit=15000)
    open_till(cashier=cashier, today=DAY, now=NOW, opening_minor=5000)
    with pytest.raises(BillingError, match="there is room for"):
        take(shop, cashier, 10001)
    take(shop, cashier, 10000)
    take(shop, cashier, 10000, means=Means.CARD)
    with pytest.raises(BillingError, match="nobody can bring more"):
        bank_cash(cashier=cashier, amount_minor=15001, note="x", today=DAY, now=NOW)
    bank_cash(cashier=cashier, amount_minor=15000, note="x", today=DAY, now=NOW)
    take(shop, cashier, 15000)


def test_only_who_may_takes_money(shop: Shop) -> None:
    cashier = hire(shop)
    with pytest.raises(Forbidden, match="cashier does not permit to manage staff"):
        add_cashier(seller=shop.seller, code="ben", name="Ben", now=NOW, role=StaffRole.CASHIER)
    open_till(cashier=cashier, today=DAY, now=NOW)
    with pytest.raises(Forbidden, match="auditor does not permit to take money"):
        take(shop, cashier, role=StaffRole.AUDITOR)
    change_cashier(cashier=cashier, is_active=False, now=NOW)
    with pytest.raises(Conflict, match="may no longer take money"):
        take(shop, cashier)
    close(cashier, 0)
    with pytest.raises(Conflict, match="there is a cashier 'anna' already"):
        hire(shop)


def test_a_cashier_finds_who_stands_there(shop: Shop) -> None:
    cashier, invoice = hire(shop), shop.invoice(10000)
    for text in ("A1", invoice.label, "example CUSTOMER"):
        (payer,) = find_payers(cashier=cashier, text=text)
        assert (payer.number, payer.open_minor, payer.invoices) == ("A1", 11900, (invoice.label,))
    assert find_payers(cashier=cashier, text=" ") == []


def test_many_at_once_keep_till_and_book_together(open_shop: Shop) -> None:
    cashier = hire(open_shop, limit=25000)
    open_till(cashier=cashier, today=DAY, now=NOW)
    accounts = [open_shop.open_account(f"C{number}") for number in range(4)]
    answers = together(
        *[
            partial(
                take_payment,
                cashier=cashier,
                account=account,
                amount_minor=10000,
                means=Means.CASH,
                today=DAY,
                now=NOW,
            )
            for account in accounts
        ]
    )
    taken = [one for one in answers if isinstance(one, TillEntry)]
    assert sorted(one.number for one in taken) == [1, 2], "the limit holds, however many ask"
    assert Payment.objects.count() == 2
    assert ledger()[TILL] == 20000


STEPS = st.one_of(
    st.tuples(st.just("take"), st.integers(1, 20000), st.sampled_from(list(Means))),
    st.tuples(st.just("cancel"), st.integers(0, 9), st.none()),
    st.tuples(st.just("bank"), st.integers(1, 20000), st.none()),
    st.tuples(st.just("close"), st.integers(-500, 500), st.none()),
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=12))
def test_whatever_happens_the_till_agrees_with_the_book(
    shop: Shop, steps: list[tuple[str, int, Means | None]]
) -> None:
    code = f"c{Cashier.objects.count()}"
    cashier = hire(shop, code)
    open_till(cashier=cashier, today=DAY, now=NOW, opening_minor=1000)
    for number, (step, amount, means) in enumerate(steps):
        till = Till.objects.get(cashier=cashier, closed_at=None)
        try:
            if step == "take":
                take(shop, cashier, amount, means=means)
            elif step == "cancel":
                entries = list(TillEntry.objects.filter(till__cashier=cashier).order_by("id"))
                if entries:
                    entry = entries[amount % len(entries)]
                    cancel_entry(cashier=cashier, entry=entry, reason="x", today=DAY, now=NOW)
            elif step == "bank":
                bank_cash(
                    cashier=cashier, amount_minor=amount, note=f"slip {number}", today=DAY, now=NOW
                )
            else:
                close(cashier, max(sum_cash(till) + amount, 0), note="counted")
                open_till(cashier=cashier, today=DAY, now=NOW)
        except BillingError:
            pass
        open_now = Till.objects.get(cashier=cashier, closed_at=None)
        assert ledger().get(f"assets:cash:{code}", 0) == sum_cash(open_now) >= 0
    assert [str(one) for one in check_books()] == []


def test_a_till_that_does_not_add_up_is_named(shop: Shop) -> None:
    cashier = hire(shop)
    till = open_till(cashier=cashier, today=DAY, now=NOW)
    take(shop, cashier)
    close(cashier, 11900)
    Till.objects.filter(id=till.id).update(counted_minor=11000, opening_minor=100)
    found = {one.rule for one in check_books()}
    assert found == {"till-expected", "till-counted", "till-posting"}
    Till.objects.filter(id=till.id).update(counted_minor=11900, opening_minor=0)
