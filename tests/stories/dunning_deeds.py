"""What a process does in the story of killed reminding; each is called in one."""

from __future__ import annotations

import json
from typing import Any

from quarterday.ports.clock import read_now


def fill() -> None:
    """Three customers who owe for a web space, a week before the consequences."""
    from django.db import connection

    from quarterday.services.catalog.publish_product import publish_product
    from quarterday.services.dunning.choose_policy import choose_policy
    from quarterday.services.dunning.save_policy import save_policy
    from tests.services.dunning.debtor import Debtor, read
    from tests.services.till import NOW, Shop

    shop = Shop()
    debtor = Debtor(shop)
    publish_product(seller=shop.seller, code="late-fee", name="Late fee", now=NOW)
    steps: list[dict[str, Any]] = [
        {"key": "first", "offset": 3, "action": "send", "template": "reminder_2"},
        {"key": "fee", "offset": 5, "action": "fee", "fixed": {"EUR": "5.00"}},
        {"key": "stop", "offset": 5, "action": "suspend"},
        {"key": "tell", "offset": 5, "action": "task", "title": "Look"},
        {"key": "last", "offset": 8, "action": "terminate"},
    ]
    save_policy(seller=shop.seller, data={"code": "mine", "steps": steps}, now=NOW)
    choose_policy(level=shop.seller, policy="mine", now=NOW)
    debtor.subscribe("S1")
    for place in (2, 3):
        account = shop.open_account(f"A{place}")
        debtor.subscribe(f"S{place}", account=account)
        read(account)
    shop.bill()
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def dun() -> None:
    """One look of the job."""
    from quarterday.jobs.dun_due import DunDue

    DunDue().run()


def pay() -> None:
    """The first customer pays everything."""
    from quarterday.services.payments.record_payment import record_payment
    from quarterday.store.models import Account, Invoice

    now = read_now()
    account = Account.objects.get(external_id="A1")
    owed = sum(one.open_minor for one in Invoice.objects.filter(account=account))
    if not owed:
        return
    record_payment(
        account=account,
        amount_minor=owed,
        method="bank",
        today=now.date(),
        now=now,
        external_id="the only one",
    )


def tell() -> None:
    """What became of everybody, in words that do not name the time or an id."""
    from quarterday.store.models import (
        DunningStep,
        Invoice,
        Message,
        ServiceHold,
        Subscription,
        Task,
    )
    from quarterday.store.queries.check import check_books

    steps = DunningStep.objects.order_by("invoice__label", "id")
    facts = {
        "steps": [[one.invoice.account.external_id, one.step, one.outcome] for one in steps],
        "messages": sorted(
            [str(one.account.external_id), one.kind]
            for one in Message.objects.select_related("account")
            if one.account and one.occasion.startswith("dunning ")
        ),
        "holds": sorted(
            str(one.subscription.external_id) for one in ServiceHold.objects.filter(ended_at=None)
        ),
        "states": list(Subscription.objects.order_by("id").values_list("status", flat=True)),
        "invoices": sorted(Invoice.objects.values_list("total_minor", "status")),
        "tasks": sorted(Task.objects.values_list("kind", "status")),
        "offences": [str(one) for one in check_books()],
    }
    print(json.dumps(facts))
