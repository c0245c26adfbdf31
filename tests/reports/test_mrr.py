"""MRR as the database sums it, against each contract looked at day by day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from quarterday.core.discount import Duration
from quarterday.core.money import currency
from quarterday.core.period import Cadence, Unit
from quarterday.core.recurring import RecurringPart, monthly_of_contract, price_of_period
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
from quarterday.services.subscriptions.start_subscription import start_subscription
from quarterday.store.models import Account, Price, Subscription
from tests.reports.test_agreement import TODAY, as_int, ask, sums
from tests.store.business import FIRST, NOW

SINCE = date(2024, 12, 1)
_DAY = timedelta(days=1)


def worth_on(day: date) -> dict[tuple[str, int], int]:
    """What recurs at the end of a day, by currency and account, contract by contract."""
    catalog = Catalog()
    catalog.load_prices(Price.objects.values_list("id", flat=True))
    found: Counter[tuple[str, int]] = Counter()
    for contract in Subscription.objects.select_related("account"):
        items = [
            one
            for one in contract.items.exclude(role="commitment")
            if max(one.start_on, contract.trial_end or one.start_on) <= day
            and (one.end_on is None or day < one.end_on)
        ]
        parts = []
        for one in items:
            price = catalog.price(one.price_id)
            parts.append(
                RecurringPart(
                    price_of_period(price.terms.price, one.quantity, price.meter_id is not None),
                    Cadence(one.cadence_count, Unit(one.cadence_unit)),
                    price.product.code,
                    one.quantity,
                )
            )
        discounts = []
        for row in contract.discounts.all():
            terms = catalog.discount(row.discount_id)
            left = terms.duration is Duration.FOREVER or row.used < terms.periods
            if row.start_on <= day and (left or (row.used_through and day < row.used_through)):
                discounts.append(terms)
        code = contract.account.currency
        if parts:
            monthly = monthly_of_contract(parts, discounts, currency(code))
            found[code, contract.account_id] += sum(monthly)
    return found


def live_on() -> None:
    """What the books lack: customers who go and come back, and who buy more."""
    account = Account.objects.get(external_id="H5")
    other = Account.objects.get(external_id="H2")
    plan = Subscription.objects.get(external_id="S1").plan
    back = start_subscription(
        account_id=other.id, plan=plan, start_on=date(2025, 5, 20), today=TODAY, now=NOW
    )
    add_addon(
        subscription_id=back.id,
        price=Price.objects.filter(plan=plan).get(),
        quantity=Decimal(3),
        today=date(2025, 5, 25),
        on=date(2025, 6, 1),
        now=NOW,
    )
    for one in Subscription.objects.filter(account=other).exclude(id=back.id):
        cancel_subscription(
            subscription_id=one.id, today=date(2025, 4, 11), on=date(2025, 4, 12), now=NOW
        )
    start_subscription(
        account_id=account.id, plan=plan, start_on=date(2025, 4, 30), today=TODAY, now=NOW
    )


def test_mrr_is_that_of_each_contract_and_its_movements_add_up(books: None) -> None:
    live_on()
    rows = ask("mrr", from_=SINCE, until=TODAY).rows
    moves = "new expansion reactivation contraction churn".split()
    seen: Counter[str] = Counter()
    before: dict[object, int] = {}
    for row in rows:
        cells = row.cells
        year, month = map(int, str(cells["period"]).split("-"))
        end = min(date(year + month // 12, month % 12 + 1, 1) - _DAY, TODAY)
        start = max(date(year, month, 1), SINCE) - _DAY
        code = str(cells["currency"])
        closing = {key: minor for key, minor in worth_on(end).items() if key[0] == code and minor}
        opening = {key: minor for key, minor in worth_on(start).items() if key[0] == code and minor}
        assert cells["closing"] == sum(closing.values()), (code, end)
        assert cells["opening"] == sum(opening.values()) == before.get(code, 0)
        before[code] = as_int(cells["closing"])
        moved = sum(as_int(cells[name]) for name in moves)
        assert as_int(cells["opening"]) + moved == cells["closing"]
        assert cells["customers"] == len(closing)
        assert cells["gained"] == len(closing.keys() - opening.keys())
        assert cells["lost"] == len(opening.keys() - closing.keys())
        assert as_int(cells["churn"]) == -sum(
            opening[key] for key in opening.keys() - closing.keys()
        )
        seen.update(name for name in moves if cells[name])
    assert set(seen) == set(moves), "every kind of movement was seen"
    # A range that begins later begins with what the earlier one had, in whatever parts.
    later = ask("mrr", from_=date(2025, 3, 1), until=TODAY, by="quarter").rows
    for row in later:
        if row.cells["period"] == "2025-Q1":
            february = [one for one in rows if one.cells["period"] == "2025-02"]
            assert row.cells["opening"] == sums_of(february, str(row.cells["currency"]))
    assert all(row.cells["new"] == 0 for row in later if row.cells["currency"] == "CAD")


def sums_of(rows: object, code: str) -> int:
    assert isinstance(rows, list)
    return sum(as_int(row.cells["closing"]) for row in rows if row.cells["currency"] == code)


def test_cohorts_keep_their_customers_and_what_they_pay(books: None) -> None:
    live_on()
    mrr = ask("mrr", from_=FIRST, until=TODAY)
    churn = ask("churn", from_=FIRST, until=TODAY)
    paying = ask("churn", from_=FIRST, until=TODAY, of="mrr")
    assert sums(churn, "customers") == sums(mrr, "gained") - Counter({"EUR": 1})
    last = len([one for one in churn.columns if one.name.startswith("month_")]) - 1
    (january,) = [
        row
        for row in paying.rows
        if row.cells["cohort"] == "2025-01" and row.cells["currency"] == "EUR"
    ]
    closing = [row for row in mrr.rows if row.cells["currency"] == "EUR"][-1].cells["closing"]
    others = [row for row in paying.rows if row.cells["cohort"] == "2025-04"]
    (april,) = others
    kept = january.cells[f"month_{last}"]
    assert isinstance(kept, Decimal)
    of_january = as_int(closing) - as_int(april.cells["mrr"])
    assert abs(kept - Decimal(of_january) / as_int(january.cells["mrr"])) < Decimal("0.001")
    assert april.cells[f"month_{last}"] is None, "nobody knows yet"
