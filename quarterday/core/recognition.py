"""Which part of a line's amount its service days have earned by a day.

An amount is spread over the days of its line as evenly as minor units allow: by largest
remainder, as everywhere (billing rule 5), so that the days sum to the line exactly. What is
earned up to a day has a closed form, and so a million lines need not be spread one by one.

A day's part is earned on that day, or on the day of the document where that is later: books of
days that are over never change. A line without service days is earned with its document.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


def earned_minor(total_minor: int, days: int, served: int) -> int:
    """What the first ``served`` of ``days`` have earned of an amount, in minor units.

    >>> [earned_minor(100, 3, served) for served in range(4)]
    [0, 34, 67, 100]
    >>> earned_minor(-100, 3, 2), earned_minor(100, 0, 0)
    (-67, 100)
    """
    if days <= 0:
        return total_minor
    served = max(0, min(served, days))
    each, rest = divmod(abs(total_minor), days)
    earned = each * served + min(served, rest)
    return -earned if total_minor < 0 else earned


class LikeLines(NamedTuple):
    """Lines that share their days and their remainder, added up.

    ``each_minor`` is the sum of what every day of theirs has; ``rest`` is how many days of one
    line have a minor unit more, below zero where its amount is; ``number`` is how many lines.
    """

    start: date
    end: date
    each_minor: int
    rest: int
    number: int

    @property
    def total_minor(self) -> int:
        """What all of them sum to.

        >>> LikeLines(date(2026, 1, 1), date(2026, 1, 4), 66, 1, 2).total_minor
        200
        """
        return self.each_minor * max(1, self._days) + self.rest * self.number

    def earned_before(self, day: date) -> int:
        """What the days before ``day`` have earned, in minor units.

        >>> LikeLines(date(2026, 1, 1), date(2026, 1, 4), 66, 1, 2).earned_before(date(2026, 1, 3))
        134
        """
        if self._days <= 0:
            return self.total_minor
        served = max(0, min(day.toordinal() - self.start.toordinal(), self._days))
        more = min(served, abs(self.rest)) * self.number
        return self.each_minor * served + (-more if self.rest < 0 else more)

    @property
    def _days(self) -> int:
        return self.end.toordinal() - self.start.toordinal()
