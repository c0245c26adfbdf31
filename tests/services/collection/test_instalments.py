"""A large invoice paid in parts: each is charged on its day, and the rest can wait."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.core.instalments import Part, split_amount
from quarterday.services.collection.agree_instalments import agree_instalments
from quarterday.services.collection.end_instalments import end_instalments
from quarterday.services.errors import Conflict, NotFound
from quarterday.store.models import Brand, Instalment, InstalmentPlan, Invoice
from quarterday.store.queries.instalments import find_due_days, read_plan
from tests.services.collection.collector import charged, collect, set_up, state
from tests.services.collection.scripted_gateway import Bank
from tests.services.till import DAY, NOW, Shop

FIRST = date(2026, 3, 31)


def agree(invoice: Invoice, parts: Any = (), **terms: Any) -> InstalmentPlan:
    given = parts or split_amount(invoice.open_minor, 3, FIRST)
    return agree_instalments(invoice=invoice, parts=given, today=DAY, now=NOW, **terms)


def live(shop: Shop, first: date, days: int) -> None:
    for number in range(days):
        collect(shop, first + timedelta(days=number))


def test_each_instalment_is_charged_on_its_day(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    plan = agree(invoice)
    assert agree(invoice).id == plan.id
    live(shop, DAY, 100)
    assert charged() == [3967, 3967, 3966]
    invoice.refresh_from_db()
    assert (invoice.status, state(invoice)) == ("paid", ("done", None))


def test_a_declined_one_is_tried_again_and_joins_the_next(shop: Shop) -> None:
    invoice = set_up(shop, most_tries=2).invoice(10000)
    agree(invoice)
    Bank.script["card"] = ["refused", "refused"]
    live(shop, FIRST, 20)
    assert (charged(), state(invoice)) == ([], ("waiting", "2026-04-30"))
    assert find_due_days([invoice]) == {invoice.id: FIRST}
    live(shop, date(2026, 4, 30), 1)
    assert charged() == [3967 + 3967]
    invoice.refresh_from_db()
    sheet = read_plan(invoice, date(2026, 5, 1))
    assert sheet is not None
    assert ([one.open_minor for one in sheet.standing], sheet.owed_minor) == ([0, 0, 3966], 0)
    assert find_due_days([invoice]) == {invoice.id: date(2026, 5, 31)}


def test_what_was_paid_otherwise_fills_the_first_ones(shop: Shop) -> None:
    agree(set_up(shop).invoice(10000))
    shop.pay(5000)
    live(shop, FIRST, 35)
    assert charged() == [2934]


def test_ended_it_is_due_as_the_invoice_says(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    agree(invoice)
    live(shop, FIRST, 1)
    terms: dict[str, Any] = {"reason": "They can pay.", "today": FIRST, "now": NOW}
    end_instalments(invoice=invoice, **terms)
    with pytest.raises(NotFound):
        end_instalments(invoice=invoice, **terms)
    collect(shop, FIRST + timedelta(days=1))
    assert charged() == [3967, 7933]
    assert InstalmentPlan.objects.get().reason == "They can pay."


def test_what_cannot_be_agreed(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    for parts, said in (
        ([Part(FIRST, 11899)], "11899"),
        ([Part(FIRST, 5950), Part(FIRST, 5950)], "must rise"),
        ([Part(DAY - timedelta(days=1), 11900)], "before today"),
        ([], "from 1 to 60"),
    ):
        with pytest.raises(BillingError, match=said):
            agree_instalments(invoice=invoice, parts=parts, today=DAY, now=NOW)
    agree(invoice)
    with pytest.raises(Conflict, match="has a plan already"):
        agree(invoice, split_amount(11900, 2, FIRST))
    assert Instalment.objects.count() == 3


def test_payers_choose_one_only_by_policy(shop: Shop) -> None:
    invoice = set_up(shop).invoice(10000)
    with pytest.raises(BillingError, match="does not offer"):
        agree(invoice, by_payer=True)
    brand = Brand.objects.get()
    brand.data |= {"instalments": {"from_minor": {"EUR": 10000}, "most": 3}}
    brand.save()
    with pytest.raises(BillingError, match="does not offer 4"):
        agree(invoice, split_amount(11900, 4, FIRST), by_payer=True)
    assert agree(invoice, by_payer=True).instalments.count() == 3
