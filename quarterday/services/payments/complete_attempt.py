"""Learn what became of a payment, and complete what its payer has approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from quarterday.ports.gateway import ask, find_out
from quarterday.ports.outcomes import DeclineCode, Declined, Outcome, Redirect, Unknown
from quarterday.services.payments.make_intent import make_intent
from quarterday.store.models import AttemptStatus, PaymentAttempt


def complete_attempt(attempt: PaymentAttempt, *, now: datetime) -> Outcome | None:
    """What the gateway says of an attempt; None when that cannot be learned now.

    Whoever approves at the gateway and never comes back to our page has still paid: it is asked
    as if they were back. It knows the attempt by its id, so with the payer there at the same time
    it is done once. Call it outside of every transaction; nothing is written.
    """
    gateway, intent = make_intent(attempt, now=now)
    outcome = find_out(gateway, intent)
    if not (isinstance(outcome, Redirect) and outcome.is_approved):
        return outcome
    # Read again: somebody may have cancelled it to pay in another way.
    rows = PaymentAttempt.objects.filter(id=attempt.id, status=AttemptStatus.ACTION)
    if not rows.exists():
        return outcome
    intent = replace(intent, reference=outcome.reference or intent.reference, is_back=True)
    done = ask(gateway.start, intent)
    is_asked = not (isinstance(done, Declined) and done.code is DeclineCode.UNAVAILABLE)
    # It still waits for an end: what became of it is found out in the next round.
    return done if is_asked and not isinstance(done, Unknown) else outcome
