"""Book what a bank line was for: the payment, the entry, and the line, in one transaction."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from quarterday.core.errors import BillingError
from quarterday.core.ledger import clearing
from quarterday.core.ledger.bank import OTHER_BOOKS, post_match, post_payout_match
from quarterday.core.ledger.entry import JournalEntry
from quarterday.core.lifecycle import InvoiceState
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.bank.move_line import take_from_line
from quarterday.services.bank.proposal import Proposal, make_row
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.payments.record_payment import record_payment
from quarterday.store.models import (
    Account,
    AttemptStatus,
    BankAccount,
    BankLine,
    BankLineStatus,
    BankMatch,
    Invoice,
    MatchKind,
    MatchStatus,
    Payment,
    PaymentAttempt,
    Payout,
    PayoutStatus,
)
from quarterday.store.queries.matches import find_payout_fee, name_counter

METHOD = "bank_transfer"


def book_proposal(
    *, line: BankLine, proposal: Proposal, today: date, now: datetime, actor: str = "system"
) -> BankMatch:
    """Write a proposal down and book it at once. Raises `Conflict` where somebody was first."""
    with transaction.atomic():
        # The account before all else, as everywhere, so that two workers never wait in a ring.
        account = claim_account(proposal.account_id) if proposal.account_id else None
        if account and proposal.expected_minor is not None:
            _check_unchanged(account, proposal)
        if line.status != BankLineStatus.OPEN:
            proposed = BankMatch.objects.filter(line=line, status=MatchStatus.PROPOSED)
            proposed.filter(key=proposal.key).delete()
        row = make_row(line, proposal, now=now, actor=actor)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise Conflict(f"bank line {line.public_id} is booked as this already") from None
        return book_match(match=row, today=today, now=now, actor=actor)


def book_match(*, match: BankMatch, today: date, now: datetime, actor: str = "system") -> BankMatch:
    """Book a proposed match, exactly once whoever asks.

    A payment is recorded with the match's public id as external id, on the day of the line, and
    settles the named invoices as far as they are open; the rest becomes credit. The promise that
    it keeps is over with it. Raises `Conflict` when it is not proposed any more or the line was
    used otherwise, and `BillingError` for what cannot be.
    """
    with transaction.atomic():
        account = claim_account(match.account_id) if match.account_id else None
        match = _read(match)
        line = match.line
        on, was_open = min(line.booked_on, today), line.status == BankLineStatus.OPEN
        take_from_line(line, match.amount_minor, status=_closing_status(match))
        payment = _settle(match, account, on, today, now, actor)
        rows = BankMatch.objects.filter(id=match.id, status=MatchStatus.PROPOSED)
        if not rows.update(status=MatchStatus.BOOKED, payment=payment, actor=actor, made_at=now):
            raise Conflict(f"match {match.public_id} was decided by somebody else")
        match.status, match.payment, match.actor = MatchStatus.BOOKED, payment, actor
        post_entry(_make_entry(match, on), seller_id=_seller_of(line), source=match.public_id)
        if not was_open:
            # What else it could have been, it was not; what is left of it is matched anew.
            BankMatch.objects.filter(line=line, status=MatchStatus.PROPOSED).delete()
        record_match(match, "bank_match.booked", now=now, actor=actor)
    return match


def record_match(match: BankMatch, kind: str, *, now: datetime, actor: str) -> None:
    """The event of a match; its subject is the line, so that a line tells its whole story."""
    record_event(
        kind=kind,
        subject=match.line.public_id,
        seller_id=_seller_of(match.line),
        account_id=match.account_id,
        actor=actor,
        now=now,
        data={
            "match": match.public_id,
            "kind": match.kind,
            "amount_minor": match.amount_minor,
            "currency": match.line.currency,
            "confidence": match.confidence,
            "reasons": [one["code"] for one in match.reasons],
        },
    )


def _read(match: BankMatch) -> BankMatch:
    """The match and its line as they are now."""
    rows = BankMatch.objects.select_related("line__bank_account", "attempt", "payout", "refund")
    found = rows.filter(id=match.id).first()
    if found is None:
        raise NotFound(f"match {match.public_id} is gone; look at the line again")
    if found.status != MatchStatus.PROPOSED:
        raise Conflict(f"match {found.public_id} is {found.status} already")
    return found


def _settle(
    match: BankMatch, account: Account | None, on: date, today: date, now: datetime, actor: str
) -> Payment | None:
    """What booking does besides the entry."""
    if match.kind == MatchKind.PAYOUT:
        _arrive(match)
    if match.kind != MatchKind.PAYMENT:
        _check_once(match)
        return match.payment
    if account is None:
        raise BillingError(f"match {match.public_id} is of no account")
    if match.payment_id:
        _check_single(match)
        return match.payment
    payment = record_payment(
        account=account,
        amount_minor=match.amount_minor,
        method=METHOD,
        today=today,
        now=now,
        currency=match.line.currency,
        received_on=on,
        reference=(match.line.creditor_reference or match.line.text)[:200],
        external_id=match.public_id,
        invoices=_list_open(account, match),
        actor=actor,
    )
    if match.attempt_id:
        rows = PaymentAttempt.objects.filter(
            id=match.attempt_id, account=account, is_promise=True, status=AttemptStatus.PENDING
        )
        rows.update(status=AttemptStatus.SUCCEEDED, payment=payment, finished_at=now)
    return payment


def _list_open(account: Account, match: BankMatch) -> list[Invoice]:
    rows = Invoice.objects.filter(account=account, public_id__in=match.invoices)
    found = {one.public_id: one for one in rows.filter(status=InvoiceState.OPEN)}
    return [found[name] for name in match.invoices if name in found]


def _check_unchanged(account: Account, proposal: Proposal) -> None:
    rows = Invoice.objects.filter(
        account=account, public_id__in=proposal.invoices, status=InvoiceState.OPEN
    )
    if sum(one.open_minor for one in rows) != proposal.expected_minor:
        raise Conflict("what the invoices leave open has changed meanwhile; match again")


def _check_single(match: BankMatch) -> None:
    """A payment that was recorded by hand stands on the statement once."""
    rows = BankMatch.objects.filter(payment=match.payment, status=MatchStatus.BOOKED)
    if rows.exists():
        raise Conflict(f"the payment of match {match.public_id} is on another bank line already")


def _check_once(match: BankMatch) -> None:
    """So does a refund, and what was taken at a desk or written down as credit."""
    rows = BankMatch.objects.filter(status=MatchStatus.BOOKED)
    if match.refund_id:
        rows = rows.filter(refund=match.refund_id)
    elif match.kind == MatchKind.OTHER and name_counter(match):
        rows = rows.filter(kind=MatchKind.OTHER, key=match.key)
    else:
        return
    if rows.exists():
        raise Conflict(f"what match {match.public_id} is about is on another bank line already")


def _arrive(match: BankMatch) -> None:
    """A payout arrives at most once."""
    assert match.payout_id is not None
    payout = Payout.objects.select_for_update().get(id=match.payout_id)
    if BankMatch.objects.filter(payout=payout, status=MatchStatus.BOOKED).exists():
        raise Conflict(f"payout {payout.reference} is on another bank line already")
    Payout.objects.filter(id=payout.id).update(status=PayoutStatus.ARRIVED)


def _closing_status(match: BankMatch) -> str | None:
    is_whole = match.amount_minor == match.line.amount_minor
    is_ours = name_counter(match) is not None
    return BankLineStatus.IGNORED if is_whole and not is_ours else None


def _make_entry(match: BankMatch, on: date) -> JournalEntry:
    line = match.line
    if match.payout is not None:
        return post_payout_match(
            on=on,
            reference=match.public_id,
            currency=line.currency,
            net_minor=match.amount_minor,
            fee_minor=find_payout_fee(match.payout),
            gateway=match.payout.gateway,
            memo=match.payout.reference,
        )
    counter = name_counter(match)
    return post_match(
        on=on,
        reference=match.public_id,
        currency=line.currency,
        amount_minor=match.amount_minor,
        counter=OTHER_BOOKS if counter is None else clearing(counter),
        account=match.account_id,
        memo=line.text[:200],
    )


def _seller_of(line: BankLine) -> int:
    account: BankAccount = line.bank_account
    return account.seller_id
