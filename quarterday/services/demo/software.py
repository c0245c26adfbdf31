"""A small software house in Japan: seats, prices with the tax inside, a currency without cents."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.services.demo.sample import Record, Sample
from quarterday.services.demo.shops import make_software_shop

SELLER = "software"


def make_software(sample: Sample, count: int) -> Iterator[Record]:
    """The seller, its catalogue and its customers."""
    yield {
        "type": "seller",
        "code": SELLER,
        "name": "Example Software KK",
        "country": "JP",
        "time_zone": "Asia/Tokyo",
        "currency": "JPY",
        "language": "ja",
        "settings": {"lead_days": 0, "terms_days": 30, "credit_use": "on_due_date"},
    }
    yield {
        "type": "tax_rate",
        "code": "ct10",
        "name": "Consumption tax",
        "percent": "10",
        "country": "JP",
    }
    yield {"type": "product", "code": "desk", "name": "Help desk"}
    yield {
        "type": "plan",
        "product": "desk",
        "code": "team",
        "name": "Help desk, each seat",
        "cadence": "1 month",
        "anchoring": "calendar",
    }
    yield {
        "type": "price",
        "plan": "desk/team",
        "code": "seat",
        "model": {
            "model": "volume",
            "tiers": [{"up_to": "10", "unit_price": "1650"}, {"unit_price": "1320"}],
        },
        "tax_inclusive": True,
        "commitment": "8000",
    }
    yield from make_software_shop()
    for number in range(1, count + 1):
        records = sample.account(SELLER, number, country="JP", language="ja")
        yield from records
        key = records[0]["external_id"]
        is_new = sample.one_in(3)
        yield {
            "type": "subscription",
            "account": key,
            "external_id": f"{key}-1",
            "plan": "desk/team",
            "quantity": sample.rng.randint(2, 25),
            **(sample.new_start() if is_new else sample.old_start("1 month", on_first=True)),
        }
