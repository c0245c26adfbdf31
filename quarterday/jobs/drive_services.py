"""Drive services to what is wanted of them."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

from quarterday.ports.clock import read_now
from quarterday.ports.provisioner import Begun, Done, Failed, Manual, Unknown, ask
from quarterday.services.provisioning.begin_call import Asked, begin_call
from quarterday.services.provisioning.claim_service import Place, claim_service
from quarterday.services.provisioning.record_answer import record_answer

_log = logging.getLogger(__name__)
_MOST = 500
# A place that has not answered so often in a row is left alone until the next run, so that the
# services of others need not wait for it.
_SILENT = 2
_WORDS = {
    Done: "done",
    Failed: "failed",
    Begun: "begun",
    Unknown: "unanswered",
    Manual: "tasks",
}


class DriveServices:
    """Asks the places of services for what is wanted, and keeps what they answer."""

    name: ClassVar[str] = "drive_services"
    every: ClassVar[timedelta] = timedelta(seconds=5)
    is_recorded: ClassVar[bool] = False
    is_spread: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """Drive what is due, each service by itself."""
        counts: Counter[str] = Counter()
        silent: Counter[Place] = Counter()
        for _ in range(_MOST):
            avoid = [place for place, times in silent.items() if times >= _SILENT]
            service = claim_service(now=read_now(), avoid=avoid)
            if service is None:
                break
            try:
                asked = begin_call(service, now=read_now())
            except Exception:
                # One that cannot be read must not keep the others; its claim lapses.
                _log.exception("service %s cannot be driven at present", service.public_id)
                counts["broken"] += 1
                continue
            if asked is not None:
                _drive(asked, counts, silent)
        return dict(counts)


def _drive(asked: Asked, counts: Counter[str], silent: Counter[Place]) -> None:
    answer = ask(asked.provisioner, asked.wish)
    place = (asked.seller.id, asked.call.service.place)
    if isinstance(answer, Unknown) and not isinstance(answer, Begun):
        silent[place] += 1
        _log.warning("service %s: %s", asked.wish.service, answer.reason)
    else:
        silent.pop(place, None)
    record_answer(asked, answer, now=read_now())
    counts[_WORDS[type(answer)]] += 1
