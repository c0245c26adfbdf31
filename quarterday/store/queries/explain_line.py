"""One line of a document as sums: price, quantity, days, rounding, discount."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from quarterday.store.queries.explain_price import (
    explain_commitment,
    explain_price,
    explain_unused,
    show_discount,
)
from quarterday.store.queries.explain_words import Unit


def explain_line(line: dict[str, Any], unit: Unit) -> Iterator[str]:
    """The sentences about a line of `explain_invoice`; all of them can be calculated again."""
    facts = line["explanation"]
    if "steps" in facts:
        yield from explain_price(facts, line["terms"], unit)
    elif "commitment" in facts:
        yield from explain_commitment(facts, unit)
    elif "invoice" in facts:
        yield _explain_correction(facts, unit)
    elif "charged_minor" in facts:
        yield from explain_unused(facts, unit)
    elif "setup_fee" in facts:
        words = {"price": facts["price"], "amount": unit(facts["setup_fee"])}
        yield _("setup fee of %(price)s: %(amount)s, charged once") % words
    else:
        yield _("a single charge of %(amount)s") % {"amount": unit(line["gross"])}
    if "billed_before_minor" in facts:
        yield from _explain_supplement(facts, unit)
    yield from (show_discount(one, unit) for one in line["discounts"])
    if Decimal(line["discount"]):
        gross, discount = unit.number(line["gross"]), unit.number(line["discount"])
        yield f"{gross} − {discount} = {unit(line['net'])}"


def _explain_supplement(facts: dict[str, Any], unit: Unit) -> Iterator[str]:
    """Usage that came late, or was corrected after it was billed."""
    words = {
        "total": unit.minor(facts["total_minor"]),
        "before": unit.minor(facts["billed_before_minor"]),
        "difference": unit.minor(facts["amount_minor"]),
    }
    yield _("usage that was recorded after these days had been billed")
    if facts["amount_minor"] >= 0:
        yield _("cost now %(total)s − billed before %(before)s = %(difference)s") % words
    else:
        yield (
            _("cost now %(total)s − billed before %(before)s = %(difference)s, given back") % words
        )


def _explain_correction(facts: dict[str, Any], unit: Unit) -> str:
    """What a credit note takes back of a line."""
    words = {
        "line": facts["line"],
        "invoice": facts["invoice"],
        "charged": unit.minor(facts["charged_minor"]),
        "before": unit.minor(facts["credited_before_minor"]),
        "back": unit.minor(facts["amount_minor"]),
    }
    if not facts["credited_before_minor"]:
        return _("line %(line)s of %(invoice)s charged %(charged)s; %(back)s is taken back") % words
    return (
        _(
            "line %(line)s of %(invoice)s charged %(charged)s, of which %(before)s was credited "
            "before; %(back)s is taken back"
        )
        % words
    )
