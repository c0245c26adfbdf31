"""How a statement stands to those before it: does it follow, overlap, or leave a gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q

from quarterday.core.statement import Line, Statement, StatementEntry, identify, list_lines
from quarterday.services.compare import show_amount
from quarterday.services.errors import Conflict
from quarterday.store.models import BankAccount, BankLine, BankStatement
from quarterday.store.queries.bank import find_known, read_balance


@dataclass(frozen=True, slots=True)
class Before:
    """What was known of an account: its balance, its last day, and the statement that its opening
    balance is from.
    """

    balance_minor: int
    last_on: date | None
    anchor: BankStatement | None

    def leads_to(self, statement: Statement) -> bool:
        """Whether a statement begins on our last day or later, with the balance that we have."""
        if self.anchor is None or self.last_on is None or statement.opening_minor is None:
            return False
        first = min((entry.booked_on for entry in statement.entries), default=self.last_on)
        return statement.opening_minor == self.balance_minor and first >= self.last_on

    def lacks(self, statement: Statement, new: Sequence[Line]) -> bool:
        """Whether a statement that follows does not come to its end by its new lines, but does by
        all of them: then what was taken for known happened once more.
        """
        reached = self.balance_minor + sum(line.entry.amount_minor for line in new)
        return (
            self.leads_to(statement)
            and statement.difference() == 0
            and reached != statement.closing_minor
        )


def read_before(account: BankAccount) -> Before:
    """What was known of an account until now."""
    with_balance = Q(opening_minor__isnull=False) | Q(closing_minor__isnull=False)
    rows = BankStatement.objects.filter(with_balance, bank_account=account)
    last = BankLine.objects.filter(bank_account=account).aggregate(on=Max("booked_on"))["on"]
    return Before(read_balance(account), last, rows.order_by("id").first())


def renumber(account: BankAccount, entries: Sequence[StatementEntry]) -> list[Line]:
    """The lines of a statement, numbered after all that look like them and are known."""
    seen: Counter[tuple[object, ...]] = Counter()
    for key, entry in {identify(entry): entry for entry in entries}.items():
        while line := list_lines([entry], Counter(seen))[:1]:
            if not find_known(account, line[0].known_by):
                break
            seen[key] += 1
    return list_lines(entries, seen)


def is_older(anchor: BankStatement, statement: Statement, entry: StatementEntry) -> bool:
    """Whether a movement is part of the balance that an account was opened with."""
    if anchor.starts_on is None:
        return False
    if entry.booked_on < anchor.starts_on:
        return True
    last = statement.ends_on or entry.booked_on
    return (
        entry.booked_on == anchor.starts_on == last
        and statement.closing_minor is not None
        and statement.closing_minor == anchor.opening_minor
    )


def need_one_family(
    account: BankAccount, formats: Mapping[str, str], family: str, new: Sequence[Line]
) -> None:
    """Raise `Conflict` when statements of another kind have told of the days of new lines.

    Two kinds tell the same payment differently, so that it would be booked twice. ``formats`` are
    the kinds of all formats.
    """
    first = min(line.entry.booked_on for line in new)
    last = max(line.entry.booked_on for line in new)
    rows = BankStatement.objects.filter(
        bank_account=account, starts_on__lte=last, ends_on__gte=first, lines__gt=0
    ).order_by("id")
    for row in rows:
        if formats.get(row.format, row.format) == family:
            continue
        for line in new:
            on = line.entry.booked_on
            if row.starts_on and row.ends_on and row.starts_on <= on <= row.ends_on:
                raise Conflict(
                    f"{on} was read from {row.format} already ({row.name or row.public_id}), and "
                    f"{family} would tell the same payments again; read one format only, or a "
                    f"file that begins after {row.ends_on}"
                )


def explain_missing(row: BankStatement, statement: Statement, missing_minor: int | None) -> str:
    """Why the bank states another balance than the book has; empty where they agree."""
    code = row.bank_account.currency
    off = statement.difference()
    if off:
        total = show_amount(statement.total(), code)
        return (
            f"its own balances differ by {show_amount(off, code)} from its lines, which come to "
            f"{total}: some of them are missing in the file"
        )
    if not missing_minor:
        return ""
    off_by = show_amount(missing_minor, code)
    earlier = (
        BankStatement.objects.filter(bank_account_id=row.bank_account_id, ends_on__isnull=False)
        .filter(closing_minor__isnull=False, ends_on__lte=row.starts_on or row.ends_on)
        .exclude(id=row.id)
        .order_by("-ends_on", "-id")
        .first()
    )
    if earlier is not None and row.opening_minor not in (None, earlier.closing_minor):
        return (
            f"{off_by} is missing between the statement until {earlier.ends_on} and this one from "
            f"{row.starts_on}; read the statements of those days too"
        )
    return f"the bank states {off_by} more than the book has; a statement before it is missing"
