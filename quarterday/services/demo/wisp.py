"""A wireless internet provider in the United States: usage in arrears, two levels of sales tax."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.services.demo.sample import Record, Sample
from quarterday.services.demo.shops import make_wisp_shop

SELLER = "wisp"
TRAFFIC, BANDWIDTH = "traffic", "bandwidth"
_COUNTIES = {"north": "1.0", "south": "0.75"}


def make_wisp(sample: Sample, count: int) -> Iterator[Record]:
    """The seller, its catalogue and its customers."""
    yield {
        "type": "seller",
        "code": SELLER,
        "name": "Example Prairie Internet LLC",
        "country": "US",
        "time_zone": "America/Denver",
        "currency": "USD",
        "address": {"line1": "1 Example Road", "city": "Sampleton"},
        "settings": {"lead_days": 0, "terms_days": 20},
    }
    yield from _make_catalog()
    yield from make_wisp_shop()
    for number in range(1, count + 1):
        yield from _make_customer(sample, number)


def _make_catalog() -> Iterator[Record]:
    place = {"type": "tax_rate", "country": "US"}
    yield {**place, "code": "state", "name": "State sales tax", "percent": "2.9"}
    for county, percent in _COUNTIES.items():
        yield {
            **place,
            "code": f"county-{county}",
            "name": f"County sales tax, {county}",
            "percent": percent,
            "region": county,
            "level": 2,
        }
    yield {"type": "meter", "code": TRAFFIC, "name": "Traffic in GB", "aggregation": "sum"}
    yield {
        "type": "meter",
        "code": BANDWIDTH,
        "name": "Bandwidth in Mbit/s, 95th percentile",
        "aggregation": "percentile_95",
    }
    yield {"type": "product", "code": "air", "name": "Home internet"}
    yield {"type": "product", "code": "fixed", "name": "Business internet"}
    yield {"type": "product", "code": "late-fee", "name": "Late fee", "income_code": "late-fees"}
    on_first = {"anchoring": "day_of_month", "anchor_day": 1, "cadence": "1 month"}
    for product, code, name in (
        ("air", "home", "Home internet"),
        ("air", "home-plus", "Home internet Plus"),
        ("fixed", "business", "Business internet"),
    ):
        yield {"type": "plan", "product": product, "code": code, "name": name, **on_first}
    yield from _make_prices()


def _make_prices() -> Iterator[Record]:
    thirty = {"type": "price", "convention": "fixed_30"}
    for plan, amount, setup_fee in (
        ("air/home", "39.00", "50.00"),
        ("air/home-plus", "59.00", "50.00"),
        ("fixed/business", "120.00", "250.00"),
    ):
        model = {"model": "flat", "amount": amount}
        base = {**thirty, "plan": plan, "code": "base", "model": model, "setup_fee": setup_fee}
        yield base
    tiers = [
        {"up_to": "500", "unit_price": "0"},
        {"up_to": "1000", "unit_price": "0.05"},
        {"unit_price": "0.03"},
    ]
    yield {
        **thirty,
        "plan": "air/home",
        "code": "traffic",
        "meter": TRAFFIC,
        "unit_code": "E34",
        "model": {"model": "graduated", "tiers": tiers},
    }
    yield {
        **thirty,
        "plan": "fixed/business",
        "code": "bandwidth",
        "meter": BANDWIDTH,
        "minimum": "80.00",
        "model": {"model": "per_unit", "unit_price": "2.40"},
    }


def _make_customer(sample: Sample, number: int) -> Iterator[Record]:
    rng = sample.rng
    records = sample.account(SELLER, number, country="US", region=rng.choice(list(_COUNTIES)))
    yield from records
    key = records[0]["external_id"]
    plans = ["air/home"] * 6 + ["air/home-plus"] * 3 + ["fixed/business"]
    is_new = sample.one_in(5)
    yield {
        "type": "subscription",
        "account": key,
        "external_id": f"{key}-1",
        "plan": rng.choice(plans),
        **(sample.new_start() if is_new else sample.old_start("1 month", on_first=True)),
    }
