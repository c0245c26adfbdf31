"""Write the file in which a bank is told what to collect (ISO 20022 pain.008)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import sepaxml
from lxml import etree

from quarterday.core.errors import BillingError
from quarterday.core.sepa import clean_sepa_text

_MOST_MINOR = 99_999_999_999


class Creditor(NamedTuple):
    """Who collects, and how their bank wants the file."""

    name: str
    iban: str
    bic: str
    creditor_id: str
    scheme: str
    format: str


class Order(NamedTuple):
    """One debit of the file; its group is the sum that the bank books."""

    end_to_end_id: str
    payment_group: str
    collect_on: date
    sequence: str
    amount_minor: int
    currency: str
    mandate: str
    signed_on: date
    holder: str
    iban: str
    bic: str
    text: str
    address: Sequence[str] = ()
    country: str = ""


def write_pain(creditor: Creditor, orders: Sequence[Order], message_id: str, now: datetime) -> str:
    """The file, which keeps its schema. Raises `BillingError` for what no bank would take."""
    if creditor.format == "pain.008.001.02" and not creditor.bic:
        raise BillingError(
            "files of the format pain.008.001.02 name the seller's bank; set bic of sepa_debit, or "
            "format pain.008.001.08"
        )
    config = {
        "name": clean_sepa_text(creditor.name, 70),
        "IBAN": creditor.iban,
        "batch": True,
        "creditor_id": creditor.creditor_id,
        "currency": "EUR",
        "instrument": creditor.scheme,
    }
    if creditor.bic:
        config["BIC"] = creditor.bic
    book = sepaxml.SepaDD(config, schema=creditor.format, clean=False)
    for order in orders:
        book.add_payment(_describe(order))
    # The library names file and groups at random; here the same debits give the same file.
    return _name(book.export(validate=False), creditor.format, orders, message_id, now)


def _describe(order: Order) -> dict[str, Any]:
    if not 0 < order.amount_minor <= _MOST_MINOR or order.currency != "EUR":
        raise BillingError(
            f"debit {order.end_to_end_id} must be of 0.01 to 999999999.99 EUR; cancel it"
        )
    found: dict[str, Any] = {
        "name": clean_sepa_text(order.holder, 70),
        "IBAN": order.iban,
        "amount": order.amount_minor,
        "type": order.sequence,
        "collection_date": order.collect_on,
        "mandate_id": order.mandate,
        "mandate_date": order.signed_on,
        "description": clean_sepa_text(order.text, 140) or order.end_to_end_id,
        "endtoend_id": order.end_to_end_id,
    }
    if order.bic:
        found["BIC"] = order.bic
    lines = [clean for one in order.address if (clean := clean_sepa_text(one, 70))]
    if lines:
        found["address"] = {"country": order.country, "lines": lines[:2]}
    return found


def _name(
    content: bytes, schema: str, orders: Sequence[Order], message_id: str, now: datetime
) -> str:
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    space = f"{{urn:iso:std:iso:20022:tech:xsd:{schema}}}"
    groups = {order.end_to_end_id: order.payment_group for order in orders}
    head = root.find(f".//{space}GrpHdr")
    head.find(f"{space}MsgId").text = message_id
    head.find(f"{space}CreDtTm").text = now.strftime("%Y-%m-%dT%H:%M:%S")
    for part in root.iter(f"{space}PmtInf"):
        names = {groups[one.text] for one in part.iter(f"{space}EndToEndId")}
        if len(names) != 1:
            raise BillingError("debits of one day and sequence must be one group; report this")
        part.find(f"{space}PmtInfId").text = names.pop()
    rules = _load_rules(schema)
    if not rules.validate(root):
        raise BillingError(f"the bank would refuse the file: {rules.error_log.last_error.message}")
    text: str = etree.tostring(root, xml_declaration=True, encoding="UTF-8").decode()
    return text


@cache
def _load_rules(schema: str) -> Any:
    """The schema as the library brings it."""
    folder = Path(sepaxml.__file__).parent / "schemas"
    return etree.XMLSchema(etree.parse(str(folder / f"{schema}.xsd")))
