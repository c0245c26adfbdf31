"""What a payer pays for paying by one method, where that may be asked for at all.

In the European Economic Area and the United Kingdom consumers must not be charged for paying by
card, transfer or direct debit (PSD2, Directive (EU) 2015/2366, Art. 62(4), and the Consumer Rights
(Payment Surcharges) Regulations 2012): there, no policy can switch a fee on for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.core.errors import BillingError
from quarterday.core.limits import check_minor
from quarterday.core.money import currency, parse_exact, round_half_up

NO_FEES_FOR_CONSUMERS = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI "
    "SK".split()
)
_NAMES = {"percent", "fixed", "countries"}
_MOST_PERCENT = 20


@dataclass(frozen=True, slots=True)
class MethodFee:
    """The fee for one way to pay: a percentage, an amount by currency, or both.

    ``countries`` are those of the payers that are asked for it; none means all that allow it.
    """

    percent: Decimal = Decimal(0)
    fixed: Mapping[str, int] = field(default_factory=dict)
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MethodFees:
    """The fees of a seller by way to pay, ``gateway`` or ``gateway:choice``; ``product`` is the
    code of what the invoice for a fee sells, which decides its tax and where its income goes.
    """

    product: str = ""
    ways: Mapping[str, MethodFee] = field(default_factory=dict)


def read_fees(data: Mapping[str, Any]) -> MethodFees:
    """The fees that a seller asks for; usually none. Raises `BillingError`.

    >>> read_fees({"product": "fee", "ways": {"paypal": {"percent": "1.9"}}}).ways["paypal"].percent
    Decimal('1.9')
    >>> read_fees({"ways": {"paypal": {"percent": "1.9"}}})
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: method_fees must name the product that a fee is sold as
    """
    if not isinstance(data, Mapping):
        raise BillingError("method_fees must be names and values: product and ways")
    if extra := sorted(set(data) - {"product", "ways"}):
        raise BillingError(f"method_fees knows no {extra[0]!r}; it knows product and ways")
    ways = data.get("ways", {})
    if not isinstance(ways, Mapping):
        raise BillingError("method_fees must have ways as gateways and their fees")
    product = data.get("product", "")
    if ways and not (isinstance(product, str) and product):
        raise BillingError("method_fees must name the product that a fee is sold as")
    return MethodFees(product, {str(way): _read_fee(str(way), fee) for way, fee in ways.items()})


def _read_fee(way: str, data: Any) -> MethodFee:
    if not isinstance(data, Mapping) or set(data) - _NAMES:
        raise BillingError(f"the fee of {way} must have only {', '.join(sorted(_NAMES))}")
    percent = parse_exact(str(data.get("percent", "0")))
    if not 0 <= percent <= _MOST_PERCENT:
        raise BillingError(f"the fee of {way} must have percent from 0 to {_MOST_PERCENT}")
    fixed = data.get("fixed", {})
    if not isinstance(fixed, Mapping):
        raise BillingError(f"the fee of {way} must have fixed as currencies and minor units")
    amounts = {}
    for code, minor in fixed.items():
        if isinstance(minor, bool) or not isinstance(minor, int) or minor < 0:
            raise BillingError(f"the fee of {way} must have fixed in minor units from 0")
        amounts[currency(str(code)).code] = check_minor(minor, "fixed")
    countries = data.get("countries", [])
    if not isinstance(countries, list | tuple):
        raise BillingError(f"the fee of {way} must have countries as a list of codes")
    return MethodFee(percent, amounts, frozenset(str(one).upper() for one in countries))


def find_fee(
    fees: MethodFees,
    *,
    gateway: str,
    choice: str,
    amount_minor: int,
    code: str,
    country: str,
    is_consumer: bool,
) -> int:
    """The fee for paying an amount, in minor units and with its tax inside; 0 where none may be.

    >>> fees = read_fees({"product": "fee", "ways": {"stripe:card": {"percent": "2"}}})
    >>> terms = {"gateway": "stripe", "choice": "card", "amount_minor": 10000, "code": "USD"}
    >>> find_fee(fees, **terms, country="US", is_consumer=True)
    200
    >>> find_fee(fees, **terms, country="DE", is_consumer=True)
    0
    >>> find_fee(fees, **terms, country="DE", is_consumer=False)
    200
    """
    fee = fees.ways.get(f"{gateway}:{choice}", fees.ways.get(gateway))
    if fee is None or amount_minor <= 0:
        return 0
    if fee.countries and country not in fee.countries:
        return 0
    if is_consumer and country in NO_FEES_FOR_CONSUMERS:
        return 0
    share = round_half_up(amount_minor * Fraction(fee.percent) / 100)
    return share + fee.fixed.get(code, 0)
