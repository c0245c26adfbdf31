"""Other systems are told what happens: all of it, once by its id, signed, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.hooks.add_endpoint import add_endpoint
from quarterday.services.hooks.change_endpoint import (
    change_endpoint,
    remove_endpoint,
    replay_events,
    tidy_deliveries,
)
from quarterday.services.hooks.claim_delivery import claim_delivery
from quarterday.services.hooks.feed_events import feed_events
from quarterday.services.hooks.ping_endpoint import ping_endpoint
from quarterday.services.hooks.queue_hook import queue_hook
from quarterday.services.hooks.record_delivery import PATIENCE, WAITS
from quarterday.services.hooks.send_delivery import send_delivery
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Event, Task, WebhookDelivery, WebhookEndpoint
from tests.fakes.recorder import SECRET, FakeRecorder
from tests.services.till import NOW, Shop


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRecorder]:
    monkeypatch.setenv("QUARTERDAY_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    with FakeRecorder() as found:
        yield found


def add(shop: Shop, fake: FakeRecorder, *kinds: str) -> WebhookEndpoint:
    row, _ = add_endpoint(
        seller=shop.seller, url=f"{fake.url}/hooks", kinds=kinds, secret="env:HOOK_SECRET", now=NOW
    )
    return row


def happen(shop: Shop, kind: str, now: datetime = NOW) -> None:
    record_event(
        kind=kind,
        subject="inv_1",
        seller_id=shop.seller.id,
        account_id=shop.account.id,
        now=now,
        data={"label": "INV-1"},
    )


def send(now: datetime = NOW) -> int:
    feed_events(now=now)
    sent = 0
    while (delivery := claim_delivery(now=now)) is not None:
        sent += send_delivery(delivery, now=now)
    return sent


def test_what_happens_is_told_once_and_signed(shop: Shop, fake: FakeRecorder) -> None:
    happen(shop, "invoice.paid")
    add(shop, fake, "invoice.*", "service.held")
    for kind in ("invoice.issued", "user.signed_in", "service.held", "service.released"):
        happen(shop, kind)
    assert [send(NOW + timedelta(seconds=5 * n)) for n in range(3)] == [2, 0, 0]
    send(NOW + timedelta(hours=1))
    assert [one["type"] for one in fake.hooks] == ["invoice.issued", "service.held"]
    assert fake.hooks[0]["data"] == {
        "seller": "shop",
        "account": {
            "id": shop.account.public_id,
            "external_id": "A1",
            "name": "Example customer A1",
        },
        "at": NOW.isoformat(),
        "subject": "inv_1",
        "details": {"label": "INV-1"},
    }
    assert fake.forged == 0


def test_an_event_that_was_written_late_is_told_too(shop: Shop, fake: FakeRecorder) -> None:
    """Numbers are given before a transaction commits, so a lower one may come after a higher."""
    row = add(shop, fake)
    last = Event.objects.latest("id").id
    about = {"seller": shop.seller, "subject": "inv_1", "at": NOW}
    Event.objects.create(id=last + 2, kind="invoice.paid", **about)
    assert send() == 1
    Event.objects.create(id=last + 1, kind="invoice.issued", **about)
    assert send(NOW + timedelta(seconds=30)) == 1
    assert [one["type"] for one in fake.hooks] == ["invoice.paid", "invoice.issued"]
    send(NOW + timedelta(minutes=5))
    row.refresh_from_db()
    assert row.events_through == last + 2 and len(fake.hooks) == 2


def test_others_hear_nothing_of_it(shop: Shop, fake: FakeRecorder) -> None:
    other = open_seller(
        code="other", name="Other", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    add_endpoint(seller=other, url=f"{fake.url}/hooks", secret="env:HOOK_SECRET", now=NOW)
    happen(shop, "invoice.paid")
    assert send() == 0
    given = {"kind": "dunning.step", "payload": {"step": "call"}, "now": NOW, "key": "1"}
    assert queue_hook(seller=shop.seller, **given) == 0
    assert queue_hook(seller=other, **given) == queue_hook(seller=other, **given) == 1
    assert send() == 1 and fake.hooks[0]["data"] == {"step": "call"}
    add_endpoint(seller=None, url=f"{fake.url}/hooks", secret="env:HOOK_SECRET", now=NOW)
    happen(shop, "invoice.paid")
    assert send() == 1, "whoever runs the system may hear of all sellers"


@pytest.mark.parametrize("trouble", ["error_after", "drop_after", "drop_before", "busy"])
def test_what_was_not_taken_goes_out_again_with_its_id(
    shop: Shop, fake: FakeRecorder, trouble: str
) -> None:
    add(shop, fake)
    happen(shop, "invoice.paid")
    fake.fail(trouble, times=2)
    assert send() == 0
    assert send(NOW + timedelta(seconds=6)) == 0
    assert send(NOW + timedelta(seconds=60)) == 0, "it waits longer each time"
    assert send(NOW + timedelta(minutes=10)) == 1
    assert len(fake.hooks) == 1 and WebhookDelivery.objects.get().tries == 3


def test_who_never_answers_is_told_nothing_more(shop: Shop, fake: FakeRecorder) -> None:
    row = add(shop, fake)
    fake.fail("error_before", times=10_000)
    happen(shop, "invoice.paid")
    now = NOW
    for wait in (*WAITS, timedelta()):
        send(now)
        now += wait * 1.2
    assert WebhookDelivery.objects.get().status == "failed"
    happen(shop, "invoice.paid", now)
    send(NOW + PATIENCE + timedelta(days=1))
    row.refresh_from_db()
    assert not row.is_enabled and Task.objects.get(kind="webhook").subject == row.public_id
    fake.heal()
    happen(shop, "invoice.paid", now)
    assert send(now + timedelta(days=9)) == 0
    change_endpoint(endpoint=row, is_enabled=True, now=now)
    assert replay_events(endpoint=row, since=NOW, now=now, failed_only=True) == 1
    assert send(now + timedelta(days=9)) >= 1


def test_one_that_is_gone_is_believed(shop: Shop, fake: FakeRecorder) -> None:
    row = add(shop, fake)
    fake.refuse = lambda status: _gone()  # type: ignore[method-assign]
    fake.fail("error_before")
    happen(shop, "invoice.paid")
    send()
    row.refresh_from_db()
    assert not row.is_enabled and WebhookDelivery.objects.get().status == "failed"


def _gone() -> object:
    from tests.fakes.base import Reply

    return Reply({}, 410)


def test_secrets_and_addresses(shop: Shop, fake: FakeRecorder) -> None:
    row, secret = add_endpoint(seller=shop.seller, url="https://example.com/hook", now=NOW)
    assert secret.startswith("whsec_") and secret not in str(WebhookEndpoint.objects.values())
    for url in ("http://example.com/", "https://user@example.com/", "nonsense"):
        with pytest.raises(BillingError):
            add_endpoint(seller=shop.seller, url=url, now=NOW)
    with pytest.raises(BillingError, match="no kind"):
        add_endpoint(seller=shop.seller, url="https://example.com/2", kinds=["user.*"], now=NOW)
    with pytest.raises(BillingError, match="env:"):
        add_endpoint(seller=shop.seller, url="https://example.com/2", secret="plain", now=NOW)
    with pytest.raises(Conflict):
        add_endpoint(seller=shop.seller, url="https://example.com/hook", now=NOW)
    ping = ping_endpoint(endpoint=add(shop, fake), now=NOW)
    assert claim_delivery(now=NOW) is None, "it is being sent already"
    assert send_delivery(ping, now=NOW) and fake.hooks[0]["type"] == "webhook.ping"
    assert tidy_deliveries(now=NOW + timedelta(days=31)) == 1
    remove_endpoint(endpoint=row, now=NOW)
    assert WebhookEndpoint.objects.count() == 1
