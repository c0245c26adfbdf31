"""Let credit be added by itself when it falls below a mark, or stop it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.collection.charge_method import find_choice
from quarterday.services.compare import show_amount
from quarterday.services.errors import NotFound
from quarterday.services.events.record_event import record_event
from quarterday.store.models import Account, PaymentMethod, TopUp
from quarterday.store.queries.credit_policy import may_add_credit, read_credit_policy
from quarterday.store.queries.paying import read_fund_limits


def set_top_up(
    *,
    account: Account,
    below_minor: int,
    amount_minor: int,
    method: PaymentMethod,
    now: datetime,
    consent: str = "",
    actor: str = "system",
) -> TopUp:
    """Add an amount by a kept method whenever credit is below a mark, within the seller's limits.

    ``consent`` is the sentence that the customer agreed to; the event keeps it. Setting it again
    begins anew, whatever failed before. Raises `BillingError` for what the seller does not allow,
    and for a method that cannot be charged by itself.
    """
    with transaction.atomic():
        account = claim_account(account.id)
        _check(account, below_minor, amount_minor)
        known = PaymentMethod.objects.filter(id=method.id, account=account, removed_at=None).first()
        if known is None:
            raise NotFound("this way to pay is no longer kept; choose another one")
        find_choice(known, account)
        facts = {
            "method": known,
            "below_minor": below_minor,
            "amount_minor": amount_minor,
            "is_enabled": True,
            "tries": 0,
            "next_at": None,
            "changed_at": now,
        }
        row, _ = TopUp.objects.update_or_create(account=account, defaults=facts)
        data = {"below_minor": below_minor, "amount_minor": amount_minor, "method": known.label}
        _record(account, "top_up.set", now, actor, {**data, "consent": consent})
    return row


def stop_top_up(*, account: Account, now: datetime, actor: str = "system") -> bool:
    """Add nothing by itself any more; whether anything was."""
    with transaction.atomic():
        account = claim_account(account.id)
        rows = TopUp.objects.filter(account=account, is_enabled=True)
        stopped = bool(rows.update(is_enabled=False, next_at=None, changed_at=now))
        if stopped:
            _record(account, "top_up.stopped", now, actor, {})
    return stopped


def _check(account: Account, below_minor: int, amount_minor: int) -> None:
    policy, limits = read_credit_policy(account.seller_id), read_fund_limits(account)
    if not (policy.top_up and limits.is_enabled and may_add_credit(account, policy)):
        raise BillingError(f"credit of account {account} is not added automatically; pay it in")
    if below_minor < 1:
        raise BillingError(f"below_minor must be at least 1, not {below_minor}")

    def show(minor: int) -> str:
        return show_amount(minor, account.currency)

    if not limits.min_minor <= amount_minor <= limits.max_minor:
        raise BillingError(
            f"amount must be from {show(limits.min_minor)} to {show(limits.max_minor)}, not "
            f"{show(amount_minor)}"
        )
    if below_minor + amount_minor > limits.max_balance_minor:
        raise BillingError(
            f"below and amount must be at most {show(limits.max_balance_minor)} together, since "
            "credit may be no more"
        )


def _record(
    account: Account, kind: str, now: datetime, actor: str, data: dict[str, object]
) -> None:
    record_event(
        kind=kind,
        subject=account.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data=data,
    )
