"""A customer who owes, and what is done about it day after day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.dunning.take_due import DunningSummary, take_due
from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import (
    Account,
    Dunning,
    DunningStep,
    Invoice,
    Message,
    Plan,
    Seller,
    ServiceHold,
    Subscription,
)
from tests.services.till import DAY, NOW, Shop

DUE = DAY + timedelta(days=14)
BERLIN = ZoneInfo("Europe/Berlin")


def at(day: date, hour: int = 10) -> datetime:
    """A time of a day where the seller is."""
    return datetime.combine(day, time(hour), BERLIN)


class Debtor:
    """The shop reminds by a policy; its account has somebody who reads, and a web space."""

    def __init__(self, shop: Shop, policy: str = "standard", **setup: Any) -> None:
        self.shop, self.account = shop, shop.account
        change_brand(seller=shop.seller, data={"dunning": {"policy": policy, **setup}}, now=NOW)
        self.plan: Plan | None = None
        read(self.account)

    @property
    def seller(self) -> Seller:
        """As a run reads it."""
        return Seller.objects.select_related("brand").get(id=self.shop.seller.id)

    def subscribe(self, external_id: str = "S1", **terms: Any) -> Subscription:
        """A web space for 10.00 a month."""
        if self.plan is None:
            self.plan = publish_plan(product=self.shop.hosting, code="web", name="Web", now=NOW)
            model = {"model": "per_unit", "unit_price": "10.00"}
            publish_price(plan=self.plan, code="v1", currency="EUR", model=model, now=NOW)
        return self.shop.subscribe(self.plan, external_id, **terms)

    def look(self, *days: int, hour: int = 10, **terms: Any) -> DunningSummary:
        """Look on days counted from the due date, at an hour; the last summary."""
        summary = DunningSummary()
        for after in days:
            day = DUE + timedelta(days=after)
            summary = take_due(seller=self.seller, today=day, now=at(day, hour), **terms)
        return summary

    def mails(self) -> list[tuple[str, int]]:
        """What was said about what is owed, and how many days after the due date."""
        rows = Message.objects.filter(occasion__startswith="dunning ").order_by("id")
        return [
            (one.kind, (date.fromisoformat(one.occasion.split()[1]) - DUE).days) for one in rows
        ]


def read(account: Account, address: str = "ada@example.com") -> None:
    """Somebody reads what the account is told."""
    add_contact(account_id=account.id, email=address, now=NOW)


def steps(invoice: Invoice) -> list[tuple[str, str]]:
    """The steps that were taken of an invoice, and what became of each."""
    rows = DunningStep.objects.filter(invoice=invoice).order_by("id")
    return [(one.step, one.outcome) for one in rows]


def held() -> list[tuple[str, str]]:
    """The open holds of services: the contract and the level."""
    rows = ServiceHold.objects.filter(ended_at=None).order_by("id")
    return [(str(one.subscription.external_id), one.level) for one in rows]


def row_of(invoice: Invoice) -> Dunning:
    """Where an invoice stands."""
    return Dunning.objects.get(invoice=invoice)
