"""Choose which kept way to pay is charged."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.collection.revive_collections import revive_collections
from quarterday.services.errors import NotFound
from quarterday.services.payments.keep_method import make_default
from quarterday.store.models import PaymentMethod


def choose_method(*, method: PaymentMethod, now: datetime, actor: str = "system") -> PaymentMethod:
    """Make a kept method the default of its account. Raises `NotFound` for a removed one."""
    with transaction.atomic():
        account, method = claim_row(method)
        if method.removed_at is not None:
            raise NotFound(f"{method.label} was removed; add it again")
        method = make_default(account, method, now, actor)
        revive_collections(account, now=now)
    return method
