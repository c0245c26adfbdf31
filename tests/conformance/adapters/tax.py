"""Tax on amounts and lines: per rate on the sum of rounded lines, or per line; net or gross."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.core.money import Currency, allocate, currency, round_half_up, to_minor
from quarterday.core.tax import (
    DocumentTotals,
    TaxableLine,
    TaxRate,
    TaxResult,
    broken_rules,
    compute_taxes,
    document_totals,
    payable_rounding,
)
from tests.conformance.answers import Never, Places, Says
from tests.conformance.case import Given, Purse
from tests.conformance.registry import adapter
from tests.conformance.words import NotExpressedError, read_exact

RATE = ("rate_percent", "tax_percent", "tax_rate_percent", "vat_rate_percent", "vat_percent")
_NET = ("net", "taxable_base", "base", "taxable_amount")


def make_rate(percent: Decimal, code: str = "tax", *, compound: bool = False) -> TaxRate:
    """A rate of a percentage."""
    return TaxRate(code, code, percent, "NL", level=2 if compound else 1, compound=compound)


def tax_lines(
    lines: Sequence[tuple[int, Decimal]],
    unit: Currency,
    *,
    inclusive: bool = False,
    per_line: bool = False,
) -> TaxResult:
    """The taxes of amounts in minor units, each at its percentage."""
    taxable = [
        TaxableLine(amount, (make_rate(percent, f"{percent.normalize():f} %"),))
        for amount, percent in lines
    ]
    return compute_taxes(taxable, currency=unit, inclusive=inclusive, per_line=per_line)


@adapter("net|taxable_base|base|taxable_amount", "|".join(RATE))
def tax_amount(given: Given) -> dict[str, Any]:
    """The tax of one rate on one amount, and whether a claimed tax is right, to the cent."""
    purse, percent = given.purse(), given.exact(*RATE)
    base = to_minor(purse.exact(given.need(*_NET)), purse.currency)
    result = tax_lines([(base, percent)], purse.currency)
    answers: dict[str, Any] = {
        **dict.fromkeys(("tax", "correct_tax", "vat", "tax_total"), purse.tell(result.tax_total)),
        **dict.fromkeys(("total", "gross"), purse.tell(result.gross_total)),
        "net": purse.tell(result.net_total),
    }
    if given.has("claimed_tax"):
        claimed = to_minor(purse.exact(given.need("claimed_tax")), purse.currency)
        broken = broken_rules(DocumentTotals(), taxes=[(base, percent, claimed)])
        answers["valid"] = not broken
    return answers


@adapter("net|taxable_base|base", "rates_percent|tax_rates_percent")
def tax_several(given: Given) -> dict[str, Any]:
    """Several taxes on one amount, each rounded; compound ones on what is below them too."""
    purse = given.purse()
    compound = bool(given.get("compound"))
    rates = tuple(
        make_rate(read_exact(percent), f"{number:03}", compound=compound and number > 0)
        for number, percent in enumerate(given.listed("rates_percent", "tax_rates_percent"))
    )
    base = to_minor(purse.exact(given.need(*_NET)), purse.currency)
    result = compute_taxes([TaxableLine(base, rates)], currency=purse.currency)
    return {
        "taxes": [purse.tell(tax.tax_minor) for tax in result.taxes],
        **dict.fromkeys(("tax_total", "tax"), purse.tell(result.tax_total)),
        **dict.fromkeys(("total", "gross"), purse.tell(result.gross_total)),
    }


def read_lines(value: Any, purse: Purse) -> list[int]:
    """Lines in minor units, each rounded: a list, or ``100 lines of 0.011``."""
    if isinstance(value, str):
        found = re.fullmatch(r"(\d+) lines? of (-?[\d.,]+)", value.strip())
        if not found:
            raise NotExpressedError(f"the lines {value!r}")
        value = [found[2]] * int(found[1])
    if not isinstance(value, list) or any(isinstance(each, dict) for each in value):
        raise NotExpressedError("lines that are no amounts")
    return [to_minor(purse.exact(each), purse.currency) for each in value]


@adapter("lines", "|".join(RATE))
def tax_document_lines(given: Given) -> dict[str, Any]:
    """The tax of lines at one rate, by both lawful methods; which one is a setting."""
    purse, percent = given.purse(), given.exact(*RATE)
    amounts = read_lines(given.need("lines"), purse)
    lines = [(amount, percent) for amount in amounts]
    per_rate = tax_lines(lines, purse.currency)
    per_line = tax_lines(lines, purse.currency, per_line=True)
    single = [tax_lines([line], purse.currency).tax_total for line in lines]
    tell = purse.tell
    by_line = ("sum_of_line_tax", "tax_sum_of_rounded_lines", "tax_per_line_sum", "tax_by_line")
    by_rate = ("tax_per_rate", "tax_rounded_once", "tax", "tax_total")
    return {
        **dict.fromkeys(("net", "subtotal"), tell(per_rate.net_total)),
        "tax_per_line": [tell(tax) for tax in single],
        **dict.fromkeys(by_line, tell(per_line.tax_total)),
        **dict.fromkeys(by_rate, tell(per_rate.tax_total)),
        **dict.fromkeys(("total", "gross", "total_per_rate"), tell(per_rate.gross_total)),
        "total_per_line": tell(per_line.gross_total),
    }


@adapter("gross|gross_price|price_including_tax", "|".join(RATE))
def tax_inside(given: Given) -> dict[str, Any]:
    """The tax inside a gross amount: the net is rounded, the tax is the rest."""
    if given.text("rule") not in ("", "round net", "net rounded"):
        raise NotExpressedError(f"the rule {given.text('rule')!r}")
    purse = given.purse()
    gross = to_minor(
        purse.exact(given.need("gross", "gross_price", "price_including_tax")), purse.currency
    )
    result = tax_lines([(gross, given.exact(*RATE))], purse.currency, inclusive=True)
    return {
        "net": purse.tell(result.net_total),
        **dict.fromkeys(("tax", "vat"), purse.tell(result.tax_total)),
        **dict.fromkeys(("total", "gross"), purse.tell(result.gross_total)),
    }


@adapter("gross_lines|lines_gross|gross_prices", "|".join(RATE))
def tax_inside_lines(given: Given) -> dict[str, Any]:
    """The tax inside several gross lines of one rate, on their sum or line by line."""
    purse, percent = given.purse(), given.exact(*RATE)
    amounts = read_lines(given.need("gross_lines", "lines_gross", "gross_prices"), purse)
    lines = [(amount, percent) for amount in amounts]
    result = tax_lines(lines, purse.currency, inclusive=True)
    by_line = tax_lines(lines, purse.currency, inclusive=True, per_line=True)
    return {
        **dict.fromkeys(("net", "net_total"), purse.tell(result.net_total)),
        **dict.fromkeys(("tax", "tax_per_rate", "tax_total"), purse.tell(result.tax_total)),
        **dict.fromkeys(("total", "gross"), purse.tell(result.gross_total)),
        "net_lines": [purse.tell(net) for net in result.net_minor],
        **dict.fromkeys(("tax_per_line_sum", "sum_of_line_tax"), purse.tell(by_line.tax_total)),
    }


@adapter("unit_net|unit_price", "quantity", "|".join(RATE))
def tax_items(given: Given) -> dict[str, Any]:
    """Tax on a quantity at a net price, and the total split so that the items sum to it."""
    purse, percent = given.purse(), given.exact(*RATE)
    unit_net, quantity = purse.exact(given.need("unit_net", "unit_price")), given.exact("quantity")
    result = tax_lines([(to_minor(unit_net * quantity, purse.currency), percent)], purse.currency)
    one = to_minor(Fraction(unit_net) * (1 + Fraction(percent) / 100), purse.currency)
    split = allocate(result.gross_total, [1] * int(quantity))
    return {
        "net": purse.tell(result.net_total),
        **dict.fromkeys(("tax", "tax_on_invoice"), purse.tell(result.tax_total)),
        **dict.fromkeys(("total", "gross"), purse.tell(result.gross_total)),
        "gross_if_rounded_per_item": purse.tell(to_minor(Decimal(one) * quantity, _COUNT)),
        "split_over_items": [purse.tell(part) for part in split],
    }


_COUNT = currency("JPY")  # what is already in minor units has no decimals
_BASE = re.compile(r"base_(\d+(?:_\d+)?)_percent(_cents)?")


@adapter("base_10_percent_cents|base_20_percent_cents|base_10_percent|base_20_percent")
def tax_bases(given: Given) -> dict[str, Any]:
    """Bases with more decimals than the currency: each is rounded before its tax (EN 16931)."""
    bases: list[tuple[Decimal, Decimal]] = []
    in_cents = False
    for name in list(given.fields):
        if found := _BASE.fullmatch(name):
            in_cents = bool(found[2])
            bases.append((given.exact(name), read_exact(found[1].replace("_", "."))))
    purse = Purse(given.purse().currency, in_minor=in_cents)
    lines = [(to_minor(purse.exact(base), purse.currency), percent) for base, percent in bases]
    ours = purse.tell(tax_lines(lines, purse.currency).tax_total)
    exact = sum((Fraction(base) * Fraction(percent) / 100 for base, percent in bases), Fraction(0))
    once = (
        Decimal(round_half_up(exact)) if in_cents else purse.tell(to_minor(exact, purse.currency))
    )
    return {
        "rounded_per_rate": ours,
        "rounded_once": once,
        # The fees themselves are not given: what their sum came to is an answer that is not ours.
        "sum_of_per_fee_rounding": Never(ours),
    }


@adapter("price", "days", "of_days|days_in_period", "|".join(RATE))
def tax_share(given: Given) -> dict[str, Any]:
    """Tax on a prorated price: the total of rounded parts, beside that of an unrounded sum."""
    purse, percent = given.purse(), Fraction(given.exact(*RATE)) / 100
    share = Fraction(given.whole("days"), given.whole("of_days", "days_in_period"))
    net = Fraction(purse.exact(given.need("price"))) * share
    unit = purse.currency
    result = tax_lines([(to_minor(net, unit), percent_of(given))], unit)
    whole = purse.tell(to_minor(net * (1 + percent), unit))
    names = ("sum_of_rounded_parts", "total_if_tax_rounded_first", "total")
    return {
        **dict.fromkeys(("net_exact", "unrounded_net"), Places(net)),
        "tax_exact": Places(net * percent),
        **dict.fromkeys(("exact_sum_rounded", "total_if_rounded_once"), whole),
        **dict.fromkeys(names, purse.tell(result.gross_total)),
        "net": purse.tell(result.net_total),
        "tax": purse.tell(result.tax_total),
    }


def percent_of(given: Given) -> Decimal:
    """The percentage of tax that a case gives, or none."""
    return given.exact(*RATE) if given.has(*RATE) else Decimal(0)


@adapter("total_with_vat", "target_payable|cash_rounding|round_to")
def round_payable(given: Given) -> dict[str, Any]:
    """What rounds an amount due: a field of its own, tax and totals stay."""
    purse = given.purse()
    due = to_minor(purse.exact(given.need("total_with_vat")), purse.currency)
    if given.has("target_payable"):
        target = to_minor(purse.exact(given.need("target_payable")), purse.currency)
        rounding = target - due
    else:
        step = to_minor(purse.exact(given.need("cash_rounding", "round_to")), purse.currency)
        rounding = payable_rounding(due, step)
    payable = document_totals([due], rounding=rounding).payable or 0
    return {"rounding_amount": purse.tell(rounding), "payable": purse.tell(payable)}


@adapter("question")
def answer_question(given: Given) -> dict[str, Any]:
    """Whether the law prescribes how tax is rounded: no, so that both methods must be there."""
    if "round" not in given.text("question").lower():
        raise NotExpressedError(f"the question {given.text('question')!r}")
    lines = [(124, Decimal(10)), (124, Decimal(10))]
    totals = {
        tax_lines(lines, currency("EUR"), per_line=per_line).tax_total for per_line in (False, True)
    }
    return {"answer": Says("no" if len(totals) > 1 else "yes")}
