"""What time it is for a request: pages read the clock here and nowhere else."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.core.period import local_date
from quarterday.ports import clock
from quarterday.store.models import Seller


def read_now() -> datetime:
    """The instant of a request."""
    return clock.read_now()


def read_today(seller: Seller) -> date:
    """What day it is for a seller, in its own zone (rule 1)."""
    return local_date(read_now(), seller.time_zone)
