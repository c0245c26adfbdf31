"""Which reminders reached nobody, so that nothing may follow from them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from quarterday.core.dunning import TELLING
from quarterday.store.models import (
    Delivery,
    DeliveryStatus,
    DunningStep,
    Message,
    MessageStatus,
    StepOutcome,
)

# It came back, or never left.
_LOST = (DeliveryStatus.BOUNCED, DeliveryStatus.FAILED, DeliveryStatus.SUPPRESSED)


def find_unreached(steps: Iterable[DunningStep]) -> set[str]:
    """The messages of steps, by public id, that came back from every address or went to none.

    What is still on its way has reached somebody until it is known to have not.
    """
    said = {
        str(one.data.get("message"))
        for one in steps
        if one.outcome == StepOutcome.DONE and one.data.get("template") in TELLING
    }
    if not said:
        return set()
    ways = Delivery.objects.filter(message=OuterRef("id"))
    rows = Message.objects.filter(public_id__in=said).filter(
        Q(status=MessageStatus.DROPPED)
        | Exists(ways.filter(status__in=_LOST)) & ~Exists(ways.exclude(status__in=_LOST))
    )
    return set(rows.values_list("public_id", flat=True))
