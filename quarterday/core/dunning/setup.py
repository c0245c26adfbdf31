"""What a seller sets about dunning besides the policy: since when, at which hours, which fee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from quarterday.core.dunning.policy import NONE
from quarterday.core.dunning.read import is_code
from quarterday.core.errors import BillingError
from quarterday.core.limits import check_day

_NAMES = ("fee_product", "hours", "policy", "since", "transfer_days")


@dataclass(frozen=True, slots=True)
class DunningSetup:
    """How a seller reminds.

    ``policy`` is the one of all whose settings name no other. Nobody is reminded of what was due
    before ``since``. Between the two ``hours``, in the zone of the customer, things are done.
    ``fee_product`` is the code of the product that late fees are invoiced as. Who said that a
    transfer is on its way is left alone for ``transfer_days``.
    """

    policy: str = ""
    since: date | None = None
    hours: tuple[int, int] = (9, 19)
    fee_product: str = "late-fee"
    transfer_days: int = 5


def read_setup(data: Any) -> DunningSetup:
    """A seller's setup, or only the code of its policy; what it does not say is as usual.

    Raises `BillingError`.

    >>> read_setup({"since": "2026-12-01", "hours": [8, 20]}).hours
    (8, 20)
    >>> read_setup({"hours": [20, 8]})
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: dunning must have hours as two whole hours of a day, the \
earlier first, such as [9, 19]
    """
    if isinstance(data, str):
        data = {"policy": data}
    if not isinstance(data, Mapping):
        raise BillingError("dunning must be names and values, such as since")
    if extra := sorted(set(data) - set(_NAMES)):
        raise BillingError(f"dunning knows no {extra[0]!r}; it knows {', '.join(_NAMES)}")
    product = data.get("fee_product", "late-fee")
    if not isinstance(product, str) or not product.strip():
        raise BillingError("dunning must have fee_product as the code of a product")
    days = data.get("transfer_days", 5)
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= 30:
        raise BillingError("dunning must have transfer_days as a whole number from 0 to 30")
    policy = data.get("policy", "")
    if not isinstance(policy, str) or (policy and policy != NONE and not is_code(policy)):
        raise BillingError("dunning must have policy as the code of one, such as standard")
    return DunningSetup(policy, _read_since(data), _read_hours(data), product.strip(), days)


def _read_since(data: Mapping[str, Any]) -> date | None:
    given = data.get("since")
    if not given:
        return None
    try:
        return check_day(date.fromisoformat(str(given)))
    except ValueError:
        raise BillingError(
            f"dunning must have since as a date such as 2026-12-01, not {given!r}"
        ) from None


def _read_hours(data: Mapping[str, Any]) -> tuple[int, int]:
    given = data.get("hours", (9, 19))
    is_pair = isinstance(given, list | tuple) and len(given) == 2
    if is_pair and all(isinstance(one, int) and not isinstance(one, bool) for one in given):
        first, last = given
        if 0 <= first < last <= 24:
            return first, last
    raise BillingError(
        "dunning must have hours as two whole hours of a day, the earlier first, such as [9, 19]"
    )
