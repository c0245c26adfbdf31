"""Refunds that a gateway makes: booked first, asked for once, and booked in again if they fail."""

from __future__ import annotations

import pytest
from django.db.models import Sum

from quarterday.core.errors import BillingError
from quarterday.ports.outcomes import DeclineCode, Declined, Pending, Succeeded
from quarterday.services.errors import Conflict
from quarterday.services.payments.finish_refund import finish_refund
from quarterday.services.payments.refund_by_gateway import look_up_refund, refund_by_gateway
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.services.payments.refund_to_credit import refund_to_credit
from quarterday.services.payments.start_refund import start_refund
from quarterday.store.models import (
    Collection,
    CreditGrant,
    CreditNote,
    Invoice,
    Message,
    Payment,
    Refund,
    RefundAttempt,
)
from tests.services.paid import disputed, hear, offer, pay, refunded
from tests.services.till import DAY, NOW, Shop, ledger, together

CLEARING = "assets:clearing:sandbox"
REFUSED = Declined(DeclineCode.REFUSED, "re_1")


def refund(payment: Payment, amount_minor: int | None = None, **terms: object) -> RefundAttempt:
    return refund_by_gateway(
        payment=payment,
        amount_minor=amount_minor,
        reopen=True,
        today=DAY,
        now=NOW,
        **terms,  # type: ignore[arg-type]
    )


def test_a_refund_arrives_and_is_told(shop: Shop) -> None:
    offer(shop)
    shop.account.contacts.create(email="anna@example.com")
    payment = pay(shop.invoice(10000))
    attempt = refund(payment, 5000, external_id="r1")
    assert attempt.status == "succeeded"
    assert refund(payment, 5000, external_id="r1") == attempt
    assert (ledger()[CLEARING], Invoice.objects.get().open_minor) == (6900, 5000)
    assert Message.objects.filter(kind="refund").count() == 1
    # What went back is not taken again by itself.
    assert Collection.objects.get().status == "stopped"
    with pytest.raises(Conflict):
        refund(payment, 4000, external_id="r1")
    with pytest.raises(BillingError, match=r"at most the 69\.00"):
        refund(payment, 6901)


def test_what_did_not_come_by_a_gateway_is_given_back_by_hand(shop: Shop) -> None:
    shop.invoice(10000)
    with pytest.raises(BillingError, match="payments refund"):
        refund(shop.pay(11900))


def test_a_refund_that_fails_comes_back_and_can_be_made_again(shop: Shop) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    attempt = start_refund(payment=payment, reopen=True, today=DAY, now=NOW)
    for outcome in (Pending("re_1"), Succeeded("re_1"), REFUSED, Succeeded("re_1"), REFUSED):
        attempt = finish_refund(attempt=attempt, outcome=outcome, today=DAY, now=NOW)
    assert attempt.status == "failed"
    assert attempt.returned is not None
    assert (attempt.returned.kind, Invoice.objects.get().status) == ("returned", "paid")
    assert (ledger()[CLEARING], Collection.objects.get().status) == (11900, "done")
    again = refund(attempt.returned)
    assert (again.status, ledger().get(CLEARING, 0)) == ("succeeded", 0)


def test_one_that_never_arrived_is_asked_for_again(shop: Shop) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    attempt = start_refund(payment=payment, reopen=True, today=DAY, now=NOW)
    unreached = Declined(DeclineCode.UNAVAILABLE, message="no route")
    attempt = finish_refund(attempt=attempt, outcome=unreached, today=DAY, now=NOW)
    assert (attempt.status, attempt.error) == ("created", "no route")
    assert look_up_refund(attempt, today=DAY, now=NOW).status == "succeeded"


def test_two_at_once_never_give_back_more_than_was_paid(open_shop: Shop) -> None:
    offer(open_shop)
    payment = pay(open_shop.invoice(10000))
    answers = together(*[lambda: refund(payment, 8000)] * 3)
    assert sum(isinstance(one, RefundAttempt) for one in answers) == 1
    assert Refund.objects.aggregate(sum=Sum("amount_minor"))["sum"] == 8000


def test_one_made_at_the_gateway_is_booked_once(shop: Shop) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    hear(shop, refunded(payment, 5000, Pending("re_1"), "e1"))
    hear(shop, refunded(payment, 5000, Succeeded("re_1"), "e2"))
    hear(shop, refunded(payment, 5000, Succeeded("re_1"), "e3"))
    assert (ledger()[CLEARING], Refund.objects.count()) == (6900, 1)
    assert Collection.objects.get().status == "stopped"


def test_one_that_somebody_wrote_down_before_is_the_same(shop: Shop) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    noted = refund_payment(payment=payment, amount_minor=5000, reopen=True, today=DAY, now=NOW)
    hear(shop, refunded(payment, 5000, Succeeded("re_1"), "e1"))
    assert RefundAttempt.objects.get().refund == noted
    assert ledger()[CLEARING] == 6900


def test_one_of_ours_is_not_booked_twice_while_its_answer_is_lost(shop: Shop) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    attempt = start_refund(payment=payment, amount_minor=5000, reopen=True, today=DAY, now=NOW)
    assert hear(shop, refunded(payment, 5000, Succeeded("re_1"), "e1")) == ["received"]
    finish_refund(attempt=attempt, outcome=Pending("re_1"), today=DAY, now=NOW)
    hear(shop, refunded(payment, 5000, Succeeded("re_1"), "e2"))
    attempt.refresh_from_db()
    assert (attempt.status, Refund.objects.count()) == ("succeeded", 1)


def test_more_than_is_left_is_for_people(shop: Shop) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    assert hear(shop, refunded(payment, 12000, Succeeded("re_1"), "e1")) == ["unmatched"]
    assert not Refund.objects.exists()


def test_money_that_a_dispute_restored_can_be_refunded(shop: Shop) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    hear(shop, disputed(payment, "opened"), disputed(payment, "won"))
    hear(shop, refunded(payment, 5000, Succeeded("re_1"), "e1"))
    assert Refund.objects.latest("id").payment == Payment.objects.get(kind="restored")


def test_as_credit_whole_invoices_are_credited(shop: Shop) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    with pytest.raises(BillingError, match="only a part of invoice"):
        refund_to_credit(payment=payment, amount_minor=5000, reason="Kind", today=DAY, now=NOW)
    assert refund_to_credit(payment=payment, reason="Kind", today=DAY, now=NOW) == 11900
    assert (CreditNote.objects.count(), CreditGrant.objects.get().open_minor) == (1, 11900)
    assert ledger()[CLEARING] == 11900


def test_as_credit_a_part_is_owed_again(shop: Shop) -> None:
    offer(shop)
    invoice = shop.invoice(10000)
    payment = pay(invoice)
    terms = {"payment": payment, "reason": "Kind", "today": DAY, "now": NOW, "reopen": True}
    assert refund_to_credit(amount_minor=5000, **terms) == 5000  # type: ignore[arg-type]
    open_minor = CreditGrant.objects.aggregate(sum=Sum("open_minor"))["sum"]
    invoice.refresh_from_db()
    assert (open_minor, invoice.open_minor) == (5000, 5000)
