"""Whole documents by EN 16931: lines to a VAT breakdown to totals, and totals to be verified."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.core.money import currency, to_minor
from quarterday.core.tax import (
    DocumentTotals,
    TaxableLine,
    TaxRate,
    broken_rules,
    compute_taxes,
    document_totals,
)
from tests.conformance.answers import Answer, AnyOrder, matches
from tests.conformance.case import Given, Purse
from tests.conformance.registry import adapter
from tests.conformance.words import NotExpressedError, read_exact

_TOTALS = {
    "LineExtensionAmount": "line_total",
    "AllowanceTotalAmount": "allowance_total",
    "ChargeTotalAmount": "charge_total",
    "TaxExclusiveAmount": "net_total",
    "TaxAmount": "tax_total",
    "TaxInclusiveAmount": "gross_total",
    "PrepaidAmount": "prepaid",
    "PayableRoundingAmount": "rounding",
    "PayableAmount": "payable",
}
# Sums hold or not in any unit; four decimals keep what a case writes beyond cents.
_FINE = Purse(currency("CLF"))


@adapter("totals")
def verify_totals(given: Given) -> dict[str, Any]:
    """Whether stated totals agree with each other and with what they are totals of, exactly."""
    stated = {}
    for name, amount in dict(given.need("totals")).items():
        if name not in _TOTALS:
            raise NotExpressedError(f"the total {name}")
        stated[_TOTALS[name]] = _fine(amount)
    if given.has("document_vat", "vat_total"):
        stated["tax_total"] = sum(map(_fine, given.listed("document_vat", "vat_total")))
    broken = broken_rules(
        DocumentTotals(**stated),
        lines=_amounts(given, "line_net_amounts", "lines"),
        allowances=_amounts(given, "document_allowances", "allowances", "allowance_amounts"),
        charges=_amounts(given, "document_charges", "charges", "charge_amounts"),
    )
    parts = _amounts(given, "vat_per_rate", "vat_breakdown", "vat_amounts", "tax_subtotals")
    if parts is not None and sum(parts) != stated.get("tax_total", 0):
        broken += ("BR-CO-14",)
    return {"valid": not broken}


def _fine(amount: Any) -> int:
    return to_minor(_FINE.exact(amount), _FINE.currency)


def _amounts(given: Given, *names: str) -> list[int] | None:
    """Amounts, or records of which the tax is meant."""
    if not given.has(*names):
        return None
    values = given.listed(*names)
    return [_fine(value["tax"] if isinstance(value, dict) else value) for value in values]


@adapter("lines", "currency", "document")
def compute_document(given: Given) -> dict[str, Any]:
    """From the net of each line to the VAT breakdown and the totals of a document."""
    given.ignore("document")
    document = _Document.read(given)
    result = compute_taxes(document.taxable(), currency=document.purse.currency)
    tell = document.purse.tell
    breakdown = [
        {
            "base": tell(tax.base_minor),
            "tax": tell(tax.tax_minor),
            "vat": tax.category,
            "rate": tax.percent,
        }
        for tax in result.taxes
    ]
    return {
        "vat_breakdown": AnyOrder(breakdown),
        "totals": _Totals(document, result.tax_total),
        **dict.fromkeys(("tax_total", "vat_total"), tell(result.tax_total)),
    }


@dataclass(frozen=True)
class _Part:
    """A line, or an allowance (below zero) or charge of the whole document."""

    amount: int
    rate: TaxRate


@dataclass(frozen=True)
class _Document:
    purse: Purse
    lines: tuple[_Part, ...]
    adjustments: tuple[_Part, ...]
    allowances: tuple[int, ...]
    charges: tuple[int, ...]
    stated: DocumentTotals

    @classmethod
    def read(cls, given: Given) -> _Document:
        purse = given.purse()
        lines = tuple(
            _Part(_line_net(line, purse), _read_rate(line)) for line in given.listed("lines")
        )
        adjustments: list[_Part] = []
        allowances: list[int] = []
        charges: list[int] = []
        for each in given.get("document_allowances_charges") or []:
            amount = to_minor(purse.exact(each["amount"]), purse.currency)
            (allowances if each["sign"] == "-" else charges).append(amount)
            adjustments.append(_Part(-amount if each["sign"] == "-" else amount, _read_rate(each)))
        stated = DocumentTotals(
            **{
                field: to_minor(purse.exact(given.need(name)), purse.currency)
                for name, field in (("prepaid", "prepaid"), ("payable_rounding", "rounding"))
                if given.has(name)
            }
        )
        return cls(purse, lines, tuple(adjustments), tuple(allowances), tuple(charges), stated)

    def taxable(self) -> list[TaxableLine]:
        return [TaxableLine(part.amount, (part.rate,)) for part in self.lines + self.adjustments]


def _line_net(line: dict[str, Any], purse: Purse) -> int:
    """The net that a line states, or else quantity times price with its allowances."""
    if line.get("net") is not None:
        return to_minor(purse.exact(line["net"]), purse.currency)
    each = Fraction(purse.exact(line["price"])) / Fraction(read_exact(line.get("base_quantity", 1)))
    extra = sum((purse.exact(one) for one in line.get("allowances_charges", [])), Decimal(0))
    return to_minor(Fraction(read_exact(line["quantity"])) * each + Fraction(extra), purse.currency)


def _read_rate(fields: dict[str, Any]) -> TaxRate:
    """The rate of a category; categories such as O have none."""
    percent = read_exact(fields.get("rate") or 0)
    category = str(fields["vat"])
    return TaxRate(
        f"{category} {percent.normalize():f}", category, percent, "NL", category=category
    )


@dataclass(frozen=True)
class _Totals(Answer):
    """The totals of a document. What was prepaid and how the amount due is rounded are facts that
    a document states among its totals; everything else must follow from them.
    """

    document: _Document
    tax_total: int

    def matches(self, expected: Any) -> bool:
        if not isinstance(expected, dict) or not expected.keys() <= _TOTALS.keys():
            return False
        tell = self.document.purse.tell
        ours = self._compute(expected)._asdict()
        return all(matches(value, tell(ours[_TOTALS[name]])) for name, value in expected.items())

    def _compute(self, expected: dict[str, Any]) -> DocumentTotals:
        document, purse = self.document, self.document.purse
        prepaid, rounding = (
            to_minor(purse.exact(expected.get(name) or 0), purse.currency) if own is None else own
            for name, own in (
                ("PrepaidAmount", document.stated.prepaid),
                ("PayableRoundingAmount", document.stated.rounding),
            )
        )
        return document_totals(
            [part.amount for part in document.lines],
            tax_total=self.tax_total,
            allowances=document.allowances,
            charges=document.charges,
            prepaid=prepaid,
            rounding=rounding,
        )

    def __repr__(self) -> str:
        return f"{self._compute({})}"
