"""Accounts whose credit is to be added by itself, and what was added of late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from quarterday.store.models import (
    Account,
    AccountStatus,
    AttemptStatus,
    CreditGrant,
    PaymentAttempt,
    TopUp,
)

# Money that came, or may still come.
_COUNTED = (
    AttemptStatus.CREATED,
    AttemptStatus.UNKNOWN,
    AttemptStatus.PENDING,
    AttemptStatus.ACTION,
    AttemptStatus.SUCCEEDED,
)


def find_top_up(account: Account) -> TopUp | None:
    """What an account has set, switched on or off."""
    return TopUp.objects.select_related("method", "attempt").filter(account=account).first()


def iterate_low(now: datetime) -> Iterator[TopUp]:
    """Top-ups to look at: whose credit is below their mark, or whose last attempt may be over."""
    opened = CreditGrant.objects.filter(account=OuterRef("account"), open_minor__gt=0)
    sums = opened.order_by().values("account").annotate(sum=Sum("open_minor")).values("sum")
    rows = TopUp.objects.filter(is_enabled=True, account__status=AccountStatus.OPEN)
    rows = rows.annotate(there=Coalesce(Subquery(sums), Value(0)))
    low = Q(there__lt=F("below_minor")) & (Q(next_at=None) | Q(next_at__lte=now))
    found = rows.filter(low | Q(attempt__isnull=False)).order_by("id")
    yield from found.select_related("account__seller__brand", "method", "attempt").iterator()


def count_top_ups(account: Account, now: datetime) -> int:
    """How many within a day were added, or are on their way."""
    rows = PaymentAttempt.objects.filter(account=account, is_automatic=True, invoices=[])
    since = now - timedelta(days=1)
    return rows.filter(created_at__gt=since, status__in=_COUNTED).count()
