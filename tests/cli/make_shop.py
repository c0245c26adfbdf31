"""Fill $QUARTERDAY_DATABASE_URL with a shop small enough to know by heart.

Run as ``python -m tests.cli.make_shop``. Seller ``host`` sells hosting at 29.95 and backup at 5.00
a unit, monthly and in advance, with 19 % VAT. A1 and A2 have hosting since 15 January 2026; A3 has
a product whose tax nobody has stated, so it cannot be billed.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

import django

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
START = date(2026, 1, 15)


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
    from quarterday.services.catalog.publish_meter import publish_meter
    from quarterday.services.catalog.publish_plan import publish_plan
    from quarterday.services.catalog.publish_price import publish_price
    from quarterday.services.catalog.publish_product import publish_product
    from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
    from quarterday.services.sellers.open_seller import open_seller
    from quarterday.services.subscriptions.start_subscription import start_subscription

    seller = open_seller(
        code="host",
        name="Example Hosting GmbH",
        country="DE",
        time_zone="Europe/Berlin",
        currency="EUR",
        settings={"lead_days": 0, "terms_days": 14},
        now=NOW,
    )
    publish_tax_rate(seller=seller, code="vat19", name="VAT", percent="19", country="DE", now=NOW)
    plans = {}
    for code, tax_class, amount in (
        ("hosting", "standard", "29.95"),
        ("backup", "standard", "5"),
        ("rare", "rare", "1"),
    ):
        product = publish_product(
            seller=seller, code=code, name=code.title(), tax_class=tax_class, now=NOW
        )
        plans[code] = publish_plan(
            product=product, code="monthly", name=f"{code.title()}, monthly", now=NOW
        )
        publish_price(
            plan=plans[code],
            code=code,
            currency="EUR",
            model={"model": "per_unit", "unit_price": amount},
            now=NOW,
        )
    meter = publish_meter(seller=seller, code="gb", name="Gigabytes", now=NOW)
    traffic = publish_product(seller=seller, code="traffic", name="Traffic", now=NOW)
    plans["traffic"] = publish_plan(product=traffic, code="monthly", name="Traffic", now=NOW)
    publish_price(
        plan=plans["traffic"],
        code="traffic",
        currency="EUR",
        model={"model": "per_unit", "unit_price": "0.10"},
        meter=meter,
        now=NOW,
    )
    for name, plan in (("A1", "hosting"), ("A2", "hosting"), ("A3", "rare"), ("A4", "traffic")):
        account = open_account(
            seller=seller,
            name=f"Example customer {name}",
            country="DE",
            external_id=name,
            now=NOW,
        )
        start_subscription(
            account_id=account.id,
            plan=plans[plan],
            start_on=START,
            today=START,
            external_id=f"S-{name}",
            now=NOW,
        )


if __name__ == "__main__":
    main()
