"""Take in one bank statement: its lines, their entries, and what stood on the account before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from quarterday.core.ledger.statement import post_bank_opening
from quarterday.core.limits import check_minor
from quarterday.core.statement import Line, Statement, find_new, list_lines
from quarterday.services.bank.follow_statement import (
    Before,
    explain_missing,
    is_older,
    need_one_family,
    read_before,
    renumber,
)
from quarterday.services.bank.write_lines import clean_text, write_lines
from quarterday.services.events.record_event import record_event
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.models import BankAccount, BankStatement
from quarterday.store.queries.bank import find_known, read_opening, sum_lines_until


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from: the digest and name of its file, its number in it, the kind
    of its reader, and the kinds of all formats.
    """

    digest: str
    name: str
    number: int
    family: str
    formats: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """What became of a statement: lines that are new, and that were known.

    ``is_repeat``: the same file had been read before. ``missing_minor`` is how much more the bank
    states than the book has, None where it states no balance; ``gap`` says what is wrong.
    """

    row: BankStatement
    statement: Statement
    new: int
    known: int
    is_repeat: bool = False
    missing_minor: int | None = None
    gap: str = ""


def import_statement(
    *,
    bank_account: BankAccount,
    statement: Statement,
    source: Source,
    now: datetime,
    seen: Counter[tuple[object, ...]] | None = None,
    actor: str = "system",
) -> ImportedStatement:
    """Write a statement with the lines that are not known yet, all or nothing.

    ``seen`` counts the entries that look alike in the statements of the same file before it. The
    same statement of the same file is read once. Raises `Conflict` when statements of another
    kind have told of the same days.
    """
    lines = list_lines(statement.entries, seen)
    for line in lines:
        check_minor(line.entry.amount_minor, f"an amount of {source.name}")
    for balance in (statement.opening_minor, statement.closing_minor, statement.total()):
        check_minor(balance or 0, f"a balance of {source.name}")
    with transaction.atomic():
        account = BankAccount.objects.select_for_update(no_key=True).get(id=bank_account.id)
        rows = BankStatement.objects.filter(bank_account=account)
        read = rows.filter(digest=source.digest, number=source.number).first()
        if read is not None:
            return ImportedStatement(read, statement, 0, len(lines), is_repeat=True)
        before = read_before(account)
        new = find_new(lines, find_known(account, {x for line in lines for x in line.known_by}))
        if len(new) < len(lines) and before.lacks(statement, new):
            new = renumber(account, statement.entries)
        if new and not before.leads_to(statement):
            need_one_family(account, source.formats, source.family, new)
        row = _write_row(account, statement, (len(lines), len(new)), source, now, actor)
        write_lines(account, row, new)
        _post_opening(account, row, statement, new, before)
        missing = _compare(account, row, statement)
        record_event(
            kind="bank_statement.read",
            subject=row.public_id,
            seller_id=account.seller_id,
            actor=actor,
            now=now,
            data={"account": account.code, "lines": row.lines, "new": row.new_lines},
        )
    return ImportedStatement(
        row,
        statement,
        len(new),
        len(lines) - len(new),
        missing_minor=missing,
        gap=explain_missing(row, statement, missing),
    )


def _write_row(
    account: BankAccount,
    statement: Statement,
    counts: tuple[int, int],
    source: Source,
    now: datetime,
    actor: str,
) -> BankStatement:
    # Either may be unknown, which the type checker does not believe of amounts.
    balances: dict[str, Any] = {
        "opening_minor": statement.opening_minor,
        "closing_minor": statement.closing_minor,
    }
    return BankStatement.objects.create(
        bank_account=account,
        digest=source.digest,
        number=source.number,
        format=(statement.format or source.family)[:16],
        name=clean_text(source.name)[-200:],
        reference=clean_text(statement.reference, 200),
        starts_on=statement.starts_on,
        ends_on=statement.ends_on,
        total_minor=statement.total(),
        lines=counts[0],
        new_lines=counts[1],
        imported_at=now,
        actor=actor,
        **balances,
    )


def _post_opening(
    account: BankAccount,
    row: BankStatement,
    statement: Statement,
    new: Sequence[Line],
    before: Before,
) -> None:
    """Post what stood on the account before its first known line.

    The first statement with a balance decides it. Older lines that come later were part of that
    balance, so that what they come to is taken from it.
    """
    if before.anchor is None:
        closing, until = _closing(statement), row.ends_on or row.starts_on
        if closing is None or until is None:
            return
        amount = closing - sum_lines_until(account, until, row.id)
    else:
        older = (line.entry for line in new if is_older(before.anchor, statement, line.entry))
        amount = -sum(entry.amount_minor for entry in older)
    days = [line.entry.booked_on for line in new]
    entry = post_bank_opening(
        on=min([*days, *filter(None, [row.starts_on, row.ends_on])]),
        reference=row.reference[:128] or row.public_id,
        code=account.code,
        currency=account.currency,
        amount_minor=amount,
    )
    post_entry(entry, seller_id=account.seller_id, source=row.public_id)


def _compare(account: BankAccount, row: BankStatement, statement: Statement) -> int | None:
    """How much more the bank states than the book has; None where it states no balance."""
    closing, until = _closing(statement), row.ends_on or row.starts_on
    if closing is None or until is None:
        return None
    return closing - read_opening(account) - sum_lines_until(account, until, row.id)


def _closing(statement: Statement) -> int | None:
    """The balance at the end, as it is stated, or as it follows from the one at the beginning."""
    if statement.closing_minor is None and statement.opening_minor is not None:
        return statement.opening_minor + statement.total()
    return statement.closing_minor
