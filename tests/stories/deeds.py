"""What a process does with money in the stories of killed processes; each is called in one.

The seller ``shop`` takes cards by Stripe, at the address in ``STRIPE_URL``. Account A1 owes
119.00 € since 2 March 2026 and has kept a card.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.ports.outcomes import KeptMethod

JOBS = (
    "look_up_attempts look_up_refunds process_events sweep_gateways read_statements match_bank_lines"
).split()
KEYS = {"STRIPE_KEY": "sk_test_fake", "STRIPE_HOOK": "whsec_fake"}


def fill(method: str, customer: str) -> None:
    """Make the shop, and the card that the service keeps."""
    from django.db import connection

    from quarterday.services.bank.add_bank_account import add_bank_account
    from quarterday.services.payments.keep_method import keep_method
    from quarterday.services.sellers.change_brand import change_brand
    from tests.services.till import NOW, Shop

    shop = Shop()
    stripe = {
        "secret_key": "env:STRIPE_KEY",
        "hook_secret": "env:STRIPE_HOOK",
        "api_url": os.environ["STRIPE_URL"],
    }
    change_brand(seller=shop.seller, data={"gateways": {"stripe": stripe}}, now=NOW)
    kept = KeptMethod(method, "card", "Visa •••• 4242", date(2039, 5, 31), {"customer": customer})
    keep_method(account=shop.account, gateway="stripe", kept=kept, now=NOW)
    shop.invoice(10000)
    add_bank_account(
        seller=shop.seller, code="giro", number="DE89370400440532013000", currency="EUR", now=NOW
    )
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def collect() -> None:
    """Charge what is due, as the daily job does."""
    from quarterday.services.collection.collect_due import collect_due
    from quarterday.store.models import Seller

    now = read_now()
    for seller in Seller.objects.all():
        collect_due(seller=seller, today=local_date(now, seller.time_zone), now=now)


def refund() -> None:
    """Give the first payment back by its gateway."""
    from quarterday.services.payments.refund_by_gateway import refund_by_gateway
    from quarterday.store.models import Payment

    now = read_now()
    payment = Payment.objects.earliest("id")
    refund_by_gateway(
        payment=payment, today=now.date(), now=now, reopen=True, external_id="the only one"
    )


def receive(path: str) -> None:
    """Take what a gateway posts, kept in a file as a list of headers and body, and act on it."""
    from django.conf import settings
    from django.test import Client

    from quarterday.services.gateway_events.process_events import process_events

    settings.ALLOWED_HOSTS = ["*"]
    for headers, body in json.loads(Path(path).read_text("utf-8")):
        Client(headers=headers).post(
            "/hooks/pay/stripe/shop/", body.encode(), content_type="application/json"
        )
    process_events(now=read_now())


def read_statement() -> None:
    """Read what lies in the folder of statements, as the job does every minute."""
    from quarterday.jobs.read_statements import ReadStatements

    ReadStatements().run()


def tick() -> None:
    """Let every job that moves money do what is due, as the scheduler does."""
    from quarterday.ports.job import make_scheduler

    collect()
    make_scheduler(JOBS).run_due()


def tell() -> None:
    """Print what the books say, in the terms that survive any order of events."""
    print(json.dumps(read_facts(), sort_keys=True))


def read_facts() -> dict[str, Any]:
    from quarterday.store.models import BankLine, Dispute, Invoice, Payment, Refund
    from quarterday.store.queries.check import check_books
    from tests.services.till import ledger

    return {
        "offences": [str(one) for one in check_books()],
        "ledger": ledger(),
        "invoices": sorted(Invoice.objects.values_list("label", "status", "open_minor")),
        "payments": sorted(Payment.objects.values_list("kind", "status", "amount_minor")),
        "refunds": sorted(Refund.objects.values_list("amount_minor", flat=True)),
        "disputes": sorted(Dispute.objects.values_list("status", "amount_minor", "fee_minor")),
        "bank": sorted(BankLine.objects.values_list("status", "amount_minor", "open_minor")),
    }
