"""What somebody of the staff wants done: a refund, credit, or giving up what is owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from quarterday.core.approval import ApprovalKind, Waiver
from quarterday.core.errors import BillingError
from quarterday.core.limits import check_minor
from quarterday.services.approvals.waive import measure_waiver
from quarterday.services.errors import Conflict
from quarterday.services.inputs import check_text
from quarterday.store.models import Account, Invoice, Payment

_REASON = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """``subject`` is the public id of what it is about, ``data`` what else the service is told."""

    kind: ApprovalKind
    account: Account
    currency: str
    amount_minor: int
    subject: str
    reason: str
    data: Mapping[str, Any]


def wish_refund(
    *,
    payment: Payment,
    amount_minor: int,
    reason: str,
    by_gateway: bool = True,
    reopen: bool = False,
) -> Wish:
    """To give a part of a payment back: by the gateway it came by, or recorded as given by hand.

    Raises `BillingError` for an amount that is none, and without a reason.
    """
    return Wish(
        kind=ApprovalKind.REFUND,
        account=payment.account,
        currency=payment.currency,
        amount_minor=_check_amount(amount_minor),
        subject=payment.public_id,
        reason=check_text(reason, "reason", _REASON),
        data={"by_gateway": by_gateway, "reopen": reopen},
    )


def wish_credit(
    *,
    account: Account,
    amount_minor: int,
    reason: str,
    kind: str = "goodwill",
    method: str = "",
    expires_on: date | None = None,
    scope: Mapping[str, Any] | None = None,
) -> Wish:
    """To give an account credit, as `grant_credit` does; raises `BillingError` as above."""
    return Wish(
        kind=ApprovalKind.CREDIT,
        account=account,
        currency=account.currency,
        amount_minor=_check_amount(amount_minor),
        subject=account.public_id,
        reason=check_text(reason, "reason", _REASON),
        data={
            "kind": kind,
            "method": method,
            "expires_on": expires_on.isoformat() if expires_on else "",
            "scope": dict(scope or {}),
        },
    )


def wish_waiver(
    waiver: Waiver,
    *,
    subject: Invoice | Payment,
    reason: str,
    lines: Mapping[int, int | None] | None = None,
) -> Wish:
    """To give up what an invoice charged, or what a payment has paid, as `Waiver` says.

    ``lines`` are amounts in minor units by position, as for `credit_invoice`. The amount is what
    is given up, with tax. Raises `Conflict` where nothing is left, and `BillingError` without a
    reason.
    """
    given = {str(position): minor for position, minor in (lines or {}).items()}
    amount = measure_waiver(waiver, subject, lines)
    if amount < 1:
        raise Conflict(f"nothing is left of {subject} to give up")
    return Wish(
        kind=ApprovalKind.CREDIT,
        account=subject.account,
        currency=subject.currency,
        amount_minor=check_minor(amount, "amount_minor"),
        subject=subject.public_id,
        reason=check_text(reason, "reason", _REASON),
        data={"waiver": waiver, "lines": given},
    )


def _check_amount(amount_minor: int) -> int:
    if amount_minor < 1:
        raise BillingError(f"amount must be above zero, not {amount_minor}")
    return check_minor(amount_minor, "amount_minor")
