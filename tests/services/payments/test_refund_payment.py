"""Money that goes back, and what it is taken from."""

from __future__ import annotations

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.store.models import CreditGrant, Payment, Refund
from tests.services.till import LATER, NOW, Shop, amounts, ledger, together


def refund(payment: Payment, amount_minor: int | None = None, **terms: object) -> Refund:
    return refund_payment(
        payment=payment,
        amount_minor=amount_minor,
        today=LATER,
        now=NOW,
        **terms,  # type: ignore[arg-type]
    )


def status(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.status


def test_what_overpaid_goes_back(shop: Shop) -> None:
    shop.invoice(100)
    payment = shop.pay(500)
    refund(payment, 381)
    assert CreditGrant.objects.get().open_minor == 0
    assert (ledger()["assets:clearing:bank"], status(payment)) == (119, "partially_refunded")


def test_what_settled_an_invoice_stays_unless_it_is_reopened(shop: Shop) -> None:
    invoice = shop.invoice(100)
    payment = shop.pay(119)
    with pytest.raises(
        BillingError, match=r"only 0\.00 EUR of it is credit; credit the invoice first"
    ):
        refund(payment)
    assert (Refund.objects.count(), status(payment)) == (0, "succeeded")
    refund(payment, reopen=True)
    invoice.refresh_from_db()
    assert (invoice.open_minor, invoice.status, status(payment)) == (119, "open", "refunded")


def test_only_as_much_is_reopened_as_is_refunded_the_latest_first(shop: Shop) -> None:
    first, second = shop.invoice(1000), shop.invoice(1000, on=LATER)
    payment = shop.pay(2380 + 20, LATER)
    refund(payment, 500, reopen=True)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.open_minor, second.open_minor) == (0, 480)
    assert amounts(second.allocations.order_by("id")) == [1190, -1190, 710]
    refund(payment, reopen=True)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.open_minor, second.open_minor, status(payment)) == (1190, 1190, "refunded")


def test_several_allocations_of_one_invoice_are_taken_back(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    payment = shop.pay(1000)
    refund(payment, 300, reopen=True)
    assert amounts(invoice.allocations.order_by("id")) == [1000, -1000, 700]
    shop.pay(100)
    refund(payment, 700, reopen=True)
    invoice.refresh_from_db()
    assert invoice.open_minor == 1190 - 100


def test_a_credit_note_is_refunded(shop: Shop) -> None:
    invoice = shop.invoice(1000)
    payment = shop.pay(1190)
    credit_invoice(invoice=invoice, today=LATER, now=NOW, reason="returned")
    refund(payment)
    assert "liabilities:credit" not in ledger()
    assert "assets:clearing:bank" not in ledger()


@pytest.mark.parametrize("amount_minor", [0, -1, 120])
def test_no_more_goes_back_than_came_in(shop: Shop, amount_minor: int) -> None:
    payment = shop.pay(119)
    with pytest.raises(BillingError, match=r"at most the 1\.19 EUR"):
        refund(payment, amount_minor)
    refund(payment)
    with pytest.raises(BillingError, match=r"at most the 0\.00 EUR"):
        refund(payment)


def test_the_same_external_id_is_one_refund(shop: Shop) -> None:
    payment = shop.pay(119)
    first = refund(payment, 19, external_id="r1")
    assert refund(payment, 19, external_id="r1").id == first.id
    with pytest.raises(Conflict, match="r1 was made of another payment or amount"):
        refund(payment, 20, external_id="r1")
    assert CreditGrant.objects.get().open_minor == 100


def test_at_once_no_more_goes_back_than_came_in(open_shop: Shop) -> None:
    payment = open_shop.pay(100)
    answers = together(*[lambda: refund(payment, 60)] * 3)
    assert sum(isinstance(one, Refund) for one in answers) == 1
