"""Money that comes in: where it goes, and that it counts once."""

from __future__ import annotations

from datetime import date

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict, NotFound
from quarterday.store.models import Account, CreditGrant, Event, Invoice, JournalEntry, Payment
from tests.services.till import DAY, LATER, Shop, amounts, ledger, together


def test_a_part_of_an_invoice_is_paid(shop: Shop) -> None:
    invoice = shop.invoice(10000)
    payment = shop.pay(4000, LATER)
    invoice.refresh_from_db()
    assert (invoice.open_minor, invoice.status) == (11900 - 4000, "open")
    assert amounts(payment.allocations.all()) == [4000]
    assert ledger()["assets:clearing:bank"] == 4000


def test_an_invoice_is_paid_when_nothing_is_open(shop: Shop) -> None:
    invoice = shop.invoice(10000)
    shop.pay(4000)
    shop.pay(7900)
    invoice.refresh_from_db()
    assert (invoice.open_minor, invoice.status) == (0, "paid")
    assert Event.objects.filter(kind="invoice.paid", subject=invoice.public_id).count() == 1


def test_what_overpays_becomes_credit(shop: Shop) -> None:
    shop.invoice(10000)
    payment = shop.pay(12000)
    grant = CreditGrant.objects.get()
    assert (grant.kind, grant.open_minor, grant.payment_id) == ("overpayment", 100, payment.id)
    assert payment.open_minor == 0
    assert ledger()["liabilities:credit"] == -100
    assert shop.invoice(100, on=LATER).open_minor == 119 - 100


def test_one_payment_settles_several_invoices_the_oldest_due_first(shop: Shop) -> None:
    late = shop.invoice(10000, on=LATER)
    early = shop.invoice(20000, on=DAY)
    shop.pay(23800 + 100, LATER)
    late.refresh_from_db()
    early.refresh_from_db()
    assert (early.status, late.open_minor) == ("paid", 11800)


def test_named_invoices_are_settled_in_their_order_and_no_others(shop: Shop) -> None:
    first, second, third = shop.invoice(100), shop.invoice(200), shop.invoice(300)
    shop.pay(1000, invoices=[third, second])
    for invoice, open_minor in ((first, 119), (second, 0), (third, 0)):
        invoice.refresh_from_db()
        assert invoice.open_minor == open_minor
    assert CreditGrant.objects.get().open_minor == 1000 - 238 - 357


def test_money_that_came_in_earlier_stands_in_the_book_on_that_day(shop: Shop) -> None:
    shop.invoice(100)
    payment = shop.pay(100, LATER, received_on=date(2026, 3, 9))
    assert JournalEntry.objects.get(source=payment.public_id).on == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"amount_minor": 0}, "amount_minor must be at least 1"),
        ({"currency": "USD"}, "currency USD is not that of account A1"),
        ({"received_on": LATER}, "received_on, 2026-03-20, is later than today"),
        ({"reference": "x" * 201}, "reference has 201 characters"),
        ({"external_id": " "}, "external_id is empty"),
    ],
)
def test_bad_input_is_refused(shop: Shop, terms: dict[str, object], said: str) -> None:
    with pytest.raises(BillingError, match=said):
        shop.pay(**{"amount_minor": 100} | terms)  # type: ignore[arg-type]
    assert not Payment.objects.exists()


def test_nothing_remains_of_a_payment_that_fails_in_the_middle(shop: Shop) -> None:
    mine = shop.invoice(100)
    foreign = shop.invoice(100, account=shop.open_account("A2"))
    entries, events = JournalEntry.objects.count(), Event.objects.count()
    with pytest.raises(BillingError, match=f"{foreign.label} is not of account A1"):
        shop.pay(1000, invoices=[mine, foreign])
    mine.refresh_from_db()
    assert mine.open_minor == 119
    assert not Payment.objects.exists()
    assert (JournalEntry.objects.count(), Event.objects.count()) == (entries, events)


def test_a_paid_invoice_cannot_be_named(shop: Shop) -> None:
    invoice = shop.invoice(100)
    shop.pay(119)
    with pytest.raises(BillingError, match="is paid; name open invoices"):
        shop.pay(119, invoices=[invoice])


def test_an_account_that_is_not_there_is_named(shop: Shop) -> None:
    with pytest.raises(NotFound, match="no account with the key 99"):
        shop.pay(100, account=Account(id=99, currency="EUR"))


def test_the_same_external_id_is_one_payment(shop: Shop) -> None:
    invoice = shop.invoice(10000)
    first = shop.pay(4000, external_id="bank-1")
    assert shop.pay(4000, external_id="bank-1").id == first.id
    invoice.refresh_from_db()
    assert invoice.open_minor == 7900
    with pytest.raises(
        Conflict, match=r"bank-1 was recorded with amount 40\.00 EUR, not 50\.00 EUR"
    ):
        shop.pay(5000, external_id="bank-1")
    other = shop.pay(4000, external_id="bank-1", account=shop.open_account("A2"))
    assert other.id != first.id


def test_two_payments_at_once_never_settle_more_than_is_open(open_shop: Shop) -> None:
    shop = open_shop
    invoice = shop.invoice(10000)
    answers = together(*[lambda: shop.pay(7000)] * 4)
    assert [type(one) for one in answers] == [Payment] * 4
    invoice.refresh_from_db()
    assert (invoice.open_minor, invoice.status) == (0, "paid")
    assert sum(grant.open_minor for grant in CreditGrant.objects.all()) == 4 * 7000 - 11900


def test_the_same_external_id_at_once_is_one_payment(open_shop: Shop) -> None:
    shop = open_shop
    shop.invoice(10000)
    together(*[lambda: shop.pay(7000, external_id="bank-1")] * 4)
    assert Payment.objects.count() == 1
    assert Invoice.objects.get().open_minor == 4900
