"""Write down what a gateway answered; money that came in is recorded exactly once."""

from __future__ import annotations

from datetime import date, datetime

from quarterday.ports.outcomes import Outcome
from quarterday.store.models import PaymentAttempt


def finish_attempt(
    *, attempt: PaymentAttempt, outcome: Outcome, today: date, now: datetime, actor: str = "system"
) -> PaymentAttempt:
    """The attempt after a gateway's answer, however often and by however many it is told."""
    raise NotImplementedError
