"""camt.052, .053 and .054 of ISO 20022, versions 1 to 14: what banks of today give.

Only what is booked counts; what is pending is counted and left out. A batch is read as its single
payments where they sum to it, and as one line where they do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from lxml import etree

from quarterday.core.errors import BillingError
from quarterday.core.statement import Statement
from quarterday.statements.camt_entry import Owner, read_entry
from quarterday.statements.camt_schema import NEWEST, check_schema, message_words
from quarterday.statements.values import find_currency, read_amount, read_day

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.(05[234])\.001\.(\d\d)")
_BEGIN = re.compile(rb"camt\.05[234]\.001\.\d\d")


class CamtReader:
    """Reader of camt files."""

    family: ClassVar[str] = "camt"
    formats: ClassVar[tuple[str, ...]] = ("camt.052", "camt.053", "camt.054")

    def sniff(self, content: bytes) -> bool:
        """Whether the namespace of a camt message stands near the beginning."""
        return bool(_BEGIN.search(content[:4000].replace(b"\0", b"")))

    def read(self, content: bytes, options: Mapping[str, Any]) -> tuple[Statement, ...]:
        """Every statement, report or notification; one of several currencies becomes several."""
        name = str(options.get("name", "the file"))
        document = parse_safely(content, name)
        kind, version = _find_version(document, name)
        check_schema(document, kind, version, name)
        root = document.getroot()
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        message, statement = message_words(kind)
        found = root.findall(f"{message}/{statement}")
        return tuple(
            part
            for number, node in enumerate(found, 1)
            for part in _read_statement(node, kind, f"{name}, {statement} {number}")
        )


def parse_safely(content: bytes, name: str) -> etree._ElementTree:
    """A document that brings no entities and looks nothing up; raises `BillingError` otherwise."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        document = etree.ElementTree(etree.fromstring(content, parser))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BillingError(
            f"{name} is no complete XML file: {error}; get it from the bank again"
        ) from None
    if document.docinfo.doctype:
        raise BillingError(
            f"{name} has a document type of its own, which no bank sends; it was not read. Get "
            "the file from the bank again"
        )
    return document


def _find_version(document: etree._ElementTree, name: str) -> tuple[str, int]:
    """Which message it is, and in which version."""
    space = etree.QName(document.getroot()).namespace or ""
    match = _NAMESPACE.fullmatch(space)
    if match is None or not 1 <= int(match[2]) <= NEWEST:
        raise BillingError(
            f"{name} is {space or 'XML without a namespace'}, which is not read; ask the bank for "
            "camt.053 (camt.052 and camt.054 are read too)"
        )
    return match[1], int(match[2])


def _read_statement(node: etree._Element, kind: str, where: str) -> Iterator[Statement]:
    """A statement for each currency that it has entries in; the account's own one in any case."""
    owner = Owner(_number(node.find("Acct/Id")), _last_day(node), node.findtext("Id") or "")
    entries, pending = [], 0
    for number, row in enumerate(node.findall("Ntry"), 1):
        if (row.findtext("Sts/Cd") or row.findtext("Sts") or "").strip() != "BOOK":
            pending += 1
            continue
        entries.append(read_entry(row, owner, f"{where}, Ntry {number}"))
    codes = list(dict.fromkeys(entry.currency for entry in entries))
    own = node.findtext("Acct/Ccy") or _balance_currency(node, codes)
    for code in [own, *(code for code in codes if code != own)]:
        mine = tuple(entry for entry in entries if entry.currency == code)
        opening, closing = _balances(node, code, kind, where)
        days = [entry.booked_on for entry in mine]
        starts = node.findtext("FrToDt/FrDtTm") or _balance_day(node, ("OPBD", "PRCD"))
        ends = _balance_day(node, ("CLBD",)) or node.findtext("FrToDt/ToDtTm")
        first = read_day(starts, f"{where}, FrToDt") if starts else min(days, default=None)
        last = read_day(ends, f"{where}, ToDtTm") if ends else max(days, default=None)
        yield Statement(
            account=owner.number,
            currency=code,
            entries=mine,
            opening_minor=opening,
            closing_minor=closing,
            starts_on=first,
            ends_on=last,
            reference=owner.reference,
            pending=pending if code == own else 0,
            format=f"camt.{kind}",
        )


def _number(node: etree._Element | None) -> str:
    """The number of an account, whatever kind it is."""
    if node is None:
        return ""
    for path in ("IBAN", "BBAN", "UPIC", "Othr/Id", "PrtryAcct/Id"):
        if found := node.findtext(path):
            return "".join(found.split())
    return ""


def _last_day(node: etree._Element) -> str:
    """The day that an entry without one is taken to be of: the end, or when it was written."""
    return node.findtext("FrToDt/ToDtTm") or node.findtext("CreDtTm") or ""


def _balance_currency(node: etree._Element, codes: list[str]) -> str:
    """The currency of an account that does not say it."""
    if codes:
        return codes[0]
    for path in ("Bal/Amt", "Ntry/Amt"):
        amount = node.find(path)
        if amount is not None:
            return str(amount.get("Ccy", ""))
    return ""


def _balance_day(node: etree._Element, words: tuple[str, ...]) -> str:
    for balance in node.findall("Bal"):
        if _balance_word(balance) in words:
            return str(balance.findtext("Dt/Dt") or balance.findtext("Dt/DtTm") or "")
    return ""


def _balance_word(balance: etree._Element) -> str:
    return str(balance.findtext("Tp/CdOrPrtry/Cd") or balance.findtext("Tp/Cd") or "")


def _balances(
    node: etree._Element, code: str, kind: str, where: str
) -> tuple[int | None, int | None]:
    """Opening and closing booked balances in a currency.

    A page of a longer statement begins and ends with interim balances. A report within the day
    may leave out what came before, so its interim balance alone proves nothing.
    """
    found: dict[str, list[int]] = {}
    for balance in node.findall("Bal"):
        amount = balance.find("Amt")
        if amount is None or amount.get("Ccy") != code:
            continue
        word = _balance_word(balance)
        unit = find_currency(code, f"{where}, Bal")
        minor = read_amount(amount.text or "", unit, f"{where}, Bal {word}")
        sign = -1 if balance.findtext("CdtDbtInd") == "DBIT" else 1
        found.setdefault(word, []).append(sign * minor)
    interim = found.get("ITBD", [])
    opening = found.get("OPBD") or found.get("PRCD")
    closing = found.get("CLBD")
    if not opening and (len(interim) > 1 or (interim and closing)):
        opening = interim[:1]
    if not closing and interim and opening and (opening is not interim[:1] or len(interim) > 1):
        closing = interim[-1:]
    if kind == "052" and not opening:
        closing = None
    return (opening[0] if opening else None), (closing[-1] if closing else None)
