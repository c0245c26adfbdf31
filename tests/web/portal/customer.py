"""Somebody signed in to an account that owes, has paid, and has been a customer for long."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from typing import Any

from django.test import Client

from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.store.models import Account, Brand, Invoice, Subscription
from tests.services.till import NOW, Shop
from tests.web.portal.visitor import make_member

# What the clock of the pages says in these tests, three days after the till's own day.
CLOCK = "2026-03-05T12:00+01:00"
TODAY = date(2026, 3, 5)


class Customer:
    """A browser that is signed in for an account."""

    def __init__(self, account: Account, role: str = "owner") -> None:
        self.account = account
        self.user = make_member(account, role, f"{role}-{account.external_id}@example.com".lower())
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(self.user)

    def see(self, url: str, status: int = 200, **headers: str) -> str:
        """A page as text, with single spaces."""
        answer = self.client.get(url, headers=headers)
        assert answer.status_code == status, (url, answer.status_code, answer.headers)
        return plain(unescape(answer.content.decode()))

    def fetch(self, url: str) -> Any:
        """The answer, whatever it is."""
        return self.client.get(url)

    def download(self, url: str, **sent: str) -> bytes:
        """A file that is streamed; sent as a form where something is sent."""
        answer: Any = self.client.post(url, sent) if sent else self.client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        return b"".join(answer.streaming_content) if answer.streaming else answer.content


def plain(text: str) -> str:
    """Text with plain spaces only, one at a time."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def offer_sandbox(shop: Shop, **funds: int) -> None:
    """Let the seller offer the sandbox and bank transfers."""
    data: dict[str, Any] = {
        "iban": "DE89370400440532013000",
        "gateways": {"sandbox": {"is_enabled": True, "hook_secret": "only for tests"}},
    }
    if funds:
        data["add_funds"] = {"EUR": funds}
    Brand.objects.update_or_create(seller=shop.seller, defaults={"data": data})


def plan_of(shop: Shop, code: str = "web", cadence: str = "1 month", amount: str = "10.00") -> Any:
    """A plan of hosting at a flat price."""
    name = f"{code.title()} space"
    plan = publish_plan(product=shop.hosting, code=code, name=name, cadence=cadence, now=NOW)
    publish_price(
        plan=plan, code="v1", currency="EUR", model={"model": "flat", "amount": amount}, now=NOW
    )
    return plan


def live_through(shop: Shop, account: Account, days: int, first: date) -> Subscription:
    """As many daily invoices, of which all but the last five are paid."""
    plan = plan_of(shop, f"daily-{account.external_id}", "1 day", "1.00")
    made = shop.subscribe(
        plan, f"S-{account.external_id}", account=account, start_on=first, today=first
    )
    last = first + timedelta(days=days - 1)
    assert not run_billing(first=first, last=last, now=NOW, accounts=[account.id]).skipped
    rows = Invoice.objects.filter(account=account)
    assert rows.count() == days
    if days > 5:
        shop.pay(sum(rows.order_by("id").values_list("open_minor", flat=True)[: days - 5]),
                 account=account, on=last)  # fmt: skip
    return made
