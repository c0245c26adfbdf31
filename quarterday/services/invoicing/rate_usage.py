"""Usage into charges: each period once, and what came late as a supplement (rule 11)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from quarterday.core.errors import BillingError
from quarterday.core.invoice import Amount, Charge, DraftLine, dump, rate_charge
from quarterday.core.metering import Aggregation, aggregate, sort_measurements, to_quantity
from quarterday.core.money import from_minor
from quarterday.core.period import Period
from quarterday.core.tax import credit_tax
from quarterday.services.invoicing.catalog import Catalog, PriceInfo
from quarterday.services.invoicing.drafts import AccountState, ChargeKey, ItemCharges, Pieces
from quarterday.services.invoicing.true_up import true_up_amount, true_up_periods
from quarterday.store.queries.billing import ItemRow
from quarterday.store.queries.usage import (
    BilledPeriod,
    load_billed,
    load_billed_periods,
    load_usage,
)

# What these measure goes on from period to period: a change counts until the next one.
_CARRIED = {Aggregation.TIME_WEIGHTED}


class RatedUsage(NamedTuple):
    """What the usage of a period costs, and the events that are taken into account by it."""

    amount: Amount
    quantity: Decimal
    usage_ids: list[int]


@dataclass(slots=True)
class StoredUsage:
    """Rates the usage that is stored. ``unbilled`` says on which days there is any left to bill."""

    catalog: Catalog
    unbilled: dict[tuple[int, int], list[date]] = field(default_factory=dict)

    def charge_usage(
        self, state: AccountState, item: ItemRow, price: PriceInfo, pieces: Pieces
    ) -> ItemCharges:
        """The periods that ended, then supplements for periods billed before."""
        found = ItemCharges([], [])
        for part, whole in pieces:
            rated = self.rate_period(state.account.seller_id, item, price, part, whole)
            charge = self._charge(state, item, price, part, rated.quantity, rated.amount, "usage")
            found.charges.append(charge)
            found.usage_ids.extend(rated.usage_ids)
        for part in self._late_periods(item, price):
            rated = self.rate_period(
                state.account.seller_id, item, price, part, item.schedule.containing(part.start)
            )
            found.usage_ids.extend(rated.usage_ids)
            billed = load_billed(item, "usage", part.start)
            charge = self._charge(
                state, item, price, part, rated.quantity, rated.amount, "supplement"
            )
            found.charges.extend(_supplement(charge, price, billed))
        return found

    def _late_periods(self, item: ItemRow, price: PriceInfo) -> list[Period]:
        """Billed periods of an item for which there is usage not yet billed."""
        days = self.unbilled.get((item.subscription_id, price.meter_id or 0), [])
        carried = price.aggregation in _CARRIED
        late = [
            day for day in days if day < item.billed_through and (carried or item.start_on <= day)
        ]
        if not late:
            return []
        periods = load_billed_periods(item.id, "usage")
        if carried:
            return [part for part in periods if min(late) < part.end]
        return [part for part in periods if any(part.holds(day) for day in late)]

    def rate_period(
        self, seller_id: int, item: ItemRow, price: PriceInfo, part: Period, whole: Period
    ) -> RatedUsage:
        """Aggregate the measurements of a period and price the quantity.

        The quantity is what was used in those days, so only a minimum is prorated.
        """
        zone = ZoneInfo(self.catalog.seller(seller_id).time_zone)
        start, end = (datetime.combine(day, time(), zone) for day in part)
        kind = Aggregation(price.aggregation)
        since = None if kind in _CARRIED else part.start
        rows, replaced = load_usage(item.subscription_id, price.meter_id or 0, since, part.end)
        usage_ids = [row.id for row in rows if not row.billed] + replaced
        level = sum((row.measurement.value for row in rows if row.on < part.start), Decimal(0))
        measured = sort_measurements(
            [row.measurement for row in rows if row.on >= part.start], start, end
        )
        total = aggregate(kind, measured, start, end, level)
        quantity = to_quantity(total) if isinstance(total, Fraction) else total
        single = kind is Aggregation.SUM and price.terms.price.model.model == "percentage"
        values = [one.value for one in measured] if single else []
        try:
            amount = rate_charge(price.terms, quantity, part, whole, values=values, usage=True)
        except BillingError as error:
            raise BillingError(
                f"the usage of {price.terms.label} from {part} cannot be priced: {error}; "
                "correct the measurements"
            ) from None
        return RatedUsage(amount, quantity, usage_ids)

    def _charge(
        self,
        state: AccountState,
        item: ItemRow,
        price: PriceInfo,
        part: Period,
        quantity: Decimal,
        amount: Amount,
        kind: str,
    ) -> Charge:
        product = price.product
        rates, treatment = self.catalog.tax(state.account, product.tax_class, part.start)
        return Charge(
            ChargeKey(item.subscription_id, item.id, None, product.id, product.income_code),
            kind,
            product.code,
            f"Minimum: {price.description}" if kind == "commitment" else price.description,
            part,
            quantity,
            price.terms.price.unit_code,
            amount,
            price.terms.inclusive,
            rates,
            treatment,
        )

    def charge_commitment(
        self,
        state: AccountState,
        item: ItemRow,
        price: PriceInfo,
        pieces: Pieces,
        drafted: Sequence[DraftLine],
    ) -> list[Charge]:
        """What a subscription lacks to its minimum commitment in each period that ended.

        Where late usage changes what was spent in a period billed before, a supplement changes
        what was missing.
        """
        one, charges = Decimal(1), []
        lines = [*state.earlier, *drafted]
        for part, whole in pieces:
            amount = true_up_amount(item, price, part, whole, lines)
            charges.append(self._charge(state, item, price, part, one, amount, "commitment"))
        for part in true_up_periods(item, drafted):
            whole = item.schedule.containing(part.start)
            amount = true_up_amount(item, price, part, whole, lines)
            charge = self._charge(state, item, price, part, one, amount, "supplement")
            charges += _supplement(charge, price, load_billed(item, "commitment", part.start))
        return charges


def _supplement(charge: Charge, price: PriceInfo, billed: BilledPeriod) -> list[Charge]:
    """The difference between what a period costs now and what was billed for it, if any.

    Where it costs less, the same share of the discount goes back.
    """
    amount = charge.amount
    difference = amount.minor - billed.gross_minor
    if not difference:
        return []
    explanation = json.loads(amount.explanation)
    explanation |= {
        "rule": "11",
        "total_minor": amount.minor,
        "billed_before_minor": billed.gross_minor,
        "amount_minor": difference,
    }
    discount = 0
    if difference < 0 and billed.discount_minor:
        discount = -credit_tax(billed.gross_minor, billed.discount_minor, 0, 0, -difference)
        explanation["discount_minor"] = discount
    unit = price.terms.price.currency
    return [
        charge._replace(
            key=charge.key._replace(revision=billed.bills),
            amount=Amount(
                difference, from_minor(difference, unit), dump(explanation), amount.factor
            ),
            discount_minor=discount,
        )
    ]
