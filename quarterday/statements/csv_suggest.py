"""What the columns of a CSV file are likely to be, by their names in the usual languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.statements.csv_cells import DATES, HEADER_WITHIN, is_date, split_cells
from quarterday.statements.decode import decode_text

# How a header is named, by role; the first that fits is taken.
_NAMES = {
    "booked_on": "buchungstag|buchungsdatum|buchung|datum|date|booking date|transaction date|"
    "date opération|date de comptabilisation|date comptable|fecha|fecha operación|f. operativa|"
    "data|data contabile|data operacji|data księgowania|posting date|posted date|boekingsdatum|"
    "data mov.|data movimento|data lançamento|completed date",
    "value_on": "wertstellung|valuta|valutadatum|wertstellungsdatum|value date|date de valeur|"
    "date valeur|fecha valor|f. valor|data valuta|data valor|rentedatum|data waluty",
    "debit": "soll|debit|débit|debe|cargo|dare|uitgaven|débito|paid out|money out|withdrawal|"
    "withdrawals|belastung|obciążenia|betrag soll",
    "credit": "haben|credit|crédit|haber|abono|avere|ontvangsten|crédito|paid in|money in|deposit|"
    "deposits|gutschrift|uznania|betrag haben",
    "amount": "betrag|umsatz|amount|montant|importe|importo|valor|bedrag|bedrag (eur)|kwota|"
    "betrag (eur)|betrag (€)|betrag in eur|montant (eur)|importe (eur)|transaction amount|"
    "kwota operacji|montante|value|betrag (chf)",
    "side": "soll/haben|s/h|debit/credit|d/c|dr/cr|af bij|af/bij|sens|credit/debit|credit debit",
    "currency": "währung|waehrung|currency|devise|divisa|moneda|valuta iso|munt|moeda|waluta|"
    "muntsoort|ccy",
    "name": "auftraggeber/empfänger|beguenstigter/zahlungspflichtiger|name zahlungsbeteiligter|"
    "begünstigter / auftraggeber|zahlungspflichtige*r|zahlungsempfänger*in|empfänger|auftraggeber|"
    "payee|counterparty|name|beneficiary|contrepartie|beneficiario|ordenante|naam tegenpartij|"
    "naam / omschrijving|tegenrekening naam|nadawca/odbiorca|controparte|entidade|partner name|"
    "payer|bénéficiaire|nom",
    "iban": "iban|kontonummer/iban|iban zahlungsbeteiligter|counterparty iban|tegenrekening|"
    "tegenrekening iban/bban|iban contrepartie|cuenta contraparte|gläubiger-iban|account number|"
    "partner iban|iban / kontonummer|rachunek kontrahenta|kontonummer",
    "text": "verwendungszweck|vorgang/verwendungszweck|buchungsdetails|description|details|memo|"
    "reference|libellé|concepto|descripción|causale|descrizione|omschrijving|mededelingen|opis|"
    "opis operacji|descrição|tytuł|narrative|payment reference|communication|observaciones|"
    "remittance information|mitteilung|avisierungstext|motif",
    "kind": "buchungstext|umsatzart|transaction type|type|art|tipo|mutatiesoort|mutatie soort",
    "end_to_end_id": "ende-zu-ende-referenz|kundenreferenz (end-to-end)|end-to-end id|"
    "end to end id|endtoendid|kundenreferenz|référence de bout en bout|end-to-end reference",
    "mandate": "mandatsreferenz|mandate reference|mandate|référence mandat|"
    "referencia del mandato|machtigingskenmerk|riferimento mandato",
    "payment_group": "sammlerreferenz|pmtinfid|batch id|batch reference",
    "creditor_reference": "zahlungsreferenz|betalingskenmerk|structured reference|"
    "creditor reference|référence structurée|referenz",
    "bank_reference": "transaction id|bank reference|bankreferenz|transaktions-id|volgnr|"
    "référence|n° opération|transactiereferentie",
    "balance": "saldo|saldo nach buchung|balance|running balance|solde|saldo (eur)|"
    "saldo na mutatie|saldo po operacji|kontostand|saldo contabile",
    "status": "status|state|statut|estado|stato|info",
    "account": "auftragskonto|iban auftragskonto|own account|account|rekening|konto|cuenta|"
    "compte|iban/bban|eigenes konto",
}
_ROLES = {name: role for role, names in reversed(_NAMES.items()) for name in names.split("|")}
_AMOUNT = re.compile(r"[+-]?[\d.,'\s]+-?")


def suggest_mapping(content: bytes) -> dict[str, Any]:
    """A mapping for a file. Raises `BillingError` when no row looks like a header."""
    text = decode_text(content, "", "the file")
    best: tuple[int, str, int] = (0, "", 0)
    tables = {}
    for delimiter in ";,\t|":
        try:
            rows = [cells for _, cells in split_cells(text, delimiter, "the file")]
        except BillingError:
            continue
        tables[delimiter] = rows
        for number, cells in enumerate(rows[:HEADER_WITHIN]):
            known = len({_ROLES[key] for key in map(_key, cells) if key in _ROLES})
            best = max(best, (known, delimiter, -number))
    known, delimiter, begin = best
    if known < 2:
        raise BillingError(
            "no row of the file has names that are known for a date and an amount; name the "
            "columns yourself, such as --column booked_on=Datum --column amount=Betrag"
        )
    header, rows = tables[delimiter][-begin], tables[delimiter][-begin + 1 :]
    columns: dict[str, str] = {}
    for cell in header:
        role = _ROLES.get(_key(cell))
        if role and role not in columns and cell.strip():
            columns[role] = cell.strip()
    if "amount" in columns:
        columns.pop("debit", None)
        columns.pop("credit", None)
    elif "debit" not in columns or "credit" not in columns:
        raise BillingError(
            f"none of the columns {', '.join(filter(None, header))} is known to be the amount; "
            "name it, such as --column amount=NAME"
        )
    money = [columns[role] for role in ("amount", "debit", "credit") if role in columns]
    days = [columns[role] for role in ("booked_on", "value_on") if role in columns]
    return {
        "delimiter": delimiter,
        "encoding": _find_encoding(content),
        "dates": _find_dates(_values(header, rows, days)),
        "decimal": _find_decimal(_values(header, rows, money)),
        "columns": columns,
    }


def _values(header: Sequence[str], rows: Sequence[Sequence[str]], names: list[str]) -> list[str]:
    places = [at for at, cell in enumerate(header) if cell.strip() in names]
    return [row[at].strip() for row in rows for at in places if at < len(row) and row[at].strip()]


def _find_dates(values: Sequence[str]) -> str:
    """The first way of writing dates that fits all of them; days before months where both fit."""
    for dates in DATES:
        if values and all(is_date(value, dates) for value in values):
            return dates
    return DATES[0]


def _find_decimal(values: Sequence[str]) -> str:
    """The sign that stands before the last one or two digits most often; a comma if none does."""
    points = sum(bool(re.search(r"\.\d{1,2}\D*$", value)) for value in values)
    commas = sum(bool(re.search(r",\d{1,2}\D*$", value)) for value in values)
    return "." if points > commas else ","


def _find_encoding(content: bytes) -> str:
    """Nothing for UTF-8, which is tried by itself; else what banks wrote before."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252"
    return ""


def _key(name: str) -> str:
    return " ".join(name.replace("\ufeff", "").split()).casefold()
