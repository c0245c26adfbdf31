"""The day's report knows where money of gateways is, also where it came back or went again."""

from __future__ import annotations

from quarterday.ports.outcomes import DeclineCode, Declined, PayoutNews, PayoutPart, PayoutState
from quarterday.services.bank.match_lines import match_lines
from quarterday.services.payments.finish_refund import finish_refund
from quarterday.services.payments.start_refund import start_refund
from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import BankAccount, Payment, RefundAttempt
from quarterday.store.queries.reconcile import report_day
from tests.services.bank.lines import make_bank, make_line
from tests.services.credit.test_credit_life import pay_in
from tests.services.paid import disputed, hear, offer, pay
from tests.services.till import DAY, LATER, NOW, Shop, ledger

CLEARING, FEES = "assets:clearing:sandbox", "expenses:payment-fees"


def pay_out(shop: Shop, reference: str, *parts: PayoutPart) -> None:
    """A payout of these parts that is told, arrives, and is booked by itself."""
    gross, fee = sum(one.gross_minor for one in parts), sum(one.fee_minor for one in parts)
    terms = (PayoutState.ARRIVED, "EUR", gross, fee, gross - fee, DAY, parts)
    hear(shop, PayoutNews(f"evt_{reference}", reference, *terms))
    bank = BankAccount.objects.first() or make_bank(shop.seller)
    line = make_line(bank, gross - fee, DAY, text=f"SANDBOX {reference}")
    match_lines(bank_account=bank, today=LATER, now=NOW)
    line.refresh_from_db()
    assert line.status == "booked"


def fail_refund(payment: Payment) -> RefundAttempt:
    """A refund that the gateway seemed to make, and that came back."""
    attempt = start_refund(payment=payment, reopen=True, today=DAY, now=NOW)
    attempt.gateway_reference = "re_1"
    attempt.save(update_fields=["gateway_reference"])
    return finish_refund(attempt=attempt, outcome=Declined(DeclineCode.REFUSED), today=DAY, now=NOW)


def test_a_dispute_is_in_the_payouts_that_took_and_gave_back_its_money(shop: Shop) -> None:
    offer(shop)
    paid, other = pay(shop.invoice(10000)), pay(shop.invoice(20000))
    hear(shop, disputed(paid, "opened"))
    parts = [PayoutPart("payment", one.reference, one.amount_minor, 100) for one in (paid, other)]
    pay_out(shop, "po_111111", *parts, PayoutPart("dispute", "dp_1", -11900, 1500))
    assert report_day(shop.seller, LATER).agrees
    hear(shop, disputed(paid, "won"))
    report = report_day(shop.seller, DAY)
    (waits,) = [item for part in report.parts if part.name == CLEARING for item in part.items]
    assert (waits.amount_minor, waits.is_wrong) == (11900, False)
    # The gateway gives its fee back too, which makes the expense smaller.
    assert ledger()[FEES] == 1700
    pay_out(shop, "po_222222", PayoutPart("dispute", "dp_1", 11900, -1500))
    assert report_day(shop.seller, LATER).agrees
    assert ledger()[FEES] == 200
    assert CLEARING not in ledger()


def test_a_dispute_in_no_payout_yet_answers_itself(shop: Shop) -> None:
    offer(shop)
    make_bank(shop.seller)
    paid = pay(shop.invoice(10000))
    hear(shop, disputed(paid, "opened", fee_minor=0), disputed(paid, "won", fee_minor=0))
    report = report_day(shop.seller, DAY)
    (item,) = [item for part in report.parts if part.name == CLEARING for item in part.items]
    assert (item.name, item.amount_minor) == (paid.public_id, 11900)


def test_a_refund_that_failed_is_nothing_or_in_the_payouts_of_both(shop: Shop) -> None:
    offer(shop)
    paid = pay(shop.invoice(10000))
    fail_refund(paid)
    report = report_day(shop.seller, DAY)
    (item,) = [item for part in report.parts if part.name == CLEARING for item in part.items]
    assert (item.name, item.amount_minor) == (paid.public_id, 11900)
    extra = PayoutPart("payment", "unknown", 700, 0)
    went = PayoutPart("refund", "re_1", -11900, 0)
    pay_out(shop, "po_111111", PayoutPart("payment", paid.reference, 11900, 0), went, extra)
    report = report_day(shop.seller, DAY)
    left = {item.name[:3]: item for part in report.parts for item in part.items}
    assert (left["pay"].amount_minor, left["pay"].is_wrong) == (11900, False)
    assert (left["pot"].amount_minor, left["pot"].is_wrong) == (-700, True)
    pay_out(shop, "po_222222", PayoutPart("refund", "re_1", 11900, 0))
    report = report_day(shop.seller, LATER)
    assert [item.amount_minor for part in report.parts for item in part.items] == [-700]


def test_an_advance_is_owed_by_nobody(shop: Shop) -> None:
    change_brand(seller=shop.seller, now=NOW, data={"credit": {"tax": "at_deposit"}})
    pay_in(shop, 11900)
    shop.invoice(5000)
    report = report_day(shop.seller, DAY)
    assert report.agrees
    (part,) = [part for part in report.parts if part.name == "assets:receivable"]
    assert (part.book_minor, part.said_minor) == (0, 0)
