"""Which discounts apply to which charges, and how that uses them up.

A discount counts by periods of the contract, whatever bills them: the first charge of a period
uses it once, and whatever else is billed of that period has it too, on the same invoice or later.
So catching up gives the same as billing each day, and late usage costs what it would have cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from quarterday.core.discount import Discount, DiscountKind, Duration, aims_at, still_applies
from quarterday.core.invoice import Charge
from quarterday.core.period import Period, Schedule
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.drafts import AccountState, Groups, UsedDiscount
from quarterday.store.queries.billing import DiscountRow

_DISCOUNTED = frozenset(("recurring", "usage", "supplement", "setup"))


class _Place(NamedTuple):
    """A charge that may be discounted, where it stands, and the period that it belongs to."""

    period: Period
    charges: list[Charge]
    at: int

    @property
    def charge(self) -> Charge:
        return self.charges[self.at]


@dataclass(slots=True)
class _Use:
    """A discount of a subscription while charges use it up."""

    row: DiscountRow
    terms: Discount
    used: int
    through: date | None

    def takes(self, charge: Charge, period: Period) -> bool:
        """Whether it applies to a charge; it is used once more when the period is a new one."""
        is_setup = charge.kind == "setup"
        if charge.amount.minor <= 0 or not aims_at(self.terms, charge.product, is_setup):
            return False
        if not _meets(self.row, charge.period):
            return False
        if self.through is not None and period.end <= self.through:
            return self._takes_again(charge, period)
        if not still_applies(self.terms, self.used):
            return False
        self.used, self.through = self.used + 1, period.end
        return True

    def _takes_again(self, charge: Charge, period: Period) -> bool:
        """A fixed amount per period was taken off already, except off days that are billed anew."""
        billed_before = self.row.used_through is not None and period.end <= self.row.used_through
        if self.terms.kind is not DiscountKind.FIXED or not billed_before:
            return True
        return charge.kind == "recurring" and self.terms.duration is not Duration.ONCE


def use_discounts(state: AccountState, groups: Groups, catalog: Catalog) -> list[UsedDiscount]:
    """Give each charge the discounts that apply to it; how that uses them up."""
    uses = {
        subscription: [
            _Use(row, catalog.discount(row.discount_id), row.used, row.used_through) for row in rows
        ]
        for subscription, rows in state.discounts.items()
    }
    for place in sorted(_places(state, groups), key=lambda one: one.period):
        charge = place.charge
        subscription = charge.key.subscription_id
        taken = tuple(use.terms for use in uses[subscription] if use.takes(charge, place.period))
        place.charges[place.at] = charge._replace(
            discounts=taken, benefit=(subscription, place.period.start)
        )
    return [
        UsedDiscount(use.row.id, use.row.used, use.used, use.through)
        for rows in uses.values()
        for use in rows
        if use.used != use.row.used and use.through is not None
    ]


def _meets(row: DiscountRow, period: Period) -> bool:
    """Whether a day of a period lies within the days of a discount; a fee has one day."""
    begins = row.end_on is None or period.start < row.end_on
    return begins and row.start_on < max(period.end, date.fromordinal(period.start.toordinal() + 1))


def _places(state: AccountState, groups: Groups) -> Iterator[_Place]:
    """The charges of subscriptions that have discounts."""
    schedules = _schedules(state)
    firsts: dict[int | None, date] = {}
    for charges in groups.values():
        for charge in charges:
            if charge.kind == "recurring":
                item = charge.key.item_id
                firsts[item] = min(firsts.get(item, charge.period.start), charge.period.start)
    for charges in groups.values():
        for index, charge in enumerate(charges):
            subscription = charge.key.subscription_id
            if charge.kind not in _DISCOUNTED or subscription not in state.discounts:
                continue
            on = charge.period.start
            if charge.kind == "setup":
                # Before a trial, but billed with the first period after it.
                on = firsts.get(charge.key.item_id, on)
            schedule = schedules.get(subscription)
            yield _Place(schedule.containing(on) if schedule else charge.period, charges, index)


def _schedules(state: AccountState) -> dict[int | None, Schedule]:
    """The periods of each subscription: those of its base."""
    found: dict[int | None, Schedule] = {}
    for item in sorted(state.items, key=lambda one: one.role != "base"):
        found.setdefault(item.subscription_id, item.schedule)
    return found
