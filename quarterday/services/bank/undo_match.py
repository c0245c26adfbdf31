"""Undo a match that was booked: nothing is deleted, everything is reversed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.ledger.bank import undo_match as reverse_entry
from quarterday.core.ledger.entry import JournalEntry as Entry
from quarterday.core.ledger.entry import Posting
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.bank.book_match import record_match
from quarterday.services.bank.move_line import give_to_line
from quarterday.services.errors import Conflict
from quarterday.services.inputs import check_text
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.store.models import (
    Account,
    AttemptStatus,
    BankMatch,
    JournalEntry,
    MatchKind,
    MatchStatus,
    PaymentAttempt,
    Payout,
    PayoutStatus,
)


def undo_match(
    *, match: BankMatch, today: date, now: datetime, reason: str, actor: str = "system"
) -> BankMatch:
    """Take a booked match back by a reversing entry; the line is open again.

    The payment that it made is taken out of the book as a refund is: its invoices are owed again,
    and the customer is not told. What was there before the match stays: a payment that was
    recorded by hand, debits that were settled, a refund. The promise it kept waits again.
    Matching does not propose the same again. Raises `Conflict` when it is not booked, and
    `BillingError` when the customer has used the credit that came of it.
    """
    reason = check_text(reason, "reason", 500)
    with transaction.atomic():
        account = claim_account(match.account_id) if match.account_id else None
        match = BankMatch.objects.select_related("line__bank_account", "payment").get(id=match.id)
        rows = BankMatch.objects.filter(id=match.id, status=MatchStatus.BOOKED)
        if not rows.update(status=MatchStatus.UNDONE, undone_at=now):
            raise Conflict(f"match {match.public_id} is {match.status}, so it cannot be undone")
        match.status, match.undone_at = MatchStatus.UNDONE, now
        give_to_line(match.line, match.amount_minor)
        seller_id = match.line.bank_account.seller_id
        entry = reverse_entry(_read_entry(match), on=today)
        post_entry(entry, seller_id=seller_id, source=match.public_id)
        if account is not None and match.kind == MatchKind.PAYMENT:
            _take_payment_back(account, match, reason, today, now, actor)
        if match.payout_id:
            rows_of_payout = Payout.objects.filter(id=match.payout_id, status=PayoutStatus.ARRIVED)
            rows_of_payout.update(status=PayoutStatus.ANNOUNCED)
        record_match(match, "bank_match.undone", now=now, actor=actor)
    return match


def _take_payment_back(
    account: Account, match: BankMatch, reason: str, today: date, now: datetime, actor: str
) -> None:
    payment = match.payment
    if payment is None or payment.external_id != match.public_id:
        return
    attempts = PaymentAttempt.objects.filter(account=account, payment=payment, is_promise=True)
    attempts.update(status=AttemptStatus.PENDING, payment=None, finished_at=None)
    refund_payment(
        payment=payment,
        today=today,
        now=now,
        reopen=True,
        reason=reason,
        external_id=f"undo {match.public_id}",
        is_told=False,
        actor=actor,
    )


def _read_entry(match: BankMatch) -> Entry:
    """The entry of a match as it stands in the book."""
    row = JournalEntry.objects.get(source=match.public_id, kind="bank_match")
    postings = row.postings.select_related("ledger_account").order_by("id")
    return Entry(
        row.kind,
        row.on,
        row.reference,
        row.memo,
        tuple(
            Posting(one.ledger_account.code, one.amount_minor, one.currency, one.account_id)
            for one in postings
        ),
    )
