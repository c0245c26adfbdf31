"""What a line is for, in a few short texts under its title: days, shares, usage, discounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from quarterday.core.money import currency as find_currency
from quarterday.core.money import round_half_up
from quarterday.services.documents.words import (
    format_days,
    format_money,
    format_price,
    format_quantity,
)

Facts = Mapping[str, Any]


def explain_line(
    facts: Facts, currency: str, start: date, end: date, *, measured: str = ""
) -> list[str]:
    """The texts of a line from the data that it keeps; ``measured`` names its meter."""
    texts = [] if "invoice" in facts or "setup_fee" in facts else [format_days(start, end)]
    texts += _explain_kind(facts, currency, measured)
    for code, minor in facts.get("discounts", ()):
        given = {"code": code, "amount": format_money(-minor, currency)}
        texts.append(_("Discount %(code)s: %(amount)s") % given)
    return texts


def unit_price_of(facts: Facts, stored: Decimal | None) -> Decimal | None:
    """The price of one unit, where there is one: several tiers, or a percentage, have none."""
    if "steps" not in facts:
        return stored
    steps = _steps(facts)
    if len(steps) != 1 or not _is_plain(steps[0]):
        return None
    return Decimal(steps[0][2])


def _steps(facts: Facts) -> list[Any]:
    return [step for step in facts["steps"] if step[0] not in ("factor", "free")]


def _is_plain(step: Any) -> bool:
    """Whether quantity and price say all of a step, as the columns of the line do."""
    label, quantity, price, amount = step
    if label.endswith((" %", "flat fee")) or label == "minimum":
        return False
    return bool(Fraction(quantity) * Fraction(price) == Fraction(amount))


def _explain_kind(facts: Facts, currency: str, measured: str) -> Iterator[str]:
    if "steps" in facts:
        yield from _explain_price(facts, currency, measured)
    elif "commitment" in facts:
        yield _("Least amount agreed %(agreed)s, charged %(charged)s") % {
            "agreed": format_money(_to_minor(facts["commitment"], currency), currency),
            "charged": format_money(facts["spent_minor"], currency),
        }
    elif "invoice" in facts:
        yield _("Line %(line)s of invoice %(invoice)s, charged %(amount)s") % {
            "line": facts["line"],
            "invoice": facts["invoice"],
            "amount": format_money(facts["charged_minor"], currency),
        }
    elif "charged_minor" in facts:
        yield _("%(days)s of %(of_days)s days that were charged with %(amount)s") % {
            "days": facts["days"],
            "of_days": facts["of_days"],
            "amount": format_money(facts["charged_minor"], currency),
        }
    elif "setup_fee" in facts:
        yield _("Charged once")
    if "billed_before_minor" in facts:
        yield _("Recorded late: %(now)s in all, %(before)s of it billed before") % {
            "now": format_money(facts["total_minor"], currency),
            "before": format_money(facts["billed_before_minor"], currency),
        }


def _explain_price(facts: Facts, currency: str, measured: str) -> Iterator[str]:
    """Tiers and packages, and the share of the period."""
    steps = _steps(facts)
    if measured:
        yield _("%(meter)s: %(quantity)s") % {
            "meter": measured,
            "quantity": format_quantity(Decimal(facts["quantity"])),
        }
    if len(steps) > 1 or not all(map(_is_plain, steps)):
        for label, quantity, price, amount in steps:
            yield _explain_step(label, quantity, price, Fraction(amount), currency)
    factor = Fraction(facts["factor"])
    if factor != 1 and facts.get("days") and facts.get("of_days"):
        whole = sum((Fraction(step[3]) for step in steps), Fraction(0))
        yield _("%(price)s for %(of_days)s days, charged for %(days)s") % {
            "price": _show_exact(whole, currency),
            "days": facts["days"],
            "of_days": facts["of_days"],
        }


def _explain_step(label: str, quantity: str, price: str, amount: Fraction, currency: str) -> str:
    if label == "minimum":
        return _("Minimum %(price)s") % {"price": _show_price(price, currency)}
    if label == "flat" or label.endswith(("flat fee", " %")):
        return _show_exact(amount, currency)
    count = format_quantity(Decimal(quantity))
    if not amount:
        return _("%(quantity)s included") % {"quantity": count}
    return f"{count} × {_show_price(price, currency)} = {_show_exact(amount, currency)}"


def _show_price(price: str, currency: str) -> str:
    return format_price(Decimal(price), currency)


def _show_exact(amount: Fraction, currency: str) -> str:
    return format_money(_to_minor(amount, currency), currency)


def _to_minor(amount: str | Fraction, currency: str) -> int:
    return round_half_up(Fraction(amount) * find_currency(currency).scale)
