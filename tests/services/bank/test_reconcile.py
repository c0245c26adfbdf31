"""The day's report: what agrees, and what does not, each by its name."""

from __future__ import annotations

from datetime import date, timedelta

from quarterday.core.creditor_reference import make_creditor_reference
from quarterday.jobs.reconcile_daily import report_to_data
from quarterday.services.bank.accept_match import accept_match
from quarterday.services.bank.match_lines import match_lines
from quarterday.services.bank.undo_match import undo_match
from quarterday.services.payments.record_payment import record_payment
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.store.models import BankMatch, Payment, Payout, PayoutItem
from quarterday.store.queries.inbox import find_item, list_inbox
from quarterday.store.queries.reconcile import Part, Report, report_day
from tests.services.bank.lines import make_bank, make_line
from tests.services.till import DAY, LATER, NOW, Shop, ledger


def parts_of(report: Report) -> dict[str, Part]:
    """The parts by name, each of which its items explain to the cent."""
    for part in report.parts:
        if part.name.startswith(("assets:clearing:", "assets:suspense")):
            assert sum(item.amount_minor for item in part.items) == part.book_minor
            assert part.book_minor == ledger().get(part.name, 0)
    return {part.name: part for part in report.parts}


def pay(shop: Shop, minor: int, method: str, on: date = DAY) -> Payment:
    return record_payment(
        account=shop.account, amount_minor=minor, method=method, today=on, now=NOW, invoices=[]
    )


def pay_out(shop: Shop, *payments: Payment, fee_minor: int = 0, extra: int = 0) -> Payout:
    gross = sum(one.amount_minor for one in payments) + extra
    payout = Payout.objects.create(
        seller=shop.seller, gateway="stripe", reference="po_1NxAbC", currency="EUR",
        gross_minor=gross, fee_minor=fee_minor, net_minor=gross - fee_minor, arrives_on=DAY,
        seen_at=NOW,
    )  # fmt: skip
    parts = [("payment", one.amount_minor, fee_minor, one) for one in payments]
    parts += [("other", extra, 0, None)] if extra else []
    for place, (kind, minor, fee, payment) in enumerate(parts):
        PayoutItem.objects.create(
            payout=payout, position=place, kind=kind, gross_minor=minor, fee_minor=fee,
            payment=payment,
        )  # fmt: skip
    return payout


def test_everything_agrees_when_everything_is_matched(shop: Shop) -> None:
    bank, invoice = make_bank(shop.seller), shop.invoice(1000)
    first = make_line(bank, 1190, creditor_reference=make_creditor_reference(invoice.label))
    paid = pay(shop, 5000, "stripe")
    pay_out(shop, paid, fee_minor=150)
    make_line(bank, 4850, DAY + timedelta(2), text="STRIPE PO1NXABC")
    match_lines(bank_account=bank, today=LATER, now=NOW)
    report = report_day(shop.seller, LATER)
    parts = parts_of(report)
    assert report.agrees
    assert parts["assets:bank:main"].book_minor == 6040
    assert set(parts) == {"assets:bank:main", "assets:receivable"}
    assert report_to_data(report)["agrees"] is True
    # Undone, it waits again: payment and reversal answer each other, and only the line is left.
    match = BankMatch.objects.get(line=first)
    undo_match(match=match, today=LATER, now=NOW, reason="wrong")
    parts = parts_of(report_day(shop.seller, LATER))
    assert [one.name for one in parts["assets:suspense"].items] == [first.public_id]
    assert "assets:clearing:bank_transfer" not in parts
    # As of the day before nothing had come.
    early = parts_of_nothing(report_day(shop.seller, DAY - timedelta(1)))
    assert early == {"assets:bank:main": 0}


def parts_of_nothing(report: Report) -> dict[str, int]:
    return {part.name: part.book_minor for part in report.parts}


def test_what_does_not_agree_is_named(shop: Shop) -> None:
    bank = make_bank(shop.seller)
    shop.invoice(1000)
    old = pay(shop, 1000, "paypal", DAY)
    paid = pay(shop, 5000, "stripe", LATER)
    payout = pay_out(shop, paid, extra=700)
    line = make_line(bank, 5700, DAY, text="stripe po_1nxabc")
    make_line(bank, 1234, DAY, name="who knows")
    refund = refund_payment(payment=old, today=LATER, now=NOW, amount_minor=100, reopen=True)
    match_lines(bank_account=bank, today=LATER, now=NOW)
    line.refresh_from_db()
    assert line.status == "booked"
    report = report_day(shop.seller, LATER)
    parts = parts_of(report)
    assert not report.agrees
    (short,) = parts["assets:clearing:stripe"].items
    assert (short.name, short.amount_minor, short.is_wrong) == (payout.public_id, -700, True)
    late = {one.name: one.is_wrong for one in parts["assets:clearing:paypal"].items}
    assert late == {old.public_id: True, refund.public_id: False}
    assert parts["assets:suspense"].agrees, "an open line waits, and is not wrong"
    wrong = [one["name"] for one in report_to_data(report)["parts"] if not one["agrees"]]
    assert wrong == ["assets:clearing:paypal", "assets:clearing:stripe"]


def test_open_lines_stand_in_the_inbox_with_a_suggestion(shop: Shop) -> None:
    bank, invoice = make_bank(shop.seller), shop.invoice(1000)
    line = make_line(bank, 1190, name=shop.account.name)
    match_lines(bank_account=bank, today=LATER, now=NOW)
    assert [one.id for one in list_inbox(source="bank")] == [line.public_id]
    suggestion = find_item(line.public_id).suggestion
    assert suggestion is not None
    assert (suggestion.account, suggestion.invoice) == ("A1", invoice.label)
    accept_match(match=BankMatch.objects.get(line=line), today=LATER, now=NOW)
    assert list_inbox(source="bank") == []
