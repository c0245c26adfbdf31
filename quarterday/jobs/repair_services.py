"""Put services right that strayed from what is wanted."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.core.service import ServiceAction
from quarterday.ports.clock import read_now
from quarterday.ports.provisioner import LooksUp, open_provisioner
from quarterday.services.provisioning.make_wish import make_wish, read_place
from quarterday.services.provisioning.repair_services import (
    list_to_look_at,
    record_found,
    repair_wanted,
)
from quarterday.store.models import Seller, ServiceState, Subscription
from quarterday.store.queries.paying import read_brand

_log = logging.getLogger(__name__)


class RepairServices:
    """Compares what is stored with contracts, and with places that can be asked."""

    name: ClassVar[str] = "repair_services"
    every: ClassVar[timedelta] = timedelta(hours=1)
    is_recorded: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """Repair what is wanted, then look at the places."""
        found = {"repaired": repair_wanted(now=read_now()), "looked_at": 0, "strayed": 0}
        for seller, code, place in _list_places():
            for service in list_to_look_at(now=read_now(), seller=seller, place=code):
                try:
                    seen = _look_at(service, place, read_now())
                except BillingError as error:
                    _log.warning("service %s cannot be looked at: %s", service.public_id, error)
                    continue
                found["looked_at"] += seen is not None
                found["strayed"] += bool(seen)
        return {name: count for name, count in found.items() if count}


def _list_places() -> Iterator[tuple[Seller, str, LooksUp]]:
    """The places that can say how a service is, with their sellers and codes."""
    for seller in Seller.objects.select_related("brand").order_by("id"):
        for code in read_brand(seller).get("provisioners", {}):
            try:
                place: object = open_provisioner(read_place(seller, code))
            except BillingError as error:
                _log.warning("place %s of %s cannot be asked: %s", code, seller, error)
                continue
            if isinstance(place, LooksUp):
                yield seller, str(code), place


def _look_at(service: ServiceState, place: LooksUp, now: datetime) -> bool | None:
    """Whether a service had strayed; None where its place could not say."""
    rows = Subscription.objects.select_related("account__seller__brand", "plan__product")
    subscription = rows.get(id=service.subscription_id)
    found = place.look_up(make_wish(service, subscription, ServiceAction.RESTORE, now))
    return None if found is None else record_found(service, found, now=read_now())
