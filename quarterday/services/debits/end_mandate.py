"""End a mandate: revoked by the payer or a bank, or expired for not being used."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.debits.close_mandate import close_mandate
from quarterday.services.payments.remove_method import remove_method
from quarterday.store.models import Mandate, MandateStatus


def end_mandate(
    *,
    mandate: Mandate,
    today: date,
    now: datetime,
    status: MandateStatus = MandateStatus.REVOKED,
    actor: str = "system",
) -> Mandate:
    """The mandate, ended for good, and its way to pay removed; again, it changes nothing."""
    with transaction.atomic():
        account, mandate = claim_row(mandate)
        close_mandate(account, mandate, today=today, now=now, actor=actor, status=status)
        if mandate.method is not None:
            remove_method(method=mandate.method, now=now, actor=actor)
    return mandate
