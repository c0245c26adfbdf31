"""Whether a customer may use something now, for the systems that serve it."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from ninja import Router, Schema

from quarterday.api.v1.auth import KeyAuth
from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.services.errors import NotFound
from quarterday.store.models import ApiKey
from quarterday.store.queries.entitlements import find_account, read_entitlement

router = Router(tags=["entitlements"])
# Restored within a minute of payment, everywhere.
_MAX_AGE = 30
# Who cannot reach us lets people in as before, rather than lock out those who paid.
_IF_ERROR = 86_400


class EntitlementAnswer(Schema):
    """``until`` is the instant from which it is no longer allowed, where that is known."""

    account: str
    feature: str
    allowed: bool
    condition: str
    reason: str
    until: datetime | None
    features: list[str]


@router.get(
    "/entitlements/{account}",
    auth=KeyAuth("entitlements"),
    response=EntitlementAnswer,
    summary="May this customer use it now?",
)
def read_entitlements(request: HttpRequest, account: str, feature: str = "") -> HttpResponse:
    """`account` is the id that you call the customer by (`external_id`), or our `acc_…`.

    Without a `feature` the answer is whether anything runs. `condition` is `restricted` where it
    may be used with less. `reason` says why not: `unpaid`, `held`, `paused`, `not_started`,
    `ended`, or `none` where nothing was ever bought that gives it.
    """
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    found = find_account(key.seller, account)
    if found is None:
        raise NotFound(f"there is no account {account!r}; give its external_id or its acc_… id")
    now = read_now()
    zone = key.seller.time_zone
    answer = read_entitlement(found, local_date(now, zone), feature)
    until = answer.until and datetime.combine(answer.until, time(), ZoneInfo(zone))
    body = json.dumps(
        {
            "account": found.public_id,
            "feature": feature,
            "allowed": answer.allowed,
            "condition": answer.condition,
            "reason": answer.reason,
            "until": until and until.isoformat(),
            "features": answer.features,
        }
    ).encode()
    response = HttpResponse(body, content_type="application/json")
    age = _MAX_AGE if until is None else min(_MAX_AGE, (until - now) // timedelta(seconds=1))
    response["Cache-Control"] = f"private, max-age={max(0, age)}, stale-if-error={_IF_ERROR}"
    response["Vary"] = "Authorization"
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response["ETag"] = etag
    same = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(same, HttpResponse)
    return same
