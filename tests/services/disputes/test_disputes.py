"""Disputes: the money leaves the book and comes again, and nobody is charged meanwhile."""

from __future__ import annotations

from itertools import permutations

import pytest
from django.db import transaction

from quarterday.ports.outcomes import DeclineCode, Declined
from quarterday.services.disputes.close_dispute import close_dispute
from quarterday.services.disputes.open_dispute import open_dispute
from quarterday.services.disputes.return_payment import return_payment
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.services.payments.finish_refund import finish_refund
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.services.payments.start_refund import start_refund
from quarterday.store.models import (
    Allocation,
    Collection,
    CreditGrant,
    Dispute,
    DisputeStatus,
    Dunning,
    Event,
    Invoice,
    Message,
    Payment,
    PaymentMethod,
    Task,
)
from quarterday.store.queries.disputes import sum_booked
from tests.services.paid import disputed, hear, offer, pay
from tests.services.till import DAY, LATER, NOW, Shop, ledger, prove_books

CLEARING = "assets:clearing:sandbox"


def stands(invoice: Invoice) -> tuple[str, int, str]:
    """The invoice's status, what is open, and how its collection is."""
    invoice.refresh_from_db()
    return invoice.status, invoice.open_minor, Collection.objects.get(invoice=invoice).status


def test_a_dispute_that_is_won_leaves_only_its_fee(shop: Shop) -> None:
    offer(shop)
    invoice = shop.invoice(10000)
    payment = pay(invoice)
    hear(shop, disputed(payment, "opened"))
    assert stands(invoice) == ("open", 11900, "stopped")
    assert ledger()[CLEARING] == -1500
    hear(shop, disputed(payment, "won"))
    assert stands(invoice) == ("paid", 0, "done")
    assert (ledger()[CLEARING], ledger()["expenses:payment-fees"]) == (10400, 1500)
    restored = Dispute.objects.get().restored
    assert restored is not None
    assert (restored.kind, restored.amount_minor) == ("restored", 11900)
    # Neither has a mail of its own.
    assert set(Message.objects.values_list("kind", flat=True)) <= {"receipt", "invoice_issued"}


@pytest.mark.parametrize(
    "states", [("opened", "won"), ("opened", "lost"), ("opened", "lost", "won")]
)
def test_news_in_any_order_twice_give_the_same(shop: Shop, states: tuple[str, ...]) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    results = set()
    for order in sorted(set(permutations(states * 2 if len(states) == 2 else states))):
        place = transaction.savepoint()
        news = [disputed(payment, one, f"evt_{n}") for n, one in enumerate(order)]
        assert set(hear(shop, *news)) == {"processed"}
        dispute = Dispute.objects.get()
        books = tuple(sorted(ledger().items()))
        results.add((dispute.status, books, Invoice.objects.get().open_minor))
        transaction.savepoint_rollback(place)
    assert len(results) == 1


def test_what_is_lost_stays_owed_until_people_decide(shop: Shop) -> None:
    offer(shop)
    invoice = shop.invoice(10000)
    hear(shop, disputed(pay(invoice), "lost"))
    assert stands(invoice) == ("open", 11900, "stopped")
    assert "write it off" in Collection.objects.get().reason


def test_what_is_lost_is_written_off_where_the_seller_says_so(shop: Shop) -> None:
    offer(shop, disputes={"lost": "write_off"})
    invoice = shop.invoice(10000)
    payment = pay(invoice)
    hear(shop, disputed(payment, "opened"), disputed(payment, "lost"))
    assert stands(invoice) == ("written_off", 0, "done")
    assert ledger()["expenses:bad-debt"] == 11900


def test_only_what_is_left_of_a_payment_is_booked_out(shop: Shop) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    refund_payment(payment=payment, amount_minor=5000, reopen=True, today=DAY, now=NOW)
    dispute = open_dispute(
        payment=payment,
        gateway="sandbox",
        reference="dp_1",
        amount_minor=11900,
        today=DAY,
        now=NOW,
    )
    assert dispute.refund is not None
    assert (dispute.amount_minor, dispute.refund.amount_minor) == (11900, 6900)
    said = Event.objects.get(kind="dispute.opened").data
    assert '"booked_minor":6900' in said.replace(" ", "")
    dispute = close_dispute(dispute=dispute, state=DisputeStatus.WON, today=LATER, now=NOW)
    assert dispute.restored is not None
    assert (dispute.restored.amount_minor, Invoice.objects.get().open_minor) == (6900, 5000)


@pytest.mark.parametrize("taken", [11900, 5000, 2000])
@pytest.mark.parametrize("state", ["opened", "lost", "returned", "won"])
def test_money_of_a_debt_that_was_given_up_is_booked_out_wholly(
    shop: Shop, taken: int, state: str
) -> None:
    """An invoice of 119.00, of which 50.00 came, and 69.00 were given up."""
    invoice, payment = shop.invoice(10000), shop.pay(5000)
    write_off_invoice(invoice=invoice, reason="gone away", today=DAY, now=NOW)
    dispute = open_dispute(
        payment=payment, gateway="sandbox", reference="dp_1", amount_minor=taken, today=LATER,
        now=NOW,
    )  # fmt: skip
    if state != "opened":
        close_dispute(dispute=dispute, state=DisputeStatus(state), today=LATER, now=NOW)
    gone = min(taken, 5000)
    assert sum_booked(dispute) == gone
    back = gone if state == "won" else 0
    books = ledger()
    assert books.get("assets:clearing:bank", 0) == 5000 - gone + back
    assert books["expenses:bad-debt"] == 6900 + gone
    # The money that came back after all is the customer's until somebody takes it.
    assert -books.get("liabilities:credit", 0) == back
    assert "assets:receivable" not in books
    invoice.refresh_from_db()
    assert (invoice.status, invoice.open_minor) == ("written_off", 0)
    kept = Allocation.objects.filter(invoice=invoice)
    assert sum(one.amount_minor for one in kept) == 5000 - gone
    # Nobody is asked for it, and staff are told once.
    assert not Collection.objects.filter(invoice=invoice).exclude(status="done").exists()
    assert not Dunning.objects.exclude(status="ended").exists()
    titles = sorted(Task.objects.values_list("title", flat=True))
    assert ["given up" in one for one in titles] == [True, False][: 1 + (taken > 5000)]
    prove_books()


def test_money_that_is_restored_after_others_paid_is_credit(shop: Shop) -> None:
    offer(shop)
    payment = pay(shop.invoice(10000))
    hear(shop, disputed(payment, "opened"))
    shop.pay(11900)
    hear(shop, disputed(payment, "won"))
    assert CreditGrant.objects.get(open_minor__gt=0).open_minor == 11900


def test_a_debit_that_comes_back_is_told_and_collected_again(shop: Shop) -> None:
    offer(shop)
    shop.account.contacts.create(email="anna@example.com")
    PaymentMethod.objects.create(
        account=shop.account,
        gateway="sandbox",
        token="sbx.debit.sepa_debit.3000.",
        kind="sepa_debit",
        label="IBAN 3000",
        is_default=True,
        added_at=NOW,
    )
    invoice = shop.invoice(10000)
    payment = pay(invoice)
    terms = {"payment": payment, "reference": "ret_1", "today": LATER, "now": NOW}
    for _ in range(2):
        dispute = return_payment(**terms, code="insufficient_funds", fee_minor=350)  # type: ignore[arg-type]
        assert (dispute.status, dispute.closed_on, dispute.fee_minor) == ("returned", LATER, 350)
    assert stands(invoice) == ("open", 11900, "waiting")
    assert ledger()[CLEARING] == -350
    assert Message.objects.filter(kind="payment_failed").count() == 1
    assert Payment.objects.count() == 1


def test_what_may_not_be_tried_again_is_not(shop: Shop) -> None:
    offer(shop)
    invoice = shop.invoice(10000)
    return_payment(payment=pay(invoice), reference="ret_1", today=DAY, now=NOW, may_retry=False)
    assert stands(invoice) == ("open", 11900, "stopped")


def fail_and_dispute(shop: Shop, payment: Payment, order: str, states: tuple[str, ...]) -> Dispute:
    """A refund of 40.00 that the gateway refuses, before or after the dispute is heard of."""
    attempt = start_refund(payment=payment, amount_minor=4000, reopen=True, today=DAY, now=NOW)
    news = [disputed(payment, state) for state in states]
    for step in order:
        if step == "f":
            refused = Declined(DeclineCode.REFUSED, is_final=True)
            finish_refund(attempt=attempt, outcome=refused, today=DAY, now=NOW)
        else:
            assert set(hear(shop, news.pop(0))) == {"processed"}
    return Dispute.objects.get()


@pytest.mark.parametrize(
    ("states", "orders", "left"),
    [
        (("opened",), ("fd", "df"), ("open", 11900, 0)),
        (("opened", "won"), ("fdd", "dfd", "ddf"), ("paid", 0, 11900)),
        (("opened", "lost"), ("fdd", "dfd", "ddf"), ("open", 11900, 0)),
        (("opened", "lost", "won"), ("fddd", "dfdd", "ddfd", "dddf"), ("paid", 0, 11900)),
        (("returned",), ("fd", "df"), ("open", 11900, 0)),
    ],
)
def test_a_dispute_takes_the_money_of_a_refund_that_failed_as_well(
    shop: Shop, states: tuple[str, ...], orders: tuple[str, ...], left: tuple[str, int, int]
) -> None:
    offer(shop)
    invoice = shop.invoice(10000)
    payment = pay(invoice)
    results = set()
    for order in orders:
        place = transaction.savepoint()
        dispute = fail_and_dispute(shop, payment, order, states)
        clearing = ledger().get(CLEARING, 0) + 1500
        invoice.refresh_from_db()
        assert (invoice.status, invoice.open_minor, clearing) == left, order
        if "won" not in states:
            assert sum_booked(dispute) == 11900
            assert Collection.objects.get(invoice=invoice).status in ("stopped", "waiting")
        prove_books()
        results.add(tuple(sorted(ledger().items())))
        transaction.savepoint_rollback(place)
        invoice.refresh_from_db()
    assert len(results) == 1


def test_a_loss_is_written_off_as_soon_as_all_of_it_is_known(shop: Shop) -> None:
    offer(shop, disputes={"lost": "write_off"})
    fail_and_dispute(shop, pay(shop.invoice(10000)), "ddf", ("opened", "lost"))
    assert Invoice.objects.get().status == "written_off"
    assert ledger()["expenses:bad-debt"] == 11900
    prove_books()
