"""Bank lines find their invoices; what is certain is booked once, and everything can be undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from quarterday.core.creditor_reference import make_creditor_reference
from quarterday.core.errors import BillingError
from quarterday.services.bank.accept_match import accept_match
from quarterday.services.bank.ignore_line import ignore_line
from quarterday.services.bank.match_lines import MatchResult, match_lines
from quarterday.services.bank.reject_match import reject_match
from quarterday.services.bank.split_line import Share, split_line
from quarterday.services.bank.undo_match import undo_match
from quarterday.services.errors import Conflict
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.store.models import (
    BankAccount,
    BankLine,
    BankMatch,
    Invoice,
    Payment,
    PaymentAttempt,
    Payout,
)
from tests.services.bank.lines import make_bank, make_line
from tests.services.till import DAY, LATER, NOW, Shop, ledger, prove_books, together


def run(bank: BankAccount) -> MatchResult:
    return match_lines(bank_account=bank, today=LATER, now=NOW)


def suspense() -> int:
    return -ledger().get("assets:suspense", 0)


def one_match(line: BankLine, **terms: Any) -> BankMatch:
    return BankMatch.objects.select_related("line__bank_account__seller").get(line=line, **terms)


def test_a_reference_with_the_exact_amount_is_booked_once(shop: Shop) -> None:
    bank, invoice = make_bank(shop.seller), shop.invoice(1000)
    reference = make_creditor_reference(invoice.label)
    line = make_line(bank, 1190, text=f"thanks {reference}", name="Somebody Else")
    assert suspense() == 1190
    assert run(bank).booked == 1
    assert run(bank).lines == 0
    line.refresh_from_db()
    invoice.refresh_from_db()
    payment = Payment.objects.get()
    match = one_match(line)
    assert (line.status, line.open_minor, invoice.status) == ("booked", 0, "paid")
    assert (payment.external_id, payment.method) == (match.public_id, "bank_transfer")
    assert match.confidence == 99
    assert suspense() == 0 and ledger()["assets:bank:main"] == 1190


def test_a_number_and_a_name_are_certain_only_with_the_amount(shop: Shop) -> None:
    bank, invoice = make_bank(shop.seller), shop.invoice(1000)
    name, number = shop.account.name.upper(), invoice.label.lower().replace("-", " ")
    short = make_line(bank, 1150, text=f"Rg {number}", name=name)
    assert (run(bank).proposed, run(bank).booked) == (1, 0)
    assert one_match(short).reasons[1]["code"] == "slip"
    exact = make_line(bank, 1190, text=f"Rg {number}", name=name)
    assert run(bank).booked == 1
    exact.refresh_from_db()
    assert exact.status == "booked"
    # The invoice is settled, so the other line is now credit at best, and nobody is asked twice.
    assert run(bank).proposed == 1
    assert one_match(short, status="proposed").invoices == []


def test_namesakes_are_never_certain_and_both_are_proposed(shop: Shop) -> None:
    bank = make_bank(shop.seller)
    twin = shop.open_account("A2")
    type(twin).objects.filter(id=twin.id).update(name=shop.account.name)
    first = shop.invoice(1000)
    second = shop.invoice(1000, account=twin)
    line = make_line(bank, 1190, text=f"Rg {first.label}", name=shop.account.name)
    unnamed = make_line(bank, 1190, text="", name=shop.account.name)
    assert (run(bank).proposed, Payment.objects.count()) == (2, 0)
    assert one_match(line, invoices=[first.public_id]).confidence >= 80
    found = BankMatch.objects.filter(line=unnamed).order_by("id")
    assert {one.invoices[0] for one in found} == {first.public_id, second.public_id}
    assert max(one.confidence for one in found) <= 60


def test_what_is_undone_is_owed_again_and_not_proposed_again(shop: Shop) -> None:
    bank, invoice = make_bank(shop.seller), shop.invoice(1000)
    line = make_line(bank, 1190, creditor_reference=make_creditor_reference(invoice.label))
    run(bank)
    undo_match(match=one_match(line), today=LATER, now=NOW, reason="wrong customer")
    line.refresh_from_db()
    invoice.refresh_from_db()
    assert (line.status, line.open_minor, invoice.open_minor) == ("open", 1190, 1190)
    assert suspense() == 1190 and ledger().get("assets:clearing:bank_transfer", 0) == 0
    assert run(bank).open == 1
    with pytest.raises(Conflict, match="undone"):
        undo_match(match=one_match(line), today=LATER, now=NOW, reason="again")
    other = shop.open_account("A2")
    split_line(line=line, shares=[Share(other, 1190)], today=LATER, now=NOW)
    assert suspense() == 0


def test_a_line_is_split_over_accounts_and_never_used_twice(shop: Shop) -> None:
    bank = make_bank(shop.seller)
    other = shop.open_account("A2")
    first, second = shop.invoice(1000), shop.invoice(2000, account=other)
    line = make_line(bank, 4000, text="for both of us")
    shares = [Share(shop.account, 1190, (first,)), Share(other, 2380)]
    split_line(line=line, shares=shares, today=LATER, now=NOW)
    line.refresh_from_db()
    assert (line.status, line.open_minor, suspense()) == ("open", 430, 430)
    with pytest.raises(BillingError, match=r"4\.30 EUR open"):
        split_line(line=line, shares=[Share(shop.account, 431)], today=LATER, now=NOW)
    ignored = ignore_line(line=line, today=LATER, now=NOW, reason="tip")
    line.refresh_from_db()
    assert (line.status, suspense(), ledger()["equity:other-books"]) == ("booked", 0, -430)
    undo_match(match=ignored, today=LATER, now=NOW, reason="no tip")
    line.refresh_from_db()
    assert (line.status, suspense()) == ("open", 430)
    assert {one.status for one in Invoice.objects.filter(id__in=[first.id, second.id])} == {"paid"}


def test_what_staff_rejected_is_not_proposed_again(shop: Shop) -> None:
    bank = make_bank(shop.seller)
    shop.invoice(1000)
    line = make_line(bank, 1190, name=shop.account.name)
    assert run(bank).proposed == 1
    reject_match(match=one_match(line), now=NOW)
    line.refresh_from_db()
    assert line.status == "open"
    assert run(bank).open == 1
    with pytest.raises(Conflict):
        accept_match(match=one_match(line), today=LATER, now=NOW)


def test_money_that_was_recorded_by_hand_is_not_counted_twice(shop: Shop) -> None:
    bank, invoice = make_bank(shop.seller), shop.invoice(1000)
    shop.pay(1190)
    line = make_line(bank, 1190, creditor_reference=make_creditor_reference(invoice.label))
    again = shop.invoice(1000)
    also = make_line(bank, 1190, creditor_reference=make_creditor_reference(again.label))
    assert run(bank).booked == 0
    best = BankMatch.objects.filter(line=line).order_by("-confidence").first()
    assert best is not None and best.payment_id == Payment.objects.get().id
    accept_match(match=best, today=LATER, now=NOW)
    assert Payment.objects.count() == 1 and ledger().get("assets:clearing:bank", 0) == 0
    # The recorded one has its line now, so the other is what it says.
    assert run(bank).booked == 1
    also.refresh_from_db()
    assert also.status == "booked"


def test_a_promise_is_kept_by_the_money_that_comes(shop: Shop) -> None:
    bank, invoice = make_bank(shop.seller), shop.invoice(1000)
    promise = PaymentAttempt.objects.create(
        account=shop.account,
        gateway="bank_transfer",
        status="pending",
        currency="EUR",
        amount_minor=1190,
        invoices=[invoice.public_id],
        is_promise=True,
        created_at=NOW,
    )
    line = make_line(bank, 1190, creditor_reference=make_creditor_reference(invoice.label))
    assert run(bank).booked == 1
    promise.refresh_from_db()
    assert (promise.status, promise.payment) == ("succeeded", Payment.objects.get())
    undo_match(match=one_match(line), today=LATER, now=NOW, reason="not ours")
    promise.refresh_from_db()
    assert (promise.status, promise.payment) == ("pending", None)


def test_payouts_arrive_with_their_fee(shop: Shop) -> None:
    bank = make_bank(shop.seller)
    payout = Payout.objects.create(
        seller=shop.seller, gateway="stripe", reference="po_1NxAbC", currency="EUR",
        gross_minor=10000, fee_minor=320, net_minor=9680, arrives_on=DAY, seen_at=NOW,
    )  # fmt: skip
    line = make_line(
        bank, 9680, DAY + timedelta(2), text="STRIPE po-1NXABC", name="Stripe Payments"
    )
    twin = make_line(bank, 9680, DAY + timedelta(3), text="STRIPE", name="Stripe Payments")
    assert run(bank).booked == 1
    payout.refresh_from_db()
    twin.refresh_from_db()
    assert (payout.status, twin.status) == ("arrived", "open")
    assert ledger()["assets:clearing:stripe"] == -10000
    assert ledger()["expenses:payment-fees"] == 320
    undo_match(match=one_match(line), today=LATER, now=NOW, reason="another one")
    payout.refresh_from_db()
    assert payout.status == "announced" and "expenses:payment-fees" not in ledger()


def test_a_payout_of_the_same_amount_keeps_no_payment_from_its_invoice(shop: Shop) -> None:
    bank, invoice = make_bank(shop.seller), shop.invoice(1000)
    Payout.objects.create(
        seller=shop.seller, gateway="stripe", reference="po_1NxAbC", currency="EUR",
        gross_minor=1190, fee_minor=0, net_minor=1190, arrives_on=DAY, seen_at=NOW,
    )  # fmt: skip
    plain = make_line(bank, 1190, text="no word", name="nobody")
    assert run(bank).proposed == 1
    assert one_match(plain).kind == "payout"
    make_line(bank, 1190, creditor_reference=make_creditor_reference(invoice.label))
    assert run(bank).kinds == {"payment": 1}


def test_a_refund_made_at_the_bank_is_found_by_its_name(shop: Shop) -> None:
    bank = make_bank(shop.seller)
    shop.invoice(1000)
    payment = shop.pay(1190)
    refund = refund_payment(payment=payment, today=LATER, now=NOW, reopen=True)
    shown = make_line(bank, 1190, LATER, name=shop.account.name)
    line = make_line(bank, -1190, LATER, text=f"refund {refund.public_id}", name="x")
    assert run(bank).booked == 1
    line.refresh_from_db()
    assert (line.status, one_match(line).refund_id) == ("booked", refund.id)
    assert BankMatch.objects.filter(line=shown, status="proposed").exists()


def test_two_workers_book_a_line_once(open_shop: Shop) -> None:
    bank = make_bank(open_shop.seller)
    for _ in range(4):
        invoice = open_shop.invoice(1000)
        make_line(bank, 1190, creditor_reference=make_creditor_reference(invoice.label))
    make_line(bank, 1190, name=open_shop.account.name)
    together(lambda: run(bank), lambda: run(bank), lambda: run(bank))
    run(bank)
    assert Payment.objects.count() == 4
    assert BankMatch.objects.filter(status="booked").count() == 4
    assert suspense() == 1190
    prove_books()
