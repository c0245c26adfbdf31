"""Money as integer minor units, and the only place where anything is rounded.

Unit prices, quantities and rates are exact (``Decimal`` at the edges, ``Fraction`` inside);
they become minor units once per line, half up and symmetric about zero (billing rule 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from quarterday.core.errors import BillingError
from quarterday.core.exact import EXACT

Exact = Decimal | Fraction | int

# ISO 4217 (2026): every active currency whose exponent is not 2, then those with 2.
_EXPONENTS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR "
    "LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD "
    "PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN "
    "SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG",
}


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency. ``exponent`` is how many decimals its minor unit has.

    >>> currency("JPY").exponent, currency("KWD").exponent
    (0, 3)
    """

    code: str
    exponent: int

    @property
    def scale(self) -> int:
        """Minor units in one unit: 100 for EUR, 1 for JPY."""
        return int(10**self.exponent)

    def __str__(self) -> str:
        return self.code


CURRENCIES = {
    code: Currency(code, exponent)
    for exponent, codes in _EXPONENTS.items()
    for code in codes.split()
}


def currency(code: str) -> Currency:
    """The currency of an ISO code. Raises `BillingError` for an unknown one.

    >>> currency("EUR")
    Currency(code='EUR', exponent=2)
    """
    try:
        return CURRENCIES[code]
    except KeyError:
        raise BillingError(f"{code!r} is not an ISO 4217 currency code, such as EUR") from None


def round_half_up(value: Exact) -> int:
    """Round to a whole number, halves away from zero (billing rule 5).

    >>> round_half_up(Fraction(5, 2)), round_half_up(Fraction(-5, 2)), round_half_up(Decimal("2.4"))
    (3, -3, 2)
    """
    if isinstance(value, int):
        return value
    numerator, denominator = value.as_integer_ratio()
    return divide_half_up(numerator, denominator)


def divide_half_up(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded half up, for a positive denominator.

    >>> divide_half_up(1, 2), divide_half_up(-1, 2), divide_half_up(1, 3)
    (1, -1, 0)
    """
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((denominator - 2 * numerator) // (2 * denominator))


def to_minor(amount: Exact, unit: Currency) -> int:
    """An exact amount in currency units as minor units, rounded once.

    >>> to_minor(Decimal("14.975"), currency("EUR")), to_minor(Decimal("104.895"), currency("JPY"))
    (1498, 105)
    """
    numerator, denominator = amount.as_integer_ratio()
    return divide_half_up(numerator * unit.scale, denominator)


def from_minor(minor: int, unit: Currency) -> Decimal:
    """Minor units as a decimal of currency units with all its places.

    >>> from_minor(-1050, currency("EUR")), from_minor(105, currency("JPY"))
    (Decimal('-10.50'), Decimal('105'))
    """
    return Decimal(minor).scaleb(-unit.exponent, EXACT)


def format_minor(minor: int, unit: Currency) -> str:
    """Plain text of an amount, for exports and logs; screens use the reader's locale.

    >>> format_minor(123456, currency("EUR"))
    '1234.56'
    """
    return f"{from_minor(minor, unit):f}"


def parse_minor(text: str, unit: Currency) -> int:
    """Read an amount in currency units as minor units, refusing what the currency cannot hold.

    Raises `BillingError` for text that is no number or has more decimals than the currency.

    >>> parse_minor("10.5", currency("EUR"))
    1050
    """
    exact = Fraction(parse_exact(text)) * unit.scale
    if exact.denominator != 1:
        raise BillingError(
            f"{text!r} has more decimals than {unit.code} has ({unit.exponent}); round it first"
        )
    return int(exact)


def parse_exact(text: str | int | Decimal, places: int = 12) -> Decimal:
    """Read a price, quantity or rate exactly, with at most ``places`` decimals; never a float.

    Raises `BillingError` for anything else, infinities and NaN included.

    >>> parse_exact("0.000000000001")
    Decimal('1E-12')
    """
    if isinstance(text, float):
        raise BillingError(f"{text!r} is a float; give the number as text, such as '{text}'")
    try:
        value = Decimal(str(text).strip())
    except InvalidOperation:
        raise BillingError(f"{text!r} is not a number such as 1234.56") from None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise BillingError(f"{text!r} is not a finite number")
    if value and value.adjusted() >= 30:
        raise BillingError(f"{text!r} has more than 30 digits before the decimal point")
    if exponent < -places and (Fraction(value) * 10**places).denominator != 1:
        raise BillingError(f"{text!r} has more than {places} decimals")
    return value


@lru_cache(maxsize=8192)
def plain(value: Decimal) -> str:
    """The shortest exact text of a decimal, without exponent: for storing and for reading.

    >>> plain(Decimal("10.500")), plain(Decimal("1E+2")), plain(Decimal("0.00"))
    ('10.5', '100', '0')
    """
    if not value:
        return "0"  # also for -0, which equals 0 and so shares its place in the cache
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def allocate(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """Split minor units by weights so that the parts sum to the whole (billing rule 5).

    Each part is the exact share cut towards zero; what remains goes to the largest remainders,
    the earlier part first among equals. Weights may not be negative; if all are zero, they count
    as equal. Raises `BillingError` for no weights with something to split, or a negative one.

    >>> allocate(100, [1, 1, 1]), allocate(-100, [1, 1, 1])
    ([34, 33, 33], [-34, -33, -33])
    """
    if any(weight < 0 for weight in weights):
        raise BillingError("weights to allocate by may not be negative")
    if not weights:
        if total:
            raise BillingError("there is nothing to allocate the amount to")
        return []
    whole = sum(weights)
    if not whole:
        weights, whole = [1] * len(weights), len(weights)
    sign = -1 if total < 0 else 1
    shares = [Fraction(abs(total)) * weight / whole for weight in weights]
    parts = [int(share) for share in shares]
    missing = abs(total) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))
    for index in by_remainder[:missing]:
        parts[index] += 1
    return [sign * part for part in parts]


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency. Adding two currencies raises `BillingError`.

    >>> Money.of("10.50", "EUR") + Money.of("0.25", "EUR")
    Money(minor=1075, currency=Currency(code='EUR', exponent=2))
    >>> str(-Money.of("1000", "JPY"))
    '-1000 JPY'
    """

    minor: int
    currency: Currency

    @classmethod
    def of(cls, amount: str | int | Decimal, code: str) -> Money:
        """Parse an amount in currency units."""
        unit = currency(code)
        return cls(parse_minor(str(amount), unit), unit)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{format_minor(self.minor, self.currency)} {self.currency.code}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise BillingError(f"{self.currency} and {other.currency} cannot be mixed")
        return other.minor
