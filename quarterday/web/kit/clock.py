"""What time it is for a request: the only place where pages read the clock."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from quarterday.core.period import local_date
from quarterday.store.models import Seller


def read_now() -> datetime:
    """The instant of a request."""
    return timezone.now()


def read_today(seller: Seller) -> date:
    """What day it is for a seller, in its own zone (rule 1)."""
    return local_date(read_now(), seller.time_zone)
