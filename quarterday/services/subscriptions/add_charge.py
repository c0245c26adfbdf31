"""Put a single charge, or a reduction, on the next invoice of an account."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.limits import check_minor
from quarterday.core.money import currency, from_minor
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.compare import check_same
from quarterday.services.errors import NotFound
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_external_id, check_text
from quarterday.services.subscriptions.set_due import add_due
from quarterday.store.models import Account, PendingCharge, Product, Subscription

_SAME = "amount_minor product_id subscription_id description".split()


def add_charge(
    *,
    account_id: int,
    product: Product,
    description: str,
    amount_minor: int,
    today: date,
    now: datetime,
    subscription_id: int | None = None,
    period_start: date | None = None,
    period_end: date | None = None,
    unit_code: str = "C62",
    tax_inclusive: bool = False,
    tax_on: date | None = None,
    bill_on: date | None = None,
    external_id: str | None = None,
    actor: str = "system",
) -> PendingCharge:
    """Add a charge in minor units of the account's currency; a negative one is an adjustment.

    It is billed on ``bill_on`` and taxed as of ``tax_on``, both today by default. The same
    ``external_id`` with the same input returns what there is; raises `Conflict` when it differs,
    `NotFound`, and `BillingError` for bad input.
    """
    start = period_start or today
    end = period_end or start
    if not amount_minor:
        raise BillingError("amount_minor is 0; give an amount to charge, or below 0 to reduce by")
    check_minor(amount_minor, "amount_minor")
    if end < start:
        raise BillingError(f"period_end {end} comes before period_start {start}")
    with transaction.atomic():
        account = claim_account(account_id)
        _check(account, product, subscription_id)
        charge = PendingCharge(
            account=account,
            subscription_id=subscription_id,
            external_id=check_external_id(external_id),
            product=product,
            kind="one_off" if amount_minor > 0 else "adjustment",
            description=check_text(description, "description", 500),
            period_start=start,
            period_end=end,
            unit_code=check_text(unit_code, "unit_code", 8),
            unit_price=from_minor(amount_minor, currency(account.currency)),
            currency=account.currency,
            amount_minor=amount_minor,
            tax_inclusive=tax_inclusive,
            tax_on=tax_on or today,
            bill_on=bill_on or today,
            explanation={"rule": "5", "entered_by": actor, "amount_minor": amount_minor},
        )
        if known := _find(charge):
            return _check_same(known, charge)
        charge.save(force_insert=True)
        add_due(account.due, [charge.bill_on])
        record_event(
            kind="charge.added",
            subject=charge.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"amount_minor": amount_minor, "currency": account.currency},
        )
    return charge


def _check(account: Account, product: Product, subscription_id: int | None) -> None:
    if product.seller_id != account.seller_id:
        raise BillingError(
            f"product {product.code} is of another seller than account {account}; choose its own"
        )
    if subscription_id is not None:
        rows = Subscription.objects.filter(id=subscription_id, account=account)
        if not rows.exists():
            raise NotFound(f"account {account} has no subscription with the key {subscription_id}")


def _find(asked: PendingCharge) -> PendingCharge | None:
    if asked.external_id is None:
        return None
    rows = PendingCharge.objects.filter(account_id=asked.account_id, external_id=asked.external_id)
    return rows.first()


def _check_same(known: PendingCharge, asked: PendingCharge) -> PendingCharge:
    """The charge as it stands, unless it was added with something else."""
    label, remedy = f"charge {known.external_id} was added", "use another external_id"
    return check_same(known, asked, _SAME, label=label, remedy=remedy)
