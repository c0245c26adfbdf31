"""Stop keeping a way to pay."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.core.period import local_date
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.debits.close_mandate import close_mandate
from quarterday.services.payments.keep_method import make_default, record_method
from quarterday.store.models import Mandate, PaymentMethod


def remove_method(*, method: PaymentMethod, now: datetime, actor: str = "system") -> PaymentMethod:
    """Remove a kept method; afterwards, the caller asks the gateway to forget it.

    If it was the default, the one that was added last among the others takes its place. Removing
    it again changes nothing. A mandate that we keep ourselves is revoked with it.
    """
    with transaction.atomic():
        account, method = claim_row(method)
        if method.removed_at is not None:
            return method
        was_default = method.is_default
        PaymentMethod.objects.filter(id=method.id).update(removed_at=now, is_default=False)
        method.removed_at, method.is_default = now, False
        record_method(account, method, "payment_method.removed", now, actor)
        if mandate := Mandate.objects.filter(method=method).first():
            today = local_date(now, account.seller.time_zone)
            close_mandate(account, mandate, today=today, now=now, actor=actor)
        if was_default:
            others = PaymentMethod.objects.filter(account=account, removed_at=None)
            if heir := others.order_by("-added_at", "-id").first():
                make_default(account, heir, now, actor)
    return method
