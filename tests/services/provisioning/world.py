"""A seller whose contracts are served by a program that records what it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from quarterday.core.period import local_date
from quarterday.ports.provisioner import ask
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.publish_provisioning import publish_provisioning
from quarterday.services.provisioning.begin_call import begin_call
from quarterday.services.provisioning.claim_service import claim_service
from quarterday.services.provisioning.record_answer import record_answer
from quarterday.services.sellers.change_brand import change_brand
from quarterday.services.subscriptions.start_subscription import start_subscription
from quarterday.store.models import Event, Message, Plan, ServiceState, Subscription
from tests.fakes.recorder import SECRET, FakeRecorder
from tests.services.till import DAY, NOW, Shop

ENV = {"QUARTERDAY_PRIVATE_HOSTS": "127.0.0.1", "SERVICES_SECRET": SECRET}


class Served:
    """The shop, its program, and two plans of a product that it serves."""

    def __init__(self, shop: Shop, fake: FakeRecorder, **terms: Any) -> None:
        self.shop, self.fake = shop, fake
        url = f"{fake.url}/services"
        node = {"kind": "webhook", "url": url, "secret": "env:SERVICES_SECRET"}
        places = {"node": node, "desk": {"kind": "manual"}}
        change_brand(seller=shop.seller, data={"provisioners": places}, now=NOW)
        self.basic, self.pro = self.make_plan("basic", "10"), self.make_plan("pro", "20")
        publish_provisioning(product=shop.hosting, now=NOW, **{"place": "node", **terms})
        add_contact(account_id=shop.account.id, email="post@bakery.example", now=NOW)
        self.now = NOW

    def make_plan(self, code: str, amount: str) -> Plan:
        plan = publish_plan(product=self.shop.hosting, code=code, name=code.title(), now=NOW)
        model = {"model": "flat", "amount": amount}
        publish_price(plan=plan, code="v1", currency="EUR", model=model, now=NOW)
        return plan

    def start(self, external_id: str = "S1", on: date = DAY, **terms: Any) -> Subscription:
        given = {"plan": self.basic, "start_on": on, "today": DAY, **terms}
        account = given.pop("account", self.shop.account)
        return start_subscription(account_id=account.id, external_id=external_id, now=NOW, **given)

    @property
    def today(self) -> date:
        return local_date(self.now, "Europe/Berlin")

    def drive(self, **later: int) -> int:
        """Drive all that is due some time later; how many calls that were."""
        self.now += timedelta(**later)
        calls = 0
        for _ in range(100):
            service = claim_service(now=self.now)
            if service is None:
                return calls
            asked = begin_call(service, now=self.now)
            if asked is not None:
                calls += 1
                record_answer(asked, ask(asked.provisioner, asked.wish), now=self.now)
        raise AssertionError("it never comes to an end")

    def asked(self) -> list[str]:
        """What the program did, in order."""
        return [one.action for one in self.fake.calls]

    def there(self, subscription: Subscription) -> tuple[str, str]:
        """How a service is at the program."""
        one = self.fake.services.get(state(subscription).public_id)
        return (one.condition, one.plan) if one else ("none", "")


@contextmanager
def serve(shop: Shop, **terms: Any) -> Iterator[Served]:
    with FakeRecorder() as fake:
        yield Served(shop, fake, **terms)


def state(subscription: Subscription) -> ServiceState:
    return ServiceState.objects.get(subscription=subscription)


def stands(subscription: Subscription) -> tuple[str, str, str]:
    """What is wanted of a service, how it is, and what is left to do."""
    row = state(subscription)
    return row.wanted, row.condition, row.status


def told(kind: str = "") -> list[str]:
    rows = Message.objects.order_by("id").values_list("kind", flat=True)
    return [one for one in rows if kind in ("", one)]


def events(prefix: str) -> list[str]:
    rows = Event.objects.filter(kind__startswith=prefix).order_by("id")
    return list(rows.values_list("kind", flat=True))


def at(hours: int = 0, **more: int) -> datetime:
    return NOW + timedelta(hours=hours, **more)
