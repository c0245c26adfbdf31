"""Add an address of another system that is told what happens."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from quarterday.core.errors import BillingError
from quarterday.core.webhook import make_secret, read_secret
from quarterday.ports.guarded_http import check_web_address
from quarterday.services.debits.vault import seal
from quarterday.services.errors import Conflict
from quarterday.services.hooks.kinds import check_kinds
from quarterday.services.hooks.note_endpoint import note_endpoint
from quarterday.store.models import Event, Seller, WebhookEndpoint

_SECRET_BYTES = 32
_MOST = 20


def add_endpoint(
    *,
    seller: Seller | None,
    url: str,
    now: datetime,
    kinds: Sequence[str] = (),
    secret: str = "",
    actor: str = "system",
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and the secret of its signatures, which is shown this once.

    Without a seller it is told of all of them, and of alerts about the installation itself.
    ``secret`` names a variable (``env:NAME``) where it is not to be made here. It is told what
    happens from now on. Raises `BillingError` for a bad address, kind or secret, and `Conflict`
    for an address that the seller has already.
    """
    check_web_address(url, "url")
    if secret and not secret.startswith("env:"):
        raise BillingError("name the secret like env:VARIABLE, or give none to have one made")
    with transaction.atomic():
        rows = WebhookEndpoint.objects.filter(seller=seller)
        if rows.filter(url=url).exists():
            raise Conflict(f"{url} is told already; remove it first, or change its kinds")
        if rows.count() >= _MOST:
            raise BillingError(f"a seller has at most {_MOST} endpoints; remove one")
        endpoint = WebhookEndpoint(
            seller=seller,
            url=url,
            kinds=check_kinds(kinds),
            created_at=now,
            actor=actor,
            events_through=Event.objects.aggregate(last=Max("id"))["last"] or 0,
        )
        shown = secret or make_secret(os.urandom(_SECRET_BYTES))
        read_secret(os.environ.get(shown[4:], "") if secret else shown)
        endpoint.secret = secret or seal(shown, owner=endpoint.public_id)
        endpoint.save(force_insert=True)
        note_endpoint(endpoint, "webhook.added", actor=actor, now=now)
    return endpoint, "" if secret else shown
