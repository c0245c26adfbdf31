"""End mandates that nobody has used for 36 months; banks refuse them."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from quarterday.core.period import add_months
from quarterday.core.sepa import UNUSED_MONTHS, expires_on
from quarterday.services.debits.end_mandate import end_mandate
from quarterday.store.models import AttemptStatus, Mandate, MandateStatus, Seller

_BATCH = 200


def expire_mandates(*, seller: Seller, today: date, now: datetime) -> int:
    """How many expired today. One whose debit is on its way is in use, and stays."""
    # At the end of a month a day too many is found, and looked at below.
    oldest = add_months(today, -UNUSED_MONTHS, 31)
    is_old = Q(last_used_on__lte=oldest) | Q(last_used_on=None, signed_on__lte=oldest)
    rows = Mandate.objects.filter(is_old, seller=seller, status=MandateStatus.ACTIVE)
    rows = rows.exclude(debits__attempt__status=AttemptStatus.PENDING)
    count = 0
    for mandate in list(rows.order_by("id")[:_BATCH]):
        if expires_on(mandate.signed_on, mandate.last_used_on) <= today:
            end_mandate(mandate=mandate, today=today, now=now, status=MandateStatus.EXPIRED)
            count += 1
    return count
