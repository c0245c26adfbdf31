"""Proof that a document's net, and the base and amount of each tax, follow from its lines."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from quarterday.core.money import round_half_up
from quarterday.store.queries.check.documents import Kind
from quarterday.store.queries.check.offence import Offence, amount
from quarterday.store.queries.check.suspects import Stated, StatedLine, StatedTax, read_suspects

# By how many minor units the tax inside of a line may differ from its rate: the net of several
# lines is rounded in one and spread over them, and a credit note gives back differences of that.
_SPREAD = 3


def check_lines(kind: Kind) -> Iterator[Offence]:
    """Documents whose net or taxes are not what their lines come to."""
    slack = _SPREAD if kind.name == "credit_note" else 0
    for document in read_suspects(kind):
        offences = _check_document(document, slack)
        # What is wrong in one place is wrong in others; the first is the one to mend.
        yield from [Offence(rule, document.label, text) for rule, text in offences][:1]


def _check_document(document: Stated, slack: int) -> Iterator[tuple[str, str]]:
    unit, lines = document.currency, document.lines
    base, net = sum(line.base_minor for line in lines), sum(line.net_minor for line in lines)
    if base != document.net_minor:
        yield (
            "document-lines",
            f"the lines sum to {amount(base, unit)} without tax, but the net is "
            f"{amount(document.net_minor, unit)}",
        )
    if not _are_priced(document, slack):
        yield (
            "document-lines",
            f"the lines sum to {amount(net, unit)} as they are priced, which is neither the net "
            f"of {amount(document.net_minor, unit)} nor a price with its tax",
        )
    for code, tax in document.taxes.items():
        if not _is_base(code, tax, document, slack):
            yield (
                "document-base",
                f"tax {code} is on {amount(tax.base_minor, unit)}, but its lines sum to "
                f"{amount(tax.lines_minor, unit)}",
            )
    for code, tax in document.taxes.items():
        due = round_half_up(tax.exact)
        if abs(tax.tax_minor - due) > max(_rounded(tax), slack * len(tax.lines)):
            yield (
                "tax-amount",
                f"tax {code} on {amount(tax.base_minor, unit)} comes to {amount(due, unit)}, not "
                f"{amount(tax.tax_minor, unit)}",
            )


def _are_priced(document: Stated, slack: int) -> bool:
    """Each line as it is priced is without tax, or has its taxes inside; all that have are the
    total.
    """
    inside = [line for line in document.lines if line.is_inside]
    said = sum(line.net_minor for line in inside)
    if len(inside) == len(document.lines) and abs(said - document.total_minor) > slack * len(
        inside
    ):
        return False
    return all(_is_tax_inside(line, document) for line in inside)


def _is_tax_inside(line: StatedLine, document: Stated) -> bool:
    """What a line has inside is the tax of its rates, apart or on top of each other."""
    percents = [document.taxes[code].percents or [Fraction(0)] for code in line.codes]
    together = Fraction(1)
    for one in percents:
        together *= 1 + max(one)
    apart = sum((min(one) for one in percents), Fraction(0))
    low, high = sorted((line.base_minor * apart, line.base_minor * (together - 1)))
    spread = _SPREAD if together > 1 else 0
    return low - spread <= line.net_minor - line.base_minor <= high + spread


def _is_base(code: str, tax: StatedTax, document: Stated, slack: int) -> bool:
    """The base of a tax is its lines; on a second level it may be on top of the first as well."""
    low = high = Fraction(0)
    for line in tax.lines:
        lower = line.codes[: line.codes.index(code)]
        if percents := [max(document.taxes[one].percents, default=0) for one in lower]:
            on_top = line.base_minor * sum(percents)
            low += min(on_top, 0) - 1 - slack
            high += max(on_top, 0) + 1 + slack
    return low <= tax.base_minor - tax.lines_minor <= high


def _rounded(tax: StatedTax) -> int:
    """How far a tax may be from its base times its rate, in minor units.

    One line is rounded as its sum is; several may be rounded one by one, and a net that is taken
    out of a price is rounded as well.
    """
    lines = len(tax.lines)
    # A price too small for a tax inside looks as if it were without.
    is_inside = not tax.tax_minor or any(line.is_inside for line in tax.lines)
    return lines if is_inside else max(lines - 1, 0)
