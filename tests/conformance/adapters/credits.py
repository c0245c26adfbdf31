"""Credit notes: what of a charge, its coupon and its tax is given back, and in which form."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from quarterday.core.money import Currency, allocate, to_minor
from quarterday.core.period import Period, Schedule
from quarterday.core.proration import cap_credit, fraction, unused_credit
from quarterday.core.tax import credit_tax
from tests.conformance.adapters.discounts import read_fee
from tests.conformance.adapters.tax import RATE, percent_of, tax_lines
from tests.conformance.answers import Credit
from tests.conformance.case import Given, Purse
from tests.conformance.registry import adapter
from tests.conformance.words import NotExpressedError, read_anchoring, read_cadence

_ORDINALS = ("first", "second", "third", "fourth", "fifth")


class _Note(NamedTuple):
    """A credit note in minor units."""

    net: int
    coupon: int
    tax: int

    @property
    def base(self) -> int:
        return self.net - self.coupon

    @property
    def total(self) -> int:
        return self.base + self.tax


class _Line(NamedTuple):
    """An invoiced line: its amount, what a coupon took off, and its tax."""

    net: int
    coupon: int
    percent: Decimal
    unit: Currency

    @property
    def tax(self) -> int:
        return tax_lines([(self.net - self.coupon, self.percent)], self.unit).tax_total

    @property
    def total(self) -> int:
        return self.net - self.coupon + self.tax

    def credit(self, net: int, noted: tuple[_Note, ...] = ()) -> _Note:
        """Give back a part, with its share of coupon and tax; notes before it are counted."""
        before = [sum(each[place] for each in noted) for place in range(3)]
        coupon = credit_tax(self.net, self.coupon, before[0], before[1], net)
        base = before[0] - before[1]
        tax = credit_tax(self.net - self.coupon, self.tax, base, before[2], net - coupon)
        return _Note(net, coupon, tax)


@adapter("plan_price", "period_start", "period_end_exclusive", "terminated_on")
def credit_termination(given: Given) -> dict[str, Any]:
    """The unused days of a period billed in advance, as credit and as refund of what was paid.

    ``terminated_on`` names the last day of use, so that the change is effective the day after.
    """
    purse = given.purse()
    given.ignore("period")
    unit = purse.currency
    billed = Period(given.day("period_start"), given.day("period_end_exclusive"))
    unused = Period(given.day("terminated_on") + timedelta(days=1), billed.end)
    charged = to_minor(purse.exact(given.need("plan_price")), unit)
    coupon = to_minor(purse.exact(given.get("coupon_on_line") or 0), unit)
    line = _Line(charged, coupon, percent_of(given), unit)
    before = to_minor(purse.exact(given.get("earlier_credit_note_on_line") or 0), unit)
    unused_note = line.credit(unused_credit(charged, billed, unused))
    note = line.credit(unused_note.net - before) if before else unused_note
    refund = _refund(given, line, note, line.total - unused_note.total)
    return {
        "item": purse.tell(note.net),
        "net": purse.tell(note.net),
        "tax": purse.tell(note.tax),
        "total": purse.tell(note.total),
        "refund": purse.tell(refund),
        "credit": purse.tell(note.total - refund),
    }


def _refund(given: Given, line: _Line, note: _Note, earned: int) -> int:
    """Of what was paid for the line, that which its use has not earned."""
    purse, requested, words = given.purse(), given.text("requested"), given.text("invoice_note")
    paid = to_minor(purse.exact(given.get("invoice_paid") or 0), purse.currency)
    if requested not in ("", "credit", "refund"):
        raise NotExpressedError(f"a request of {requested!r}")
    if requested != "refund":
        return 0
    totals = [line.total]
    if "second identical subscription" in words:
        # The other subscription is as this one is, without a coupon of its own.
        totals.append(line._replace(coupon=0).total)
    elif words:
        raise NotExpressedError(f"an invoice where {words!r}")
    return cap_credit(note.total, allocate(paid, totals)[0], earned)


@adapter("plan_price", "period", "start", "terminated")
def credit_after_use(given: Given) -> dict[str, Any]:
    """A period billed in advance, and the credit note for what follows the last day of use."""
    purse, words = given.purse(), given.text("period")
    start = given.day("start")
    schedule = Schedule.anchored(start, read_cadence(words), read_anchoring(words))
    whole = schedule.containing(start)
    billed = Period(start, whole.end)
    price = Fraction(purse.exact(given.need("plan_price")))
    charged = to_minor(price * fraction(billed, whole), purse.currency)
    unused = Period(given.day("terminated") + timedelta(days=1), billed.end)
    line = _Line(charged, 0, percent_of(given), purse.currency)
    note = line.credit(unused_credit(charged, billed, unused))
    return {"invoice": _tell_invoice([line], purse), "credit_note": _tell_note(note, purse)}


@adapter("plan_price|net|price", "credits_net", "|".join(RATE))
def credit_in_parts(given: Given) -> dict[str, Any]:
    """Partial credit notes that together give back exactly the invoice."""
    purse = given.purse()
    net = to_minor(purse.exact(given.need("plan_price", "net", "price")), purse.currency)
    line = _Line(net, 0, percent_of(given), purse.currency)
    notes: tuple[_Note, ...] = ()
    for part in given.listed("credits_net"):
        notes += (line.credit(to_minor(purse.exact(part), purse.currency), notes),)
    return {
        "invoice": _tell_invoice([line], purse),
        "credit_notes": [_tell_note(note, purse) for note in notes],
        "credited_total": Credit(purse.tell(sum(note.total for note in notes))),
    }


@adapter("fees", "|".join(f"credit_{ordinal}_net" for ordinal in _ORDINALS))
def credit_fees(given: Given) -> dict[str, Any]:
    """A credit note on parts of fees, each with its share of the coupon on that fee."""
    purse = given.purse()
    unit = purse.currency
    lines, notes = [], []
    for ordinal, fee in zip(_ORDINALS, given.listed("fees"), strict=False):
        net, percent = read_fee(fee)
        coupon = given.get(f"coupon_on_{ordinal}") or 0
        charged, taken = (to_minor(purse.exact(each), unit) for each in (net, coupon))
        line = _Line(charged, taken, percent, unit)
        lines.append(line)
        if given.has(f"credit_{ordinal}_net"):
            part = to_minor(purse.exact(given.need(f"credit_{ordinal}_net")), unit)
            notes.append(line.credit(part))
    note = _Note(*(sum(each[place] for each in notes) for place in range(3)))
    return {"invoice": _tell_invoice(lines, purse), "credit_note": _tell_note(note, purse)}


def _tell_invoice(lines: list[_Line], purse: Purse) -> dict[str, Decimal]:
    """An invoice; its tax is per rate, so the lines of one rate are taxed together."""
    taxed = tax_lines([(line.net - line.coupon, line.percent) for line in lines], purse.currency)
    net = sum(line.net for line in lines)
    return {
        **dict.fromkeys(("fees", "net", "subtotal"), purse.tell(net)),
        "coupon": purse.tell(sum(line.coupon for line in lines)),
        "tax": purse.tell(taxed.tax_total),
        "total": purse.tell(taxed.gross_total),
    }


def _tell_note(note: _Note, purse: Purse) -> dict[str, Decimal]:
    return {
        **dict.fromkeys(("net", "item"), purse.tell(note.net)),
        **dict.fromkeys(("net_after_coupon", "base"), purse.tell(note.base)),
        **dict.fromkeys(("coupon_share", "coupon"), purse.tell(note.coupon)),
        "tax": purse.tell(note.tax),
        "total": purse.tell(note.total),
    }
