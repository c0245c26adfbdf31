"""Write down that an account is about to pay, before any gateway is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.funds import check_funds
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.limits import check_minor
from quarterday.ports.gateway import Ability
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.compare import show_amount
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.payments.cancel_attempt import drop_attempt, record_attempt
from quarterday.store.models import (
    Account,
    AccountStatus,
    AttemptPurpose,
    AttemptStatus,
    Invoice,
    PaymentAttempt,
    PaymentMethod,
)
from quarterday.store.queries.method_fees import find_fee_product, find_method_fee
from quarterday.store.queries.paying import (
    can,
    is_offered,
    is_promise,
    list_live_attempts,
    open_gateway_of,
    read_fund_limits,
    sum_funds,
    sum_on_the_way,
)

# Whoever tries stolen cards needs many tries; nobody else does.
_MOST_FAILURES, _WITHIN = 15, timedelta(hours=1)
# Each makes a page at the gateway, which nobody needs so many of.
_MOST_BEGUN = 100
_GOOD = (AttemptStatus.SUCCEEDED, AttemptStatus.PENDING)


class TooOften(BillingError):  # noqa: N818 - named for what it says
    """Too many payments of an account have failed, or were begun, in a short time."""


def start_attempt(
    *,
    account: Account,
    gateway: str,
    amount_minor: int,
    invoices: Sequence[str],
    now: datetime,
    choice: str = "",
    purpose: AttemptPurpose = AttemptPurpose.PAY,
    method: PaymentMethod | None = None,
    data: Mapping[str, Any] | None = None,
    is_automatic: bool = False,
    actor: str = "system",
) -> PaymentAttempt:
    """The intent to pay; commit it, then ask the gateway with its public id as idempotency key.

    ``invoices`` are public ids to settle in their order; none means credit, within the seller's
    limits. No invoice is paid twice: what another attempt has set off already counts, and one
    that only waits for the payer is cancelled by this one, unless it ``is_automatic``: nobody's
    own payment is taken out of their hands. A fee that the seller asks for paying this way comes on
    top of ``amount_minor``. Raises `BillingError` for bad input,
    `Conflict` while another payment of the same is on its way, and `TooOften` after many failures
    or beginnings.
    """
    with transaction.atomic():
        account = claim_account(account.id)
        _check_gateway(account, gateway, method)
        _check_pace(account, now, is_automatic)
        named = list(dict.fromkeys(invoices))
        is_promised = _is_promised(account, gateway, choice)
        if purpose is AttemptPurpose.PAY:
            if amount_minor < 1:
                raise BillingError(f"amount_minor must be at least 1, not {amount_minor}")
            check_minor(amount_minor, "amount_minor")
            if is_promised and (known := _find_promise(account, gateway, amount_minor, named)):
                return known
            if is_automatic:
                _leave_payer(account, named)
            else:
                _cancel_waiting(account, named, now, actor)
            _check_amount(account, amount_minor, named)
        fee_minor = 0
        if purpose is AttemptPurpose.PAY and not is_promised:
            fee_minor = find_method_fee(account, gateway, choice, amount_minor)
        product = find_fee_product(account) if fee_minor else None
        attempt = PaymentAttempt.objects.create(
            account=account,
            purpose=purpose,
            gateway=gateway,
            choice=choice,
            method=method,
            currency=account.currency,
            amount_minor=amount_minor + fee_minor if purpose is AttemptPurpose.PAY else 0,
            fee_minor=fee_minor,
            invoices=named,
            actor=actor,
            created_at=now,
            is_promise=is_promised,
            is_automatic=is_automatic,
            # The policy may have changed by the time when the money comes.
            data={**(data or {}), **({"fee_product": product.code} if product else {})},
        )
        record_attempt(account, attempt, "payment_attempt.started", now, actor)
    return attempt


def _check_gateway(account: Account, gateway: str, method: PaymentMethod | None) -> None:
    if not is_offered(account.seller, gateway, account.currency):
        raise BillingError(
            f"gateway {gateway!r} is not offered for {account.currency}; choose another way to pay"
        )
    if method is None:
        return
    known = PaymentMethod.objects.filter(id=method.id, account=account, removed_at=None).first()
    if known is None or known.gateway != gateway:
        raise NotFound("this way to pay is no longer kept; choose another one")


def _check_pace(account: Account, now: datetime, is_automatic: bool) -> None:
    rows = PaymentAttempt.objects.filter(account=account, created_at__gt=now - _WITHIN)
    begun = rows.filter(is_automatic=False, is_promise=False).exclude(status__in=_GOOD)
    if not is_automatic and begun.count() >= _MOST_BEGUN:
        raise TooOften(
            f"{_MOST_BEGUN} payments of account {account} were begun within the last hour and not "
            "finished; try again in an hour"
        )
    if rows.filter(status=AttemptStatus.FAILED).count() >= _MOST_FAILURES:
        raise TooOften(
            f"{_MOST_FAILURES} payments of account {account} failed within the last hour; try "
            "again in an hour"
        )


def _is_promised(account: Account, gateway: str, choice: str) -> bool:
    """Whether the payer only says to pay elsewhere, such as by a transfer."""
    opened = open_gateway_of(account.seller, gateway)
    return can(opened, choice, account.currency, Ability.INSTRUCT)


def _find_promise(
    account: Account, gateway: str, amount_minor: int, invoices: list[str]
) -> PaymentAttempt | None:
    """The same promise made before, so that asking twice shows the same details."""
    for one in list_live_attempts(account):
        same = (one.gateway, one.amount_minor, one.invoices) == (gateway, amount_minor, invoices)
        if same and is_promise(one):
            return one
    return None


def _cancel_waiting(account: Account, invoices: list[str], now: datetime, actor: str) -> None:
    """Attempts for the same that only wait for the payer, who is here and pays anew."""
    for one in list_live_attempts(account, [AttemptStatus.ACTION]):
        if set(one.invoices).intersection(invoices) or not (one.invoices or invoices):
            drop_attempt(account, one, now, actor)


def _leave_payer(account: Account, invoices: list[str]) -> None:
    """Whoever is about to confirm a payment of the same must not be charged besides."""
    for one in list_live_attempts(account, [AttemptStatus.ACTION]):
        if set(one.invoices).intersection(invoices) or not (one.invoices or invoices):
            raise Conflict(f"payment {one.public_id} for the same waits for the payer; let it end")


def _check_amount(account: Account, amount_minor: int, named: list[str]) -> None:
    if not named:
        if account.status != AccountStatus.OPEN:
            raise BillingError(f"account {account} is closed, so it can have no new credit")
        check_funds(read_fund_limits(account), amount_minor, sum_funds(account))
        return
    rows = Invoice.objects.filter(account=account, public_id__in=named)
    found = {one.public_id: one for one in rows}
    for name in named:
        if name not in found:
            raise NotFound(f"invoice {name} is not of account {account}")
        if found[name].status != InvoiceState.OPEN:
            raise Conflict(
                f"invoice {found[name].label} is {found[name].status}; there is nothing to pay"
            )
    open_minor = sum(one.open_minor for one in found.values())
    if amount_minor > open_minor:
        raise BillingError(
            f"amount must be at most the {show_amount(open_minor, account.currency)} that is open"
        )
    coming = sum_on_the_way(account, named)
    if amount_minor > open_minor - coming:
        raise Conflict(
            f"a payment of {show_amount(coming, account.currency)} is already on its way; wait "
            "until it is there"
        )
