"""Direct debits on the statement: collected by file or one by one, and given back."""

from __future__ import annotations

from datetime import date

from quarterday.services.bank.accept_match import accept_match
from quarterday.services.bank.match_lines import match_lines
from quarterday.services.collection.collect_account import collect_account
from quarterday.store.models import BankMatch, Collection, Debit, Dispute, Invoice
from quarterday.store.queries.reconcile import report_day
from tests.services.bank.lines import make_bank, make_line
from tests.services.debits.desk import NOW, Desk
from tests.services.till import DAY, LATER, Shop, ledger

PAYDAY = date(2026, 3, 31)


def test_a_file_is_collected_and_a_debit_comes_back(shop: Shop) -> None:
    bank, desk = make_bank(shop.seller), Desk(shop)
    desk.save()
    invoice = shop.invoice(10000)
    collect_account(account_id=shop.account.id, today=DAY, now=NOW)
    desk.send(date(2026, 3, 12))
    debit = Debit.objects.get()
    came = make_line(bank, 11900, date(2026, 3, 16), payment_group=debit.payment_group)
    assert match_lines(bank_account=bank, today=LATER, now=NOW).kinds == {"debits": 1}
    invoice.refresh_from_db()
    came.refresh_from_db()
    assert (invoice.status, came.status) == ("paid", "booked")
    assert "assets:clearing:sepa_debit" not in ledger()
    back = make_line(
        bank, -12200, date(2026, 3, 18), end_to_end_id=debit.end_to_end_id, return_reason="AM04"
    )
    assert match_lines(bank_account=bank, today=LATER, now=NOW).kinds == {"return": 1}
    invoice.refresh_from_db()
    back.refresh_from_db()
    assert (invoice.open_minor, back.status) == (11900, "booked")
    assert Dispute.objects.get().fee_minor == 300
    assert "assets:clearing:sepa_debit" not in ledger()
    assert ledger()["expenses:payment-fees"] == 300
    assert report_day(shop.seller, LATER).agrees
    # The return stands in the book on the day on which the bank made it, whenever it was read.
    assert Dispute.objects.get().opened_on == back.booked_on
    report = report_day(shop.seller, back.booked_on)
    (owed,) = [one for one in report.parts if one.name == "assets:receivable"]
    assert report.agrees
    assert owed.book_minor == 11900
    # Who had no money then may have some on the next payday.
    row = Collection.objects.get()
    assert (row.data["tries"][-1]["code"], row.next_on) == ("insufficient_funds", PAYDAY)


def test_a_sum_without_a_name_is_proposed_for_the_file_that_waits(shop: Shop) -> None:
    bank, desk = make_bank(shop.seller), Desk(shop)
    desk.save()
    shop.invoice(10000)
    collect_account(account_id=shop.account.id, today=DAY, now=NOW)
    desk.send(date(2026, 3, 12))
    line = make_line(bank, 11900, date(2026, 3, 17), text="SAMMLER-LASTSCHRIFT")
    assert match_lines(bank_account=bank, today=LATER, now=NOW).proposed == 1
    accept_match(match=BankMatch.objects.get(line=line), today=LATER, now=NOW)
    assert Invoice.objects.get().status == "paid"
    assert report_day(shop.seller, LATER).agrees
