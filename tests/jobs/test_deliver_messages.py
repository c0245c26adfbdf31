"""Messages reach whoever wants them, once, whatever goes wrong on the way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from quarterday.core.message import KINDS
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.messages.mark_address import clear_mark
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.messages.resend_message import resend_message
from quarterday.services.users.add_user import add_member, add_user
from quarterday.store.models import (
    AddressMark,
    Delivery,
    Event,
    Link,
    Message,
    Unsubscription,
    User,
)
from tests.jobs.conftest import NOW, Move
from tests.mail.sink import Sink
from tests.services.till import Shop

Deliver = Callable[[], dict[str, Any]]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def add(shop: Shop, email: str = "ada@example.com", *kinds: str) -> None:
    add_contact(account_id=shop.account.id, email=email, name="Ada Example", kinds=kinds, now=NOW)


def tell(shop: Shop, kind: str = "welcome", subject: str = "", **more: Any) -> None:
    queue_message(
        kind=kind, account=shop.account, subject=subject or shop.account.public_id, now=NOW, **more
    )


def states() -> Counter[str]:
    return Counter(Delivery.objects.values_list("status", flat=True))


def test_an_invoice_reaches_the_contact_with_its_link(
    shop: Shop, sink: Sink, deliver: Deliver
) -> None:
    add(shop)
    invoice = shop.invoice(10_00)
    assert deliver() == {"sent": 1}
    (mail,) = sink.mails
    assert mail["From"] == "Example Hosting GmbH <billing@billing.shop.example>"
    assert mail["To"] == "Ada Example <ada@example.com>"
    assert invoice.label in mail["Subject"]
    assert "11.90 €" in mail["Subject"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    delivery = Delivery.objects.get()
    assert mail["Message-ID"] == f"<{delivery.message_key}>"
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    link = re.search(r"https://billing.shop.example/l/[\w-]+", text.get_content())
    assert link is not None
    assert link[0] in page.get_content()
    made = Link.objects.get(delivery=delivery)
    assert (made.purpose, made.subject, made.delivery_id) == (
        "pay",
        invoice.public_id,
        delivery.id,
    )
    assert "11.90" in text.get_content()
    (file,) = list(mail.iter_attachments())
    assert file.get_content_type() == "application/pdf"
    assert file.get_content().startswith(b"%PDF-")


def test_what_was_sent_is_kept_without_the_tokens(shop: Shop, sink: Sink, deliver: Deliver) -> None:
    from quarterday.services.messages.prepare_parcel import unpack_content

    add(shop)
    shop.invoice(10_00)
    deliver()
    kept = unpack_content(Delivery.objects.get().content)
    assert "https://billing.shop.example/l/…" in kept
    assert "11.90" in kept
    assert not re.search(r"/l/[\w-]{8}", kept)


def test_sending_again_sends_nothing(shop: Shop, sink: Sink, deliver: Deliver, clock: Move) -> None:
    add(shop)
    shop.invoice(10_00)
    deliver()
    clock(DAY)
    assert deliver() == {}
    assert len(sink.raw) == 1


@pytest.mark.parametrize(
    ("kinds", "reached"),
    [([], True), (["invoices"], True), (["invoice_issued"], True), (["reminders"], False)],
)
def test_a_contact_gets_what_it_chose(
    shop: Shop, deliver: Deliver, kinds: list[str], reached: bool
) -> None:
    add(shop, "ada@example.com", *kinds)
    shop.invoice(10_00)
    assert deliver() == ({"sent": 1} if reached else {})
    assert Message.objects.exists() == reached


def test_an_account_that_nobody_reads_for_has_no_messages(shop: Shop) -> None:
    shop.invoice(10_00)
    shop.pay(11_90)
    assert not Message.objects.exists()


def test_every_reader_gets_one(shop: Shop, sink: Sink, deliver: Deliver) -> None:
    add(shop, "ada@example.com")
    add(shop, "books@example.com", "payments")
    shop.invoice(10_00)
    shop.pay(11_90)
    assert deliver() == {"sent": 3}
    assert sorted(sink.recipients) == ["ada@example.com"] * 2 + ["books@example.com"]
    assert sink.sessions == 1, "one connection carries them all"


def test_what_is_put_off_comes_later_under_the_same_id(
    shop: Shop, sink: Sink, deliver: Deliver, clock: Move
) -> None:
    add(shop)
    tell(shop)
    sink.rcpt_answers.append("451 4.7.1 come again")
    assert deliver() == {"other": 1}
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == ("queued", 1)
    assert "451" in delivery.error
    assert deliver() == {}, "not before its time"
    clock(HOUR)
    assert deliver() == {"sent": 1}
    assert sink.mails[0]["Message-ID"] == f"<{delivery.message_key}>"


def test_waits_grow_and_differ(shop: Shop) -> None:
    from quarterday.services.messages.record_outcome import find_wait

    waits = [find_wait("dlv_1", attempt) for attempt in range(1, 13)]
    assert timedelta(minutes=1) <= waits[0] < timedelta(minutes=1.5)
    assert all(later > sooner for sooner, later in pairwise(waits[:9]))
    assert max(waits) <= timedelta(hours=9)
    assert len({find_wait(f"dlv_{n}", 5) for n in range(50)}) > 40


def test_a_dead_address_is_marked_and_left_alone(
    shop: Shop, sink: Sink, deliver: Deliver, clock: Move
) -> None:
    add(shop)
    tell(shop)
    sink.rcpt_answers.append("550 5.1.1 no such user")
    deliver()
    mark = AddressMark.objects.get()
    assert (mark.address, mark.reason) == ("ada@example.com", "bounced")
    assert states() == {"bounced": 1}
    assert Event.objects.filter(kind="address.marked", account_id=shop.account.id).exists()
    shop.invoice(10_00)
    deliver()
    assert states() == {"bounced": 1, "suppressed": 1}
    assert not sink.raw
    clear_mark(address="Ada@Example.com ", now=NOW)
    shop.pay(11_90)
    clock(HOUR)
    assert deliver() == {"sent": 1}


def test_a_refusal_of_the_content_blames_nobody(shop: Shop, sink: Sink, deliver: Deliver) -> None:
    add(shop)
    tell(shop)
    sink.data_answers.append("554 5.7.1 looks like spam")
    deliver()
    assert states() == {"failed": 1}
    assert not AddressMark.objects.exists()


def test_a_silence_after_the_content_is_not_answered_by_sending_again(
    shop: Shop, sink: Sink, deliver: Deliver, clock: Move
) -> None:
    add(shop, "ada@example.com")
    add(shop, "bob@example.com")
    tell(shop)
    sink.breaks = 1
    deliver()
    assert states() == {"unknown": 1, "sent": 1}, "the next one gets a connection of its own"
    clock(DAY)
    deliver()
    assert len(sink.raw) == 2


def test_staff_can_send_again_what_is_unknown(
    shop: Shop, sink: Sink, deliver: Deliver, clock: Move
) -> None:
    add(shop)
    tell(shop)
    sink.breaks = 1
    deliver()
    resend_message(delivery=Delivery.objects.get(), now=NOW, actor="grace")
    assert deliver() == {"sent": 1}
    first, second = (mail["Message-ID"] for mail in sink.mails)
    assert first != second
    assert Event.objects.filter(kind="message.resent", actor="grace").exists()


def test_a_server_that_is_away_delays_all(
    shop: Shop, sink: Sink, deliver: Deliver, clock: Move, settings: LazySettings
) -> None:
    add(shop)
    tell(shop)
    settings.MESSAGE_TRANSPORTS = {"mail": {**sink.options, "port": 1}}
    assert deliver() == {}
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts, delivery.claimed_until) == ("queued", 0, None)
    settings.MESSAGE_TRANSPORTS = {"mail": sink.options}
    clock(HOUR)
    assert deliver() == {"sent": 1}


def test_a_rate_is_kept(
    shop: Shop, sink: Sink, deliver: Deliver, clock: Move, settings: LazySettings
) -> None:
    settings.MESSAGE_TRANSPORTS = {"mail": {**sink.options, "rate": 3}}
    for number in range(5):
        add(shop, f"reader{number}@example.com")
    tell(shop)
    assert deliver() == {"sent": 3}
    assert deliver() == {}
    clock(timedelta(minutes=2))
    assert deliver() == {"sent": 2}


def test_what_waited_too_long_is_dropped(
    shop: Shop, sink: Sink, deliver: Deliver, clock: Move
) -> None:
    add(shop)
    tell(shop)
    clock(20 * DAY)
    assert deliver() == {}
    message = Message.objects.get()
    assert message.status == "dropped"
    assert "time had passed" in message.reason


def test_a_reminder_of_what_was_paid_meanwhile_is_not_sent(
    shop: Shop, sink: Sink, deliver: Deliver
) -> None:
    add(shop, "ada@example.com", "reminders")
    invoice = shop.invoice(10_00)
    tell(shop, "reminder_1", invoice.public_id)
    shop.pay(11_90)
    deliver()
    assert states() == {"suppressed": 1}
    assert not sink.raw


def test_marketing_has_a_way_out_and_takes_it(shop: Shop, sink: Sink, deliver: Deliver) -> None:
    add(shop, "ada@example.com", "news")
    add(shop, "bob@example.com")
    add(shop, "eve@example.com", "newsletter")
    Unsubscription.objects.create(seller=shop.seller, address="eve@example.com", at=NOW)
    news = {"news": {"title": "New racks", "text": "They are here.\n\nCome and see."}}
    tell(shop, "newsletter", "spring", data=news)
    deliver()
    assert states() == {"sent": 1, "suppressed": 1}
    (mail,) = sink.mails
    assert mail["To"] == "Ada Example <ada@example.com>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = str(mail["List-Unsubscribe"]).strip("<>")
    assert leave.startswith("https://billing.shop.example/l/")
    text = mail.get_body(("plain",))
    assert text is not None
    assert leave in text.get_content().replace("\n", "")
    assert Link.objects.get(purpose="unsubscribe").address == "ada@example.com"


def test_a_mail_program_unsubscribes_with_one_click(
    shop: Shop, sink: Sink, deliver: Deliver, settings: LazySettings
) -> None:
    add(shop, "ada@example.com", "news")
    settings.ALLOWED_HOSTS = ["testserver"]
    tell(shop, "newsletter", "spring", data={"news": {"title": "New", "text": "Racks."}})
    deliver()
    leave = str(sink.mails[0]["List-Unsubscribe"]).strip("<>")
    page = leave.removeprefix("https://billing.shop.example")
    answer = Client(enforce_csrf_checks=True).post(page, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert Unsubscription.objects.get().address == "ada@example.com"
    tell(shop, "newsletter", "autumn", data={"news": {"title": "New", "text": "Racks."}})
    deliver()
    assert states() == {"sent": 1, "suppressed": 1}


def test_only_news_is_marketing() -> None:
    assert [kind.name for kind in KINDS.values() if kind.is_marketing] == ["newsletter"]


def test_one_broken_message_keeps_no_others(shop: Shop, sink: Sink, deliver: Deliver) -> None:
    add(shop)
    tell(shop, "receipt", "pay_nothing")
    tell(shop)
    deliver()
    assert states() == {"failed": 1, "sent": 1}
    assert "pay_nothing" in Delivery.objects.get(status="failed").error


def test_queued_twice_is_told_once(shop: Shop, deliver: Deliver) -> None:
    add(shop)
    tell(shop)
    tell(shop)
    assert Message.objects.count() == 1
    assert deliver() == {"sent": 1}


def test_workers_share_the_work(
    open_shop: Shop, sink: Sink, deliver: Deliver, settings: LazySettings
) -> None:
    for number in range(30):
        add(open_shop, f"reader{number}@example.com")
    tell(open_shop)

    def work(_: int) -> None:
        try:
            deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert states() == {"sent": 30}
    assert sorted(sink.recipients) == sorted(f"reader{n}@example.com" for n in range(30))


def test_news_goes_to_who_chose_it_once(shop: Shop, sink: Sink, deliver: Deliver) -> None:
    from quarterday.core.errors import BillingError
    from quarterday.services.messages.queue_news import queue_news

    add(shop, "ada@example.com", "news")
    add(shop, "bob@example.com")
    news = {"code": "n1", "title": "New racks", "text": "They are here.\n\nCome.", "now": NOW}
    with pytest.raises(BillingError, match="postal address"):
        queue_news(seller=shop.seller, **news)
    shop.seller.address = {"line1": "Beispielweg 1", "postcode": "00000", "city": "Musterstadt"}
    shop.seller.save()
    for _ in range(2):
        assert queue_news(seller=shop.seller, button="See", destination="/services/", **news) == 1
    assert deliver() == {"sent": 1}
    (mail,) = sink.mails
    text = mail.get_body(("plain",))
    assert text is not None
    assert "They are here.\n\nCome." in text.get_content().replace("\r\n", "\n")
    assert "Beispielweg 1, 00000 Musterstadt" in text.get_content()
    assert set(Link.objects.values_list("purpose", flat=True)) == {"custom", "unsubscribe"}


@pytest.mark.parametrize(("last_login", "purpose"), [(None, "sign_in"), (NOW, "portal")])
def test_a_welcome_signs_in_nobody_who_was_here_before(
    shop: Shop, sink: Sink, deliver: Deliver, last_login: datetime | None, purpose: str
) -> None:
    user = add_user(email="ada@example.com")
    User.objects.filter(id=user.id).update(last_login=last_login)
    add_member(account_id=shop.account.id, user=user, role="owner", now=NOW)
    tell(shop, recipient=user.email)
    assert deliver() == {"sent": 1}
    assert Link.objects.get().purpose == purpose
