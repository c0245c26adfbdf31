"""Which of several debts make an amount together."""

from __future__ import annotations

from collections.abc import Sequence

# More open documents of one account are not searched: any amount can be made of enough of them.
_MOST_DEBTS = 24
_MOST_SUMS = 20_000


def find_sum(amounts: Sequence[int], target: int) -> tuple[tuple[int, ...] | None, bool]:
    """The places of amounts that sum to the target exactly, and whether no others do.

    All of them are preferred, then the first ones, as debts are paid the oldest first. The search
    is bounded: what is not found within it is not found, and never certain to be the only one.

    >>> find_sum([10, 20, 40], 60), find_sum([10, 20, 30], 30), find_sum([10, 20], 25)
    (((1, 2), True), ((0, 1), False), (None, False))
    """
    if target <= 0 or not amounts:
        return None, False
    places = tuple(range(len(amounts)))
    if sum(amounts) == target:
        return places, all(one > 0 for one in amounts)
    if len(amounts) > _MOST_DEBTS:
        return _first_ones(amounts, target), False
    # For each sum one way to make it, and whether there is another.
    ways: dict[int, tuple[tuple[int, ...], bool]] = {0: ((), False)}
    for place in places:
        for total, (chosen, is_many) in list(ways.items()):
            reached = total + amounts[place]
            if reached > target:
                continue
            known = ways.get(reached)
            ways[reached] = (known[0], True) if known else ((*chosen, place), is_many)
        if len(ways) > _MOST_SUMS:
            return _first_ones(amounts, target), False
    if target not in ways:
        return None, False
    chosen, is_many = ways[target]
    return _first_ones(amounts, target) or chosen, not is_many


def _first_ones(amounts: Sequence[int], target: int) -> tuple[int, ...] | None:
    total = 0
    for place, one in enumerate(amounts):
        total += one
        if total == target:
            return tuple(range(place + 1))
    return None
