"""Coupons: a discount never exceeds what is left, and is spread over the lines before tax."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from quarterday.core.discount import (
    Discount,
    DiscountableLine,
    DiscountKind,
    Duration,
    apply_discounts,
    still_applies,
)
from quarterday.core.money import to_minor
from tests.conformance.adapters.tax import tax_lines
from tests.conformance.case import Given, Purse
from tests.conformance.registry import adapter
from tests.conformance.words import NotExpressedError, read_exact


def reduce_price(price: Decimal, discount: Any, purse: Purse) -> Decimal:
    """A price in currency units after ``25%``, or after ``25.00`` currency units off."""
    if discount is None:
        return price
    text = str(discount)
    kind = DiscountKind.PERCENTAGE if text.endswith("%") else DiscountKind.FIXED
    line = DiscountableLine(to_minor(price, purse.currency), "plan")
    taken = apply_discounts([line], [Discount("one", kind, read_exact(text))], purse.currency)
    return Purse(purse.currency).tell(taken.nets[0])


@adapter("invoice|amount|subtotal", "coupon_fixed|coupon_percent|discount_percent|discount_fixed")
def discount_invoice(given: Given) -> dict[str, Any]:
    """What one coupon takes off an invoice."""
    purse = given.purse()
    amount = to_minor(purse.exact(given.need("invoice", "amount", "subtotal")), purse.currency)
    duration, periods = _read_duration(given)
    if given.has("coupon_fixed", "discount_fixed"):
        kind = DiscountKind.FIXED
        value = purse.exact(given.need("coupon_fixed", "discount_fixed"))
        if given.has("already_used", "used_before", "coupon_used"):
            value -= purse.exact(given.need("already_used", "used_before", "coupon_used"))
    else:
        kind = DiscountKind.PERCENTAGE
        value = given.exact("coupon_percent", "discount_percent")
    coupon = Discount("coupon", kind, value, duration=duration, periods=periods)
    used = given.whole("periods_used") if given.has("periods_used") else 0
    coupons = [coupon] if still_applies(coupon, used) else []
    result = apply_discounts([DiscountableLine(amount, "plan")], coupons, purse.currency)
    taken = result.taken_minor("coupon")
    rest = to_minor(value, purse.currency) - taken if kind is DiscountKind.FIXED else 0
    return {
        **dict.fromkeys(("discount", "coupon"), purse.tell(taken)),
        **dict.fromkeys(("total", "net", "invoice"), purse.tell(result.nets[0])),
        **dict.fromkeys(("coupon_remaining", "remaining", "rest"), purse.tell(rest)),
    }


def _read_duration(given: Given) -> tuple[Duration, int]:
    """How often: ``once``, ``forever``, or ``recurring, 3 periods``."""
    text = given.text("frequency", "duration").lower() or "once"
    if found := re.search(r"\d+", text):
        return Duration.PERIODS, int(found.group())
    for word, duration in (("once", Duration.ONCE), ("one", Duration.ONCE)):
        if text.startswith(word):
            return duration, 0
    if text in ("forever", "recurring", "for ever", "always"):
        return Duration.FOREVER, 0
    raise NotExpressedError(f"the frequency {text!r}")


@adapter("fees", "coupons|coupon|coupon_fixed|coupon_percent")
def discount_fees(given: Given) -> dict[str, Any]:
    """Coupons over several fees, then the tax of each on what is left."""
    purse = given.purse()
    unit = purse.currency
    fees = given.listed("fees")
    lines = [
        DiscountableLine(to_minor(purse.exact(read_fee(fee)[0]), unit), f"fee {number}")
        for number, fee in enumerate(fees)
    ]
    result = apply_discounts(lines, _read_coupons(given, purse), unit)
    taxes = tax_lines(
        [(net, read_fee(fee)[1]) for net, fee in zip(result.nets, fees, strict=True)], unit
    )
    shares = [line.amount_minor - net for line, net in zip(lines, result.nets, strict=True)]
    total = sum(shares)
    return {
        **dict.fromkeys(("coupon_share", "coupon_shares"), tuple(map(purse.tell, shares))),
        **dict.fromkeys(("coupon_total", "discount", "coupon"), purse.tell(total)),
        **dict.fromkeys(("tax_total", "tax"), purse.tell(taxes.tax_total)),
        **dict.fromkeys(("net", "subtotal", "net_total"), purse.tell(taxes.net_total)),
        **dict.fromkeys(("total", "gross"), purse.tell(taxes.gross_total)),
        "fees": purse.tell(sum(line.amount_minor for line in lines)),
    }


def read_fee(fee: Any) -> tuple[Any, Decimal]:
    """The net and the tax rate in percent of a fee."""
    if not isinstance(fee, dict):
        return fee, Decimal(0)
    fields = {name: value for name, value in fee.items() if value is not None}
    net = next((fields.pop(name) for name in ("net", "amount") if name in fields), None)
    names = ("tax_rate_percent", "tax_percent", "rate_percent")
    percent = next((fields.pop(name) for name in names if name in fields), 0)
    if net is None or fields:
        raise NotExpressedError(f"a fee that gives {', '.join(fee)}")
    return net, read_exact(percent)


def _read_coupons(given: Given, purse: Purse) -> list[Discount]:
    """Coupons one after another, as amounts or as ``20%``."""
    if given.has("coupon_percent"):
        texts = [f"{given.need('coupon_percent')}%"]
    else:
        texts = [str(each) for each in given.listed("coupons", "coupon", "coupon_fixed")]
    return [_read_coupon(number, text, purse) for number, text in enumerate(texts)]


def _read_coupon(number: int, text: str, purse: Purse) -> Discount:
    percent = text.endswith("%")
    value = read_exact(text) if percent else purse.exact(text)
    kind = DiscountKind.PERCENTAGE if percent else DiscountKind.FIXED
    return Discount(f"coupon {number}", kind, value, duration=Duration.ONCE, priority=number)
