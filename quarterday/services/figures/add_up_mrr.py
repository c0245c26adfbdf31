"""What recurs each month, and how that moved, as figures of months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import Min

from quarterday.core.figures import MOVES, Amount, DayAmount, Figure, months_through
from quarterday.services.reports.read_mrr import read_mrr
from quarterday.store.models import Seller, SubscriptionItem

_MOST_MONTHS = 240
_OF_KIND = {str(figure).removeprefix("mrr_"): figure for figure in MOVES}


def add_up_mrr(seller: Seller, today: date) -> Iterator[DayAmount]:
    """MRR at the end of each month, or today, and its movements; all on the month's first day.

    It begins with the first contract, twenty years ago at most.
    """
    items = SubscriptionItem.objects.filter(subscription__account__seller=seller)
    first = items.aggregate(first=Min("start_on"))["first"]
    if first is None or first > today:
        return
    count = (today.year - first.year) * 12 + today.month - first.month + 1
    months = months_through(today, min(count, _MOST_MONTHS))
    levels: dict[str, list[int]] = defaultdict(lambda: [0] * len(months.names))
    moves: dict[tuple[int, str, Figure], Amount] = defaultdict(Amount)
    for one in read_mrr(months, [seller.id]):
        for place in range(max(one.place, 0), len(months.names)):
            levels[one.currency][place] += one.moved_minor
        if one.place >= 0 and (figure := _OF_KIND.get(one.kind)):
            key = one.place, one.currency, figure
            moves[key] = moves[key].plus(Amount(one.accounts, one.moved_minor))
    for currency, amounts in levels.items():
        for place, minor in enumerate(amounts):
            yield DayAmount(months.bounds[place], currency, Figure.MRR, Amount(0, minor))
    for (place, currency, figure), amount in moves.items():
        yield DayAmount(months.bounds[place], currency, figure, amount)
