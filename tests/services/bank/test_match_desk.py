"""What was taken at the desk and brought to the bank is found on the statement."""

from __future__ import annotations

from quarterday.services.bank.accept_match import accept_match
from quarterday.services.bank.ignore_line import ignore_line
from quarterday.services.bank.match_lines import match_lines
from quarterday.services.bank.undo_match import undo_match
from quarterday.services.tills.add_cashier import add_cashier
from quarterday.services.tills.bank_cash import bank_cash
from quarterday.services.tills.open_till import open_till
from quarterday.services.tills.take_payment import Means, take_payment
from quarterday.store.models import BankMatch
from quarterday.store.queries.reconcile import report_day
from tests.services.bank.lines import make_bank, make_line
from tests.services.till import DAY, LATER, NOW, Shop, ledger


def test_deposits_of_the_desk_are_found(shop: Shop) -> None:
    cashier = add_cashier(seller=shop.seller, code="anna", name="Anna", now=NOW)
    open_till(cashier=cashier, today=DAY, now=NOW)
    for means, amount in ((Means.CASH, 5000), (Means.CARD, 1200), (Means.CARD, 800)):
        take_payment(
            cashier=cashier,
            account=shop.account,
            amount_minor=amount,
            means=means,
            today=DAY,
            now=NOW,
            invoices=[],
        )
    for amount, slip in ((3000, "A4711"), (2000, "A4712")):
        bank_cash(cashier=cashier, amount_minor=amount, note=slip, today=DAY, now=NOW)
    bank = make_bank(shop.seller)
    cash = make_line(bank, 3000, on=LATER.replace(day=4), text="CASH DEPOSIT A4711")
    both = make_line(bank, 2000, on=LATER.replace(day=4), text="CARDS")
    result = match_lines(bank_account=bank, today=LATER, now=NOW)
    assert (result.booked, result.proposed) == (1, 1)
    cash.refresh_from_db()
    assert cash.status == "booked"
    proposals = list(BankMatch.objects.filter(line=both).order_by("key"))
    assert [one.key.split(":")[1] for one in proposals] == ["card_terminal", "cash"]
    accept_match(match=proposals[0], today=LATER, now=NOW)
    book = ledger()
    assert "assets:clearing:card_terminal" not in book
    assert book["assets:clearing:cash"] == 2000, "the other slip is still awaited"
    undo_match(match=BankMatch.objects.get(line=cash), today=LATER, now=NOW, reason="no")
    assert ledger()["assets:clearing:cash"] == 5000


def test_change_for_the_till_is_answered_by_the_withdrawal(shop: Shop) -> None:
    cashier = add_cashier(seller=shop.seller, code="anna", name="Anna", now=NOW)
    open_till(cashier=cashier, today=DAY, now=NOW, opening_minor=5000)
    line = make_line(make_bank(shop.seller), -5000, text="CASH WITHDRAWAL")
    ignore_line(line=line, today=LATER, now=NOW, reason="change for the till")
    assert report_day(shop.seller, LATER).agrees
    assert ledger() == {"assets:bank:main": -5000, "assets:cash:anna": 5000}
