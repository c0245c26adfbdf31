"""Match the open lines of a bank account with all that they may be for."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from quarterday.core.errors import BillingError
from quarterday.core.matching import BankText, DebtIndex, Matched, match
from quarterday.core.matching_types import Verdict
from quarterday.services.bank.book_match import book_proposal
from quarterday.services.bank.known_payments import KnownPayments
from quarterday.services.bank.match_credit import CreditFinder
from quarterday.services.bank.match_debits import DebitFinder, act_on_debits
from quarterday.services.bank.match_desk import DeskFinder
from quarterday.services.bank.match_money_out import RefundFinder
from quarterday.services.bank.match_payouts import PayoutFinder
from quarterday.services.bank.proposal import Proposal, propose_payment
from quarterday.services.bank.write_proposals import write_proposals
from quarterday.services.errors import Conflict
from quarterday.store.models import (
    Account,
    BankAccount,
    BankLine,
    BankLineStatus,
    BankMatch,
    MatchStatus,
    PaymentAttempt,
)
from quarterday.store.queries.bank_debts import load_index

_BATCH = 5000
_log = logging.getLogger(__name__)
_OPEN = (BankLineStatus.OPEN, BankLineStatus.PROPOSED)


@dataclass
class MatchResult:
    """What became of the lines: how many, and minor units of what came in and went out."""

    lines: int = 0
    booked: int = 0
    proposed: int = 0
    open: int = 0
    amounts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, amount_minor: int) -> None:
        """Count a line."""
        self.lines += 1
        setattr(self, what, getattr(self, what) + 1)
        self.amounts[what] += amount_minor


def match_lines(
    *, bank_account: BankAccount, today: date, now: datetime, actor: str = "system"
) -> MatchResult:
    """Book the lines that are certain, propose what others likely are, and leave the rest.

    It reads the open lines in batches, and may be run at any time, again, or by several at once:
    what is booked already is not looked at, each booking is a transaction of its own, and
    proposals that hold no longer are replaced. What staff rejected is not proposed again.
    """
    result = MatchResult()
    for lines in _read_batches(bank_account):
        _Batch(bank_account, lines, today, now, actor).run(result)
    return result


class _Batch:
    """Some lines, and everything that they may be for."""

    def __init__(
        self,
        bank_account: BankAccount,
        lines: list[BankLine],
        today: date,
        now: datetime,
        actor: str,
    ) -> None:
        self.lines, self.today, self.now, self.actor = lines, today, now, actor
        seller = bank_account.seller
        self.texts = [to_text(line) for line in lines]
        came_in = [text for text in self.texts if text.amount_minor > 0]
        self.index = load_index(seller, came_in) if came_in else DebtIndex((), ())
        self.keys = _read_keys(self.index)
        self.known = KnownPayments(self.keys, came_in)
        self.payouts = PayoutFinder(seller, lines)
        self.debits = DebitFinder(seller)
        self.refunds = RefundFinder(seller, lines)
        self.credit = CreditFinder(seller, lines)
        self.desk = DeskFinder(seller, lines)
        self.rejected = _read_rejected(lines)

    def run(self, result: MatchResult) -> None:
        """Book what is certain as it comes, so that the next line finds what is left."""
        proposals: dict[int, list[Proposal]] = {}
        for line, text in zip(self.lines, self.texts, strict=True):
            found = self._find_safely(line, text)
            rejected = self.rejected.get(line.id, set())
            found = [one for one in found if one.key not in rejected]
            amount = line.open_minor
            if found and found[0].is_certain and self._book(line, found[0]):
                result.add("booked", amount)
                result.kinds[str(found[0].kind)] += 1
                continue
            # One that could not be booked was changed by somebody: it is found again next time.
            likely = [replace(one, confidence=min(one.confidence, 95)) for one in found]
            proposals[line.id] = likely
            result.add("proposed" if likely else "open", amount)
        write_proposals(self.lines, proposals, now=self.now, actor=self.actor)

    def _find_safely(self, line: BankLine, text: BankText) -> list[Proposal]:
        try:
            return self._find(line, text)
        except Exception:
            # Payers write what they like: one line must not keep the others.
            _log.exception("bank line %s cannot be matched", line.public_id)
            return []

    def _find(self, line: BankLine, text: BankText) -> list[Proposal]:
        """What a line may be for, the best first; what a gateway or a bank names goes first."""
        found: list[Proposal] = []
        for finder in (self.debits, self.payouts, self.refunds, self.credit):
            named = finder.find(line)
            if named and named[0].is_certain:
                return named
            # Of the same amount only: whoever is surely named by the line goes before it.
            found += named
        if line.open_minor > 0:
            paid = self.known.add(line, self._to_proposals(line, match(text, self.index)))
            owners = {one.account_id for one in found if one.account_id}
            if any(one.is_certain for one in paid):
                if owners.isdisjoint(one.account_id for one in paid):
                    return paid
                # The same money may have been written down as credit before.
                paid = [replace(one, is_certain=False, confidence=85) for one in paid]
            found += [*self.desk.find(line), *paid]
        return sorted(found, key=lambda one: -one.confidence)

    def _to_proposals(self, line: BankLine, matched: Matched) -> list[Proposal]:
        found = []
        for place, one in enumerate(matched.candidates):
            is_certain = place == 0 and matched.verdict is Verdict.CERTAIN
            found.append(
                propose_payment(
                    one,
                    self.keys[one.account],
                    line,
                    is_certain=is_certain,
                    expected_minor=sum(self.index.open_minor[key] for key in one.invoices),
                )
            )
            if is_certain:
                break
        return [self._with_promise(one) for one in found]

    def _with_promise(self, proposal: Proposal) -> Proposal:
        """The promise that the money keeps: the one named, or one for the very same invoices."""
        name = proposal.attempt
        account = self.known.names.get(proposal.account_id or 0, "")
        for one in self.index.promises.get(account, ()):
            if not name and one.invoices and set(one.invoices) == set(proposal.invoices):
                name = one.key
        if not name:
            return proposal
        attempt = PaymentAttempt.objects.filter(public_id=name).values_list("id", flat=True).first()
        return replace(proposal, attempt=name, attempt_id=attempt)

    def _book(self, line: BankLine, proposal: Proposal) -> bool:
        try:
            act_on_debits(
                seller=line.bank_account.seller,
                line=line,
                kind=proposal.kind,
                key=proposal.key,
                today=self.today,
                now=self.now,
                actor=self.actor,
            )
            book_proposal(
                line=line, proposal=proposal, today=self.today, now=self.now, actor=self.actor
            )
        except BillingError as error:
            # One line must not keep the others: it is proposed, and people see why it stays.
            if not isinstance(error, Conflict):
                _log.warning("bank line %s is not booked: %s", line.public_id, error)
            return False
        except Exception:
            _log.exception("bank line %s cannot be booked", line.public_id)
            return False
        self.index.take(proposal.invoices, proposal.amount_minor)
        if proposal.attempt:
            self.index.drop_promise(proposal.attempt)
        if proposal.payout_id:
            self.payouts.drop(proposal.payout_id)
        return True


def to_text(line: BankLine) -> BankText:
    """A line as the core reads it; what is left of it is to be matched."""
    return BankText(
        str(line.id),
        line.open_minor,
        line.currency,
        line.booked_on,
        line.text,
        line.name,
        line.iban,
        line.creditor_reference,
        line.end_to_end_id,
    )


def _read_batches(bank_account: BankAccount) -> Iterator[list[BankLine]]:
    """The open lines by day and key, so that memory does not grow with them."""
    rows = BankLine.objects.filter(bank_account=bank_account, status__in=_OPEN)
    rows = rows.order_by("booked_on", "id").select_related("bank_account__seller")
    day, last = date.min, 0
    while True:
        later = rows.filter(booked_on__gt=day) | rows.filter(booked_on=day, id__gt=last)
        lines = list(later[:_BATCH])
        if not lines:
            return
        yield lines
        day, last = lines[-1].booked_on, lines[-1].id


def _read_keys(index: DebtIndex) -> Mapping[str, int]:
    names = list(index.payers)
    found: dict[str, int] = {}
    for start in range(0, len(names), 500):
        rows = Account.objects.filter(public_id__in=names[start : start + 500])
        found.update(rows.values_list("public_id", "id"))
    return found


def _read_rejected(lines: list[BankLine]) -> dict[int, set[str]]:
    """What staff said that lines are not, or took back."""
    found: dict[int, set[str]] = {}
    keys = [line.id for line in lines]
    for start in range(0, len(keys), 500):
        rows = BankMatch.objects.filter(
            line_id__in=keys[start : start + 500],
            status__in=(MatchStatus.REJECTED, MatchStatus.UNDONE),
        )
        for line_id, key in rows.values_list("line_id", "key"):
            found.setdefault(line_id, set()).add(key)
    return found
