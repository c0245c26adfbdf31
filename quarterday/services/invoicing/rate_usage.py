"""Usage into charges: each period once, and what came late as a supplement (rule 11)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from quarterday.core.discount import Discount
from quarterday.core.invoice import Amount, Charge, dump, rate_charge
from quarterday.core.metering import (
    Aggregation,
    Measurement,
    aggregate,
    sort_measurements,
    to_quantity,
)
from quarterday.core.money import Currency, from_minor, plain, to_minor
from quarterday.core.period import Period
from quarterday.core.pricing.price import true_up
from quarterday.core.proration import factor
from quarterday.services.invoicing.catalog import Catalog, PriceInfo
from quarterday.services.invoicing.draft_account import AccountState, ChargeKey, ItemCharges
from quarterday.store.queries.billing import ItemRow
from quarterday.store.queries.usage import (
    UsageRow,
    load_billed,
    load_billed_starts,
    load_spent,
    load_usage,
)

_CARRIED = {Aggregation.TIME_WEIGHTED}


@dataclass(slots=True)
class StoredUsage:
    """Rates the usage that is stored. ``unbilled`` says on which days there is any left to bill."""

    catalog: Catalog
    unbilled: dict[tuple[int, int], list[date]] = field(default_factory=dict)

    def charge_usage(
        self,
        state: AccountState,
        item: ItemRow,
        price: PriceInfo,
        pieces: Sequence[tuple[Period, Period]],
        discounts: tuple[Discount, ...],
    ) -> ItemCharges:
        """The periods that ended, then supplements for periods billed before."""
        found = ItemCharges([], [])
        for part, whole in pieces:
            rows, replaced = load_usage(
                item.subscription_id, price.meter_id or 0, part.start, part.end
            )
            amount, quantity = self._rate(state, item, price, part, whole, rows)
            charge = self._charge(state, item, price, part, quantity, amount, "usage", 0)
            found.charges.append(charge._replace(discounts=discounts))
            found.usage_ids.extend(_unbilled_ids(rows, replaced))
        for part in self._late_periods(item, price):
            self._add_supplement(state, item, price, part, discounts, found)
        return found

    def _late_periods(self, item: ItemRow, price: PriceInfo) -> list[Period]:
        """Billed periods of an item on whose days there is usage not yet billed."""
        days = self.unbilled.get((item.subscription_id, price.meter_id or 0), [])
        late = [day for day in days if item.start_on <= day < item.billed_through]
        if not late:
            return []
        billed = [Period(start, end) for start, end in load_billed_starts(item.id)]
        return [part for part in billed if any(part.holds(day) for day in late)]

    def _add_supplement(
        self,
        state: AccountState,
        item: ItemRow,
        price: PriceInfo,
        part: Period,
        discounts: tuple[Discount, ...],
        found: ItemCharges,
    ) -> None:
        """The difference between what a period costs now and what was billed for it."""
        rows, replaced = load_usage(item.subscription_id, price.meter_id or 0, part.start, part.end)
        whole = item.schedule.containing(part.start)
        amount, quantity = self._rate(state, item, price, part, whole, rows)
        billed = load_billed(item.id, part.start)
        found.usage_ids.extend(_unbilled_ids(rows, replaced))
        difference = amount.minor - billed.gross_minor
        if not difference:
            return
        explanation = json.loads(amount.explanation)
        explanation |= {
            "rule": "11",
            "total_minor": amount.minor,
            "billed_before_minor": billed.gross_minor,
            "amount_minor": difference,
        }
        unit = price.terms.price.currency
        supplement = Amount(
            difference, from_minor(difference, unit), dump(explanation), amount.factor
        )
        charge = self._charge(
            state, item, price, part, quantity, supplement, "supplement", billed.bills
        )
        found.charges.append(charge._replace(discounts=discounts if difference > 0 else ()))

    def _rate(
        self,
        state: AccountState,
        item: ItemRow,
        price: PriceInfo,
        part: Period,
        whole: Period,
        rows: Sequence[UsageRow],
    ) -> tuple[Amount, Decimal]:
        """Aggregate the measurements of a period and price the quantity.

        The quantity is what was used in those days, so only a minimum is prorated.
        """
        zone = ZoneInfo(self.catalog.seller(state.account.seller_id).time_zone)
        start, end = (datetime.combine(day, time(), zone) for day in part)
        kind = Aggregation(price.aggregation)
        measured = [row.measurement for row in rows]
        initial = self._level_before(item, price, part.start) if kind in _CARRIED else Decimal(0)
        total = aggregate(kind, measured, start, end, initial)
        quantity = to_quantity(total) if isinstance(total, Fraction) else total
        values: Sequence[Decimal] = ()
        if price.terms.price.model.model == "percentage":
            ordered: Sequence[Measurement] = sort_measurements(measured, start, end)
            values = [one.value for one in ordered]
        return rate_charge(price.terms, quantity, part, whole, values=values, usage=True), quantity

    def _level_before(self, item: ItemRow, price: PriceInfo, start: date) -> Decimal:
        """The running level that a period begins with: the sum of all changes before it."""
        rows, _ = load_usage(item.subscription_id, price.meter_id or 0, None, start)
        return sum((row.measurement.value for row in rows), Decimal(0))

    def _charge(
        self,
        state: AccountState,
        item: ItemRow,
        price: PriceInfo,
        part: Period,
        quantity: Decimal,
        amount: Amount,
        kind: str,
        revision: int,
    ) -> Charge:
        product = price.product
        rates, treatment = self.catalog.tax(state.account, product.tax_class, part.start)
        key = ChargeKey(
            item.subscription_id, item.id, None, product.id, product.income_code, revision
        )
        return Charge(
            key,
            kind,
            product.code,
            price.description,
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
        pieces: Sequence[tuple[Period, Period]],
        drafted: Sequence[Charge],
    ) -> ItemCharges:
        """What a subscription lacks to its minimum commitment in each period that ended."""
        found = ItemCharges([], [])
        for part, whole in pieces:
            spent = load_spent(item.subscription_id, part.start, part.end)
            spent += sum(
                charge.amount.minor
                for charge in drafted
                if charge.key.subscription_id == item.subscription_id
                and part.holds(charge.period.start)
            )
            amount = _true_up(price, part, whole, spent)
            one = Decimal(1)
            found.charges.append(
                self._charge(state, item, price, part, one, amount, "commitment", 0)
            )
        return found


def _true_up(price: PriceInfo, part: Period, whole: Period, spent_minor: int) -> Amount:
    """The missing part of a commitment, rounded once, and how it came to be."""
    terms = price.terms
    unit: Currency = terms.price.currency
    share = factor(part, whole, terms.convention, terms.policy)
    commitment = price.commitment or Decimal(0)
    missing = to_minor(true_up(commitment, Fraction(from_minor(spent_minor, unit)), share), unit)
    explanation = {
        "rule": "4, 5",
        "price": terms.label,
        "commitment": plain(commitment),
        "factor": str(share),
        "days": part.days,
        "of_days": whole.days,
        "convention": str(terms.convention),
        "spent_minor": spent_minor,
        "amount_minor": missing,
    }
    return Amount(missing, from_minor(missing, unit), dump(explanation))


def _unbilled_ids(rows: Sequence[UsageRow], replaced: Sequence[int]) -> list[int]:
    return [row.id for row in rows if not row.billed] + list(replaced)
