"""Payments that have begun and not come in yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.urls import reverse

from quarterday.core.period import local_date
from quarterday.store.models import PaymentAttempt
from quarterday.store.queries.paying import ON_THE_WAY, is_promise


class Underway(NamedTuple):
    """A payment on its way: when it was begun, and where to see how to finish it, unless there is
    nothing to do but wait.
    """

    attempt: PaymentAttempt
    on: date
    url: str
    is_waiting: bool = False


def tell_attempts(attempts: Iterable[PaymentAttempt], zone: str) -> list[Underway]:
    """Payments with their days in a zone."""
    return [
        Underway(
            one,
            local_date(one.created_at, zone),
            reverse("portal:attempt", args=[one.public_id]),
            one.status in ON_THE_WAY and not is_promise(one),
        )
        for one in attempts
    ]
