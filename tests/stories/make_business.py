"""Fill $QUARTERDAY_DATABASE_URL with a small business that has a bit of everything to bill.

Run as ``python -m tests.stories.make_business``. Two sellers, 240 accounts, and in the days that
the stories bill: periods in advance and in arrears, usage (late and corrected too), setup fees,
add-ons, coupons, trials, deposits, gifts that expire, changes that credit unused time, and
accounts that cannot be billed.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import django

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 15)


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "quarterday.project.settings"
    django.setup()
    from django.db import connection, transaction

    with transaction.atomic():
        fill()
    # Everything into the one file that will be copied.
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def fill() -> None:
    from quarterday.services.accounts.open_account import open_account
    from quarterday.services.catalog.publish_discount import publish_discount
    from quarterday.services.catalog.publish_meter import publish_meter
    from quarterday.services.catalog.publish_plan import publish_plan
    from quarterday.services.catalog.publish_price import publish_price
    from quarterday.services.catalog.publish_product import publish_product
    from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
    from quarterday.services.credit.grant_credit import grant_credit
    from quarterday.services.sellers.open_seller import open_seller
    from quarterday.services.subscriptions.add_addon import add_addon
    from quarterday.services.subscriptions.cancel_subscription import cancel_subscription
    from quarterday.services.subscriptions.change_plan import change_plan
    from quarterday.services.subscriptions.start_subscription import start_subscription
    from quarterday.services.usage.record_usage import record_usage
    from quarterday.services.usage.usage_input import UsageInput

    for code, zone, currency, country in (
        ("host", "Europe/Berlin", "EUR", "DE"),
        ("wisp", "America/Chicago", "USD", "US"),
    ):
        seller = open_seller(
            code=code,
            name=f"Example {code.title()} Ltd",
            country=country,
            time_zone=zone,
            currency=currency,
            settings={"lead_days": 3},
            now=NOW,
        )
        publish_tax_rate(
            seller=seller, code="tax", name="Tax", percent="19", country=country, now=NOW
        )
        meter = publish_meter(seller=seller, code="gb", name="Gigabytes", now=NOW)
        product = publish_product(seller=seller, code="line", name="Line", now=NOW)
        plans = []
        for name, cadence in (("weekly", "1 week"), ("monthly", "1 month")):
            plan = publish_plan(product=product, code=name, name=name, cadence=cadence, now=NOW)
            plans.append(plan)
            publish_price(
                plan=plan,
                code="base",
                currency=currency,
                model={"model": "flat", "amount": "19.99"},
                setup_fee="5",
                now=NOW,
            )
            tiers = [{"up_to": "10", "unit_price": "0.5"}, {"unit_price": "0.333"}]
            publish_price(
                plan=plan,
                code="usage",
                currency=currency,
                model={"model": "graduated", "tiers": tiers},
                free_units="2",
                meter=meter,
                now=NOW,
            )
        extra = publish_product(seller=seller, code="extra", name="Extra", now=NOW)
        addon_plan = publish_plan(product=extra, code="monthly", name="Extra", now=NOW)
        addon = publish_price(
            plan=addon_plan,
            code="v1",
            currency=currency,
            model={"model": "per_unit", "unit_price": "1.115"},
            now=NOW,
        )
        # A product whose tax nobody has stated cannot be billed.
        rare = publish_product(seller=seller, code="rare", name="Rare", tax_class="rare", now=NOW)
        untaxed = publish_plan(product=rare, code="monthly", name="Rare", now=NOW)
        publish_price(
            plan=untaxed,
            code="v1",
            currency=currency,
            model={"model": "flat", "amount": "1"},
            now=NOW,
        )
        coupon = publish_discount(
            seller=seller,
            code="TENTH",
            kind="percentage",
            value="10",
            duration="periods",
            periods=2,
            now=NOW,
        )
        events = []
        for index in range(120):
            account = open_account(
                seller=seller, name="Example", country=country, external_id=f"A{index}", now=NOW
            )
            start = FIRST - timedelta(days=index % 9)
            subscription = start_subscription(
                account_id=account.id,
                plan=untaxed if index % 40 == 39 else plans[index % 2],
                start_on=start,
                today=start,
                now=NOW,
                trial_days=5 if index % 7 == 0 else None,
                discounts=[coupon] if index % 3 == 0 else [],
                external_id=f"S{index}",
            )
            if index % 4 == 0:
                add_addon(
                    subscription_id=subscription.id,
                    price=addon,
                    quantity=Decimal("2.5"),
                    today=FIRST,
                    on=FIRST + timedelta(days=index % 20),
                    now=NOW,
                )
            if index % 5 == 0:
                grant_credit(
                    account=account,
                    kind="promotional" if index % 2 else "deposit",
                    method="" if index % 2 else "cash",
                    amount_minor=3000,
                    expires_on=FIRST + timedelta(days=20) if index % 2 else None,
                    today=FIRST - timedelta(days=10),
                    now=NOW,
                )
            if index % 11 == 0:
                cancel_subscription(
                    subscription_id=subscription.id,
                    today=FIRST,
                    on=FIRST + timedelta(days=20 + index % 13),
                    now=NOW,
                )
            elif index % 13 == 0:
                change_plan(
                    subscription_id=subscription.id,
                    plan=plans[(index + 1) % 2],
                    today=FIRST,
                    on=FIRST + timedelta(days=10),
                    now=NOW,
                )
            events += [
                UsageInput(
                    meter="gb",
                    event_id=f"{index}-{day}",
                    at=datetime(2026, 1, 1, 18, tzinfo=UTC) + timedelta(days=day),
                    value=Decimal(day) / 4,
                    subscription=f"S{index}",
                    account=f"A{index}",
                )
                for day in range(0, 60, 6)
            ]
        done = record_usage(seller=seller, events=events, now=NOW)
        assert done.recorded > 1000, done.refused[:3]


if __name__ == "__main__":
    main()
