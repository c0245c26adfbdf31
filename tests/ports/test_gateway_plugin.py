"""A gateway of another package: found by its entry point, paid through the same page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from quarterday.jobs.look_up_attempts import look_up
from quarterday.ports.gateway import list_gateways
from quarterday.services.gateway_events.process_events import process_events
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.payments.make_intent import make_intent
from quarterday.store.models import Brand, Payment, PaymentAttempt
from tests.ports.hosted_gateway import Hosted, KeptMethod, Service
from tests.services.conftest import shop  # noqa: F401
from tests.services.till import NOW, Shop
from tests.web.kit.counter import Counter

SECRET = "for tests"


@pytest.fixture(autouse=True)
def _plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another package is installed that registers a gateway."""
    info = tmp_path / "hosted-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hosted\nVersion: 1.0\n")
    entry = "[quarterday.gateways]\nhosted = tests.ports.hosted_gateway:Hosted\n"
    (info / "entry_points.txt").write_text(entry)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setenv("HOSTED_KEY", SECRET)
    list_gateways.cache_clear()
    Service.sessions.clear()
    Service.charges.clear()
    Service.loses_answers = False
    yield
    list_gateways.cache_clear()


@pytest.fixture
def counter(shop: Shop) -> Counter:  # noqa: F811
    gateways = {"hosted": {"api_key": "env:HOSTED_KEY"}}
    Brand.objects.create(seller=shop.seller, data={"gateways": gateways})
    return Counter(shop)


def call(attempt: PaymentAttempt, key: str = SECRET) -> Any:
    return Client(SERVER_NAME="localhost").post(
        "/hooks/pay/hosted/shop/",
        attempt.public_id,
        content_type="text/plain",
        headers={"Hosted-Key": key},
    )


def test_it_is_found() -> None:
    assert list_gateways()["hosted"] is Hosted


def test_the_payer_goes_there_and_comes_back(counter: Counter) -> None:
    page = counter.follow(counter.pay("hosted-wallet", {}))
    attempt = PaymentAttempt.objects.get()
    # A plain link: the policy of the pages lets forms lead nowhere else.
    assert f'href="https://hosted.example/{attempt.public_id}" rel="noreferrer"' in page
    assert Service.charges == []
    Service.sessions[attempt.public_id]["state"] = "approved"
    for _ in range(2):
        answer = counter.client.get(f"/pay/{attempt.public_id}/back/", follow=True)
    assert answer.redirect_chain[-1][0] == counter.url
    assert (len(Service.charges), Payment.objects.get().amount_minor) == (1, 11900)


def test_who_gives_up_there_may_choose_again(counter: Counter) -> None:
    counter.pay("hosted-wallet", {})
    attempt = PaymentAttempt.objects.get()
    Service.sessions[attempt.public_id]["state"] = "refused"
    page = counter.see(f"/pay/{attempt.public_id}/")
    assert "The payment was cancelled before it was finished." in page
    assert counter.follow(counter.pay("hosted-wallet", {})).count("https://hosted.example/") == 1


def test_who_approved_and_pays_again_has_paid_once(counter: Counter) -> None:
    """The payer closed the window there, and opens the pay link anew."""
    counter.pay("hosted-wallet", {})
    attempt = PaymentAttempt.objects.get()
    sent = counter.fill(counter.see(), "hosted-wallet", {})
    Service.sessions[attempt.public_id]["state"] = "paid"
    assert counter.client.post(counter.url, sent).status_code in (302, 409)
    assert (Payment.objects.count(), PaymentAttempt.objects.count()) == (1, 1)


def test_a_hook_that_only_knocks_is_answered_by_looking(counter: Counter) -> None:
    counter.pay("hosted-wallet", {})
    attempt = PaymentAttempt.objects.get()
    assert call(attempt, "guessed").status_code == 400
    Service.sessions[attempt.public_id]["state"] = "paid"
    answers = [call(attempt) for _ in range(2)]
    assert [answer.content for answer in answers] == [b"[accepted]"] * 2
    process_events(now=NOW)
    assert Payment.objects.get().amount_minor == 11900


def test_an_answer_that_is_lost_after_the_money_moved_is_found(counter: Counter) -> None:
    kept = KeptMethod("wallet-1", "wallet", "Wallet of Anna", data={"customer": "c1"})
    method = keep_method(account=counter.account, gateway="hosted", kept=kept, now=NOW)
    attempt = PaymentAttempt.objects.create(
        account=counter.account,
        gateway="hosted",
        method=method,
        currency="EUR",
        amount_minor=11900,
        invoices=[counter.invoice.public_id],
        created_at=NOW,
    )
    gateway, intent = make_intent(attempt, now=NOW)
    assert intent.known_as == {"customer": "c1"}
    Service.loses_answers = True
    with pytest.raises(TimeoutError):
        gateway.start(intent)
    Service.loses_answers = False
    assert look_up(attempt, NOW) == "succeeded"
    assert look_up(attempt, NOW) == "succeeded"
    attempt.refresh_from_db()
    assert (len(Service.charges), Payment.objects.count()) == (1, 1)
    assert attempt.data["fee_minor"] == 30


def test_without_its_key_the_other_ways_are_still_offered(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOSTED_KEY")
    data = Brand.objects.get().data | {"iban": "DE89370400440532013000"}
    Brand.objects.update(data=data)
    page = counter.see()
    assert "Bank transfer" in page
    assert "Wallet" not in page
