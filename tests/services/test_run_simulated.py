"""A simulation foretells what the run then issues, and writes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.invoicing.simulate import SimulatedInvoice, simulate
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.change_plan import change_plan
from quarterday.store.models import Account, CreditNote, Invoice
from tests.services.bills import (
    NOW,
    START,
    bill,
    count_rows,
    day,
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

pytestmark = pytest.mark.django_db

Facts = tuple[date, date | None, int, int, list[tuple[str, date, date, str, int]]]


def make_business() -> list[Account]:
    """Accounts with everything that a run may meet."""
    seller = make_seller(settings={"lead_days": 7})
    make_tax(seller, "19", valid_end=day(3, 5))
    make_tax(seller, "21", valid_from=day(3, 5))
    web, year = make_plan(seller), make_plan(seller, "domain", "1 year")
    air, big = make_plan(seller, "air", "2 weeks"), make_plan(seller, "big")
    meter = make_meter(seller)
    make_price(web, "29.95", setup_fee="15")
    make_price(year, "12", tax_inclusive=True)
    make_price(air, "9.90", timing="arrears", commitment="15")
    make_price(air, "0.1", code="usage", meter=meter)
    make_price(big, "299.50")
    extra = make_price(make_plan(seller, "extra"), "3.33")
    half = make_discount(seller, "half", "percentage", "50", duration="periods", periods=2)
    five = make_discount(seller, "five", "fixed", "5")
    accounts = [
        make_account(seller, external_id=f"A{n}", settings=settings)
        for n, settings in enumerate(({}, {"billing_day": 5}, {"grouping": "separate"}, {}))
    ]
    for account in accounts:
        one = subscribe(web, account, discounts=[half], trial_days=10)
        subscribe(year, account)
        usage = subscribe(air, account, discounts=[five])
        use(usage, meter, day(1, 9), "40")
        use(usage, meter, day(2, 9), "10")
    add_addon(subscription_id=one.id, price=extra, today=day(1, 9), now=NOW)
    cancel_subscription(subscription_id=usage.id, on=day(3, 3), today=day(1, 9), now=NOW)
    subscription = subscribe(big, accounts[2])
    bill(START, day(1, 20))
    change_plan(subscription_id=subscription.id, plan=web, today=day(1, 25), now=NOW)
    for on, amount in ((day(1, 26), 500), (day(3, 9), -900)):
        add_charge(
            account_id=accounts[0].id,
            product=web.product,
            description="Single",
            amount_minor=amount,
            today=on,
            now=NOW,
        )
    return accounts


def foretold(found: list[SimulatedInvoice], account: Account) -> list[Facts]:
    return [
        (
            one.issue_on,
            one.due_on if one.total_minor >= 0 else None,
            one.net_minor,
            one.total_minor,
            [
                (ln.description, ln.period.start, ln.period.end, ln.quantity, ln.net_minor)
                for ln in one.lines
            ],
        )
        for one in found
        if one.account == str(account)
    ]


def issued(account: Account, since: date) -> list[Facts]:
    found: list[tuple[int, Facts]] = []
    columns = ("description", "period_start", "period_end", "quantity", "net_minor")
    for sign, model in ((1, Invoice), (-1, CreditNote)):
        for document in model.objects.filter(account=account, issued_on__gte=since):
            lines = [
                (*row[:3], str(row[3]), sign * row[4])
                for row in document.lines.order_by("position").values_list(*columns)
            ]
            net, total = sign * document.net_minor, sign * document.total_minor
            due = document.due_on if isinstance(document, Invoice) else None
            found.append((document.id, (document.issued_on, due, net, total, lines)))
    return [facts for _, facts in sorted(found, key=lambda one: (one[1][0], one[1][3] < 0, one[0]))]


@pytest.mark.parametrize(("first", "last"), [(day(1, 21), day(5, 20)), (day(3, 10), day(3, 10))])
def test_a_simulation_is_the_run(first: date, last: date) -> None:
    accounts = make_business()
    rows = count_rows()
    found = list(simulate(first=first, last=last))
    assert count_rows() == rows
    assert [one.skipped for one in found] == [None] * len(found)
    bill(first, last)
    for account in accounts:
        assert foretold(found, account) == issued(account, first)
    assert list(simulate(first=first, last=last)) == []
    prove(again=last)


def test_what_came_late_is_foretold_once() -> None:
    seller = make_seller()
    meter = make_meter(seller)
    plan = make_plan(seller)
    make_price(plan, "31", code="base", commitment="100")
    make_price(plan, "1", code="usage", meter=meter)
    one = subscribe(plan)
    bill(START, day(2, 1))
    use(one, meter, day(1, 6), "20")
    use(one, meter, day(2, 6), "5")
    found = list(simulate(first=day(2, 2), last=day(5, 1)))
    bill(day(2, 2), day(5, 1))
    assert foretold(found, one.account) == issued(one.account, day(2, 2))
    kinds = [line.net_minor for one in found for line in one.lines]
    assert kinds.count(-2000) == kinds.count(2000) == 1
    prove(again=day(5, 1))


def test_a_simulation_is_limited_and_says_what_would_be_skipped() -> None:
    seller = make_seller(country="CA", currency="CAD")
    make_tax(seller, "5", "gst", region="QC")
    plan = make_plan(seller)
    make_price(plan)
    good, bad = (make_account(seller, region=region) for region in ("QC", "ON"))
    for account in (good, bad):
        subscribe(plan, account, quantity=Decimal(2))
    (one,) = simulate(first=START, last=START, accounts=[good.id])
    assert (one.account, one.seller, one.total_minor) == (str(good), seller.code, 2100)
    (skipped,) = simulate(first=START, last=START, accounts=[bad.id])
    (reason,) = run_billing(first=START, last=START, now=NOW, accounts=[bad.id]).skipped
    assert skipped.skipped == reason.reason
    assert list(simulate(first=START, last=START, sellers=[seller.id + 1])) == []
