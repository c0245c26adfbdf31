"""Let another way to pay take the place of one that its bank has replaced."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.ports.outcomes import KeptMethod
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.payments.remove_method import remove_method
from quarterday.store.models import PaymentMethod, TopUp


def replace_method(
    *, method: PaymentMethod, kept: KeptMethod, now: datetime, actor: str = "system"
) -> PaymentMethod:
    """The method that is charged from now on wherever ``method`` was, which is removed.

    Where it was the default, the new one is. One that was removed before stays so, and nothing
    takes its place: whoever removed it wanted no more charges.
    """
    with transaction.atomic():
        account, method = claim_row(method)
        if method.removed_at is not None:
            return method
        heir = keep_method(
            account=account,
            gateway=method.gateway,
            kept=kept,
            now=now,
            is_default=method.is_default,
            actor=actor,
        )
        TopUp.objects.filter(account=account, method=method).update(method=heir)
        remove_method(method=method, now=now, actor=actor)
    return heir
