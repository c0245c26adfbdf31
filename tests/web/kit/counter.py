"""Somebody who pays at the counter: finds the forms of the pay page, fills them in, sends them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client
from django.utils import timezone

from quarterday.services.links.make_link import make_link
from quarterday.store.models import Account, Brand, Invoice, LinkPurpose
from tests.services.till import Shop

CARD = {"number": "4242 4242 4242 4242", "expiry": "05/39", "code": "123"}
DEBIT = {"name": "Example Person", "iban": "DE89 3704 0044 0532 0130 00"}


def read(answer: Any) -> str:
    """What a page says, amounts as plain text."""
    page = unescape(answer.content.decode())
    return re.sub(r'<span class="money">([^<]*)</span>', r"\1", page)


class Counter:
    """A visitor with a pay link for an invoice, and no account to sign in to."""

    def __init__(self, shop: Shop, net_minor: int = 10000) -> None:
        data: dict[str, Any] = {
            "iban": "DE89370400440532013000",
            "gateways": {"sandbox": {"is_enabled": True, "hook_secret": "only for tests"}},
        }
        Brand.objects.get_or_create(seller=shop.seller, defaults={"data": data})
        self.shop = shop
        self.account: Account = shop.account
        self.invoice: Invoice = shop.invoice(net_minor)
        self.client = Client(SERVER_NAME="localhost")
        made = make_link(
            seller=shop.seller,
            purpose=LinkPurpose.PAY,
            now=timezone.now(),
            account_id=self.account.id,
            subject=self.invoice.public_id,
        )
        self.url = "/l/" + made.url.rpartition("/l/")[2]

    def see(self, url: str = "") -> str:
        """The page, as text."""
        answer = self.client.get(url or self.url)
        assert answer.status_code == 200, (answer.status_code, answer.headers)
        return read(answer)

    def hidden(self, page: str) -> dict[str, str]:
        """What the forms of the page carry along."""
        found = re.findall(r'<input type="hidden" name="(key|shown)" value="([^"]*)"', page)
        return dict(found)

    def fill(self, page: str, way: str, fields: dict[str, str], **more: str) -> dict[str, str]:
        """What a filled in form sends."""
        typed = {f"field-{name}": value for name, value in fields.items()}
        return self.hidden(page) | {"way": way} | typed | more

    def pay(
        self, way: str = "sandbox-card", fields: dict[str, str] | None = None, **more: str
    ) -> Any:
        """Open the page and pay; the answer."""
        sent = self.fill(self.see(), way, CARD if fields is None else fields, **more)
        return self.client.post(self.url, sent)

    def follow(self, answer: Any) -> str:
        """The page to which an answer leads."""
        assert answer.status_code == 302, answer.status_code
        return self.see(answer.headers["Location"])
