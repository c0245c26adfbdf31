"""A web host in Germany: VAT, customers all over Europe, yearly and monthly in advance."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.services.demo.sample import Record, Sample
from quarterday.services.demo.shops import make_hosting_shop

SELLER = "hosting"
_COUNTRIES = "DE DE DE DE DE DE DE AT FR NL PL US".split()
_LANGUAGES = {"DE": "de", "AT": "de", "FR": "fr", "NL": "nl", "PL": "pl"}

# Plan, cadence, name, price, setup fee, trial days.
_PLANS = (
    ("web/start", "1 month", "Web space Start, monthly", "4.90", "0", 14),
    ("web/pro", "1 month", "Web space Pro, monthly", "12.90", "0", 0),
    ("web/start-year", "1 year", "Web space Start, yearly", "49.00", "0", 0),
    ("web/pro-year", "1 year", "Web space Pro, yearly", "129.00", "0", 0),
    ("server/s", "1 month", "Server S, monthly", "24.00", "15.00", 0),
    ("server/l", "1 month", "Server L, monthly", "59.00", "25.00", 0),
    ("server/xl", "3 months", "Server XL, quarterly", "330.00", "99.00", 0),
    ("domain/year", "1 year", "Domain name, yearly", "14.40", "0", 0),
)
_ADDONS = (
    ("backup/monthly", "1 month", "Backup, monthly", {"model": "per_unit", "unit_price": "0.05"}),
    ("mail/monthly", "1 month", "Mailboxes, monthly", {"model": "package", "size": 5, "price": 2}),
)
_CADENCE = {plan: cadence for plan, cadence, *_ in _PLANS}
_CHOICE = (
    "web/start web/start web/pro web/pro web/start-year web/start-year web/start-year "
    "web/pro-year web/pro-year server/s server/l server/xl domain/year domain/year"
).split()


def make_hosting(sample: Sample, count: int) -> Iterator[Record]:
    """The seller, its catalogue and its customers."""
    yield {
        "type": "seller",
        "code": SELLER,
        "name": "Example Hosting GmbH",
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "language": "de",
        "address": {"line1": "Beispielweg 1", "postcode": "00000", "city": "Musterstadt"},
        "tax_id": "DE000000000",
        "settings": {"lead_days": 14, "terms_days": 14},
    }
    yield from _make_catalog()
    yield from make_hosting_shop()
    for number in range(1, count + 1):
        yield from _make_customer(sample, number)


def _make_catalog() -> Iterator[Record]:
    yield {
        "type": "tax_rate",
        "code": "vat19",
        "name": "USt",
        "percent": "19",
        "country": "DE",
    }
    products = {"web": "Web space", "server": "Servers", "domain": "Domain names"}
    extras = {"backup": "Backup", "mail": "Mailboxes"}
    for code, name in {**products, **extras}.items():
        yield {"type": "product", "code": code, "name": name, "income_code": code}
    for plan, cadence, name, amount, setup_fee, trial_days in _PLANS:
        yield _plan(plan, cadence, name, trial_days)
        model = {"model": "flat", "amount": amount}
        yield {"type": "price", "plan": plan, "code": "v1", "model": model, "setup_fee": setup_fee}
    for plan, cadence, name, rate in _ADDONS:
        yield _plan(plan, cadence, name, 0)
        yield {"type": "price", "plan": plan, "code": "v1", "model": rate}
    yield {
        "type": "discount",
        "code": "WELCOME20",
        "name": "20 % off the first three invoices",
        "kind": "percentage",
        "value": "20",
        "duration": "periods",
        "periods": 3,
        "promotion": "new",
    }
    yield {
        "type": "discount",
        "code": "FREESETUP",
        "name": "No setup fee",
        "kind": "free_setup",
        "promotion": "all",
    }
    yield {
        "type": "discount",
        "code": "PARTNER5",
        "name": "5 EUR off for partners",
        "kind": "fixed",
        "value": "5.00",
        "products": ["server"],
    }


def _plan(plan: str, cadence: str, name: str, trial_days: int) -> Record:
    product, _, code = plan.partition("/")
    return {
        "type": "plan",
        "product": product,
        "code": code,
        "name": name,
        "cadence": cadence,
        "trial_days": trial_days,
    }


def _make_customer(sample: Sample, number: int) -> Iterator[Record]:
    rng = sample.rng
    country = rng.choice(_COUNTRIES)
    details: Record = {"country": country, "language": _LANGUAGES.get(country, "en")}
    if country not in ("DE", "US") and not sample.one_in(3):
        details["tax_id"] = f"{country}{number:09d}"
        details["tax_id_evidence"] = {"valid": True, "source": "invented for the demo"}
    records = sample.account(SELLER, number, **details)
    yield from records
    key = records[0]["external_id"]
    plan = rng.choice(_CHOICE)
    is_new = sample.one_in(4)
    start = sample.new_start() if is_new else sample.old_start(_CADENCE[plan])
    contract: Record = {
        "type": "subscription",
        "account": key,
        "external_id": f"{key}-1",
        "plan": plan,
        **start,
    }
    if plan.startswith("server") and sample.one_in(5):
        contract["discounts"] = ["PARTNER5"]
    elif is_new and sample.one_in(2):
        contract["discounts"] = ["FREESETUP" if plan.startswith("server") else "WELCOME20"]
    if not is_new:
        contract["trial_days"] = 0
    yield contract
    if plan in ("web/pro", "server/s", "server/l") and sample.one_in(2):
        addon, *_ = rng.choice(_ADDONS)
        quantity = rng.choice([5, 10, 20]) if addon.startswith("mail") else rng.randint(50, 900)
        yield {
            "type": "addon",
            "account": key,
            "subscription": f"{key}-1",
            "plan": addon,
            "quantity": quantity,
            "start_on": max(start["start_on"], sample.first.isoformat()),
        }
