"""Ask every gateway once a day for all that happened."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.ports.clock import read_now
from quarterday.ports.gateway import list_gateways
from quarterday.services.gateway_events.sweep_gateway import is_due, is_swept, sweep_gateway
from quarterday.store.models import Seller
from quarterday.store.queries.paying import open_gateway_of, read_brand

_log = logging.getLogger(__name__)


class SweepGateways:
    """Looks every hour which gateway of which seller was not asked for a day; one that cannot be
    reached is asked again an hour later.
    """

    name: ClassVar[str] = "sweep_gateways"
    every: ClassVar[timedelta] = timedelta(hours=1)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """How much was new, and how many gateways could not be reached."""
        new, failed = 0, 0
        for seller in Seller.objects.select_related("brand").order_by("id"):
            for code in sorted(read_brand(seller).get("gateways", {})):
                try:
                    new += _sweep(seller, code)
                except Exception as error:
                    # One that is out of reach must not keep the others.
                    _log.warning("gateway %s of %s was not swept: %s", code, seller, error)
                    failed += 1
        said = {"found": new, "failed": failed}
        return {name: count for name, count in said.items() if count}


def _sweep(seller: Seller, code: str) -> int:
    now = read_now()
    if code not in list_gateways() or not is_due(seller, code, now):
        return 0
    try:
        opened = open_gateway_of(seller, code)
    except BillingError:
        # It is named, but not set up.
        return 0
    return sweep_gateway(seller=seller, gateway=code, now=now) if is_swept(opened) else 0
