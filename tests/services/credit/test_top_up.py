"""Credit that is added by itself: once at a time, at most so often, and not after final declines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.jobs.top_up_credit import TopUpCredit
from quarterday.ports.outcomes import KeptMethod
from quarterday.services.credit.deduct_credit import deduct_credit
from quarterday.services.credit.set_top_up import set_top_up, stop_top_up
from quarterday.services.credit.top_up_due import top_up_due
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import (
    CreditGrant,
    Event,
    Message,
    PaymentAttempt,
    PaymentMethod,
    TopUp,
)
from quarterday.store.queries.check import check_books
from quarterday.store.queries.top_ups import iterate_low
from tests.services.till import DAY, NOW, Shop, together

BRAND = {"gateways": {"sandbox": {"is_enabled": True}}}
LOW = {"min_minor": 100, "max_minor": 200}
DAYS = timedelta(days=1)


def keep(shop: Shop, does: str = "ok") -> PaymentMethod:
    """A card of the sandbox that was kept before."""
    kind = "sepa_debit" if does == "debit" else "visa"
    kept = KeptMethod(f"sbx.{does}.{kind}.4242.203012", kind, "•••• 4242")
    return keep_method(account=shop.account, gateway="sandbox", kept=kept, now=NOW)


def set_up(shop: Shop, does: str = "ok", **brand: Any) -> TopUp:
    change_brand(seller=shop.seller, now=NOW, data=BRAND | brand)
    shop.account.contacts.create(email="anna@example.com")
    return set_top_up(
        account=shop.account,
        below_minor=1000,
        amount_minor=2500,
        method=keep(shop, does),
        now=NOW,
        consent="I agree.",
    )


def run(now: Any = NOW) -> list[str]:
    """What one look at all top-ups did."""
    made = [top_up_due(top_up=one, now=now) for one in iterate_low(now)]
    return [str(one.status) for one in made if one is not None]


def opened(shop: Shop) -> int:
    rows = CreditGrant.objects.filter(account=shop.account)
    return sum(one.open_minor for one in rows)


def spend(shop: Shop, minor: int, on: date = DAY) -> None:
    deduct_credit(account=shop.account, amount_minor=minor, today=on, now=NOW, reason="used")


def test_credit_is_added_once_when_it_is_low_and_only_so_often(shop: Shop) -> None:
    set_up(shop, credit={"top_ups_a_day": 2})
    assert '"consent":"I agree."' in str(Event.objects.get(kind="top_up.set").data)
    assert run() == ["succeeded"]
    assert (run(), opened(shop)) == ([], 2500)
    spend(shop, 1500)
    assert (run(), opened(shop)) == ([], 1000)
    spend(shop, 1)
    assert (run(), opened(shop)) == (["succeeded"], 3499)
    spend(shop, 3499)
    assert run() == []
    assert run(NOW + DAYS) == ["succeeded"]
    stop_top_up(account=shop.account, now=NOW)
    spend(shop, 2500, DAY + DAYS)
    assert run(NOW + 3 * DAYS) == []
    assert list(check_books()) == []


def test_a_decline_waits_longer_each_time_and_the_third_ends_it(shop: Shop) -> None:
    set_up(shop, "later_insufficient_funds")
    assert [run(NOW), run(NOW), run(NOW + DAYS), run(NOW + 2 * DAYS)] == [
        ["failed"],
        [],
        ["failed"],
        [],
    ]
    assert TopUp.objects.get().is_enabled
    assert [run(NOW + 4 * DAYS), run(NOW + 9 * DAYS)] == [["failed"], []]
    top_up = TopUp.objects.get()
    assert (top_up.is_enabled, top_up.attempt) == (False, None)
    assert Message.objects.filter(kind="top_up_failed").count() == 3
    assert not Message.objects.filter(kind="payment_failed").exists()


@pytest.mark.parametrize("does", ["later_method_revoked", "confirm"])
def test_what_cannot_work_again_is_tried_once(shop: Shop, does: str) -> None:
    set_up(shop, does)
    assert (run(), TopUp.objects.get().is_enabled) == (["failed"], False)
    assert Message.objects.get(kind="top_up_failed")


def test_while_money_is_on_its_way_nothing_more_is_asked_for(shop: Shop) -> None:
    set_up(shop, "debit")
    assert run() == ["pending"]
    assert (run(NOW + 2 * DAYS), PaymentAttempt.objects.count()) == ([], 1)


def test_workers_at_once_ask_once(open_shop: Shop) -> None:
    top_up = set_up(open_shop)
    together(*[lambda: top_up_due(top_up=top_up, now=NOW)] * 3)
    assert (PaymentAttempt.objects.count(), opened(open_shop)) == (1, 2500)


def test_the_job_tops_up_and_goes_on_after_what_breaks(shop: Shop) -> None:
    set_up(shop)
    change_brand(seller=shop.seller, now=NOW, data=BRAND | {"add_funds": {"EUR": LOW}})
    assert TopUpCredit().run() == {}
    assert TopUp.objects.get().next_at
    assert Event.objects.filter(kind="top_up.postponed").exists()


@pytest.mark.parametrize(
    ("terms", "brand", "said"),
    [
        ({"amount_minor": 100}, {}, "amount must be from 10.00 EUR"),
        ({"below_minor": 0}, {}, "below_minor must be at least 1"),
        ({"below_minor": 499_000}, {}, "at most 5000.00 EUR together"),
        ({}, {"credit": {"top_up": False}}, "not added automatically"),
        ({}, {"credit": {"needs_service": True}}, "not added automatically"),
    ],
)
def test_what_the_seller_does_not_allow_is_refused(
    shop: Shop, terms: dict[str, int], brand: dict[str, Any], said: str
) -> None:
    change_brand(seller=shop.seller, now=NOW, data=BRAND | brand)
    asked: dict[str, Any] = {"below_minor": 1000, "amount_minor": 2500} | terms
    with pytest.raises(BillingError, match=said):
        set_top_up(account=shop.account, method=keep(shop), now=NOW, **asked)
