"""What customers read: firmer each time, with the consequence and its day, and all that is open."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from babel.dates import format_date

from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.messages.address_messages import address_messages
from quarterday.services.messages.prepare_parcel import prepare_parcel
from quarterday.store.models import Delivery, Message
from tests.services.dunning.debtor import DUE, Debtor, at
from tests.services.dunning.test_take_due import own
from tests.services.till import NOW, Shop

STEPS: list[dict[str, Any]] = [
    {"key": "second", "offset": 3, "action": "send", "template": "reminder_2"},
    {"key": "long", "offset": 4, "action": "send", "template": "overdue"},
    {"key": "warn", "offset": 5, "action": "warn"},
    {"key": "less", "offset": 8, "action": "restrict"},
    {"key": "stop", "offset": 12, "action": "suspend"},
    {"key": "last", "offset": 14, "action": "send", "template": "final_notice"},
    {"key": "fee", "offset": 16, "action": "fee", "fixed": {"EUR": "5.00"}},
    {"key": "end", "offset": 20, "action": "terminate"},
    {"key": "agency", "offset": 30, "action": "collections"},
]
# The day after the due day on which each is said, and that of which it speaks.
SAID = {
    "reminder_2": (3, 8),
    "overdue": (4, 8),
    "suspension_warning": (5, 8),
    "restricted": (8, 12),
    "suspended": (12, 20),
    "final_notice": (14, 20),
    "terminated": (20, 30),
}


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "pt"])
def test_each_says_what_comes_and_when(shop: Shop, language: str) -> None:
    debtor = Debtor(shop)
    own(debtor, *STEPS)
    publish_product(seller=shop.seller, code="late-fee", name="Late fee", now=NOW)
    shop.account.language = language
    shop.account.save()
    debtor.subscribe()
    shop.bill()
    second = shop.invoice(5000, on=date(2026, 3, 20))
    said = {}
    for after in range(3, 21):
        debtor.look(after)
        now = at(DUE + timedelta(days=after), 11)
        address_messages(now=now)
        for one in Delivery.objects.filter(sent_at=None, message__occasion__startswith="dunning"):
            if one.message.kind not in said and one.message.occasion.endswith(str(now.date())):
                said[one.message.kind] = prepare_parcel(one, now=now).parcel
    assert list(said) == list(SAID)
    locale = "en_GB" if language == "en" else language
    for kind, (_, consequence) in SAID.items():
        text = " ".join(said[kind].text.split())
        day = DUE + timedelta(days=consequence)
        assert format_date(day, "long", locale=locale) in text, kind
        if kind != "terminated":
            assert second.label in text, kind
    assert "5.00 €" in " ".join(said["final_notice"].text.split()).replace(",", ".")
    assert Message.objects.filter(kind="cancelled").count() == 0
