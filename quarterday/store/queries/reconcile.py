"""Whether bank, clearing accounts, receivables and the book agree on a day, or what does not.

Nothing is summed up into an unexplained rest: each entry of a clearing account belongs to a
document or to a bank line, entries that answer each other are taken together, and what is left
stands in the report by its name. So the items of a part always come to its balance in the book.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from quarterday.store.bulk import to_day
from quarterday.store.models import Seller
from quarterday.store.queries.raw import days, fetch
from quarterday.store.queries.stream import one_view

# Money that is longer on its way than this is asked about.
_LATE = timedelta(days=14)

_WRONG = {
    "pot_": "the payout has arrived, but its parts do not come to it",
    "til_": "the till and what the bank shows of it are not the same amount",
    "debits:": "the bank line and the debits in it are not the same amount",
    "debit:": "the bank line and the debit are not the same amount",
    "return:": "the bank line and what came back are not the same amount",
    "mat_": "matched with nothing that is in the book",
}
_WAITING = {
    "rfd": "given back, and not at the bank yet",
    "dsp": "fee of a dispute, not at the bank yet",
}
# What of ours a payout that has arrived contains. Money that goes out stands in its refund and in
# the fee of its dispute; where it comes in again, it is a payment of its own.
_PAID_OUT = """
  SELECT source, MIN(payout) AS payout FROM (
    SELECT COALESCE(y.public_id, CASE WHEN i.gross_minor > 0 THEN z.public_id END,
                    CASE WHEN i.gross_minor <= 0 THEN r.public_id END) AS source,
           o.public_id AS payout
    FROM store_payoutitem i
    JOIN store_payout o ON o.id = i.payout_id AND o.status <> 'failed'
    JOIN store_bankmatch b ON b.payout_id = o.id AND b.status = 'booked'
    LEFT JOIN store_payment y ON y.id = i.payment_id
    LEFT JOIN store_dispute d ON d.id = i.dispute_id
    LEFT JOIN store_refund r ON r.id = COALESCE(i.refund_id, d.refund_id)
    LEFT JOIN store_refundattempt t ON t.refund_id = i.refund_id
    LEFT JOIN store_payment z ON z.id = COALESCE(t.returned_id, d.restored_id)
    WHERE o.seller_id = %s
    UNION ALL
    SELECT d.public_id, o.public_id
    FROM store_payoutitem i
    JOIN store_payout o ON o.id = i.payout_id AND o.status <> 'failed'
    JOIN store_bankmatch b ON b.payout_id = o.id AND b.status = 'booked'
    JOIN store_dispute d ON d.id = i.dispute_id
    WHERE o.seller_id = %s AND i.gross_minor <= 0
    UNION ALL
    SELECT r.public_id, o.public_id
    FROM store_payoutitem i
    JOIN store_payout o ON o.id = i.payout_id AND o.status <> 'failed'
    JOIN store_bankmatch b ON b.payout_id = o.id AND b.status = 'booked'
    JOIN store_disputerest x ON x.dispute_id = i.dispute_id
    JOIN store_refund r ON r.id = x.refund_id
    WHERE o.seller_id = %s AND i.gross_minor <= 0) parts
  WHERE source IS NOT NULL GROUP BY source
"""
# Payments that answer a refund: it failed, or the dispute that it booked out was won. Whatever
# else a dispute booked out belongs to the first refund of it.
_ANSWERS = """
  SELECT p.public_id AS source, r.public_id AS refund
  FROM store_refundattempt t
  JOIN store_payment p ON p.id = t.returned_id
  JOIN store_refund r ON r.id = t.refund_id
  UNION ALL
  SELECT p.public_id, r.public_id
  FROM store_dispute d
  JOIN store_payment p ON p.id = d.restored_id
  JOIN store_refund r ON r.id = d.refund_id
  UNION ALL
  SELECT o.public_id, r.public_id
  FROM store_disputerest x
  JOIN store_refund o ON o.id = x.refund_id
  JOIN store_dispute d ON d.id = x.dispute_id
  JOIN store_refund r ON r.id = d.refund_id
"""
# An entry of a clearing account, and what it belongs to: the payout, the file of debits, the
# return or the till's deposit that the bank has shown it in, or else the payment or refund itself.
_CLEARING = f"""
WITH paid_out AS ({_PAID_OUT}), answers AS ({_ANSWERS})
SELECT code, currency, cluster, SUM(amount_minor) AS total, MIN([one.day]) FROM (
  SELECT l.code, p.currency, p.amount_minor, e."on" AS day, COALESCE(
    CASE WHEN m.kind IN ('debits', 'return') THEN m.key
         WHEN m.kind = 'other' THEN SUBSTR(m.key, LENGTH(m.key) - 35)
         WHEN m.id IS NOT NULL THEN COALESCE(mp.public_id, mo.public_id, mr.public_id, m.public_id)
    END,
    own.payout,
    (SELECT b.key FROM store_paymentattempt a
     JOIN store_debit t ON t.attempt_id = a.id
     JOIN store_bankmatch b ON b.batch_id = t.batch_id AND b.status = 'booked'
      AND b.key IN ('debits:' || t.payment_group, 'debit:' || t.end_to_end_id)
     WHERE a.payment_id = pay.id LIMIT 1),
    (SELECT b.key FROM store_dispute x
     JOIN store_paymentattempt a ON a.payment_id = x.payment_id
     JOIN store_debit t ON t.attempt_id = a.id
     JOIN store_bankmatch b ON b.batch_id = t.batch_id AND b.status = 'booked'
      AND b.key = 'return:' || t.end_to_end_id
     WHERE x.refund_id = r.id OR x.id = d.id LIMIT 1),
    (SELECT h.public_id FROM store_tillentry y
     JOIN store_till h ON h.id = y.till_id
     JOIN store_bankmatch b ON b.kind = 'other' AND b.status = 'booked'
      AND b.key = 'desk:' || pay.method || ':' || h.public_id
     WHERE y.payment_id = pay.id LIMIT 1),
    CASE WHEN r.external_id LIKE 'undo mat_%%' THEN rp.public_id END,
    CASE WHEN y.kind <> 'banked' THEN yp.public_id END,
    g.public_id,
    -- What came back before it had gone: together they are nothing.
    CASE WHEN gone.payout IS NULL THEN answer.refund END,
    e.source) AS cluster
  FROM store_posting p
  JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
  JOIN store_journalentry e ON e.id = p.entry_id
  LEFT JOIN paid_out own ON own.source = e.source
  LEFT JOIN answers answer ON answer.source = e.source
  LEFT JOIN paid_out gone ON gone.source = answer.refund
  LEFT JOIN store_bankmatch m ON m.public_id = e.source
  LEFT JOIN store_payment mp ON mp.id = m.payment_id
  LEFT JOIN store_payout mo ON mo.id = m.payout_id
  LEFT JOIN store_refund mr ON mr.id = m.refund_id
  LEFT JOIN store_payment pay ON pay.public_id = e.source
  LEFT JOIN store_refund r ON r.public_id = e.source
  LEFT JOIN store_payment rp ON rp.id = r.payment_id
  LEFT JOIN store_dispute d ON d.public_id = e.source
  LEFT JOIN store_tillentry y ON y.public_id = e.source
  LEFT JOIN store_payment yp ON yp.id = y.payment_id
  LEFT JOIN store_creditdeduction c ON c.public_id = e.source
  LEFT JOIN store_creditgrant g ON g.id = c.grant_id
  WHERE l.seller_id = %s AND l.code LIKE 'assets:clearing:%%' AND e."on" <= %s) one
GROUP BY code, currency, cluster HAVING SUM(amount_minor) <> 0
ORDER BY code, currency, MIN(one.day), cluster
"""
_BANK = """
SELECT a.code, a.currency,
       (SELECT COALESCE(SUM(p.amount_minor), 0) FROM store_posting p
        JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
        JOIN store_journalentry e ON e.id = p.entry_id
        WHERE l.seller_id = a.seller_id AND l.code = 'assets:bank:' || a.code
          AND p.currency = a.currency AND e."on" <= %s) AS book
FROM store_bankaccount a WHERE a.seller_id = %s ORDER BY a.code
"""
_STATED = """
SELECT s.public_id, s.closing_minor, [s.ends_on] FROM store_bankstatement s
JOIN store_bankaccount a ON a.id = s.bank_account_id
WHERE a.seller_id = %s AND a.code = %s AND s.closing_minor IS NOT NULL AND s.ends_on <= %s
ORDER BY s.ends_on DESC, s.id DESC LIMIT 1
"""
_LATER = """
SELECT COALESCE(SUM(b.amount_minor), 0) FROM store_bankline b
JOIN store_bankaccount a ON a.id = b.bank_account_id
WHERE a.seller_id = %s AND a.code = %s AND b.booked_on > %s AND b.booked_on <= %s
"""
_SUSPENSE = """
SELECT currency, line, SUM(amount_minor), MIN([one.day]) FROM (
  SELECT p.currency, p.amount_minor, e."on" AS day, COALESCE(b.public_id, e.source) AS line
  FROM store_posting p
  JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
  JOIN store_journalentry e ON e.id = p.entry_id
  LEFT JOIN store_bankmatch m ON m.public_id = e.source
  LEFT JOIN store_bankline b ON b.id = m.line_id
  WHERE l.seller_id = %s AND l.code = 'assets:suspense' AND e."on" <= %s) one
GROUP BY currency, line HAVING SUM(amount_minor) <> 0
ORDER BY currency, MIN(one.day), line
"""
_RECEIVABLE = """
SELECT currency, SUM(book), SUM(papers) FROM ({rows}) one GROUP BY currency ORDER BY currency
"""
_RECEIVABLE_OFF = """
SELECT COALESCE(a.external_id, a.public_id), one.currency, SUM(book), SUM(papers)
FROM ({rows}) one LEFT JOIN store_account a ON a.id = one.account_id
GROUP BY a.id, one.currency HAVING SUM(book) <> SUM(papers)
ORDER BY a.id
"""
_ROWS = """
  SELECT p.account_id, p.currency, p.amount_minor AS book, 0 AS papers
  FROM store_posting p
  JOIN store_ledgeraccount l ON l.id = p.ledger_account_id
  JOIN store_journalentry e ON e.id = p.entry_id
  WHERE l.seller_id = %s AND l.code = 'assets:receivable' AND e."on" <= %s
  UNION ALL
  SELECT i.account_id, i.currency, 0, i.total_minor FROM store_invoice i
  WHERE i.seller_id = %s AND i.issued_on <= %s AND i.series <> 'advance'
  UNION ALL
  SELECT i.account_id, i.currency, 0, -a.amount_minor
  FROM store_allocation a JOIN store_invoice i ON i.id = a.invoice_id
  WHERE i.seller_id = %s AND a."on" <= %s
  UNION ALL
  SELECT p.account_id, p.currency, 0, p.amount_minor
  FROM store_journalentry e
  JOIN store_posting p ON p.entry_id = e.id
  JOIN store_ledgeraccount l ON l.id = p.ledger_account_id AND l.code = 'assets:receivable'
  WHERE e.seller_id = %s AND e.kind = 'write_off' AND e."on" <= %s
"""


class Item(NamedTuple):
    """A document or bank line by name, and what of it is left; ``is_wrong`` if it should not be."""

    name: str
    on: date | None
    amount_minor: int
    text: str
    is_wrong: bool = False


@dataclass(slots=True)
class Part:
    """A balance of the book, what stands against it, and the items that make the difference."""

    name: str
    currency: str
    book_minor: int
    said_minor: int | None = None
    said_by: str = ""
    items: list[Item] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether nothing in it is wrong."""
        off = self.said_minor is not None and self.said_minor != self.book_minor
        return not off and not any(item.is_wrong for item in self.items)


@dataclass(slots=True)
class Report:
    """A seller's day."""

    seller: Seller
    day: date
    parts: list[Part] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether everything agrees."""
        return all(part.agrees for part in self.parts)


def report_day(seller: Seller, day: date) -> Report:
    """How a seller's books stand against the bank and the documents at the end of a day."""
    report = Report(seller, day)
    with one_view():
        report.parts += _read_banks(seller, day)
        report.parts += _read_suspense(seller, day)
        report.parts += _read_clearing(seller, day)
        report.parts += _read_receivables(seller, day)
    return report


def _read_banks(seller: Seller, day: date) -> Iterator[Part]:
    for code, currency, book in fetch(_BANK, [day, seller.id]):
        part = Part(f"assets:bank:{code}", currency, int(book))
        for name, closing, ends_on in fetch(days(_STATED), [seller.id, code, day]):
            ended = to_day(ends_on)
            # What was read after the last balance that the bank has stated.
            ((later,),) = fetch(_LATER, [seller.id, code, ended, day])
            part.said_minor, part.said_by = int(closing) + int(later), f"{name} of {ended}"
            if part.said_minor != part.book_minor:
                text = "the statement does not lead to the book: one is missing or incomplete"
                off = part.book_minor - part.said_minor
                part.items.append(Item(name, ended, off, text, is_wrong=True))
        yield part


def _read_suspense(seller: Seller, day: date) -> Iterator[Part]:
    parts: dict[str, Part] = {}
    for currency, line, minor, on in fetch(days(_SUSPENSE), [seller.id, day]):
        part = parts.setdefault(currency, Part("assets:suspense", currency, 0))
        part.book_minor += int(minor)
        is_line = line.startswith("bln_")
        text = "not understood yet" if is_line else "in the book, but of no bank line"
        part.items.append(Item(line, to_day(on), int(minor), text, is_wrong=not is_line))
    yield from parts.values()


def _read_clearing(seller: Seller, day: date) -> Iterator[Part]:
    parts: dict[tuple[str, str], Part] = {}
    rows = fetch(days(_CLEARING), [*[seller.id] * 4, day])
    for code, currency, name, minor, on in rows:
        part = parts.setdefault((code, currency), Part(code, currency, 0))
        part.book_minor += int(minor)
        since = to_day(on)
        text, is_wrong = _explain(name, day - since > _LATE)
        part.items.append(Item(name, since, int(minor), text, is_wrong))
    yield from parts.values()


def _explain(name: str, is_late: bool) -> tuple[str, bool]:
    """What it means that something of a document or a group is left, and whether it is wrong."""
    for prefix, text in _WRONG.items():
        if name.startswith(prefix):
            return text, True
    late = ", for longer than two weeks" if is_late else ""
    what = _WAITING.get(name.partition("_")[0], "on its way to the bank")
    return f"{what}{late}", is_late


def _read_receivables(seller: Seller, day: date) -> Iterator[Part]:
    given = [seller.id, day] * 4
    parts = {
        currency: Part("assets:receivable", currency, int(book), int(papers), "open invoices")
        for currency, book, papers in fetch(_RECEIVABLE.format(rows=_ROWS), given)
    }
    for name, currency, book, papers in fetch(_RECEIVABLE_OFF.format(rows=_ROWS), given):
        text = f"account {name or 'unknown'}: its invoices say otherwise than the book"
        parts[currency].items.append(Item(name or "", None, int(book) - int(papers), text, True))
    yield from parts.values()
