"""Calls of hooks by somebody who is no gateway, or who says again what one said long ago."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import stripe
from django.test import Client

from quarterday.gateways.stripe import Stripe
from quarterday.ports.gateway import BadSignature
from quarterday.store.models import Brand, GatewayEvent
from tests.contracts.rig import NOW
from tests.services.till import Shop

SECRET = "whsec_only_for_tests"
STRIPE = {"secret_key": "sk_test_1", "hook_secret": SECRET, "api_url": "http://127.0.0.1:9"}
PAYPAL = {"client_id": "a", "client_secret": "b", "webhook_id": "c"}
PROOF = {
    "Paypal-Auth-Algo": "SHA256withRSA",
    "Paypal-Cert-Url": "https://127.0.0.1/cert",
    "Paypal-Transmission-Id": "1",
    "Paypal-Transmission-Sig": "x",
    "Paypal-Transmission-Time": "2026-01-01T00:00:00Z",
}


def post(path: str, body: bytes, headers: dict[str, str]) -> int:
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    answer = client.post(
        f"/hooks/pay/{path}", body, content_type="application/json", headers=headers
    )
    return answer.status_code


def test_an_old_event_does_not_become_new_by_a_second_time() -> None:
    body = json.dumps({"id": "evt_1", "type": "x", "data": {"object": {}}})
    then = int((NOW - timedelta(days=30)).timestamp())
    make = stripe.WebhookSignature.generate_signature_header
    signed = make(body, SECRET, then)
    for more in (f",t={int(NOW.timestamp())}", f", t={int(NOW.timestamp())}"):
        with pytest.raises(BadSignature):
            Stripe(STRIPE).parse_event({"stripe-signature": signed + more}, body.encode(), NOW)
    late = make(body, SECRET, int(NOW.timestamp()))
    assert Stripe(STRIPE).parse_event({"stripe-signature": late}, body.encode(), NOW)


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("stripe/shop/", b"{}", {"Stripe-Signature": "t=1,v1=\xe9"}),
        ("stripe/shop/", b"\xff", {"Stripe-Signature": "t=1,v1=0"}),
        ("stripe/shop/", b"{}", {"Stripe-Signature": "t=" + "9" * 5000 + ",v1=0"}),
        ("gocardless/shop/", b"{}", {"Webhook-Signature": "\xe9"}),
        ("sandbox/shop/", b"{}", {"Sandbox-Signature": "\xe9"}),
        ("paypal/shop/", b"[" * 200_000, PROOF),
        ("paypal/shop/", b'{"id": ' + b"[" * 200_000, PROOF),
        ("paypal/shop/", '{"id": "1"}'.encode("utf-16"), PROOF),
        ("paypal/shop/", b'{"id": 1, "x": ' + b"9" * 5000 + b"}", PROOF),
        ("paypal/", b"[" * 200_000, PROOF),
    ],
)
def test_what_no_gateway_sends_is_refused_and_breaks_nothing(
    shop: Shop, path: str, body: bytes, headers: dict[str, str]
) -> None:
    gateways = {
        "stripe": STRIPE,
        "gocardless": {"access_token": "sandbox_x", "webhook_secret": "y"},
        "sandbox": {"hook_secret": "z"},
        "paypal": {**PAYPAL, "base_url": "http://127.0.0.1:9"},
    }
    Brand.objects.create(seller=shop.seller, data={"gateways": gateways})
    assert post(path, body, headers) == 400
    assert not GatewayEvent.objects.exists()
