"""What is driven and told outside: places of services, endpoints of webhooks, bank statements."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from quarterday.core.errors import BillingError
from quarterday.ports.provisioner import Checks, open_provisioner
from quarterday.services.doctor.finding import Finding, Visit, bad, ok, warn
from quarterday.services.hooks.prepare_request import read_endpoint_secret
from quarterday.services.provisioning.make_wish import read_place
from quarterday.store.models import Seller, ServiceState, ServiceStatus, WebhookEndpoint
from quarterday.store.queries.paying import read_brand

_STATEMENTS = "QUARTERDAY_STATEMENTS"


def check_outside(visit: Visit) -> Iterator[Finding]:
    """Whether this process has what it needs for that; no other host is asked."""
    yield from _check_places()
    yield from _check_endpoints()
    folder = os.environ.get(_STATEMENTS, "")
    if folder and not (Path(folder).is_dir() and os.access(folder, os.R_OK | os.W_OK)):
        yield bad(
            "statements",
            f"{folder} is no folder that can be read and written",
            f"make it, give the user of the worker the right, or mend {_STATEMENTS}",
        )
    elif folder:
        yield ok("statements", f"bank statements are read from {folder}")


def _check_places() -> Iterator[Finding]:
    for seller in Seller.objects.select_related("brand").order_by("id"):
        working = []
        for code in read_brand(seller).get("provisioners", {}):
            try:
                place: object = open_provisioner(read_place(seller, code))
                if isinstance(place, Checks):
                    place.check()
            except BillingError as error:
                text = f"{seller}: the place {code} cannot be driven: {error}"
                yield bad("services", text, "set what it lacks; see docs/services.md")
            else:
                working.append(str(code))
        if working:
            yield ok("services", f"{seller}: {', '.join(sorted(working))}")
    # Written so that the index of the inbox serves.
    failed = ServiceState.objects.filter(
        status__in=[ServiceStatus.FAILED, ServiceStatus.MANUAL]
    ).filter(status=ServiceStatus.FAILED)
    if count := failed.count():
        yield warn(
            "services",
            f"{count} could not be brought to what is wanted",
            "quarterday services list --status failed",
        )


def _check_endpoints() -> Iterator[Finding]:
    working = 0
    for endpoint in WebhookEndpoint.objects.filter(is_enabled=True).order_by("id"):
        try:
            read_endpoint_secret(endpoint)
        except BillingError as error:
            yield bad("webhooks", f"{endpoint.url} is told nothing: {error}", "set the variable")
            continue
        if endpoint.failing_since is None:
            working += 1
            continue
        yield warn(
            "webhooks",
            f"{endpoint.url} has taken nothing since {endpoint.failing_since:%Y-%m-%d %H:%M} UTC",
            f"mend it; try: quarterday hooks test {endpoint.public_id}",
        )
    if working:
        yield ok("webhooks", f"endpoints that are told: {working}")
