"""Keep a way to pay, so that the next payment needs no typing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.ports.outcomes import KeptMethod
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.collection.revive_collections import revive_collections
from quarterday.services.compare import apply_changes
from quarterday.services.debits.keep_mandate import keep_mandate
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.store.models import Account, PaymentMethod


def keep_method(
    *,
    account: Account,
    gateway: str,
    kept: KeptMethod,
    now: datetime,
    is_default: bool = False,
    actor: str = "system",
) -> PaymentMethod:
    """The kept method; the first of an account is its default. The same token is kept once, and
    one that was removed is kept again. Of a mandate, the number of the account is sealed.
    """
    details = {
        "kind": check_text(kept.kind, "kind", 16),
        "label": check_text(kept.label, "label", 100),
        "expires_on": kept.expires_on,
        "data": dict(kept.data),
    }
    with transaction.atomic():
        account = claim_account(account.id)
        rows = PaymentMethod.objects.filter(account=account)
        has_default = rows.filter(is_default=True, removed_at=None).exists()
        method, is_new = rows.get_or_create(
            gateway=gateway,
            token=kept.token,
            defaults={"account": account, "added_at": now, **details},
        )
        changes = apply_changes(method, details)
        is_other = is_new or bool(changes) or method.removed_at is not None
        if method.removed_at is not None:
            changes |= {"removed_at": None, "added_at": now}
            method.removed_at, method.added_at = None, now
        if changes:
            PaymentMethod.objects.filter(id=method.id).update(**changes)
        if changes or is_new:
            record_method(account, method, "payment_method.kept", now, actor)
        if kept.mandate is not None:
            keep_mandate(account=account, given=kept.mandate, method=method, now=now, actor=actor)
        if is_default or not has_default:
            make_default(account, method, now, actor)
        if is_other:
            revive_collections(account, now=now)
    return method


def make_default(
    account: Account, method: PaymentMethod, now: datetime, actor: str
) -> PaymentMethod:
    """Make a method the one that is charged; for services that hold transaction and account."""
    if method.is_default:
        return method
    PaymentMethod.objects.filter(account=account, is_default=True).update(is_default=False)
    PaymentMethod.objects.filter(id=method.id, removed_at=None).update(is_default=True)
    method.is_default = True
    record_method(account, method, "payment_method.made_default", now, actor)
    return method


def record_method(
    account: Account, method: PaymentMethod, kind: str, now: datetime, actor: str
) -> None:
    """The event of a method; its token stays out of the log."""
    record_event(
        kind=kind,
        subject=method.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        actor=actor,
        now=now,
        data={"gateway": method.gateway, "kind": method.kind, "label": method.label},
    )
