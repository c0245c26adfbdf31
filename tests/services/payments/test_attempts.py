"""Attempts to pay: written before anybody is asked, and their money counts once."""

from __future__ import annotations

from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    KeptMethod,
    Pending,
    Redirect,
    Succeeded,
    Unknown,
)
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.payments.cancel_attempt import cancel_attempt
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.start_attempt import TooOften, start_attempt
from quarterday.store.models import (
    Brand,
    CreditGrant,
    Event,
    Invoice,
    Payment,
    PaymentAttempt,
    PaymentMethod,
)
from tests.services.till import DAY, NOW, Shop, ledger, together

VISA = KeptMethod("token-1", "visa", "Visa •••• 4242")


def set_up(shop: Shop, **funds: int) -> Shop:
    """Let the seller offer the sandbox and bank transfers."""
    data: dict[str, Any] = {
        "iban": "DE89370400440532013000",
        "gateways": {"sandbox": {"is_enabled": True}},
    }
    if funds:
        data["add_funds"] = {"EUR": funds}
    Brand.objects.create(seller=shop.seller, data=data)
    return shop


def begin(shop: Shop, amount_minor: int, *invoices: Invoice, **terms: Any) -> PaymentAttempt:
    given: dict[str, Any] = {"gateway": "sandbox", "choice": "card"} | terms
    return start_attempt(
        account=shop.account,
        amount_minor=amount_minor,
        invoices=[one.public_id for one in invoices],
        now=NOW,
        **given,
    )


def end(attempt: PaymentAttempt, outcome: Any) -> PaymentAttempt:
    return finish_attempt(attempt=attempt, outcome=outcome, today=DAY, now=NOW)


def test_a_card_that_succeeds_pays_its_invoice(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    attempt = begin(shop, 11900, invoice)
    assert (attempt.status, attempt.payment_id) == ("created", None)
    attempt = end(attempt, Succeeded("ref-1", method=VISA))
    invoice.refresh_from_db()
    payment = Payment.objects.get()
    assert (attempt.status, attempt.payment_id) == ("succeeded", payment.id)
    assert (payment.method, payment.reference, payment.external_id) == (
        "sandbox",
        "ref-1",
        attempt.public_id,
    )
    assert (invoice.status, ledger()["assets:clearing:sandbox"]) == ("paid", 11900)
    method = PaymentMethod.objects.get()
    assert (method.token, method.is_default, attempt.method_id) == ("token-1", True, method.id)


def test_told_twice_it_is_paid_once(shop: Shop) -> None:
    attempt = begin(set_up(shop), 11900, shop.invoice(10000))
    for _ in range(3):
        end(attempt, Succeeded("ref-1"))
    assert Payment.objects.count() == 1
    assert Event.objects.filter(kind="payment_attempt.succeeded").count() == 1


def test_what_fails_leaves_the_invoice_open(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    attempt = end(begin(shop, 11900, invoice), Declined(DeclineCode.INSUFFICIENT_FUNDS, "ref"))
    invoice.refresh_from_db()
    assert (attempt.status, attempt.error, invoice.status) == (
        "failed",
        "insufficient_funds",
        "open",
    )
    assert end(begin(shop, 11900, invoice), Succeeded("ref-2")).status == "succeeded"


def test_whoever_tries_many_cards_is_slowed_down(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    for _ in range(15):
        end(begin(shop, 11900, invoice), Declined(DeclineCode.REFUSED))
    with pytest.raises(TooOften, match="try again in an hour"):
        begin(shop, 11900, invoice)


@pytest.mark.parametrize(
    "first", [Declined(DeclineCode.REFUSED), Unknown("lost"), Redirect("/bank")]
)
def test_money_is_recorded_whatever_was_said_before(shop: Shop, first: Any) -> None:
    attempt = begin(set_up(shop), 11900, shop.invoice(10000))
    end(attempt, first)
    assert end(attempt, Succeeded("ref-1")).status == "succeeded"
    assert Payment.objects.get().amount_minor == 11900


def test_nothing_undoes_a_success(shop: Shop) -> None:
    attempt = end(begin(set_up(shop), 11900, shop.invoice(10000)), Succeeded("ref-1"))
    for late in (Declined(DeclineCode.REFUSED), Pending("ref-1"), Unknown("lost"), Redirect("/")):
        assert end(attempt, late).status == "succeeded"


def test_while_money_is_on_its_way_no_second_payment_starts(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    end(begin(shop, 5000, invoice), Pending("ref-1"))
    with pytest.raises(Conflict, match="already on its way"):
        begin(shop, 11900, invoice)
    assert begin(shop, 6900, invoice).status == "created"


def test_an_attempt_that_waits_for_the_payer_gives_way(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    first = end(begin(shop, 11900, invoice), Redirect("https://bank.example", "ref-1"))
    second = begin(shop, 11900, invoice)
    first.refresh_from_db()
    assert (first.status, second.status) == ("cancelled", "created")
    # The payer confirmed the first one after all, in another window.
    end(second, Succeeded("ref-2"))
    end(first, Succeeded("ref-1"))
    grant = CreditGrant.objects.get()
    assert (grant.kind, grant.open_minor) == ("overpayment", 11900)


def test_a_transfer_is_a_promise_that_blocks_nothing(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    first = begin(shop, 11900, invoice, gateway="bank_transfer", choice="transfer")
    end(first, Pending("RF00"))
    again = begin(shop, 11900, invoice, gateway="bank_transfer", choice="transfer")
    assert again.id == first.id
    end(begin(shop, 11900, invoice), Succeeded("ref-1"))
    assert cancel_attempt(attempt=first, now=NOW)
    assert not cancel_attempt(attempt=first, now=NOW)


@pytest.mark.parametrize(
    ("amount", "words"), [(0, "at least 1"), (11901, "at most the 119.00 EUR"), (10**16, "digits")]
)
def test_wrong_amounts_are_refused(shop: Shop, amount: int, words: str) -> None:
    invoice = set_up(shop).invoice(10000)
    with pytest.raises(BillingError, match=words):
        begin(shop, amount, invoice)


def test_paid_invoices_and_those_of_others_are_refused(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    shop.pay(11900)
    with pytest.raises(Conflict, match="nothing to pay"):
        begin(shop, 100, invoice)
    other = shop.open_account("A2")
    with pytest.raises(NotFound, match="is not of account"):
        start_attempt(
            account=other,
            gateway="sandbox",
            amount_minor=1,
            invoices=[invoice.public_id],
            now=NOW,
        )


def test_what_the_seller_does_not_offer_is_refused(shop: Shop) -> None:
    invoice = shop.invoice(10000)
    with pytest.raises(BillingError, match="not offered"):
        begin(shop, 11900, invoice)
    with pytest.raises(BillingError, match="not offered"):
        begin(shop, 11900, invoice, gateway="nothing")


def test_a_kept_method_of_another_account_is_refused(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    other = start_attempt(
        account=shop.open_account("A2"), gateway="sandbox", amount_minor=2000, invoices=[], now=NOW
    )
    method = end(other, Succeeded("ref", method=VISA)).method
    with pytest.raises(NotFound, match="no longer kept"):
        begin(shop, 11900, invoice, method=method)


def test_several_invoices_are_settled_in_their_order(shop: Shop) -> None:
    first, second = set_up(shop).invoice(10000), shop.invoice(20000)
    end(begin(shop, 23900, second, first), Succeeded("ref-1"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.status, first.open_minor) == ("paid", 11900 - 100)


def test_credit_is_added_within_limits(shop: Shop) -> None:
    set_up(shop, min_minor=500, max_minor=3000, max_balance_minor=5000)
    for amount, words in ((499, "at least 5.00"), (3001, "at most 30.00 EUR at a time")):
        with pytest.raises(BillingError, match=words):
            begin(shop, amount)
    end(begin(shop, 3000), Succeeded("ref-1"))
    grant = CreditGrant.objects.get()
    assert grant.open_minor == 3000
    # What is on its way counts.
    end(begin(shop, 1500), Pending("ref-2"))
    with pytest.raises(BillingError, match=r"at most 5\.00 EUR now"):
        begin(shop, 600)


def test_two_at_once_begin_only_one_payment(open_shop: Shop) -> None:
    invoice = set_up(open_shop).invoice(10000)
    answers = together(*[lambda: begin(open_shop, 11900, invoice)] * 4)
    assert sum(isinstance(one, Conflict) for one in answers) == 3
    assert PaymentAttempt.objects.count() == 1


def test_told_at_once_it_is_paid_once(open_shop: Shop) -> None:
    attempt = begin(set_up(open_shop), 11900, open_shop.invoice(10000))
    answers = together(*[lambda: end(attempt, Succeeded("ref-1", method=VISA))] * 4)
    assert [getattr(one, "status", one) for one in answers] == ["succeeded"] * 4
    assert Payment.objects.count() == PaymentMethod.objects.count() == 1


def test_credit_cannot_pass_its_limit_at_once(open_shop: Shop) -> None:
    set_up(open_shop, min_minor=500, max_minor=3000, max_balance_minor=5000)
    answers = together(*[lambda: begin(open_shop, 2000)] * 4)
    assert sum(isinstance(one, PaymentAttempt) for one in answers) == 2


def test_killed_after_the_payment_nothing_remains(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The payment and the state of its attempt are one transaction."""
    attempt = begin(set_up(shop), 11900, shop.invoice(10000))
    module = "quarterday.services.payments.finish_attempt.record_attempt"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, _die)
        end(attempt, Succeeded("ref-1"))
    attempt.refresh_from_db()
    assert (attempt.status, Payment.objects.count()) == ("created", 0)
    end(attempt, Succeeded("ref-1"))
    assert Payment.objects.count() == 1


def _die(*_: object) -> None:
    raise KeyboardInterrupt
