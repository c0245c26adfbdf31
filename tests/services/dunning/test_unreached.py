"""What a mail said that came back was not said, so nothing follows from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.messages.address_messages import address_messages
from quarterday.services.messages.mark_address import clear_mark
from quarterday.services.messages.receive_mail_event import MailEvent, receive_mail_event
from quarterday.services.messages.route_messages import route_messages
from quarterday.store.models import Delivery, Task
from tests.services.dunning.debtor import DUE, Debtor, at, held, row_of
from tests.services.till import Shop


def send(after: int, *bounced: str) -> None:
    """Mails of a day leave, and those to some addresses come back."""
    now = at(DUE + timedelta(days=after), 11)
    address_messages(now=now)
    rows = Delivery.objects.filter(status="queued")
    for row in rows:
        row.provider_id = f"mail {row.id}"
        row.status = "sent"
        row.save()
        if row.address in bounced:
            receive_mail_event(
                provider="x", event=MailEvent.HARD_BOUNCE, event_id=f"b{row.id}",
                provider_id=row.provider_id, address=row.address, detail="550", now=now,
            )  # fmt: skip


def live(debtor: Debtor, first: int, last: int, *bounced: str) -> None:
    for after in range(first, last):
        debtor.look(after)
        send(after, *bounced)


def test_a_warning_that_came_back_is_no_warning(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    invoice = shop.bill()
    live(debtor, -14, 3)
    # What names the day of suspension comes back.
    live(debtor, 3, 20, "ada@example.com")
    assert debtor.mails()[-1] == ("reminder_2", 3)
    assert held() == []
    task = Task.objects.get()
    assert task.kind == "contact" and "ada@example.com" in task.text
    assert "nobody gets its reminders" in row_of(invoice).reason
    # With an address that works they are warned anew, and suspended as long after it as ever.
    add_contact(account_id=shop.account.id, email="eva@example.com", now=at(DUE))
    live(debtor, 20, 21)
    assert (debtor.mails()[-1], held()) == (("suspension_warning", 20), [])
    live(debtor, 21, 24)
    (warned,) = [day for kind, day in debtor.mails() if kind == "suspension_warning"]
    (stopped,) = [day for kind, day in debtor.mails() if kind == "suspended"]
    assert (warned, held()) == (20, [("S1", "suspended")])
    assert stopped - warned >= 2
    assert Task.objects.count() == 1


def test_one_of_several_addresses_is_enough(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    shop.bill()
    add_contact(account_id=shop.account.id, email="eva@example.com", now=at(DUE))
    live(debtor, -14, 6, "ada@example.com")
    assert (debtor.mails()[-1], held()) == (("suspended", 5), [("S1", "suspended")])
    assert not Task.objects.exists()


def test_who_is_lost_a_second_time_is_a_second_task(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    shop.bill()
    live(debtor, -14, 8, "ada@example.com")
    assert (Task.objects.count(), held()) == (1, [])
    clear_mark(address="ada@example.com", now=at(DUE + timedelta(days=8)))
    live(debtor, 8, 15, "ada@example.com")
    assert (Task.objects.count(), held()) == (2, [])


@pytest.mark.parametrize("has_way", [True, False])
def test_a_text_message_reaches_whom_no_mail_reaches(
    shop: Shop, settings: LazySettings, has_way: bool
) -> None:
    """Where there is a way to send it; otherwise it reaches nobody either."""
    if has_way:
        settings.MESSAGE_TRANSPORTS = {"sms": {"transport": "http", "url": "https://sms.example/"}}
    debtor = Debtor(shop)
    debtor.subscribe()
    shop.bill()
    route_messages(
        account=shop.account, channel="sms", address="+4930123456", kinds=["reminder_2", "suspended"],
        now=at(DUE),
    )  # fmt: skip
    live(debtor, -14, 8, "ada@example.com")
    assert held() == ([("S1", "suspended")] if has_way else [])
