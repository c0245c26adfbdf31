"""Settled the wrong invoice: put right without changing a row."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from quarterday.core.errors import BillingError
from quarterday.services.credit.apply_credit import apply_credit
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.services.payments.allocate_payment import allocate_payment
from quarterday.services.payments.reverse_allocation import reverse_allocation
from quarterday.store.models import Allocation, CreditGrant
from tests.services.till import DAY, LATER, NOW, Shop, amounts, together


def reverse(allocation: Allocation) -> Allocation:
    return reverse_allocation(allocation=allocation, today=LATER, now=NOW, reason="wrong invoice")


def test_the_invoice_is_owed_again_and_the_money_is_credit(shop: Shop) -> None:
    invoice = shop.invoice(10000)
    payment = shop.pay(11900)
    done = reverse(Allocation.objects.get())
    invoice.refresh_from_db()
    assert (invoice.open_minor, invoice.status) == (11900, "open")
    assert amounts(payment.allocations.order_by("id")) == [11900, -11900]
    assert done.reverses_id == payment.allocations.earliest("id").id
    grant = CreditGrant.objects.get()
    assert (grant.open_minor, grant.payment_id) == (11900, payment.id)


def test_the_money_settles_another_invoice_afterwards(shop: Shop) -> None:
    wrong, right = shop.invoice(10000), shop.invoice(5000)
    payment = shop.pay(8000, invoices=[wrong])
    reverse(Allocation.objects.get())
    done = allocate_payment(payment=payment, today=LATER, now=NOW, invoices=[right, wrong])
    assert amounts(done) == [5950, 2050]
    with pytest.raises(BillingError, match="has nothing left; reverse an allocation first"):
        allocate_payment(payment=payment, today=LATER, now=NOW)


def test_only_the_credit_of_the_payment_itself_is_allocated(shop: Shop) -> None:
    grant_credit(
        account=shop.account, kind="goodwill", amount_minor=500, today=DAY, now=NOW, priority=1
    )
    payment = shop.pay(300)
    invoice = shop.invoice(10000, on=LATER)
    assert invoice.open_minor == 11900 - 800
    payment = shop.pay(20000)
    invoice = shop.invoice(1000, account=shop.open_account("A2"), on=LATER)
    with pytest.raises(BillingError, match="is not of account A1"):
        allocate_payment(payment=payment, today=LATER, now=NOW, invoices=[invoice])


def test_credit_goes_back_to_its_grant(shop: Shop) -> None:
    invoice = shop.invoice(100)
    grant = grant_credit(
        account=shop.account, kind="goodwill", amount_minor=500, today=DAY, now=NOW
    )
    (used,) = apply_credit(invoice=invoice, today=DAY, now=NOW)
    reverse(used)
    grant.refresh_from_db()
    invoice.refresh_from_db()
    assert (grant.open_minor, invoice.open_minor) == (500, 119)


def test_it_is_reversed_once(shop: Shop) -> None:
    shop.invoice(100)
    shop.pay(119)
    allocation = Allocation.objects.get()
    reversal = reverse(allocation)
    for one in (allocation, reversal):
        with pytest.raises(BillingError, match="is reversed already"):
            reverse(one)


def test_what_is_written_off_stays_so(shop: Shop) -> None:
    invoice = shop.invoice(100)
    shop.pay(19)
    write_off_invoice(invoice=invoice, today=LATER, now=NOW, reason="gone")
    with pytest.raises(BillingError, match="a written off invoice cannot reopen"):
        reverse(Allocation.objects.get())
    assert Allocation.objects.count() == 1


def test_rows_are_never_changed_or_deleted(shop: Shop) -> None:
    shop.invoice(100)
    shop.pay(119)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.update(amount_minor=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.all().delete()


def test_at_once_it_is_reversed_once(open_shop: Shop) -> None:
    open_shop.invoice(100)
    open_shop.pay(119)
    allocation = Allocation.objects.get()
    answers = together(*[lambda: reverse(allocation)] * 3)
    assert sorted(type(one).__name__ for one in answers) == [
        "Allocation",
        "BillingError",
        "BillingError",
    ]
