"""Accounts: opened once, changed, closed when nothing runs, and opened again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.accounts.change_account import change_account
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.accounts.close_account import close_account
from quarterday.services.accounts.reopen_account import reopen_account
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.store.models import Account, BillingDue, Contact
from tests.services.contracts import NOW, due, events, make_account, make_seller, make_shop, start

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


def test_an_account_opens_in_its_sellers_currency_and_is_not_due() -> None:
    account = make_account(make_seller(currency="EUR", language="de"), external_id="c1")
    stored = Account.objects.get()
    assert (stored.currency, stored.language, stored.status) == ("EUR", "de", "open")
    assert stored.snapshot is not None
    assert stored.snapshot.data["external_id"] == "c1"
    assert BillingDue.objects.get(account=account).bill_on is None
    assert events(account.public_id) == ["account.opened"]


def test_opening_again_changes_nothing_and_a_difference_is_named() -> None:
    seller = make_seller()
    account = make_account(seller, external_id="c1")
    assert make_account(seller, external_id="c1") == account
    assert events(account.public_id) == ["account.opened"]
    with pytest.raises(Conflict, match="account c1 is open with name 'Example customer', not 'X'"):
        make_account(seller, external_id="c1", name="X")
    assert make_account(make_seller(), external_id="c1") != account
    assert make_account(seller) != make_account(seller)


@pytest.mark.parametrize(
    ("details", "named"),
    [
        ({"country": "U"}, "country"),
        ({"currency": "usd"}, "usd"),
        ({"name": ""}, "name is empty"),
        ({"external_id": ""}, "external_id is empty"),
        ({"settings": {"billing_day": 32}}, "billing_day"),
    ],
)
def test_bad_input_is_named(details: dict[str, Any], named: str) -> None:
    with pytest.raises(BillingError, match=named):
        make_account(make_seller(), **details)
    assert not Account.objects.exists()


def test_new_settings_move_the_due_date() -> None:
    subscription = start(make_shop(), DAY)
    change_account(account_id=subscription.account_id, now=NOW, settings={"billing_day": 20})
    assert due(subscription) == date(2026, 2, 20)


def test_changed_details_make_a_new_snapshot_and_the_same_change_nothing() -> None:
    account = make_account(make_seller())
    changed = change_account(account_id=account.id, now=NOW, name="Renamed", data={"tier": 1})
    assert changed.snapshot_id != account.snapshot_id
    change_account(account_id=account.id, now=NOW, name="Renamed", data={"tier": 1})
    assert events(account.public_id) == ["account.opened", "account.changed"]
    stored = Account.objects.get()
    assert (stored.name, stored.data, stored.snapshot_id) == (
        "Renamed",
        {"tier": 1},
        changed.snapshot_id,
    )


def test_a_change_that_is_refused_changes_nothing() -> None:
    account = make_account(make_seller())
    with pytest.raises(BillingError, match="terms_days"):
        change_account(account_id=account.id, now=NOW, name="X", settings={"terms_days": "soon"})
    assert Account.objects.get().name == "Example customer"


def test_an_account_closes_when_nothing_runs_and_opens_again() -> None:
    shop = make_shop()
    subscription = start(shop, DAY)
    account = subscription.account
    with pytest.raises(BillingError, match="has 1 running subscription"):
        close_account(account_id=account.id, now=NOW)
    cancel_subscription(subscription_id=subscription.id, today=DAY, now=NOW)
    for _ in range(2):
        assert close_account(account_id=account.id, now=NOW).status == "closed"
    with pytest.raises(BillingError, match="is closed; reopen it"):
        start(shop, DAY, account=account)
    for _ in range(2):
        assert reopen_account(account_id=account.id, now=NOW).status == "open"
    assert start(shop, DAY, account=account).status == "active"
    assert events(account.public_id) == ["account.opened", "account.closed", "account.reopened"]


def test_a_contact_is_added_once_and_changed_after_that() -> None:
    account = make_account(make_seller())
    for kinds in (["invoice"], ["invoice"], ["reminder", "invoice"]):
        add_contact(account_id=account.id, email="Pay@example.com", kinds=kinds, now=NOW)
    contact = Contact.objects.get()
    assert (contact.email, contact.kinds) == ("pay@example.com", ["invoice", "reminder"])
    assert events(contact.public_id) == ["contact.added", "contact.changed"]
    with pytest.raises(BillingError, match="email must be an address"):
        add_contact(account_id=account.id, email="nobody", now=NOW)


def test_an_account_that_is_not_there() -> None:
    with transaction.atomic(), pytest.raises(NotFound, match="no account with the key 7"):
        claim_account(7)
