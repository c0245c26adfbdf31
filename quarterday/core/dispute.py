"""What a seller does about payments that are taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from quarterday.core.errors import BillingError


class WhenLost(StrEnum):
    """What becomes of invoices whose dispute is lost: ``OWED`` stay open for people to decide,
    ``WRITE_OFF`` are given up.
    """

    OWED = "owed"
    WRITE_OFF = "write_off"


@dataclass(frozen=True, slots=True)
class DisputePolicy:
    """What happens by itself when a dispute is over."""

    when_lost: WhenLost = WhenLost.OWED


_NAMES = ("lost",)

# Later news about the same dispute count less than earlier ones if they rank lower: so the books
# are the same in whatever order they come. A dispute that was lost may still be won on appeal.
_RANKS = {"opened": 0, "returned": 1, "lost": 2, "won": 3}


def is_further(known: str, said: str) -> bool:
    """Whether a state is news for a dispute that is known to be in another.

    >>> is_further("opened", "won"), is_further("won", "opened"), is_further("lost", "lost")
    (True, False, False)
    """
    return _RANKS[said] > _RANKS[known]


def read_dispute_policy(data: Mapping[str, Any]) -> DisputePolicy:
    """A seller's policy; what it does not say is as usual. Raises `BillingError`.

    >>> read_dispute_policy({"lost": "write_off"}).when_lost
    <WhenLost.WRITE_OFF: 'write_off'>
    >>> read_dispute_policy({"lost": "cry"})
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: disputes must have lost as owed or write_off, not 'cry'
    """
    if not isinstance(data, Mapping):
        raise BillingError("disputes must be names and values, such as lost")
    for name in data:
        if name not in _NAMES:
            raise BillingError(f"disputes has an unknown {name!r}; it knows {', '.join(_NAMES)}")
    lost = data.get("lost", WhenLost.OWED)
    if lost not in list(WhenLost):
        raise BillingError(f"disputes must have lost as {' or '.join(WhenLost)}, not {lost!r}")
    return DisputePolicy(WhenLost(lost))
