"""Customers who move to a new price are told once: what it was, what it will be, from when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.catalog.foresee_move import foresee_move
from quarterday.services.catalog.publish_version import publish_version
from quarterday.services.messages.fields.load_fields import load_fields
from quarterday.services.messages.mark_address import mark_address
from quarterday.services.messages.preview_message import preview_message
from quarterday.services.runs import move_prices as moving
from quarterday.services.runs.order_run import order_run
from quarterday.services.runs.tell_price import tell_price
from quarterday.services.runs.work_at import work_at
from quarterday.store.models import (
    Account,
    Event,
    Message,
    Price,
    ScheduledRun,
    Seller,
    Subscription,
)
from tests.services.bills import (
    NOW,
    START,
    bill,
    day,
    day_at,
    make_account,
    make_meter,
    make_plan,
    make_price,
    make_seller,
    subscribe,
)

pytestmark = pytest.mark.django_db
TWELVE = {"model": {"model": "per_unit", "unit_price": "12"}}


def at(on: date) -> Callable[[], datetime]:
    return lambda: day_at(on)


class Changing:
    """Two customers with contacts, of whom one has two contracts; a third nobody can write to."""

    def __init__(self) -> None:
        self.seller: Seller = make_seller()
        self.plan = make_plan(self.seller)
        self.old: Price = make_price(self.plan, "10")
        self.accounts: list[Account] = [
            make_account(self.seller, external_id=f"A{number}") for number in range(3)
        ]
        for account in self.accounts[:2]:
            add_contact(account_id=account.id, email=f"{account}@customer.example", now=NOW)
        first, second, third = self.accounts
        subscribe(self.plan, first, external_id="a", start_on=day(1, 1), quantity=Decimal(3))
        subscribe(self.plan, first, external_id="b", start_on=day(1, 15))
        subscribe(self.plan, second, external_id="c", start_on=day(1, 10))
        subscribe(self.plan, third, external_id="d", start_on=day(1, 10))
        bill(START, day(1, 20))

    def order(self, *, tell: bool = True) -> ScheduledRun:
        scope = {
            "old": self.old.id, "code": "v2", "terms": TWELVE, "move": True,
            "not_before": day(3, 1).isoformat(), "tell": tell,
        }  # fmt: skip
        return order_run(seller=self.seller, kind="prices", now=day_at(day(1, 20)), scope=scope)

    def messages(self) -> list[Message]:
        return list(Message.objects.filter(kind="price_changed").order_by("account_id"))


def moved() -> int:
    return Event.objects.filter(kind="subscription.price_changed").count()


def test_each_customer_is_told_once_of_all_they_have() -> None:
    shop = Changing()
    foreseen = foresee_move(shop.old, terms=TWELVE, not_before=day(3, 1), on=day(1, 20))
    assert foreseen == (2, 1, day(3, 1))
    run = shop.order()
    for _ in range(2):
        assert work_at(at(day(1, 20))) == run
        summary = ScheduledRun.objects.get(id=run.id).summary
        third = shop.accounts[2]
        assert summary["unreached_names"] == [[third.public_id, third.name]]
        assert (summary["unreached"], summary["moved"]) == (1, 4)
        ScheduledRun.objects.filter(id=run.id).update(status="waiting", done=0)
    first, second = shop.messages()
    assert moved() == 4
    new = Price.objects.get(code="v2")
    assert (first.account, first.occasion) == (shop.accounts[0], new.public_id)
    fields: Any = load_fields(first, name="Ada", address="a@customer.example", now=NOW)["price"]
    assert (fields["on"], fields["last_on"]) == (day(3, 1), day(3, 15))
    assert [one["amount"].minor for one in fields["old"]] == [3000, 1000]
    assert [one["amount"].minor for one in fields["new"]] == [3600, 1200]
    other: Any = load_fields(second, name="", address="c@customer.example", now=NOW)["price"]
    assert (other["on"], other["last_on"]) == (day(3, 10), day(3, 10))


def test_who_is_not_to_be_told_is_not() -> None:
    shop = Changing()
    shop.order(tell=False)
    work_at(at(day(1, 20)))
    assert moved() == 4 and not shop.messages()


def test_what_dies_moves_nobody_untold(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Changing()
    run = shop.order()
    tell, told = moving.tell_price, []

    def die(**given: Any) -> None:
        tell(**given)
        told.append(given["account"])
        if len(told) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(moving, "tell_price", die)
    with pytest.raises(KeyboardInterrupt):
        work_at(at(day(1, 20)))
    assert moved() == 2 and len(shop.messages()) == 1
    assert ScheduledRun.objects.get(id=run.id).summary["moved"] == 2
    ScheduledRun.objects.filter(id=run.id).update(status="waiting")
    work_at(at(day(1, 20)))
    assert moved() == 4 and len(shop.messages()) == 2


def test_only_who_pays_another_amount_and_can_be_mailed_is_foreseen_and_told() -> None:
    shop = Changing()
    first, second, _ = shop.accounts
    tiers = [{"up_to": "2", "unit_price": "10"}, {"unit_price": "9"}]

    def foresee(**terms: Any) -> tuple[Any, ...]:
        given = {"model": shop.old.model} | terms
        return foresee_move(shop.old, terms=given, not_before=day(3, 1), on=day(1, 20))

    assert foresee(setup_fee=7) == (0, 0, None)
    # Only the three of the first customer reach the second tier.
    assert foresee(model={"model": "volume", "tiers": tiers}) == (1, 0, day(3, 1))
    assert foresee(tax_inclusive=True) == foresee(commitment=5) == (2, 1, day(3, 1))
    Subscription.objects.filter(account=first).update(status="paused")
    assert foresee(**TWELVE) == (1, 1, day(3, 10))
    mark_address(address=f"{second}@customer.example", reason="bounced", detail="", now=NOW)
    assert foresee(**TWELVE) == (0, 2, day(3, 10))


@pytest.mark.parametrize("metered", [False, True])
def test_the_mail_compares_like_with_like_and_names_the_least_spending(metered: bool) -> None:
    shop = Changing()
    account, plan = shop.accounts[0], make_plan(shop.seller, "more")
    meter = make_meter(shop.seller) if metered else None
    old = make_price(plan, "0.00001" if metered else "10", meter=meter, setup_fee="1")
    contract = subscribe(plan, account, external_id="t")

    def tell(code: str, **terms: Any) -> Any:
        nonlocal old
        new = publish_version(old=old, code=code, terms=terms, today=day(1, 20), now=NOW)
        moved = [moving.Moved(contract, (Decimal(1),), day(2, 1))]
        tell_price(account=account, moved=moved, old=old, new=new, now=NOW)
        found = Message.objects.filter(occasion=new.public_id).first()
        old = new
        return found and load_fields(found, name="", address="a@x.example", now=NOW)["price"]

    assert tell("v2", setup_fee="9") is None
    gross = tell("v3", tax_inclusive=True)
    assert (gross["was_inclusive"], gross["is_inclusive"], gross["new_least"]) == (
        False, True, None,
    )  # fmt: skip
    assert gross["old"] == gross["new"] != []
    least = tell("v4", commitment="20")
    assert (least["old_least"].minor, least["new_least"].minor) == (0, 2000)
    assert least["was_inclusive"] and least["is_inclusive"]
    dearer = tell("v5", model={"model": "per_unit", "unit_price": "0.00002"})
    was, will = dearer["old"][0]["amount"].minor, dearer["new"][0]["amount"].minor
    assert was != will and dearer["old_least"] is None


def test_usage_is_told_by_examples() -> None:
    shop = Changing()
    meter = make_meter(shop.seller)
    plan = make_plan(shop.seller, "traffic")
    old = make_price(plan, "1", meter=meter)
    contract = subscribe(plan, shop.accounts[0], external_id="t")
    terms = {"model": {"model": "per_unit", "unit_price": "2"}}
    new = publish_version(old=old, code="v2", terms=terms, today=day(1, 20), now=NOW)
    told = moving.Moved(contract, (Decimal(1),), day(2, 1))
    tell_price(account=shop.accounts[0], moved=[told], old=old, new=new, now=NOW)
    price = Message.objects.get(kind="price_changed").data["price"]
    assert price["old"][0] == {
        "text": "1 ×", "note": "", "amount": {"minor": 100, "currency": "EUR"},
    }  # fmt: skip
    assert price["new"][0]["amount"]["minor"] == 200


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "pt"])
def test_the_mail_says_both_prices_and_the_day(language: str) -> None:
    seller = make_seller()
    said = preview_message(seller=seller, kind="price_changed", now=NOW, language=language)
    assert "2027" in said.title and "Hosting Pro" in said.title
    for told in ("10.00", "12.50", "5.00", "8.00"):
        assert told in said.text or told.replace(".", ",") in said.text, language
