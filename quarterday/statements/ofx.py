"""OFX and QFX, versions 1 and 2: what banks of North America, Australia and others give."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.core.statement import Statement, StatementEntry
from quarterday.statements.decode import decode_text
from quarterday.statements.ofx_tree import Node, parse_tree
from quarterday.statements.values import (
    find_currency,
    make_day,
    one_line,
    read_amount,
    reference,
)

_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{2}.*)?")
# Answers that hold a statement, and the aggregate in them that is one.
_ANSWERS = {"STMTTRNRS": "STMTRS", "CCSTMTTRNRS": "CCSTMTRS", "INVSTMTTRNRS": "INVSTMTRS"}
_OWNERS = ("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM")


class OfxReader:
    """Reader of OFX."""

    family: ClassVar[str] = "ofx"
    formats: ClassVar[tuple[str, ...]] = ("ofx",)

    def sniff(self, content: bytes) -> bool:
        """Whether the element OFX begins near the beginning."""
        return b"<OFX>" in content[:8000].replace(b"\0", b"").upper()

    def read(self, content: bytes, options: Mapping[str, Any]) -> tuple[Statement, ...]:
        """Every statement of a file; movements of money in an investment account count too."""
        name = str(options.get("name", "the file"))
        root = parse_tree(decode_text(content, str(options.get("encoding", "")), name), name)
        for node in root.walk("SONRS"):
            _need_success(node, name)
        found: list[Statement] = []
        for answer, inner in _ANSWERS.items():
            for node in root.walk(answer):
                _need_success(node, name)
                for statement in node.walk(inner):
                    found += _read_statement(statement, f"{name}, {inner} {len(found) + 1}")
        return tuple(found)


def _need_success(node: Node, name: str) -> None:
    """Raise what the bank said, if it refused."""
    status = node.child("STATUS")
    if status is not None and status.text("SEVERITY").upper() == "ERROR":
        said = status.text("MESSAGE") or "no reason given"
        raise BillingError(
            f"{name} holds the bank's refusal {status.text('CODE')} instead of a statement: "
            f"{said}; get the file again"
        )


def _read_statement(node: Node, where: str) -> Iterator[Statement]:
    """A statement for each currency that it has entries in; its own one in any case."""
    owner = next((one for key in _OWNERS for one in [node.child(key)] if one is not None), None)
    if owner is None or not owner.text("ACCTID"):
        raise BillingError(f"{where}: there is no ACCTID; get the file from the bank again")
    bank = owner.text("BANKID")
    number = f"{bank}/{owner.text('ACCTID')}" if bank else owner.text("ACCTID")
    own = node.text("CURDEF")
    transactions = [*node.walk("STMTTRN"), *node.walk("INVTRAN")]
    entries = []
    for count, row in enumerate(transactions, 1):
        place = f"{where}, {row.name} {count} (FITID {row.text('FITID') or 'missing'})"
        entry = _read_entry(row, own, place)
        if entry is not None:
            entries.append(entry)
    listing = node.child("BANKTRANLIST") or node.child("INVTRANLIST")
    starts = _read_day(listing.text("DTSTART"), f"{where}, DTSTART") if listing else None
    ends = _read_day(listing.text("DTEND"), f"{where}, DTEND") if listing else None
    codes = dict.fromkeys([own, *(entry.currency for entry in entries)])
    for code in [code for code in codes if code]:
        mine = tuple(entry for entry in entries if entry.currency == code)
        days = [entry.booked_on for entry in mine]
        closing, on = _read_balance(node, code, where) if code == (own or code) else (None, None)
        is_ours = closing is not None and (ends is None or on == ends)
        yield Statement(
            account=number,
            currency=code,
            entries=mine,
            closing_minor=closing if is_ours else None,
            starts_on=starts or min(days, default=on),
            ends_on=ends or max(days, default=on),
            reference=node.text("TRNUID"),
            format="ofx",
        )


def _read_entry(row: Node, own: str, where: str) -> StatementEntry | None:
    """A movement; None for a transfer of securities, which moves no money."""
    is_investment = row.name == "INVTRAN"
    holder = row.parent if is_investment and row.parent is not None else row
    amount = holder.text("TOTAL") if is_investment else row.text("TRNAMT")
    if is_investment and not amount:
        return None
    code = holder.text("CURSYM", deep=True) or own
    if not code:
        raise BillingError(f"{where}: neither CURDEF nor CURSYM names a currency; ask the bank")
    unit = find_currency(code, where)
    day_field = "DTTRADE" if is_investment else "DTPOSTED"
    booked = _read_day(row.text(day_field), f"{where}, {day_field}")
    if booked is None:
        raise BillingError(f"{where}: {day_field} is missing; get the file from the bank again")
    name = one_line(row.text("NAME") or row.text("NAME", deep=True))
    memo = one_line(row.text("MEMO"))
    said = memo if name in memo else f"{name} {memo}".strip()
    check = row.text("CHECKNUM").lstrip("0")
    if check and check not in said:
        said = f"{said} check {check}"
    own_id = reference(row.text("FITID"))
    value = row.text("DTAVAIL") or row.text("VALUEDATE") or row.text("DTSETTLE")
    payee = row.child("BANKACCTTO") or row.child("CCACCTTO")
    # Funds are told to four decimals; an account in a bank has those of its currency.
    minor = read_amount(_plain(amount), unit, f"{where}, amount", is_rounded=True)
    return StatementEntry(
        booked_on=booked,
        amount_minor=minor,
        currency=code,
        value_on=_read_day(value, f"{where}, DTAVAIL") if value else None,
        name="" if is_investment else name,
        iban=payee.text("ACCTID") if payee is not None else "",
        text=said,
        bank_reference=own_id or reference(row.text("REFNUM")),
        unique_reference=own_id,
        bank_code=row.text("TRNTYPE").upper(),
    )


def _read_balance(node: Node, code: str, where: str) -> tuple[int | None, date | None]:
    """The booked balance and its day."""
    balance = node.child("LEDGERBAL")
    if balance is None:
        return None, None
    amount, on = balance.text("BALAMT"), balance.text("DTASOF")
    if not amount and not on:
        return None, None
    if not amount:
        raise BillingError(f"{where}, LEDGERBAL: BALAMT is empty; get the file from the bank again")
    unit = find_currency(code, where)
    minor = read_amount(_plain(amount), unit, f"{where}, BALAMT", is_rounded=True)
    return minor, _read_day(on, f"{where}, DTASOF")


def _read_day(text: str, where: str) -> date | None:
    """The day at the beginning of an instant of OFX, as the bank wrote it; None if empty."""
    if not text:
        return None
    match = _DAY.fullmatch(text)
    if match is None:
        raise BillingError(f"{where}: {text!r} is no date; get the file from the bank again")
    return make_day(int(match[1]), int(match[2]), int(match[3]), where, text)


def _plain(amount: str) -> str:
    """An amount with a point for its decimals, whichever sign the bank uses."""
    text = html.unescape(amount).replace(" ", "")
    if "," in text and text.rfind(",") > text.rfind("."):
        return text.replace(".", "").replace(",", ".") if text.count(",") == 1 else text
    return text.replace(",", "")
