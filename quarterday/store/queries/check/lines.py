"""Proof that a document's net, and the base of each tax, are the sum of its lines.

Prices with tax inside keep it in their lines, and a second level of tax is based on the same
lines again. So one statement finds the documents that are not of the plain kind, and those few
are looked at one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from quarterday.core.money import round_half_up
from quarterday.store.queries.check.documents import Kind
from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.raw import fetch_by_ids
from quarterday.store.queries.stream import in_chunks, stream

# Plain: each code's lines are its base, bases sum to the net, and no tax is inside.
_NOT_PLAIN = """
SELECT d.id, d.label, d.currency, d.net_minor, d.total_minor FROM {table} d
WHERE d.net_minor <> (SELECT COALESCE(SUM(l.net_minor), 0) FROM {lines} l WHERE l.{key} = d.id)
   OR d.net_minor <> (SELECT COALESCE(SUM(t.base_minor), 0) FROM {taxes} t WHERE t.{key} = d.id)
   OR EXISTS (
     SELECT 1 FROM (SELECT code, SUM(base_minor) AS base FROM {taxes} WHERE {key} = d.id
                    GROUP BY code) t
     WHERE t.base <> (SELECT COALESCE(SUM(l.net_minor), 0) FROM {lines} l
                      WHERE l.{key} = d.id AND l.tax_code = t.code))
"""
# Whether a line's price has tax inside stands with its item, or with the charge that it was.
_LINES = """
SELECT l.{key}, l.tax_code, l.net_minor, CASE
  WHEN p.id IS NOT NULL THEN CASE WHEN p.tax_inclusive THEN 1 ELSE 0 END
  WHEN EXISTS (SELECT 1 FROM store_pendingcharge c
               WHERE c.account_id = d.account_id AND c.status = 'billed' AND c.kind = l.kind
                 AND c.period_start = l.period_start AND c.unit_price = l.unit_price
                 AND c.tax_inclusive) THEN 1
  ELSE 0 END
FROM {lines} l
JOIN {table} d ON d.id = l.{key}
LEFT JOIN store_subscriptionitem i ON i.id = l.item_id
LEFT JOIN store_price p ON p.id = i.price_id
WHERE l.{key} {{ids}}
"""
_TAXES = "SELECT {key}, code, percent, base_minor, tax_minor FROM {taxes} WHERE {key} {{ids}}"


@dataclass(slots=True)
class _Code:
    """What a document says of one tax: its base, and between what its lines put it.

    Lines do not say whether a second level of tax is compound, so both count as right. ``loose``
    are the amounts that were rounded on the way, each by less than one minor unit.
    """

    base: int = 0
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    loose: int = 0


@dataclass(slots=True)
class _Document:
    """A document that is not plain, with its lines and taxes summed up."""

    label: str
    currency: str
    net: int
    total: int
    lines: list[tuple[str, int, bool]] = field(default_factory=list)
    taxes: list[tuple[str, Decimal, int, int]] = field(default_factory=list)


def check_lines(kind: Kind) -> Iterator[Offence]:
    """Documents whose net or tax bases are not what their lines sum to."""
    for rows in in_chunks(stream(kind.fill(_NOT_PLAIN))):
        found = {key: _Document(*facts) for key, *facts in rows}
        for key, code, net, inclusive in fetch_by_ids(kind.fill(_LINES), list(found)):
            found[key].lines.append((code, net, bool(inclusive)))
        for key, code, percent, base, tax in fetch_by_ids(kind.fill(_TAXES), list(found)):
            found[key].taxes.append((code, Decimal(percent), base, tax))
        for document in found.values():
            yield from _check_document(document)


def _check_document(document: _Document) -> Iterator[Offence]:
    """The sum of the lines, then of the bases, then each code's; the first that fails is named."""
    levels = any("+" in code for code, _, _ in document.lines)
    codes = _sum_codes(document)
    offences = (
        _check_sum(document),
        None if levels else _check_bases(document),
        *(_check_code(document, code, one) for code, one in codes.items()),
    )
    yield from [one for one in offences if one][:1]


def _sum_codes(document: _Document) -> dict[str, _Code]:
    """Add up the bases of the tax rows, and the lines that name their codes."""
    found: dict[str, _Code] = defaultdict(_Code)
    percents: dict[str, list[Fraction]] = defaultdict(list)
    for code, percent, base, _ in document.taxes:
        percents[code].append(Fraction(percent) / 100)
        found[code].base += base
    untaxed = _untaxed(document)
    for names, net, inclusive in document.lines:
        codes = [code for code in names.split("+") if code in percents] or untaxed
        # A rate that has changed stands on a document twice; lines do not say which they bear.
        ends = [[pick(percents[code]) for code in codes] for pick in (min, max)]
        for place, code in enumerate(codes):
            bases = [base for rates in ends for base in _bases(net, inclusive, rates, place)]
            one = found[code]
            one.low += min(bases)
            one.high += max(bases)
            one.loose += bool(inclusive or place)
    return found


def _bases(net: int, inclusive: bool, rates: Sequence[Fraction], place: int) -> list[Fraction]:
    """What a line adds to the base of its rate at a place: on the same base, or compound."""
    together = Fraction(1)
    for rate in rates:
        together *= 1 + rate
    # Only a price with tax inside is more than its net.
    nets = [
        net / one if inclusive else Fraction(net) for one in (sum(rates, Fraction(1)), together)
    ]
    lower = Fraction(1)
    for rate in rates[:place]:
        lower *= 1 + rate
    return [*nets, nets[0] * lower]


def _untaxed(document: _Document) -> list[str]:
    """A line for which there was no rate is not taxed, whatever category it names."""
    named = {name for names, _, _ in document.lines for name in names.split("+")}
    free = [code for code, percent, _, _ in document.taxes if not percent]
    return sorted(free, key=lambda code: code in named)[:1]


def _check_sum(document: _Document) -> Offence | None:
    """All lines are without tax, or all with it; only a mixture lies between."""
    said = sum(net for _, net, _ in document.lines)
    kinds = {inclusive for _, _, inclusive in document.lines}
    low, high = sorted((document.net, document.total))
    if (
        low <= said <= high
        if len(kinds) == 2
        else said == (document.total if True in kinds else document.net)
    ):
        return None
    text = (
        f"the lines sum to {amount(said, document.currency)}, but the net is "
        f"{amount(document.net, document.currency)} and the total "
        f"{amount(document.total, document.currency)}"
    )
    return Offence("document-lines", document.label, text)


def _check_bases(document: _Document) -> Offence | None:
    """With one level of tax, every amount is the base of one tax, even of none."""
    said = sum(base for _, _, base, _ in document.taxes)
    if said == document.net:
        return None
    text = (
        f"the tax rows are on {amount(said, document.currency)}, but the net is "
        f"{amount(document.net, document.currency)}"
    )
    return Offence("document-base", document.label, text)


def _check_code(document: _Document, code: str, one: _Code) -> Offence | None:
    """A base is its lines, less the tax inside them, plus a lower tax that it is on top of."""
    if one.low - one.loose <= one.base <= one.high + one.loose:
        return None
    text = (
        f"tax {code} is on {amount(one.base, document.currency)}, but its lines sum to "
        f"{amount(round_half_up(one.high), document.currency)}"
    )
    return Offence("document-base", document.label, text)
