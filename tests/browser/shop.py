"""An invented web host to order from, as a file in the native format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SELLER = "web"


def write_shop(path: Path, *, customers: bool = False) -> Path:
    """Write the shop's file, with customers from before if they are wanted."""
    records = RECORDS + CUSTOMERS if customers else RECORDS
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


def _plan(product: str, code: str, name: str, amount: str, cadence: str) -> list[dict[str, Any]]:
    return [
        {"type": "plan", "product": product, "code": code, "name": name, "cadence": cadence},
        {
            "type": "price",
            "plan": f"{product}/{code}",
            "code": "v1",
            "model": {"model": "per_unit", "unit_price": amount},
        },
    ]


RECORDS: list[dict[str, Any]] = [
    {
        "type": "seller",
        "code": SELLER,
        "name": "Example Hosting GmbH",
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "language": "en",
        "address": {"line1": "Beispielweg 1", "postcode": "00000", "city": "Musterstadt"},
        "tax_id": "DE000000000",
        "settings": {"lead_days": 14, "terms_days": 14},
    },
    {
        "type": "brand",
        "site_name": "Example Hosting",
        "accent": "#0b6e4f",
        "data": {
            "support_email": "help@hosting.example",
            "mail_from": "billing@hosting.example",
            "terms_url": "https://hosting.example/terms",
            "terms_version": "2026-01",
            "iban": "DE89370400440532013000",
            "bic": "COBADEFFXXX",
            "bank": "Example Bank",
            "gateways": {"sandbox": {"is_enabled": True}},
        },
    },
    {"type": "tax_rate", "code": "vat19", "name": "VAT", "percent": "19", "country": "DE"},
    {"type": "product", "code": "space", "name": "Web space"},
    {"type": "product", "code": "backup", "name": "Backup"},
    *_plan("space", "small", "Web space Small, monthly", "10.00", "1 month"),
    *_plan("space", "large", "Web space Large, monthly", "25.00", "1 month"),
    *_plan("space", "small-year", "Web space Small, yearly", "100.00", "1 year"),
    *_plan("backup", "monthly", "Backup, monthly", "2.50", "1 month"),
    {
        "type": "discount",
        "code": "WELCOME",
        "name": "Welcome, 20 % off for three months",
        "kind": "percentage",
        "value": "20",
        "duration": "periods",
        "periods": 3,
        "promotion": "all",
    },
    {"type": "product_group", "code": "hosting", "name": "Hosting", "description": "Pages."},
    {
        "type": "offer",
        "product": "backup",
        "group": "hosting",
        "headline": "A copy every night",
        "is_public": False,
    },
    {
        "type": "offer",
        "product": "space",
        "group": "hosting",
        "headline": "Pages that are always there",
        "features": ["10 GB of space", "Mailboxes included"],
        "addons": ["backup"],
        "activation": "on_payment",
    },
]

# Two customers from before, who owe for December.
CUSTOMERS: list[dict[str, Any]] = [
    record
    for number, name in (("1", "Bakery"), ("2", "Cinema"))
    for record in (
        {
            "type": "account",
            "external_id": f"C-{number}",
            "name": f"Example {name}",
            "country": "DE",
            "language": "en",
            "address": {"line1": "Example Street 1", "postcode": "00001", "city": "Sampleton"},
        },
        {
            "type": "contact",
            "account": f"C-{number}",
            "email": f"office@{name.lower()}.example",
            "name": f"Office of the {name}",
        },
        {
            "type": "subscription",
            "account": f"C-{number}",
            "external_id": f"C-{number}-web",
            "plan": "space/small",
            "start_on": "2026-12-01",
        },
    )
]
