"""What a recurring charge bills through a target date, in advance or in arrears."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quarterday.core.charging import Timing, due_periods, next_bill_on
from quarterday.core.money import round_half_up, to_minor
from quarterday.core.period import Anchoring, Period, Schedule
from quarterday.core.pricing import parse_model
from quarterday.core.pricing.price import Price, rate_price
from quarterday.core.proration import fraction
from tests.conformance.answers import Lines, Refusal, Series, Span
from tests.conformance.case import Given, Purse
from tests.conformance.registry import adapter
from tests.conformance.words import NotExpressedError

TIMINGS = {
    **dict.fromkeys(("in_advance", "advance", "in advance", "prepaid"), Timing.ADVANCE),
    **dict.fromkeys(("in_arrear", "in_arrears", "arrears", "arrear"), Timing.ARREARS),
    **dict.fromkeys(("in arrear", "in arrears", "postpaid"), Timing.ARREARS),
}
_NINE = 10**9


@dataclass(frozen=True)
class Contract:
    """A recurring charge, and the first day it has not billed yet."""

    schedule: Schedule
    start: date
    end: date | None
    timing: Timing
    billed_through: date

    @classmethod
    def read(cls, given: Given) -> Contract:
        """Weeks and days count from the start; months and years from the anchor day, if any."""
        start = given.day("start_date", "start")
        end = given.day_or_none("end_date", "end", "future_change", "cancel_date")
        cadence = given.cadence("period", "interval")
        day = given.whole("anchor_day") if given.has("anchor_day") else start.day
        anchoring = Anchoring.START if cadence.fixed_days else Anchoring.DAY_OF_MONTH
        schedule = Schedule.anchored(start, cadence, anchoring, day)
        timing = given.choose(TIMINGS, "billing_mode", "timing")
        return cls(schedule, start, end, timing, start)

    def run(self, today: date) -> tuple[Contract, list[tuple[Period, Period]]]:
        """Bill what is due on a day, and where that leaves the contract."""
        due = due_periods(
            self.schedule,
            start=self.start,
            end=self.end,
            billed_through=self.billed_through,
            timing=self.timing,
            today=today,
        )
        through = due[-1][0].end if due else self.billed_through
        return replace(self, billed_through=through), due

    def next_run_on(self) -> date | None:
        """When there is next something to bill."""
        return next_bill_on(
            self.schedule, end=self.end, billed_through=self.billed_through, timing=self.timing
        )


@adapter("billing_mode", "period", "start_date", "anchor_day")
def align_to_anchor(given: Given) -> dict[str, Any]:
    """The anchor dates around a contract, without or with a target date."""
    contract = Contract.read(given)
    given.ignore("in_arrear_mode" if given.text("in_arrear_mode") == "default" else "")
    target = given.day_or_none("bill_through_target_date", "target_date")
    answers: dict[str, Any] = {"first_anchor_date": contract.schedule.anchor}
    if target is None:
        return answers
    done, due = contract.run(target)
    until = done.billed_through if due or _starts_on_anchor(contract, target) else None
    number = contract.schedule.number_at(done.billed_through)
    return answers | {
        "last_anchor_date": contract.schedule.boundary(number),
        "billable_until_exclusive": until,
        "something_to_bill": until is not None,
        "next_billing_date": _next_billing_date(done),
    }


def _starts_on_anchor(contract: Contract, target: date) -> bool:
    """Whether the start is itself a boundary that the target has passed: nothing, up to there."""
    return contract.schedule.anchor == contract.start <= target


def _next_billing_date(contract: Contract) -> date:
    """In advance, where billing stands; in arrears, the boundary after that, end or no end."""
    if contract.timing is Timing.ADVANCE:
        return contract.billed_through
    return contract.schedule.next_boundary(contract.billed_through + timedelta(days=1))


@adapter("billing_mode", "period", "start_date", "bill_through_target_date|target_date")
def bill_through(given: Given) -> dict[str, Any]:
    """The periods billed, and how many cycles they are, stubs rounded to nine places each."""
    contract = Contract.read(given)
    given.ignore("in_arrear_mode" if given.text("in_arrear_mode") == "default" else "")
    target = given.day("bill_through_target_date", "target_date")
    _, due = contract.run(target)
    return {
        "periods": [Span(*part) for part, _ in due],
        "total_billing_cycles": sum((_cycles(*each) for each in due), Fraction(0)),
        "number_of_billing_cycles": sum((_cycles(*each) for each in due), Fraction(0)),
        "error": Refusal(refused=target < contract.start and not due),
    }


def _cycles(part: Period, whole: Period) -> Fraction:
    return Fraction(round_half_up(fraction(part, whole) * _NINE), _NINE)


@adapter("billing_mode", "period", "start_date", "price")
def invoice_contract(given: Given) -> dict[str, Any]:
    """Invoices of one recurring price, with a fee charged once with the first of them."""
    contract, bill = Contract.read(given), _Bill.read(given)
    first = given.day_or_none("bill_through_target_date", "target_date", "first_run_target")
    answers: dict[str, Any] = {"runs": Series(lambda: _runs(contract, bill))}
    if first is None:
        return answers
    done, items = bill.items(contract, first)
    answers |= {
        "items": Lines(items),
        "item_count": len(items),
        "balance": bill.total(items),
        "amount": bill.total(items),
        "next_billing_date": _next_billing_date(done),
        "first_run": Lines(items),
    }
    if given.has("second_run_target"):
        _, later = bill.items(done, given.day("second_run_target"))
        answers |= {"second_run": Lines(later), "second_run_item_count": len(later)}
    return answers


@dataclass(frozen=True)
class _Bill:
    """A recurring price and a fee, in the currency of the case."""

    price: Price
    purse: Purse

    @classmethod
    def read(cls, given: Given) -> _Bill:
        purse = given.purse()
        model = parse_model({"model": "flat", "amount": str(purse.exact(given.need("price")))})
        fee = purse.exact(given.get("fixed_fee", "setup_fee", "one_off_fee") or 0)
        return cls(Price(purse.currency, model, setup_fee=fee), purse)

    def items(self, contract: Contract, today: date) -> tuple[Contract, list[Span]]:
        """What a run bills; the fee goes with the first run."""
        items = []
        if self.price.setup_fee and contract.billed_through == contract.start <= today:
            fee = self._tell(Fraction(self.price.setup_fee))
            items.append(Span(contract.start, contract.start, fee, {"type": "fixed"}))
        done, due = contract.run(today)
        for part, whole in due:
            rated = rate_price(self.price, Decimal(1), factor=fraction(part, whole))
            items.append(Span(*part, self._tell(rated.amount), {"type": "recurring"}))
        return done, items

    def _tell(self, amount: Fraction) -> Decimal:
        return self.purse.tell(to_minor(amount, self.price.currency))

    def total(self, items: list[Span]) -> Decimal:
        return sum((item.amount for item in items), Decimal(0))


def _runs(contract: Contract, bill: _Bill) -> Iterator[dict[str, Any]]:
    """Run after run, each on the day on which there is something to bill."""
    while (today := contract.next_run_on()) is not None:
        contract, items = bill.items(contract, today)
        yield {
            "run_date": today,
            "item_count": len(items),
            "amount": bill.total(items),
            "items": items,
        }


@adapter("subscriptions|phases|plans", "bill_through_target_date|target_date")
def invoice_several(given: Given) -> dict[str, Any]:
    """Several recurring prices on one invoice; phases follow one another, each ends the last."""
    target = given.need("bill_through_target_date", "target_date")
    phased = given.has("phases")
    entries = [dict(each) for each in given.listed("subscriptions", "phases", "plans")]
    for entry, following in zip(entries, [*entries[1:], {}], strict=True):
        if phased and following:
            entry.setdefault("end_date", following.get("start_date", following.get("start")))
    common = {
        name: given.get(name)
        for name in ("billing_mode", "period", "anchor_day", "currency", "unit", "timing")
        if given.has(name)
    }
    items: list[Span] = []
    total = Decimal(0)
    for entry in entries:
        one = Given({**common, **entry, "bill_through_target_date": target})
        answers = invoice_contract(one)
        if one.unread:
            raise NotExpressedError(f"a subscription that gives {', '.join(one.unread)}")
        items += answers["items"].lines
        total += answers["balance"]
    return {
        "items": Lines(sorted(items, key=lambda item: (item.start, item.end))),
        "item_count": len(items),
        **dict.fromkeys(("balance", "amount", "total"), total),
    }
