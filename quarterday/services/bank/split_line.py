"""Book a bank line by hand: for one account, or split over several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.matching_types import Reason
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.bank.book_match import book_proposal
from quarterday.services.bank.proposal import Proposal, make_key
from quarterday.services.compare import show_amount
from quarterday.store.models import Account, BankLine, BankMatch, Invoice, MatchKind


class Share(NamedTuple):
    """A part of a line: who paid it, and which invoices it settles; none is the oldest ones."""

    account: Account
    amount_minor: int
    invoices: tuple[Invoice, ...] = ()


def split_line(
    *,
    line: BankLine,
    shares: Sequence[Share],
    today: date,
    now: datetime,
    actor: str = "system",
) -> list[BankMatch]:
    """Book parts of a line as payments of accounts, all of them or none.

    What is left stays open. Raises `BillingError` for more than is open, or an account twice.
    """
    if not shares:
        raise BillingError("say at least one account and amount")
    ids = [share.account.id for share in shares]
    if len(set(ids)) != len(ids):
        raise BillingError("an account is named twice; add its amounts up")
    with transaction.atomic():
        for key in sorted(ids):
            claim_account(key)
        line = BankLine.objects.select_related("bank_account").get(id=line.id)
        asked = sum(share.amount_minor for share in shares)
        if any(share.amount_minor < 1 for share in shares) or asked > line.open_minor:
            raise BillingError(
                f"bank line {line.public_id} has {show_amount(line.open_minor, line.currency)} "
                f"open; {show_amount(asked, line.currency)} cannot be split from it"
            )
        return [_book(line, share, today, now, actor) for share in shares]


def _book(line: BankLine, share: Share, today: date, now: datetime, actor: str) -> BankMatch:
    account, named = share.account, share.invoices
    if account.seller_id != line.bank_account.seller_id:
        raise BillingError(f"account {account} is of another seller than the bank account")
    rows = Invoice.objects.filter(account=account, status="open").order_by("due_on", "id")
    invoices = [one.public_id for one in named or rows]
    proposal = Proposal(
        MatchKind.PAYMENT,
        make_key(account.public_id, invoices),
        share.amount_minor,
        100,
        (Reason("by_hand"),),
        account_id=account.id,
        invoices=tuple(invoices),
    )
    return book_proposal(line=line, proposal=proposal, today=today, now=now, actor=actor)
