"""What running contracts are worth: in each of their periods, and in a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby

from quarterday.core.buckets import Buckets
from quarterday.core.discount import still_applies
from quarterday.core.money import currency as find_currency
from quarterday.core.recurring import (
    RecurringPart,
    monthly_minor,
    periods_of_contract,
    price_of_period,
)
from quarterday.services.invoicing.catalog import Catalog, PriceInfo
from quarterday.store.queries.reports.recurring import (
    DiscountedItem,
    DiscountSpan,
    ItemKind,
    read_discount_spans,
    read_discounted,
)


class Worth:
    """Values items by the catalogue, each kind once."""

    def __init__(self) -> None:
        self._catalog = Catalog()
        self.ends_of = lru_cache(maxsize=65536)(self._ends_of)
        self.of_contract = lru_cache(maxsize=65536)(self._of_contract)
        self.of_period = lru_cache(maxsize=65536)(self._of_period)

    def load(self, kinds: Iterable[ItemKind]) -> None:
        """Read the prices of many kinds at once."""
        self._catalog.load_prices({kind.price_id for kind in kinds})

    def _price(self, kind: ItemKind) -> PriceInfo:
        if kind.price_id not in self._catalog.prices:
            self._catalog.load_prices([kind.price_id])
        return self._catalog.price(kind.price_id)

    def currency_of(self, kind: ItemKind) -> str:
        """The currency of a kind's price."""
        return self._price(kind).terms.price.currency.code

    def of_month(self, kind: ItemKind) -> int:
        """Minor units of a month, without discounts."""
        return monthly_minor(self.of_period(kind), kind.cadence)

    def _of_period(self, kind: ItemKind) -> int:
        """Minor units of each period, without discounts; of usage its base only."""
        price = self._price(kind)
        return price_of_period(price.terms.price, kind.quantity, price.meter_id is not None)

    def _of_contract(
        self, kinds: tuple[ItemKind, ...], discounts: tuple[int, ...]
    ) -> Sequence[int]:
        """Minor units of the periods of items that run together, less lasting discounts."""
        parts = [
            RecurringPart(
                self.of_period(kind),
                kind.cadence,
                self._price(kind).product.code,
                kind.quantity,
            )
            for kind in kinds
        ]
        unit = find_currency(self.currency_of(kinds[0]))
        terms = [self._catalog.discount(key) for key in discounts]
        return periods_of_contract(parts, terms, unit)

    def is_in_force(self, span: DiscountSpan, day: date) -> bool:
        """Whether a discount takes something off periods that are charged on a day."""
        if day < span.start_on or (span.end_on is not None and day >= span.end_on):
            return False
        ends = self.ends_of(span)
        return ends is None or day < ends

    def _ends_of(self, span: DiscountSpan) -> date | None:
        """The first day without a discount that is used up; None while some of it is left."""
        left = still_applies(self._catalog.discount(span.discount_id), span.used)
        return None if left else span.used_through or span.start_on


def list_contracts(
    sellers: Sequence[int] | None,
) -> Iterator[tuple[list[DiscountedItem], list[DiscountSpan]]]:
    """Contracts with discounts: their items, and their discounts."""
    spans: Mapping[int, list[DiscountSpan]] = read_discount_spans()
    for key, items in groupby(read_discounted(sellers), key=lambda one: one.subscription_id):
        yield list(items), spans.get(key, [])


def monthly_moves(
    worth: Worth, buckets: Buckets, sellers: Sequence[int] | None
) -> Iterator[tuple[int, int, int]]:
    """How contracts with discounts move month by month: account, part of the range, minor units.

    Moves within one part are summed, so that a change of plan is one move of its difference.
    """
    moves: defaultdict[tuple[int, int], int] = defaultdict(int)
    for items, spans in list_contracts(sellers):
        before = 0
        for day in _changes(worth, items, spans):
            place = buckets.place(day)
            if place >= len(buckets.names):
                break
            now = sum(
                monthly_minor(minor, item.kind.cadence)
                for item, minor in running(worth, items, spans, day)
            )
            moves[items[0].account_id, place] += now - before
            before = now
    for (account, place), minor in moves.items():
        if minor:
            yield account, place, minor


def running(
    worth: Worth, items: Sequence[DiscountedItem], spans: Sequence[DiscountSpan], day: date
) -> list[tuple[DiscountedItem, int]]:
    """The items of a contract that run on a day, with what each charges in its period."""
    found = [one for one in items if one.begins <= day and (one.end_on is None or day < one.end_on)]
    if not found:
        return []
    discounts = tuple(one.discount_id for one in spans if worth.is_in_force(one, day))
    nets = worth.of_contract(tuple(one.kind for one in found), discounts)
    return list(zip(found, nets, strict=True))


def _changes(
    worth: Worth, items: Sequence[DiscountedItem], spans: Sequence[DiscountSpan]
) -> list[date]:
    """The days on which what a contract is worth may change."""
    days: set[date | None] = {day for one in items for day in (one.begins, one.end_on)}
    for span in spans:
        days |= {span.start_on, span.end_on, worth.ends_of(span)}
    return sorted(day for day in days if day is not None)
