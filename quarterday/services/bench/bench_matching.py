"""Measure matching on a month of bank lines whose truth is known: precision, recall, speed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import process_time
from typing import Any

from django.db import transaction

from quarterday.core.creditor_reference import make_creditor_reference
from quarterday.core.errors import BillingError
from quarterday.core.matching import match
from quarterday.core.statement import Statement, StatementEntry
from quarterday.services.bank.import_statement import Source, import_statement
from quarterday.services.bank.match_lines import match_lines, to_text
from quarterday.services.bench.bank_month import Month, Truth, make_month
from quarterday.services.bench.bank_world import FIRST_DAY, Bill, World
from quarterday.store.bulk import insert_rows, reserve_ids, to_column
from quarterday.store.fields import make_public_id
from quarterday.store.models import (
    Account,
    BankAccount,
    BankLine,
    BankMatch,
    BankStatement,
    BillingDue,
    Invoice,
    NumberSeries,
    Seller,
    Snapshot,
)
from quarterday.store.queries.bank_debts import load_index

_LAST = FIRST_DAY + timedelta(days=40)
_ACCOUNT = (
    "id public_id seller_id external_id name currency language country region address tax_id "
    "tax_id_evidence tax_exempt_reason status settings data snapshot_id"
).split()
_INVOICE = (
    "public_id seller_id account_id series number label currency issued_on due_on status "
    "seller_snapshot_id account_snapshot_id net_minor tax_minor total_minor open_minor"
).split()

Progress = Callable[[str, int], None]


@dataclass(slots=True)
class Score:
    """How many lines ended how, by what was written on them."""

    by_scenario: dict[str, Counter[str]] = field(default_factory=dict)
    findable: int = 0
    found: int = 0
    booked: int = 0
    wrong: int = 0

    def add(self, truth: Truth, end: str) -> None:
        """Count a line."""
        self.by_scenario.setdefault(truth.scenario, Counter())[end] += 1
        self.wrong += end == "booked wrongly"
        self.booked += end in ("booked", "booked wrongly")
        if truth.is_findable and truth.customer:
            self.findable += 1
            self.found += end in ("booked", "proposed")


def bench_matching(
    lines: int, *, seed: int = 1, is_second: bool = False, now: datetime, progress: Progress
) -> dict[str, Any]:
    """Fill an empty database with a month of lines, match them, and compare with the truth.

    Those who paid before did so by lines that were matched too. Raises `BillingError` on a
    database that holds anything.
    """
    if Seller.objects.exists():
        raise BillingError("the benchmark fills the database; give it an empty one")
    month = make_month(seed, lines, is_second=is_second)
    bank, bills = _make_seller(month.world), _make_history(month.world)
    _make_invoices(bank.seller, month.world, bills)
    progress("open invoices", len(month.world.list_bills()))
    _import(bank, "before", [_pay_by_reference(month.world, one) for one in bills], now)
    before = match_lines(bank_account=bank, today=_LAST, now=now)
    progress("paid before", before.booked)
    entries = [
        StatementEntry(
            line.on,
            line.amount_minor,
            line.currency,
            name=line.name,
            iban=line.iban,
            text=line.text,
            creditor_reference=line.creditor_reference,
        )
        for line in month.lines
    ]
    statement = _import(bank, "month", entries, now)
    rows = list(BankLine.objects.filter(statement=statement).order_by("id"))
    compared = _time_comparing(bank.seller, rows)
    progress("lines compared", len(rows))
    began = process_time()
    result = match_lines(bank_account=bank, today=_LAST, now=now)
    spent = process_time() - began
    progress("lines matched", result.lines)
    score = _score(month, rows)
    return {
        "lines": len(rows),
        "open_invoices": len(month.world.list_bills()),
        "booked": score.booked,
        "booked_wrongly": score.wrong,
        "findable": score.findable,
        "found_percent": round(100 * score.found / max(1, score.findable), 2),
        "booked_percent": round(100 * (score.booked - score.wrong) / max(1, score.findable), 2),
        "lines_compared_per_second": round(len(rows) / compared),
        "lines_matched_per_second": round(len(rows) / spent),
        "scenarios": {name: dict(ends) for name, ends in sorted(score.by_scenario.items())},
    }


def _time_comparing(seller: Seller, rows: list[BankLine]) -> float:
    """Seconds to read the debts and compare all lines with them, with nothing written.

    As everywhere here, of the processor, so that what else runs on the machine counts little.
    """
    began = process_time()
    texts = [to_text(line) for line in rows if line.open_minor > 0]
    for start in range(0, len(texts), 5000):
        chunk = texts[start : start + 5000]
        index = load_index(seller, chunk)
        for text in chunk:
            match(text, index)
    return process_time() - began


def _score(month: Month, rows: list[BankLine]) -> Score:
    score = Score()
    numbers = dict(Invoice.objects.values_list("public_id", "number"))
    best: dict[int, BankMatch] = {}
    found = BankMatch.objects.filter(line__statement=rows[0].statement_id).select_related("account")
    for each in found.order_by("-confidence", "id"):
        best.setdefault(each.line_id, each)
    for line, row in zip(month.lines, rows, strict=True):
        truth, one = month.truth[line.key], best.get(row.id)
        if one is None:
            score.add(truth, "open" if truth.customer else "left alone")
            continue
        named = frozenset(numbers[key] for key in one.invoices)
        who = one.account.external_id if one.account else ""
        is_right = who == f"K{truth.customer:05d}" and named == truth.invoices
        score.add(truth, str(one.status) if is_right else f"{one.status} wrongly")
    return score


@transaction.atomic
def _make_seller(world: World) -> BankAccount:
    snapshot = Snapshot.objects.create(digest="bench", data={"name": "Example Bench Ltd"})
    seller = Seller.objects.create(
        code="bench",
        name="Example Bench Ltd",
        country="DE",
        time_zone="Europe/Berlin",
        currency="EUR",
        snapshot=snapshot,
    )
    style = world.style
    NumberSeries.objects.create(
        seller=seller, code="invoice", prefix=style.prefix, digits=style.digits
    )
    keys, columns = reserve_ids(Account, len(world.customers)), _ACCOUNT
    rows = [
        (
            key, make_public_id("acc"), seller.id, one.external_id, one.name, "EUR", "de", "DE", "",
            "{}", "", "{}", "", "open", "{}", "{}", snapshot.id,
        )
        for key, one in zip(keys, world.customers, strict=True)
    ]  # fmt: skip
    insert_rows(Account, columns, rows)
    insert_rows(BillingDue, ["account_id", "bill_on"], [(key, None) for key in keys])
    return BankAccount.objects.create(
        seller=seller, code="main", number="DE02120300000000202051", currency="EUR"
    )


def _make_history(world: World) -> list[Bill]:
    """One invoice for each customer who paid before."""
    known = [one for one in world.customers if one.is_known]
    day = FIRST_DAY - timedelta(days=90)
    return [
        Bill(number, 1190 + number % 700, day, day + timedelta(14), one)
        for number, one in enumerate(known, 1)
    ]


@transaction.atomic
def _make_invoices(seller: Seller, world: World, history: list[Bill]) -> None:
    keys = dict(Account.objects.filter(seller=seller).values_list("external_id", "id"))
    rows = [
        (
            make_public_id("inv"), seller.id, keys[one.customer.external_id], "invoice", one.number,
            world.style.label(one.number), "EUR", to_column(one.issued_on), to_column(one.due_on),
            "open", seller.snapshot_id, seller.snapshot_id, one.amount_minor, 0, one.amount_minor,
            one.amount_minor,
        )
        for one in (*history, *world.list_bills())
    ]  # fmt: skip
    insert_rows(Invoice, _INVOICE, rows)


def _pay_by_reference(world: World, bill: Bill) -> StatementEntry:
    return StatementEntry(
        bill.due_on,
        bill.amount_minor,
        "EUR",
        name=bill.customer.name,
        iban=bill.customer.iban,
        creditor_reference=make_creditor_reference(world.style.label(bill.number)),
    )


def _import(
    bank: BankAccount, name: str, entries: list[StatementEntry], now: datetime
) -> BankStatement:
    ordered = sorted(entries, key=_day) if name == "before" else entries
    statement = Statement(bank.number, "EUR", tuple(ordered))
    source = Source(f"{name:0<64}", name, 1, "bench", {"bench": "bench"})
    return import_statement(
        bank_account=bank, statement=statement, source=source, seen=Counter(), now=now
    ).row


def _day(entry: StatementEntry) -> date:
    return entry.booked_on
