"""What a process does with services in the stories of killed processes; each is called in one.

The seller ``shop`` has one contract, served by the program at ``RECORDER_URL``, which is told what
happens, too.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta

from quarterday.ports.clock import read_now


def fill() -> None:
    """Make the shop and its contract, and let it run."""
    from django.db import connection

    from quarterday.jobs.drive_services import DriveServices
    from quarterday.services.accounts.add_contact import add_contact
    from quarterday.services.catalog.publish_plan import publish_plan
    from quarterday.services.catalog.publish_price import publish_price
    from quarterday.services.catalog.publish_provisioning import publish_provisioning
    from quarterday.services.hooks.add_endpoint import add_endpoint
    from quarterday.services.sellers.change_brand import change_brand
    from quarterday.services.subscriptions.start_subscription import start_subscription
    from tests.services.till import Shop

    shop, url, now = Shop(), os.environ["RECORDER_URL"], read_now()
    node = {"kind": "webhook", "url": f"{url}/services", "secret": "env:RECORDER_SECRET"}
    change_brand(seller=shop.seller, data={"provisioners": {"node": node}}, now=now)
    add_contact(account_id=shop.account.id, email="post@bakery.example", now=now)
    plan = publish_plan(product=shop.hosting, code="basic", name="Basic", now=now)
    model = {"model": "flat", "amount": "10"}
    publish_price(plan=plan, code="v1", currency="EUR", model=model, now=now)
    publish_provisioning(product=shop.hosting, place="node", now=now)
    today = now.date()
    start_subscription(account_id=shop.account.id, plan=plan, start_on=today, today=today, now=now)
    DriveServices().run()
    shop.bill(today)
    add_endpoint(seller=shop.seller, url=f"{url}/hooks", secret="env:RECORDER_SECRET", now=now)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def suspend() -> None:
    """Hold the service for its unpaid invoice, and let the jobs tell everybody."""
    from quarterday.services.provisioning.hold_service import hold_service
    from quarterday.store.models import Invoice, Subscription

    hold_service(
        subscription=Subscription.objects.get(),
        cause="unpaid",
        subject=Invoice.objects.get().public_id,
        now=read_now(),
    )
    tick()


def restore() -> None:
    """End the hold, as a payment does, and let the jobs tell everybody."""
    from quarterday.services.provisioning.release_service import release_service
    from quarterday.store.models import Account, Invoice

    release_service(
        account=Account.objects.get(),
        cause="unpaid",
        subject=Invoice.objects.get().public_id,
        now=read_now(),
    )
    tick()


def tick() -> None:
    """Let the jobs do what is due, as the scheduler does every few seconds."""
    from quarterday.ports.job import make_scheduler

    make_scheduler(["drive_services", "send_hooks"]).run_due()


def tell() -> None:
    """Let the jobs come to an end, then print what is known here, and what was to be told."""
    from quarterday.services.hooks.kinds import is_told
    from quarterday.store.models import Event, Message, ServiceState, WebhookEndpoint
    from quarterday.store.queries.check import check_books

    tick()
    row = ServiceState.objects.get()
    since = WebhookEndpoint.objects.get().created_at
    events = Event.objects.filter(at__gt=since + timedelta(seconds=30)).order_by("id")
    print(
        json.dumps(
            {
                "offences": [str(one) for one in check_books()],
                "stands": [row.wanted, row.condition, row.status],
                "service": row.public_id,
                "messages": sorted(
                    Message.objects.filter(kind__in=["suspended", "restored"]).values_list(
                        "kind", flat=True
                    )
                ),
                "events": [one for one in events.values_list("kind", flat=True) if is_told(one)],
            }
        )
    )
