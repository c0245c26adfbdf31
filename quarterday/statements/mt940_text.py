"""What stands in field :86: of MT940: a different language for each country.

German banks number subfields (``?20`` to ``?63``, after a code of three digits) and write SEPA
keywords in them (``EREF+``, ``SVWZ+``). Dutch banks and others put words between slashes
(``/EREF/``, ``/REMI/``), Polish ones after names with colons. Everything else is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from quarterday.statements.values import one_line, reference

_CODED = re.compile(r"\s*(\d{3})([^\w\s])(?=\d\d)")
_KEYWORD = re.compile(r"\b(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|RREF|BREF)\+\s?")
_SLASHED = re.compile(
    r"(?:^|(?<=.))/(TRTP|EREF|PREF|MARF|CSID|CNTP|REMI|IBAN|BIC|NAME|ORDP|BENM|RTRN|ULTD|ULTC|ULTB|"
    r"PURP|ADDR|SVCL|TRCD|INIT|RCMT|CHGS|OCMT|EXCH|ISDT|RREF|IREF|ACCW|SUBJ)/"
)
_POLISH = re.compile(r"(?:^|;)\s*(ID IPH|Z RACH\.?|NA RACH\.?|OD|DLA|TYT\.?|TNR)\s*:\s*")
# Codes of the German banks for payments that came back.
_RETURNED = frozenset("059 108 109 159 181 182 183 184".split())
_REASON = re.compile(r"\b(A[CGM]\d\d|BE\d\d|CNOR|DNOR|FF\d\d|M[DS]\d\d|R[CR]\d\d|SL\d\d|TM01)\b")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
# A subfield has at most 27 characters, a line 65: a word goes on where they are full.
_SUBFIELD, _LINE = 27, 62


class Details(NamedTuple):
    """What :86: says, in the words of `StatementEntry`; empty where it says nothing."""

    name: str = ""
    iban: str = ""
    text: str = ""
    creditor_reference: str = ""
    end_to_end_id: str = ""
    mandate: str = ""
    payment_group: str = ""
    bank_code: str = ""
    return_reason: str = ""


def read_details(lines: Sequence[str]) -> Details:
    """The details of a movement, from all lines of its :86:."""
    if not any(line.strip() for line in lines):
        return Details()
    together = "".join(lines)
    if match := _CODED.match(together):
        return _read_coded(together[match.end() :], match[1], match[2])
    text = _join(lines, _LINE)
    if len(_SLASHED.findall(text)) > 1:
        return _read_slashed(text)
    if len(_POLISH.findall(text)) > 1:
        return _read_polish(text)
    if lines[0][:2].isdigit() and len(lines) > 1 and all(x[:2].isdigit() for x in lines if x):
        fields = {line[:2]: line[2:] for line in lines}
        purpose = [fields[key] for key in sorted(fields) if key < "15"]
        return Details(name=one_line(fields.get("15", "")), text=one_line(" ".join(purpose)))
    found = _KEYWORD.split(text)
    return _read_keywords(text) if len(found) > 1 else Details(text=one_line(text))


def _read_coded(text: str, code: str, sign: str) -> Details:
    """German subfields, in the order in which they stand."""
    fields: dict[str, str] = {}
    for part in re.split(rf"{re.escape(sign)}(?=\d\d)", text):
        if part[:2].isdigit():
            fields[part[:2]] = fields.get(part[:2], "") + part[2:]
    purpose = [value for key, value in sorted(fields.items()) if "20" <= key <= "29"]
    purpose += [value for key, value in sorted(fields.items()) if "60" <= key <= "69"]
    details = _read_keywords(_join(purpose, _SUBFIELD))
    name = _join([fields.get("32", ""), fields.get("33", "")], _SUBFIELD)
    iban = fields.get("38") or fields.get("31") or details.iban
    extension = fields.get("34", "").strip()
    reason = ""
    if code in _RETURNED:
        found = _REASON.search(details.text)
        reason = found[1] if found else f"{code}-{extension}".rstrip("-")
    return details._replace(
        name=one_line(name),
        iban="".join(iban.split()),
        text=details.text or one_line(fields.get("00", "")),
        bank_code=f"{code} {one_line(fields.get('00', ''))}".strip()[:64],
        return_reason=reason,
    )


def _read_keywords(text: str) -> Details:
    """SEPA keywords of German banks; what stands before the first one is text too."""
    head, *rest = _KEYWORD.split(text)
    fields: dict[str, str] = {}
    for key, value in zip(rest[::2], rest[1::2], strict=True):
        fields.setdefault(key, value)
    said = [head, fields.get("SVWZ", ""), fields.get("ABWA", ""), fields.get("ABWE", "")]
    return Details(
        text=one_line(" ".join(said)),
        end_to_end_id=_reference(fields.get("EREF")),
        mandate=_reference(fields.get("MREF")),
        payment_group=_reference(fields.get("KREF")),
    )


def _read_slashed(text: str) -> Details:
    """Words between slashes, as Dutch banks write them."""
    head, *rest = _SLASHED.split(text)
    fields: dict[str, str] = {}
    for key, value in zip(rest[::2], rest[1::2], strict=True):
        fields.setdefault(key, value.strip("/ "))
    name, iban = fields.get("NAME", ""), fields.get("IBAN", "")
    if party := fields.get("CNTP"):
        parts = [*party.split("/"), "", "", ""]
        iban, name = iban or parts[0], name or parts[2]
    said = fields.get("REMI", "")
    structured = ""
    if match := re.fullmatch(r"STRD/(?:CUR/)?(.+)", said):
        structured, said = "".join(match[1].split()), ""
    said = re.sub(r"^USTD/+", "", said)
    return Details(
        name=one_line(name),
        iban="".join(iban.split()),
        text=one_line(" ".join([head, said or ("" if structured else fields.get("TRTP", ""))])),
        creditor_reference=structured[:35],
        end_to_end_id=_reference(fields.get("EREF")),
        mandate=_reference(fields.get("MARF")),
        payment_group=_reference(fields.get("PREF")),
        return_reason=one_line(fields.get("RTRN", "")),
    )


def _read_polish(text: str) -> Details:
    """Names with colons, as Polish banks write them."""
    head, *rest = _POLISH.split(text)
    fields = {
        key.rstrip("."): value.rstrip("; ")
        for key, value in zip(rest[::2], rest[1::2], strict=True)
    }
    return Details(
        name=one_line(fields.get("OD") or fields.get("DLA") or "")[:200],
        iban="".join((fields.get("Z RACH") or fields.get("NA RACH") or "").split()),
        text=one_line(" ".join([fields.get("TYT", ""), head, fields.get("ID IPH", "")])),
        end_to_end_id=_reference(fields.get("TNR")),
    )


def _reference(value: str | None) -> str:
    return reference(one_line(value or ""))


def _join(parts: Sequence[str], full: int) -> str:
    """Parts of a text as one: a word that filled its part goes on in the next."""
    text = ""
    for part in parts:
        text += part if len(part) >= full else part + " "
    return text.strip()
