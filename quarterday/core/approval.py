"""From which amount on a second person of the staff has to look before money leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.money import currency, parse_minor


class ApprovalKind(StrEnum):
    """What may need a second pair of eyes: money that goes back, and credit that is given.

    Credit is also whatever a `Waiver` gives up.
    """

    REFUND = "refund"
    CREDIT = "credit"


class Waiver(StrEnum):
    """What gives up what a customer owes or has paid for; all of it counts as credit.

    A credit note, an invoice made void, a fee that is waived, a debt that is written off, and a
    payment whose invoices are credited, so that it becomes credit.
    """

    CREDIT_NOTE = "credit_note"
    VOID = "void_invoice"
    FEE = "waived_fee"
    WRITE_OFF = "write_off"
    PAYMENT = "payment_to_credit"


# Who may do it may also approve it, of somebody else.
NEEDED: Mapping[ApprovalKind, StaffPermission] = {
    ApprovalKind.REFUND: StaffPermission.GIVE_MONEY_BACK,
    ApprovalKind.CREDIT: StaffPermission.GRANT_CREDIT,
}


@dataclass(frozen=True, slots=True)
class ApprovalLimits:
    """Limits in minor units, by kind and currency; see `read_approval_limits`."""

    limits: Mapping[ApprovalKind, Mapping[str, int]] = field(default_factory=dict)

    def needs_another(self, kind: ApprovalKind, currency: str, amount_minor: int) -> bool:
        """Whether somebody else must approve an amount.

        A kind that has limits needs it for every amount in a currency without one: what nobody
        thought of is not waved through.

        >>> limits = read_approval_limits({"refund": {"EUR": "100.00"}})
        >>> limits.needs_another(ApprovalKind.REFUND, "EUR", 10000)
        False
        >>> limits.needs_another(ApprovalKind.REFUND, "EUR", 10001)
        True
        >>> limits.needs_another(ApprovalKind.REFUND, "USD", 1)
        True
        >>> limits.needs_another(ApprovalKind.CREDIT, "EUR", 10**9)
        False
        """
        own = self.limits.get(kind)
        return own is not None and amount_minor > own.get(currency, 0)


def read_approval_limits(data: Any) -> ApprovalLimits:
    """A seller's limits from ``approvals`` of its brand; raises `BillingError`, naming the field.

    >>> read_approval_limits({"refunds": {}})
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: approvals has no 'refunds'; it has refund, credit
    >>> read_approval_limits({"refund": {"EUR": -1}})
    Traceback (most recent call last):
    quarterday.core.errors.BillingError: refund of approvals must have EUR as an amount from 0 on, \
such as "100", not -1
    """
    if not isinstance(data, Mapping):
        raise BillingError(f"approvals must be names and limits, not {data!r}")
    found: dict[ApprovalKind, dict[str, int]] = {}
    for name, given in data.items():
        if name not in tuple(ApprovalKind):
            raise BillingError(f"approvals has no {name!r}; it has {', '.join(ApprovalKind)}")
        if not isinstance(given, Mapping):
            raise BillingError(f"{name} of approvals must be currencies and amounts, not {given!r}")
        found[ApprovalKind(name)] = {
            str(code): _read_limit(name, str(code), amount) for code, amount in given.items()
        }
    return ApprovalLimits(found)


def _read_limit(name: str, code: str, given: Any) -> int:
    try:
        if not isinstance(given, str):
            raise BillingError("no text")
        minor = parse_minor(given, currency(code))
    except BillingError:
        minor = -1
    if minor < 0:
        raise BillingError(
            f'{name} of approvals must have {code} as an amount from 0 on, such as "100", '
            f"not {given!r}"
        )
    return minor
