"""May a customer use it now: asked by other programs, with keys, and cheap to ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quarterday.api.v1.app import make_api
from quarterday.core.errors import BillingError
from quarterday.services.catalog.publish_provisioning import publish_provisioning
from quarterday.services.keys.add_key import add_key
from quarterday.services.keys.revoke_key import revoke_key
from quarterday.services.provisioning.hold_service import hold_service
from quarterday.services.sellers.open_seller import open_seller
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.pause_subscription import pause_subscription
from quarterday.services.subscriptions.start_subscription import start_subscription
from quarterday.store.models import ApiKey, Event, Subscription
from tests.services.till import NOW, Shop

Ask = Callable[..., Any]


@pytest.fixture
def ask(shop: Shop) -> Ask:
    _, text = add_key(seller=shop.seller, name="forum", scopes=["entitlements"], now=NOW)

    def ask(account: str = "A1", feature: str = "", key: str = text, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {key}", **headers} if key else headers
        query = f"?feature={feature}" if feature else ""
        client = Client(SERVER_NAME="localhost")
        return client.get(f"/api/v1/entitlements/{account}{query}", headers=sent)

    return ask


def subscribe(shop: Shop, external_id: str = "S1", **terms: Any) -> Subscription:
    from quarterday.services.catalog.publish_plan import publish_plan
    from quarterday.services.catalog.publish_price import publish_price

    today = timezone.localdate()
    plan = publish_plan(product=shop.hosting, code="club", name="Club", now=NOW)
    model = {"model": "flat", "amount": "5"}
    publish_price(plan=plan, code="v1", currency="EUR", model=model, now=NOW)
    publish_provisioning(product=shop.hosting, features=["forum", "course-1"], now=NOW)
    given = {"start_on": today, "today": today, "now": timezone.now(), **terms}
    return start_subscription(
        account_id=shop.account.id, plan=plan, external_id=external_id, **given
    )


def test_who_has_paid_may(shop: Shop, ask: Ask) -> None:
    assert ask(feature="forum").json()["reason"] == "none"
    one = subscribe(shop)
    said = ask(feature="forum").json()
    assert said | {"account": ""} == {
        "account": "",
        "feature": "forum",
        "allowed": True,
        "condition": "active",
        "reason": "",
        "until": None,
        "features": ["course-1", "forum", "hosting", "hosting/club"],
    }
    assert ask(account=shop.account.public_id).json()["allowed"]
    assert ask(feature="course-2").json()["reason"] == "none"
    hold_service(subscription=one, cause="unpaid", level="restricted", now=timezone.now())
    said = ask(feature="forum").json()
    assert (said["allowed"], said["condition"]) == (True, "restricted")
    hold_service(subscription=one, cause="unpaid", subject="inv_1", now=timezone.now())
    said = ask(feature="forum").json()
    assert (said["allowed"], said["reason"], said["features"]) == (False, "unpaid", [])


def test_why_not_and_until_when(shop: Shop, ask: Ask) -> None:
    now, today = timezone.now(), timezone.localdate()
    one = subscribe(shop)
    terms = {"subscription_id": one.id, "today": today, "now": now}
    cancel_subscription(on=today + timedelta(9), **terms)
    said = ask(feature="forum").json()
    assert said["allowed"] and said["until"][:10] == (today + timedelta(9)).isoformat()
    two = subscribe(shop, "S2")
    assert ask(feature="forum").json()["until"] is None, "the other has no end"
    cancel_subscription(**terms)
    pause_subscription(subscription_id=two.id, today=today, now=now)
    assert ask(feature="forum").json()["reason"] == "paused"
    cancel_subscription(subscription_id=two.id, today=today, now=now)
    assert ask(feature="forum").json()["reason"] == "ended"
    subscribe(shop, "S3", start_on=today + timedelta(3))
    assert ask(feature="forum").json()["reason"] == "not_started"


def test_an_answer_is_kept_for_a_while(shop: Shop, ask: Ask) -> None:
    one = subscribe(shop)
    first = ask(feature="forum")
    assert first["Cache-Control"] == "private, max-age=30, stale-if-error=86400"
    same = ask(feature="forum", **{"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    hold_service(subscription=one, cause="unpaid", now=timezone.now())
    other = ask(feature="forum", **{"If-None-Match": first["ETag"]})
    assert other.status_code == 200 and not other.json()["allowed"]


def test_only_with_a_key_of_this_seller(shop: Shop, ask: Ask) -> None:
    subscribe(shop)
    for key in ("", "qd_guessed", "x" * 10_000):
        assert ask(key=key).status_code == 401
    row, text = add_key(seller=shop.seller, name="sheets", scopes=["reports"], now=NOW)
    assert ask(key=text).status_code == 403 and "scope" in ask(key=text).json()["detail"]
    other = open_seller(
        code="other", name="Other", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    _, foreign = add_key(seller=other, name="x", scopes=["entitlements"], now=NOW)
    assert ask(key=foreign).status_code == 404
    assert ask(account="nobody").status_code == 404
    assert revoke_key(key=row, now=NOW) and not revoke_key(key=row, now=NOW)
    assert ask(key=text).status_code == 401
    kept = str(list(ApiKey.objects.values())) + str(list(Event.objects.values("data")))
    assert text not in kept and foreign not in kept, "only the hash of a key is kept"
    with pytest.raises(BillingError, match="scopes"):
        add_key(seller=shop.seller, name="x", scopes=["everything"], now=NOW)


def test_who_asks_too_often_waits(shop: Shop, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from quarterday.api.v1 import auth

    monkeypatch.setattr(auth, "_BY_KEY", auth._BY_KEY._replace(times=3))
    answers = [ask().status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429] and int(ask()["Retry-After"]) > 0


def test_asking_costs_the_same_for_any_number_of_contracts(shop: Shop, ask: Ask) -> None:
    counts = []
    for number in range(4):
        one = subscribe(shop, f"S{number}")
        if number > 1:
            hold_service(subscription=one, cause="staff", now=timezone.now())
        ask(feature="forum")
        with CaptureQueriesContext(connection) as made:
            assert ask(feature="forum").status_code == 200
        counts.append(len(made))
    assert len(set(counts)) == 1 and counts[0] <= 12, counts


@pytest.mark.django_db
def test_what_it_offers_is_described_without_another_host() -> None:
    client = Client(SERVER_NAME="localhost")
    said = client.get("/api/v1/openapi.json").json()
    assert "/api/v1/entitlements/{account}" in said["paths"]
    assert client.get("/api/v1/docs").status_code == 404, "it would load scripts from elsewhere"
    assert "http" not in str(make_api().get_openapi_schema()["paths"])
