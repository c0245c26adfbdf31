"""Do something of which somebody has seen the effect: once, and only if it is still so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from quarterday.services.effects.foresee import Effect, foresee
from quarterday.services.errors import Conflict
from quarterday.services.idempotency.once import once
from quarterday.store.models import Account


class EffectMoved(Conflict):
    """The effect is no longer what was shown; ``foreseen`` is what it would be now."""

    def __init__(self, foreseen: Effect) -> None:
        super().__init__("something has changed since the effect was shown; look at the new one")
        self.foreseen = foreseen


def do_seen(
    account: Account,
    work: Callable[[], str],
    *,
    seen: str,
    caller: str,
    key: str,
    input: Any,
    today: date,
    now: datetime,
    rehearse: Callable[[], Any] | None = None,
) -> str:
    """What ``work`` answers, which is done once for a key of a caller.

    Its effect is that of ``rehearse``, where what it does may be no more than to ask somebody.
    Asked again under the key, it does nothing and answers the same. Raises `EffectMoved` when the
    effect has another digest than ``seen``; nothing is done then.
    """

    def work_if_same() -> str:
        foreseen = foresee(account, rehearse or work, today=today)
        if foreseen.digest != seen:
            raise EffectMoved(foreseen)
        return work()

    return str(once(caller=caller, key=key, input=input, work=work_if_same, now=now))
