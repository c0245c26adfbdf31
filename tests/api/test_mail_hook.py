"""What mail providers tell afterwards, in their own words and signatures."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client

from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.messages.address_messages import address_messages
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import AddressMark, Delivery
from tests.services.till import Shop

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = "hook:a long secret"


@pytest.fixture
def delivery(shop: Shop, settings: LazySettings) -> Delivery:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    settings.ALLOWED_HOSTS = ["testserver"]
    add_contact(account_id=shop.account.id, email="ada@example.com", now=NOW)
    queue_message(kind="welcome", account=shop.account, subject=shop.account.public_id, now=NOW)
    address_messages(now=NOW)
    Delivery.objects.update(status="sent", provider_id="pm-1", attempts=1)
    return Delivery.objects.get()


def post(data: dict[str, Any], secret: str = SECRET, provider: str = "postmark") -> HttpResponse:
    token = base64.b64encode(secret.encode()).decode()
    return Client().post(
        f"/hooks/mail/{provider}/",
        json.dumps(data),
        content_type="application/json",
        headers={"authorization": f"Basic {token}"} if secret else {},
    )  # type: ignore[return-value]


def bounce(kind: str = "HardBounce", number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "ID": number,
        "Type": kind,
        "MessageID": "pm-1",
        "Email": "ada@example.com",
        "BouncedAt": "2026-03-02T12:00:00Z",
        "Details": "smtp;550 5.1.1 no such user",
        **more,
    }


def state(delivery: Delivery) -> str:
    delivery.refresh_from_db()
    return delivery.status


def test_a_hard_bounce_marks_the_address(delivery: Delivery) -> None:
    assert post(bounce()).status_code == 200
    assert state(delivery) == "bounced"
    mark = AddressMark.objects.get()
    assert (mark.address, mark.reason) == ("ada@example.com", "bounced")
    assert "550 5.1.1" in mark.detail


def test_a_complaint_marks_the_address(delivery: Delivery) -> None:
    post({**bounce("SpamComplaint"), "RecordType": "SpamComplaint"})
    assert state(delivery) == "complained"
    assert AddressMark.objects.get().reason == "complained"


def test_a_soft_bounce_goes_out_again_and_is_counted_once(delivery: Delivery) -> None:
    for _ in range(3):
        post(bounce("SoftBounce"))
    assert state(delivery) == "queued"
    assert delivery.next_at > NOW
    mark = AddressMark.objects.get()
    assert (mark.reason, mark.soft_bounces) == ("", 1)


def test_five_soft_bounces_are_a_hard_one(delivery: Delivery) -> None:
    for number in range(5):
        Delivery.objects.update(status="sent")
        post(bounce("SoftBounce", number))
    assert AddressMark.objects.get().reason == "bounced"


def test_an_arrival_is_noted_and_forgets_soft_bounces(delivery: Delivery) -> None:
    AddressMark.objects.create(address="ada@example.com", soft_bounces=3, at=NOW)
    post(
        {
            "RecordType": "Delivery",
            "MessageID": "pm-1",
            "Recipient": "ada@example.com",
            "DeliveredAt": "2026-03-02T12:00:00Z",
            "Details": "250 ok",
        }
    )
    assert state(delivery) == "delivered"
    assert AddressMark.objects.get().soft_bounces == 0
    post({**bounce("SpamComplaint"), "RecordType": "SpamComplaint"})
    assert state(delivery) == "complained", "it comes after the arrival"


def test_a_bounce_of_a_mail_by_smtp_is_found_by_its_message_id(delivery: Delivery) -> None:
    post(bounce(MessageID=f"<{delivery.message_key}>"))
    assert state(delivery) == "bounced"


def test_somebody_elses_id_moves_no_delivery(delivery: Delivery) -> None:
    post(bounce(Email="eve@example.com"))
    assert state(delivery) == "sent"


@pytest.mark.parametrize("secret", ["", "hook:wrong", "x"])
def test_who_does_not_know_the_secret_is_refused(delivery: Delivery, secret: str) -> None:
    assert post(bounce(), secret).status_code == 403
    assert not AddressMark.objects.exists()


def test_without_a_secret_nobody_is_listened_to(delivery: Delivery, settings: LazySettings) -> None:
    settings.ANYMAIL = {}
    assert post(bounce()).status_code == 404
    assert not AddressMark.objects.exists()


@pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailInsecureWebhookWarning")
@pytest.mark.parametrize("provider", ["postmark", "mandrill"])
def test_it_is_not_a_warning_that_keeps_strangers_out(
    delivery: Delivery, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    settings.ANYMAIL = {}
    # As when another thread is just done with changing the filters.
    monkeypatch.setattr("warnings.simplefilter", lambda *args: None)
    assert post(bounce(), provider=provider).status_code == 404
    assert not AddressMark.objects.exists()


@pytest.mark.parametrize("provider", ["nobody", "base", "amazon_ses", "__init__", "os"])
def test_unknown_providers_are_not_there(delivery: Delivery, provider: str) -> None:
    assert post(bounce(), provider=provider).status_code in (403, 404)


def test_nonsense_is_refused(delivery: Delivery) -> None:
    token = base64.b64encode(SECRET.encode()).decode()
    answer = Client().post(
        "/hooks/mail/postmark/",
        b"no json",
        content_type="application/json",
        headers={"authorization": f"Basic {token}"},
    )
    assert answer.status_code == 400
