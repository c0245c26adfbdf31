"""The debts that the lines of a bank may be for: all that any of them may mean, and no more.

A seller may have a million accounts, and a batch has a few thousand lines. So accounts are read
in a stream, and only those are kept whose name, number, invoice or bank account a line mentions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from quarterday.core.creditor_reference import LONGEST
from quarterday.core.matching import BankText, Debt, DebtIndex, Payer, Promise
from quarterday.core.matching_names import NameFinder
from quarterday.core.matching_text import Series, TextReader, list_numbers, split_label, squeeze
from quarterday.store.bulk import to_day
from quarterday.store.models import (
    AttemptStatus,
    Instalment,
    Invoice,
    NumberSeries,
    PaymentAttempt,
    Seller,
)
from quarterday.store.queries.raw import days, fetch, fetch_by_ids
from quarterday.store.queries.stream import in_chunks, stream

_ACCOUNTS = (
    "SELECT id, public_id, external_id, name, currency FROM store_account WHERE seller_id = %s"
)
_BY_NUMBER = """
SELECT DISTINCT account_id FROM store_invoice
WHERE seller_id = %s AND series IN ({series}) AND number IN ({numbers})
"""
_PAID_FROM = """
SELECT DISTINCT l.iban, l.name, m.account_id
FROM store_bankline l
JOIN store_bankaccount b ON b.id = l.bank_account_id
JOIN store_bankmatch m ON m.line_id = l.id
WHERE b.seller_id = %s AND l.iban <> '' AND l.iban IN ({ibans})
  AND m.status = 'booked' AND m.kind = 'payment'
"""
_OWED = """
SELECT i.id, i.public_id, i.account_id, i.label, i.number, i.open_minor, i.currency, [i.due_on]
FROM store_invoice i WHERE i.account_id {ids} AND i.status = 'open'
"""
_NAMED = """
SELECT i.id, i.public_id, i.account_id, i.label, i.number, i.open_minor, i.currency, [i.due_on]
FROM store_invoice i
WHERE i.seller_id = %s AND i.series IN ({series}) AND i.number IN ({numbers})
"""


def load_index(seller: Seller, lines: Sequence[BankText]) -> DebtIndex:
    """Everything that lines of a seller's bank are compared with."""
    codes = _list_series(seller)
    reader = TextReader([Series(squeeze(one.prefix), one.digits) for one in codes])
    numbers: set[int] = set()
    words: set[str] = set()
    for line in lines:
        reading = reader.read(f"{line.text} | {line.end_to_end_id}", line.creditor_reference)
        numbers |= list_numbers(reading, reader.series)
        words |= {squeeze(word) for word in reading.words} | set(reading.references)
    payers_of = _find_payers(seller, {squeeze(line.iban) for line in lines if line.iban})
    keys = {account for account, _ in payers_of}
    keys.update(_find_by_number(seller, codes, numbers))
    payers, ids = _keep_accounts(seller, lines, words, keys, payers_of)
    return DebtIndex(
        [*_read_debts(seller, codes, numbers, ids)],
        payers,
        _read_promises(ids),
        [(one.prefix, one.digits) for one in codes],
    )


def _list_series(seller: Seller) -> list[NumberSeries]:
    """The series that invoices have; others, as of orders, would only confuse."""
    rows = NumberSeries.objects.filter(seller=seller).order_by("code")
    invoices = Invoice.objects.filter(seller=seller)
    return [one for one in rows if invoices.filter(series=one.code).exists()]


def _find_payers(seller: Seller, ibans: set[str]) -> dict[tuple[int, str], set[str]]:
    """Who paid from these bank accounts before, and under which names."""
    found: dict[tuple[int, str], set[str]] = defaultdict(set)
    for chunk in in_chunks(sorted(ibans), 500):
        sql = _PAID_FROM.format(ibans=_marks(chunk))
        for iban, name, account in fetch(sql, [seller.id, *chunk]):
            found[account, iban].add(name)
    return found


def _find_by_number(seller: Seller, codes: list[NumberSeries], numbers: set[int]) -> set[int]:
    return {row[0] for row in _with_numbers(_BY_NUMBER, seller, codes, numbers)}


def _with_numbers(
    sql: str, seller: Seller, codes: list[NumberSeries], numbers: set[int]
) -> Iterator[tuple[Any, ...]]:
    names = [one.code for one in codes]
    for chunk in in_chunks(sorted(one for one in numbers if one < 2**62), 500) if names else ():
        filled = days(sql).format(series=_marks(names), numbers=_marks(chunk))
        yield from fetch(filled, [seller.id, *names, *chunk])


def _keep_accounts(
    seller: Seller,
    lines: Sequence[BankText],
    words: set[str],
    keys: set[int],
    payers_of: dict[tuple[int, str], set[str]],
) -> tuple[list[Payer], dict[int, str]]:
    """The accounts that any line may be of, each with what is known of how it pays."""
    names = NameFinder((line.name, line.name) for line in lines if line.name)
    ibans: dict[int, list[str]] = defaultdict(list)
    paid_as: dict[int, set[str]] = defaultdict(set)
    for (account, iban), stated in payers_of.items():
        ibans[account].append(iban)
        paid_as[account] |= stated - {""}
    payers, ids = [], {}
    bodies = {word[4:] for word in words if word.startswith("RF")}
    for key, public_id, external_id, name, currency in stream(_ACCOUNTS, [seller.id]):
        external = external_id or ""
        label = squeeze(external or public_id)
        is_named = label in words or label[-LONGEST:] in bodies
        if not (is_named or key in keys or names.has_near(name)):
            continue
        ids[key] = public_id
        payers.append(
            Payer(public_id, name, currency, external, tuple(paid_as[key]), tuple(ibans[key]))
        )
    return payers, ids


def _read_debts(
    seller: Seller, codes: list[NumberSeries], numbers: set[int], ids: dict[int, str]
) -> Iterator[Debt]:
    """What the accounts owe, and what lines name though it is settled."""
    rows = list(fetch_by_ids(days(_OWED), list(ids)))
    known = {row[0] for row in rows}
    rows += [row for row in _with_numbers(_NAMED, seller, codes, numbers) if row[0] not in known]
    parts = _read_instalments(known)
    for key, public_id, account, label, number, left, currency, due_on in rows:
        if account in ids:
            prefix, digits = split_label(label, number)
            yield Debt(
                public_id, ids[account], label, number, prefix, digits, left, currency,
                to_day(due_on), parts.get(key, ()),
            )  # fmt: skip


def _read_instalments(invoices: set[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for chunk in in_chunks(sorted(invoices), 500):
        rows = Instalment.objects.filter(plan__invoice_id__in=chunk, plan__ended_at=None)
        for key, minor in rows.order_by("plan_id", "number").values_list(
            "plan__invoice_id", "amount_minor"
        ):
            found[key] = (*found.get(key, ()), minor)
    return found


def _read_promises(ids: dict[int, str]) -> Iterator[Promise]:
    for chunk in in_chunks(sorted(ids), 500):
        rows = PaymentAttempt.objects.filter(
            account_id__in=chunk, is_promise=True, status=AttemptStatus.PENDING
        )
        for one in rows.order_by("id"):
            yield Promise(
                one.public_id, ids[one.account_id], one.amount_minor, one.currency,
                tuple(one.invoices),
            )  # fmt: skip


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))
