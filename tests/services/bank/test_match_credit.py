"""Deposits and paid-out credit that people recorded are found on the statement, once."""

from __future__ import annotations

import pytest

from quarterday.core.creditor_reference import make_creditor_reference
from quarterday.services.bank.accept_match import accept_match
from quarterday.services.bank.match_lines import match_lines
from quarterday.services.bank.undo_match import undo_match
from quarterday.services.credit.deduct_credit import deduct_credit
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.credit.reverse_credit import reverse_credit
from quarterday.services.errors import Conflict
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.store.models import BankMatch, CreditGrant
from quarterday.store.queries.check.matches import check_matches
from quarterday.store.queries.reconcile import report_day
from tests.services.bank.lines import make_bank, make_line
from tests.services.till import DAY, LATER, NOW, Shop, ledger
from tests.store.damage import damage


def deposit(shop: Shop, amount_minor: int, **terms: str) -> CreditGrant:
    """Money that staff saw coming."""
    given = {"kind": "deposit", "method": "transfer"} | terms
    return grant_credit(
        account=shop.account, amount_minor=amount_minor, today=DAY, now=NOW, **given
    )


def test_a_deposit_is_on_the_statement_and_counts_once(shop: Shop) -> None:
    bank, invoice = make_bank(shop.seller), shop.invoice(10000)
    named = deposit(shop, 3333, external_id="topup-77")
    plain = deposit(shop, 11900)
    gone = deposit(shop, 555)
    reverse_credit(grant=gone, today=DAY, now=NOW, reason="mistake")
    make_line(bank, 3333, text="TOPUP 77")
    reference = make_creditor_reference(invoice.label)
    line = make_line(bank, 11900, name=shop.account.name, creditor_reference=reference)
    make_line(bank, 555, name="Somebody Else")
    result = match_lines(bank_account=bank, today=LATER, now=NOW)
    # The invoice's own number and amount are not enough: the deposit may be the same money.
    assert (result.booked, result.proposed, result.open) == (1, 1, 1)
    assert BankMatch.objects.get(status="booked").key == f"desk:transfer:{named.public_id}"
    best = BankMatch.objects.filter(line=line).order_by("-confidence")[0]
    assert best.key == f"desk:transfer:{plain.public_id}"
    accept_match(match=best, today=LATER, now=NOW)
    assert "assets:clearing:transfer" not in ledger()
    assert ledger()["liabilities:credit"] == -15233
    report = report_day(shop.seller, LATER)
    assert report.agrees
    undo_match(match=best, today=LATER, now=NOW, reason="wrong")
    assert ledger()["assets:clearing:transfer"] == 11900


def test_credit_that_was_paid_out_is_on_the_statement(shop: Shop) -> None:
    bank = make_bank(shop.seller)
    deposit(shop, 5000)
    terms = {"reason": "agreed", "method": "transfer"}
    deduct_credit(account=shop.account, amount_minor=1000, today=DAY, now=NOW, **terms)
    make_line(bank, 5000, name=shop.account.name)
    make_line(bank, -1000, name=shop.account.name)
    assert match_lines(bank_account=bank, today=LATER, now=NOW).proposed == 2
    for match in BankMatch.objects.filter(status="proposed", key__startswith="desk:"):
        accept_match(match=match, today=LATER, now=NOW)
    assert "assets:clearing:transfer" not in ledger()
    assert report_day(shop.seller, LATER).agrees


def test_what_was_recorded_is_on_one_line_only(shop: Shop) -> None:
    bank = make_bank(shop.seller)
    deposit(shop, 5000)
    paid = shop.pay(2000)
    refund_payment(payment=paid, today=DAY, now=NOW, amount_minor=700)
    for amount in (5000, 5000, -700, -700):
        make_line(bank, amount, name=shop.account.name)
    match_lines(bank_account=bank, today=LATER, now=NOW)
    for prefix in ("desk:", "refund:"):
        first, second = BankMatch.objects.filter(key__startswith=prefix).order_by("id")
        accept_match(match=first, today=LATER, now=NOW)
        with pytest.raises(Conflict, match="on another bank line already"):
            accept_match(match=second, today=LATER, now=NOW)
    assert [str(one) for one in check_matches()] == []
    second = BankMatch.objects.filter(key__startswith="desk:", status="proposed").get()
    damage("UPDATE store_bankmatch SET status = 'booked' WHERE id = %s", second.id)
    assert "match-once" in {one.rule for one in check_matches()}
    damage("UPDATE store_bankmatch SET status = 'proposed' WHERE id = %s", second.id)
