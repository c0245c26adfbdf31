"""A share of amounts of money: payments processed, revenue passed through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from quarterday.core.errors import BillingError
from quarterday.core.exact import EXACT, ZERO
from quarterday.core.money import plain
from quarterday.core.pricing.model import (
    Rated,
    Step,
    check_quantity,
    make_rated,
    make_step,
    percent_of_one,
)
from quarterday.core.pricing.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Percentage(Parameters):
    """``rate_percent`` of each event's amount plus ``fixed_fee`` per event, in currency units.

    The first ``free_events`` are free, or those up to ``free_amount`` together; given both, what
    is reached first ends the allowance (0 is not given). An event that only partly is free pays
    the fixed fee, and the rate of the rest. ``floor`` and ``cap`` bound the cost of each event
    that pays, its fixed fee included.

    >>> fee = Percentage(Decimal("1.3"), Decimal(2), free_events=3, free_amount=Decimal(500))
    >>> fee.rate(Decimal(800), [Decimal(each) for each in (50, 100, 250, 400)]).amount
    Fraction(36, 5)
    """

    model: ClassVar[str] = "percentage"
    rate_percent: Decimal
    fixed_fee: Decimal = ZERO
    free_events: int = 0
    free_amount: Decimal = ZERO
    floor: Decimal | None = None
    cap: Decimal | None = None

    def __post_init__(self) -> None:
        if self.free_events < 0 or self.free_amount < 0:
            raise BillingError("free_events and free_amount may not be negative")
        if self.floor is not None and self.cap is not None and self.floor > self.cap:
            raise BillingError(f"the floor {self.floor} is above the cap {self.cap}")

    def rate(self, quantity: Decimal, values: Sequence[Decimal] = ()) -> Rated:
        """The cost of a total amount; without single ``values`` it counts as one event.

        Raises `BillingError` for amounts below zero, and for values that do not sum to the total.
        """
        check_quantity(quantity)
        events = values or ([quantity] if quantity else [])
        total = ZERO
        for value in events:
            check_quantity(value)
            total = EXACT.add(total, value)
        if total != quantity:
            raise BillingError(f"the values sum to {total}, but the quantity is {quantity}")
        return make_rated(self._steps(quantity, self._paid(events)))

    def _paid(self, events: Sequence[Decimal]) -> list[Decimal]:
        """What of each event is charged; events that are free altogether are left out."""
        paid: list[Decimal] = []
        left = self.free_amount
        for number, value in enumerate(events):
            spent = paid or (self.free_events and number >= self.free_events)
            if spent or not (self.free_events or self.free_amount):
                paid.append(value)
            elif self.free_amount and (value > left or not left):
                paid.append(EXACT.subtract(value, left))
            else:
                left = EXACT.subtract(left, value)
        return paid

    def _steps(self, quantity: Decimal, paid: Sequence[Decimal]) -> list[Step]:
        """The steps of the charged events: those at the floor, at the cap, and the others."""
        rate, fee = percent_of_one(self.rate_percent), self.fixed_fee
        rated, plain_events, at_floor, at_cap, charged = ZERO, 0, 0, 0, ZERO
        for value in paid:
            charged = EXACT.add(charged, value)
            cost = EXACT.add(EXACT.multiply(value, rate), fee)
            if self.floor is not None and cost < self.floor:
                at_floor += 1
            elif self.cap is not None and cost > self.cap:
                at_cap += 1
            else:
                rated, plain_events = EXACT.add(rated, value), plain_events + 1
        free = EXACT.subtract(quantity, charged)
        steps = [make_step("free", free, ZERO)] if free else []
        if plain_events:
            steps.append(make_step(f"{plain(self.rate_percent)} %", rated, rate))
        if plain_events and fee:
            steps.append(make_step("fixed fee", Decimal(plain_events), fee))
        if at_floor and self.floor is not None:
            steps.append(make_step("events at the floor", Decimal(at_floor), self.floor))
        if at_cap and self.cap is not None:
            steps.append(make_step("events at the cap", Decimal(at_cap), self.cap))
        return steps
