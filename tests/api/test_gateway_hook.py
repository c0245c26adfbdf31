"""Hooks of gateways: only the gateway is believed, and each event counts once."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from quarterday.ports.outcomes import Pending
from quarterday.services.gateway_events.process_events import process_events
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Brand, GatewayEvent, Message, Payment, PaymentAttempt
from tests.services.till import DAY, NOW, Shop, together

SECRET = "only for tests"


def debit(shop: Shop) -> PaymentAttempt:
    """A debit that waits for its bank."""
    gateways = {"sandbox": {"is_enabled": True, "hook_secret": SECRET}}
    Brand.objects.create(seller=shop.seller, data={"gateways": gateways})
    invoice = shop.invoice(10000)
    attempt = start_attempt(
        account=shop.account,
        gateway="sandbox",
        choice="sepa_debit",
        amount_minor=11900,
        invoices=[invoice.public_id],
        now=NOW,
    )
    outcome = Pending("sbx.debit.sepa_debit.3000.." + attempt.public_id)
    return finish_attempt(attempt=attempt, outcome=outcome, today=DAY, now=NOW)


def event(attempt: PaymentAttempt, event_id: str = "evt_1", **said: Any) -> bytes:
    at = timezone.now().isoformat()
    body = {"id": event_id, "at": at, "kind": "attempt", "attempt": attempt.public_id}
    return json.dumps(body | {"status": "succeeded"} | said).encode()


def call(body: bytes, path: str = "sandbox/", secret: str = SECRET) -> tuple[int, str]:
    sign = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    answer = client.post(
        f"/hooks/pay/{path}",
        body,
        content_type="application/json",
        headers={"Sandbox-Signature": sign},
    )
    return answer.status_code, answer.content.decode()


def act() -> dict[str, int]:
    """What the job does a moment later."""
    return process_events(now=timezone.now())


@pytest.mark.parametrize("path", ["sandbox/", "sandbox/shop/"])
def test_an_event_settles_the_debit_it_is_about(shop: Shop, path: str) -> None:
    attempt = debit(shop)
    assert call(event(attempt), path) == (200, "ok")
    assert not Payment.objects.exists(), "nobody waits for what follows"
    assert act() == {"processed": 1}
    attempt.refresh_from_db()
    assert (attempt.status, Payment.objects.get().amount_minor) == ("succeeded", 11900)


def test_the_same_event_counts_once(shop: Shop) -> None:
    body = event(debit(shop))
    assert [call(body)[0] for _ in range(3)] == [200] * 3
    assert (act(), act()) == ({"processed": 1}, {})
    assert Payment.objects.count() == GatewayEvent.objects.count() == 1


def test_events_at_once_count_once(open_shop: Shop) -> None:
    attempt = debit(open_shop)
    one, other = event(attempt), event(attempt, "evt_2")
    answers = together(*[lambda body=body: call(body) for body in (one, one, other, other)])
    assert [answer[0] for answer in answers if isinstance(answer, tuple)] == [200] * 4
    ended = [one for one in together(*[act] * 4) if isinstance(one, dict)]
    assert sum(one.get("processed", 0) for one in ended) == 2
    assert (Payment.objects.count(), GatewayEvent.objects.count()) == (1, 2)


def test_a_debit_that_comes_back_is_told_by_mail(shop: Shop) -> None:
    attempt = debit(shop)
    shop.account.contacts.create(email="anna@example.com")
    assert call(event(attempt, status="failed"))[0] == 200
    act()
    attempt.refresh_from_db()
    assert (attempt.status, attempt.error) == ("failed", "insufficient_funds")
    assert not Payment.objects.exists()
    assert Message.objects.filter(kind="payment_failed", subject=attempt.public_id).count() == 1


def test_nobody_else_is_believed(shop: Shop) -> None:
    body = event(debit(shop))
    assert call(body, secret="guessed")[0] == 400
    assert call(body, "sandbox/another/")[0] == 400
    assert call(body, "nothing/")[0] == 404
    assert call(body, "bank_transfer/")[0] == 400
    assert Client(SERVER_NAME="localhost").get("/hooks/pay/sandbox/").status_code == 405
    assert not GatewayEvent.objects.exists()


def test_no_seller_uses_up_the_events_of_another(shop: Shop) -> None:
    attempt = debit(shop)
    other = open_seller(
        code="rival",
        name="Rival",
        country="DE",
        time_zone="Europe/Berlin",
        currency="EUR",
        now=NOW,
    )
    gateways = {"sandbox": {"is_enabled": True, "hook_secret": "of the rival"}}
    Brand.objects.create(seller=other, data={"gateways": gateways})
    assert call(event(attempt), "sandbox/rival/", "of the rival")[0] == 200
    act()
    assert not Payment.objects.exists()
    assert call(event(attempt), "sandbox/shop/")[0] == 200
    act()
    assert Payment.objects.get().amount_minor == 11900


def test_an_old_event_cannot_be_played_again(shop: Shop) -> None:
    assert call(event(debit(shop), at="2026-01-01T00:00:00+00:00"))[0] == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"text"', b"\xff\xfe", b'{"id": "1"}'])
def test_what_cannot_be_read_is_refused(shop: Shop, body: bytes) -> None:
    debit(shop)
    assert call(body)[0] == 400


def test_a_large_body_is_refused(shop: Shop) -> None:
    debit(shop)
    assert call(b"x" * (256 * 1024 + 1))[0] == 413


def test_a_seller_cannot_settle_attempts_of_another(shop: Shop) -> None:
    attempt = debit(shop)
    other = open_seller(
        code="other",
        name="Example Other",
        country="DE",
        time_zone="Europe/Berlin",
        currency="EUR",
        now=NOW,
    )
    gateways = {"sandbox": {"is_enabled": True, "hook_secret": "theirs"}}
    Brand.objects.create(seller=other, data={"gateways": gateways})
    assert call(event(attempt), "sandbox/other/", "theirs")[0] == 200
    act()
    attempt.refresh_from_db()
    assert (attempt.status, Payment.objects.count()) == ("pending", 0)
