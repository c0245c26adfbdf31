"""A fee for paying by one method: shown before, invoiced with its tax, settled by the payment."""

from __future__ import annotations

from typing import Any

import pytest

from quarterday.ports.outcomes import Pending, Succeeded
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import (
    Account,
    BillingDue,
    Brand,
    CreditGrant,
    Invoice,
    PaymentAttempt,
)
from quarterday.store.queries.check import check_books
from quarterday.store.queries.paying import sum_on_the_way
from tests.services.till import DAY, NOW, Shop, ledger, prove_books


def set_up(shop: Shop) -> Account:
    """A business in Germany, which may be asked for a fee; consumers there may not."""
    shop._product("fee", "standard")
    Brand.objects.create(
        seller=shop.seller,
        data={
            "gateways": {"sandbox": {"is_enabled": True}},
            "method_fees": {
                "product": "fee",
                "ways": {"sandbox:card": {"percent": "2", "fixed": {"EUR": 35}}},
            },
        },
    )
    Account.objects.filter(id=shop.account.id).update(tax_id="DE136695976")
    shop.account.refresh_from_db()
    return shop.account


def begin(shop: Shop, amount_minor: int, *invoices: Invoice, **terms: Any) -> PaymentAttempt:
    given: dict[str, Any] = {"choice": "card", "account": shop.account} | terms
    return start_attempt(
        gateway="sandbox",
        amount_minor=amount_minor,
        invoices=[one.public_id for one in invoices],
        now=NOW,
        **given,
    )


@pytest.mark.parametrize("is_late", [False, True])
def test_the_fee_has_an_invoice_that_the_same_payment_settles(shop: Shop, is_late: bool) -> None:
    set_up(shop)
    invoice = shop.invoice(10000)
    shop.charge(500, bill_on=DAY)
    attempt = begin(shop, 11900, invoice)
    assert (attempt.amount_minor, attempt.fee_minor) == (11900 + 273, 273)
    assert sum_on_the_way(shop.account, attempt.invoices) == 11900
    for outcome in [Pending("ref")] * is_late + [Succeeded("ref")] * 2:
        finish_attempt(attempt=attempt, outcome=outcome, today=DAY, now=NOW)
    invoice.refresh_from_db()
    fee = Invoice.objects.get(total_minor=273)
    assert (invoice.status, fee.status, fee.tax_minor, fee.due_on) == ("paid", "paid", 44, DAY)
    assert ledger()["assets:clearing:sandbox"] == 12173
    # What else is due of the account waits for the billing run.
    assert BillingDue.objects.get(account=shop.account).bill_on == DAY
    assert Invoice.objects.count() == 2
    assert CreditGrant.objects.count() == 0
    prove_books()


def test_credit_that_is_added_costs_its_fee_too(shop: Shop) -> None:
    set_up(shop)
    attempt = begin(shop, 5000)
    finish_attempt(attempt=attempt, outcome=Succeeded("ref"), today=DAY, now=NOW)
    assert CreditGrant.objects.get().amount_minor == 5000
    assert Invoice.objects.get().total_minor == 135
    prove_books()


def test_consumers_of_the_union_are_never_asked(shop: Shop) -> None:
    set_up(shop)
    consumer = shop.open_account("consumer")
    assert begin(shop, 5000, account=consumer).fee_minor == 0
    assert begin(shop, 5000, choice="sepa_debit").fee_minor == 0


def test_a_fee_that_was_never_invoiced_is_found(shop: Shop) -> None:
    set_up(shop)
    attempt = begin(shop, 5000)
    PaymentAttempt.objects.filter(id=attempt.id).update(status="succeeded")
    assert [one.rule for one in check_books()] == ["method-fee"]
    PaymentAttempt.objects.filter(id=attempt.id).update(status="failed")
