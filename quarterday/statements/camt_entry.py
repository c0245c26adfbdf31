"""One entry of a camt file: who, how much, what for, and the payments of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from lxml import etree

from quarterday.core.errors import BillingError
from quarterday.core.statement import StatementEntry, find_batch_problem
from quarterday.statements.values import (
    find_currency,
    one_line,
    read_amount,
    read_day,
    reference,
)

# A line of remittance text is as long as this, and goes on in the next one where it is full.
_FULL = 140


class Owner(NamedTuple):
    """Whose statement it is: the account, a day for entries without one, and its reference."""

    number: str
    day: str
    reference: str


def read_entry(row: etree._Element, owner: Owner, where: str) -> StatementEntry:
    """A booked entry, with its payments where they sum to it."""
    amount = row.find("Amt")
    if amount is None:
        raise BillingError(f"{where}: there is no Amt; get the file from the bank again")
    unit = find_currency(amount.get("Ccy", ""), f"{where}, Amt")
    sign = -1 if row.findtext("CdtDbtInd") == "DBIT" else 1
    value = _day(row, "ValDt")
    booked = _day(row, "BookgDt") or value or owner.day
    if not booked:
        raise BillingError(f"{where}: there is no BookgDt; get the file from the bank again")
    own_reference = reference(row.findtext("AcctSvcrRef"))
    entry = StatementEntry(
        booked_on=read_day(booked, f"{where}, BookgDt"),
        value_on=read_day(value, f"{where}, ValDt") if value else None,
        amount_minor=sign * read_amount(amount.text or "", unit, f"{where}, Amt"),
        currency=unit.code,
        text=one_line(row.findtext("AddtlNtryInf") or ""),
        payment_group=_group(row),
        bank_reference=own_reference or reference(row.findtext("NtryRef")),
        unique_reference=own_reference,
        bank_code=_bank_code(row.find("BkTxCd")),
    )
    payments = [*row.iterfind("NtryDtls/TxDtls"), *row.iterfind("TxDtls")]
    if not payments:
        return entry
    if len(payments) == 1:
        return _with_details(entry, payments[0], owner)
    parts = [_read_part(entry, payment, owner, where) for payment in payments]
    whole = [part for part in parts if part is not None]
    if len(whole) == len(parts) and not find_batch_problem(entry, whole):
        return replace(entry, parts=tuple(whole))
    texts = dict.fromkeys([entry.text, *(_text(payment) for payment in payments)])
    return replace(entry, text=one_line(" ".join(texts)))


def _read_part(
    entry: StatementEntry, payment: etree._Element, owner: Owner, where: str
) -> StatementEntry | None:
    """A payment of a batch; None where it does not say its amount in the entry's currency."""
    sign = -1 if entry.amount_minor < 0 else 1
    if side := payment.findtext("CdtDbtInd"):
        sign = -1 if side == "DBIT" else 1
    unit = find_currency(entry.currency, where)
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        amount = payment.find(path)
        if amount is not None and amount.get("Ccy") == entry.currency:
            minor = sign * read_amount(amount.text or "", unit, f"{where}, TxDtls/{path}")
            part = replace(entry, amount_minor=minor, text="", unique_reference="")
            return _with_details(part, payment, owner)
    return None


def _with_details(entry: StatementEntry, payment: etree._Element, owner: Owner) -> StatementEntry:
    """An entry with what a payment says of it."""
    refs = payment.find("Refs")
    name, iban = _other_party(payment, owner.number, is_credit=entry.amount_minor > 0)
    own = reference(refs.findtext("AcctSvcrRef")) if refs is not None else ""
    structured = list(_references(payment))
    return replace(
        entry,
        name=name,
        iban=iban,
        text=one_line(" ".join([_text(payment), *structured[1:]])) or entry.text,
        creditor_reference=structured[0] if structured else "",
        end_to_end_id=_reference(refs, "EndToEndId"),
        mandate=_reference(refs, "MndtId"),
        payment_group=_reference(refs, "PmtInfId") or entry.payment_group,
        bank_reference=own or entry.bank_reference,
        unique_reference=entry.unique_reference or own,
        bank_code=entry.bank_code or _bank_code(payment.find("BkTxCd")),
        return_reason=_reason(payment.find("RtrInf")),
    )


def _reference(refs: etree._Element | None, name: str) -> str:
    return reference(refs.findtext(name)) if refs is not None else ""


def _other_party(payment: etree._Element, own: str, *, is_credit: bool) -> tuple[str, str]:
    """Who paid, or was paid. What is given back names the parties of the first payment, so that
    the one with our own account is never the other one.
    """
    sides = ("Dbtr", "Cdtr") if is_credit else ("Cdtr", "Dbtr")
    for side in sides:
        iban = ""
        account = payment.find(f"RltdPties/{side}Acct/Id")
        if account is not None:
            for path in ("IBAN", "BBAN", "Othr/Id", "PrtryAcct/Id"):
                iban = iban or "".join((account.findtext(path) or "").split())
        if iban and iban == own:
            continue
        for path in (side, f"Ultmt{side}"):
            party = payment.find(f"RltdPties/{path}")
            if party is None:
                continue
            name = one_line(party.findtext("Nm") or party.findtext("Pty/Nm") or "")
            if name:
                return name, iban
        if iban:
            return "", iban
    return "", ""


def _text(payment: etree._Element) -> str:
    """What was written for the receiver, else what the bank adds."""
    said = ""
    for line in payment.iterfind("RmtInf/Ustrd"):
        text = line.text or ""
        said += text if len(text) >= _FULL else text + " "
    more = [node.text or "" for node in payment.iterfind("RmtInf/Strd/AddtlRmtInf")]
    more += [node.text or "" for node in payment.iterfind("RmtInf/Strd/RfrdDocInf/Nb")]
    more += [node.text or "" for node in payment.iterfind("RtrInf/AddtlInf")]
    more.append(payment.findtext("AddtlTxInf") or "")
    return one_line(" ".join([said, *more]))


def _references(payment: etree._Element) -> Iterator[str]:
    """Structured references, such as RF18 5390 0754 7034."""
    for node in payment.iterfind("RmtInf/Strd/CdtrRefInf"):
        found = node.findtext("Ref") or node.findtext("CdtrRef") or ""
        if plain := reference("".join(found.split())):
            yield plain


def _reason(node: etree._Element | None) -> str:
    """Why a payment came back: ISO's code, or the bank's own."""
    if node is None:
        return ""
    for path in ("Rsn/Cd", "Rsn/Prtry", "RtrRsn/Cd", "RtrRsn/Prtry", "AddtlInf"):
        if found := node.findtext(path):
            return one_line(found)
    return ""


def _bank_code(node: etree._Element | None) -> str:
    """How the bank calls this kind of booking: ISO's three parts, or its own code."""
    if node is None:
        return ""
    parts = [node.findtext(path) for path in ("Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd")]
    return "-".join(part for part in parts if part) or (node.findtext("Prtry/Cd") or "")


def _group(row: etree._Element) -> str:
    """The batch that an entry is of: the PmtInfId that came with the file of payments."""
    for path in ("NtryDtls/Btch/PmtInfId", "Btch/PmtInfId"):
        if found := reference(row.findtext(path)):
            return found
    return ""


def _day(row: etree._Element, name: str) -> str:
    return row.findtext(f"{name}/Dt") or row.findtext(f"{name}/DtTm") or ""
