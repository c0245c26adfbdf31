"""What is told at all: fresh facts, by sellers that speak, to somebody who wants to hear of them."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.core.message import KINDS
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.credit.deduct_credit import deduct_credit
from quarterday.services.credit.grant_credit import grant_credit
from quarterday.services.imports.load_file import load_file
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.messages.choose_messages import choose_messages
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.payments.refund_payment import refund_payment
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.services.users.add_user import add_member, add_user
from quarterday.store.models import Message, Plan
from tests.services.till import DAY, NOW, Shop


def add(shop: Shop, *kinds: str) -> None:
    add_contact(account_id=shop.account.id, email="ada@example.com", kinds=kinds, now=NOW)


def kinds() -> Counter[str]:
    return Counter(Message.objects.values_list("kind", flat=True))


def make_plan(shop: Shop, code: str, price: str) -> Plan:
    plan = publish_plan(product=shop.hosting, code=code, name=f"Hosting {code}", now=NOW)
    model = {"model": "flat", "amount": price}
    publish_price(plan=plan, code="v1", currency="EUR", model=model, now=NOW)
    return plan


def test_the_engine_tells_what_it_does(shop: Shop) -> None:
    add(shop)
    small, large = make_plan(shop, "small", "10"), make_plan(shop, "large", "20")
    subscription = shop.subscribe(small, "S1", start_on=DAY, today=DAY)
    invoice = shop.bill()
    payment = shop.pay(invoice.total_minor)
    credit_invoice(invoice=invoice, today=DAY, now=NOW, reason="outage")
    change_plan(subscription_id=subscription.id, plan=large, today=DAY, now=NOW)
    refund_payment(payment=payment, amount_minor=1_00, today=DAY, now=NOW, reason="sorry")
    grant_credit(
        account=shop.account, kind="goodwill", amount_minor=500, today=DAY, now=NOW, reason="nice"
    )
    grant_credit(
        account=shop.account, kind="deposit", amount_minor=900, method="cash", today=DAY, now=NOW
    )
    deduct_credit(
        account=shop.account, amount_minor=400, method="cash", today=DAY, now=NOW, reason="asked"
    )
    cancel_subscription(subscription_id=subscription.id, today=DAY, now=NOW, reason="moving")
    assert kinds() == {
        "welcome": 1,
        "invoice_issued": 1,
        "receipt": 1,
        "plan_changed": 1,
        "credit_note": 1,
        "refund": 2,
        "credit_added": 2,
        "cancelled": 1,
    }


def test_what_is_taken_back_was_never_told(shop: Shop) -> None:
    add(shop)
    with pytest.raises(RuntimeError), transaction.atomic():
        shop.pay(10_00)
        assert kinds() == {"receipt": 1}
        raise RuntimeError
    assert not kinds()


def test_old_facts_are_history(shop: Shop) -> None:
    add(shop)
    shop.charge(10_00)
    long_ago = DAY - timedelta(days=30)
    run_billing(first=long_ago, last=long_ago, now=NOW)
    shop.pay(5_00, received_on=long_ago)
    shop.pay(5_00, received_on=DAY - timedelta(days=3))
    assert kinds() == {"receipt": 1}


def test_loading_tells_nothing(shop: Shop, tmp_path: Path) -> None:
    add(shop)
    path = tmp_path / "old.jsonl"
    row = {
        "type": "payment",
        "seller": "shop",
        "account": "A1",
        "external_id": "P1",
        "amount": "5.00",
        "received_on": DAY.isoformat(),
        "method": "bank",
    }
    path.write_text(json.dumps(row) + "\n")
    assert not load_file(path, now=NOW).problems
    assert not kinds()
    shop.pay(1_00)
    assert kinds() == {"receipt": 1}, "and after it, everything is told again"


def test_a_seller_chooses_when_to_begin(shop: Shop) -> None:
    add(shop)
    choose_messages(seller=shop.seller, since=None, now=NOW)
    shop.account.refresh_from_db()
    shop.invoice(1_00)
    shop.pay(1_00)
    assert not kinds()
    queue_message(
        kind="login_link", account=shop.account, subject="usr_1", recipient="a@example.com", now=NOW
    )
    assert kinds() == {"login_link": 1}, "who asks for a link gets it"
    choose_messages(seller=shop.seller, since=DAY + timedelta(days=1), now=NOW)
    shop.pay(1_00)
    assert kinds()["receipt"] == 0
    choose_messages(seller=shop.seller, since=DAY, now=NOW)
    shop.pay(1_00)
    shop.invoice(1_00, on=DAY)
    assert (kinds()["receipt"], kinds()["invoice_issued"]) == (1, 1)


def test_members_hear_where_there_is_no_contact(shop: Shop) -> None:
    user = add_user(email="tech@example.com", name="Tech", language="en")
    add_member(account_id=shop.account.id, user=user, role="technical", now=NOW)
    shop.invoice(1_00)
    assert not kinds(), "a technician has nothing to do with invoices"
    owner = add_user(email="owner@example.com", name="Owner", language="en")
    add_member(account_id=shop.account.id, user=owner, role="owner", now=NOW)
    shop.invoice(1_00)
    shop.pay(1_00)
    assert kinds() == {"invoice_issued": 1, "receipt": 1}


def test_direct_kinds_need_a_recipient(shop: Shop) -> None:
    for kind in KINDS.values():
        if kind.is_direct:
            with pytest.raises(BillingError, match="recipient"):
                queue_message(kind=kind.name, account=shop.account, subject="x", now=NOW)
    with pytest.raises(BillingError, match="there is no kind"):
        queue_message(kind="spam", account=shop.account, subject="x", now=NOW)


def test_a_run_asks_twice_for_a_batch(shop: Shop, django_assert_num_queries: object) -> None:
    from quarterday.services.messages.queue_documents import NewDocument, make_message_rows

    accounts = [shop.open_account(f"B{number}") for number in range(20)]
    for account in accounts[::2]:
        add_contact(account_id=account.id, email="x@example.com", now=NOW)

    def rows(count: int) -> int:
        documents = [
            NewDocument("invoice_issued", f"inv_{account.id}", shop.seller.id, account.id)
            for account in accounts[:count]
        ]
        return len(make_message_rows(documents, today=date(2026, 3, 2), now=NOW))

    with django_assert_num_queries(5):  # type: ignore[operator]
        assert rows(4) == 2
    with django_assert_num_queries(5):  # type: ignore[operator]
        assert rows(20) == 10
