"""Accounts on hold are passed over, and charged the very same once they are released."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from quarterday.core.errors import BillingError
from quarterday.services.errors import NotFound
from quarterday.services.invoicing.bill_account import bill_account
from quarterday.services.invoicing.simulate import simulate
from quarterday.services.runs.hold_billing import hold_billing
from quarterday.services.runs.release_billing import release_billing
from quarterday.store.models import Account, BillingHold, Event, InvoiceLine
from quarterday.store.queries.check import check_books
from tests.services.bills import (
    NOW,
    START,
    bill,
    day,
    day_at,
    make_account,
    make_discount,
    make_meter,
    make_plan,
    make_price,
    make_seller,
    make_tax,
    prove,
    subscribe,
    use,
)


def charged(account: Account) -> list[tuple[Any, ...]]:
    """Everything that was charged, whatever invoice it is on."""
    rows = InvoiceLine.objects.filter(account_id=account.id)
    columns = "kind description period_start period_end quantity net_minor tax_code".split()
    return sorted(rows.values_list(*columns))


def make_twins() -> list[Account]:
    """Two accounts with the same of everything."""
    seller = make_seller()
    make_tax(seller, "19", valid_end=day(3, 5))
    make_tax(seller, "21", valid_from=day(3, 5))
    web, air = make_plan(seller), make_plan(seller, "air", "2 weeks")
    meter = make_meter(seller)
    make_price(web, "29.95", setup_fee="15")
    make_price(air, "9.90", timing="arrears", commitment="15")
    make_price(air, "0.1", code="usage", meter=meter)
    half = make_discount(seller, "half", "percentage", "50", duration="periods", periods=3)
    twins = [make_account(seller), make_account(seller)]
    for account in twins:
        subscribe(web, account, discounts=[half])
        one = subscribe(air, account)
        use(one, meter, day(1, 9), "40")
        use(one, meter, day(2, 9), "10")
    return twins


class HeldAndReleased(TestCase):
    """One account is held for any time, its twin never."""

    @settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
    @given(st.integers(0, 60), st.integers(1, 80), st.booleans())
    def test_charges_are_those_of_who_was_never_held(
        self, begin: int, length: int, has_end: bool
    ) -> None:
        held, free = make_twins()
        first = START + timedelta(begin)
        last, end = first + timedelta(length), START + timedelta(150)
        bill(START, first)
        hold_billing(
            seller=held.seller,
            account_ids=[held.id],
            reason="they asked",
            until=last if has_end else None,
            today=first,
            now=day_at(first),
        )
        before = len(charged(held))
        assert not list(simulate(first=first, last=last, accounts=[held.id]))
        bill(first, last)
        assert len(charged(held)) == before
        if has_end:
            foretold = [
                line.net_minor
                for one in simulate(first=last, last=end, accounts=[held.id])
                for line in one.lines
            ]
        else:
            assert not list(simulate(first=last, last=end, accounts=[held.id]))
            gone = {"seller": held.seller, "account_ids": [held.id], "now": day_at(last)}
            assert [release_billing(**gone), release_billing(**gone)] == [1, 0]
            last += timedelta(days=1)
        bill(last, end)
        assert charged(held) == charged(free)
        if has_end:
            assert sum(foretold) == sum(one[5] for one in charged(held)[before:]) or before
        prove()


@pytest.mark.django_db
def test_a_hold_is_set_anew_audited_and_only_for_own_accounts() -> None:
    held, free = make_twins()
    other = make_account(make_seller())
    given: dict[str, Any] = {"seller": held.seller, "today": START, "now": NOW, "actor": "usr_1"}
    both = [held.id, free.id]
    assert hold_billing(account_ids=both, reason="moving house", **given) == 2
    assert hold_billing(account_ids=both, reason="moving house", **given) == 0
    changed = given | {"until": day(2), "reason": "two weeks"}
    assert hold_billing(account_ids=[held.id], **changed) == 1
    assert BillingHold.objects.get(account=held).until == day(2)
    for keys, reason, until in (([held.id, other.id], "x", None), (both, " ", None)):
        with pytest.raises(BillingError):
            hold_billing(account_ids=keys, reason=reason, until=until, **given)
    with pytest.raises(BillingError, match="has passed"):
        hold_billing(account_ids=both, reason="x", until=day(12, 31, 2025), **given)
    with pytest.raises(NotFound):
        release_billing(seller=other.seller, account_ids=[held.id], now=NOW)
    # What a customer orders at once needs an invoice, which must not break the hold.
    with pytest.raises(BillingError, match="on hold"):
        bill_account(account_id=free.id, today=START, now=NOW)
    release_billing(seller=held.seller, account_ids=both, now=NOW, actor="usr_1")
    kinds = Event.objects.filter(kind__startswith="billing.", actor="usr_1").order_by("id")
    assert (
        list(kinds.values_list("kind", flat=True))
        == ["billing.held"] * 3 + ["billing.released"] * 2
    )


@pytest.mark.django_db
def test_check_names_who_was_billed_on_hold() -> None:
    held, _ = make_twins()
    bill(START, day(2, 10))
    BillingHold.objects.create(account=held, held_at=NOW)
    (offence,) = {one.text for one in check_books() if "on 2026-02-01" in one.text}
    assert offence.startswith("it is held for good")
