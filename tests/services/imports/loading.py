"""What the tests of loading share: a mapping, files, and what the database then holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quarterday.services.imports.load_file import load_file
from quarterday.services.imports.report import LoadReport
from quarterday.store.models import Account, Event, Price, Subscription

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEADER = "No,Name,Country,Monthly,Since,Until,Kind,Note"
MAPPING: Mapping[str, Any] = {
    "seller": {
        "code": "web",
        "name": "Example Hosting GmbH",
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "settings": {"lead_days": 0},
    },
    "taxes": [{"code": "vat19", "name": "VAT", "percent": "19", "country": "DE"}],
    "products": [{"code": "space", "name": "Web space"}],
    "plans": [{"product": "space", "code": "monthly", "name": "Web space, monthly"}],
    "account": {
        "external_id": "No",
        "name": "Name",
        "country": {"column": "Country", "default": "DE"},
        "data": {"kind": "Kind"},
    },
    "subscription": {
        "external_id": "No",
        "plan": {"constant": "space/monthly"},
        "amount": "Monthly",
        "start_on": "Since",
        "end_on": "Until",
        "data": ["Note"],
    },
}


def load_rows(folder: Path, *rows: str, **options: Any) -> LoadReport:
    """Load rows of the table of the mapping."""
    path = folder / "customers.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return load_file(path, now=NOW, **{"mapping": MAPPING, **options})


def load_native(folder: Path, *records: Mapping[str, Any], **options: Any) -> LoadReport:
    """Load records of the native format."""
    path = folder / "business.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return load_file(path, now=NOW, **options)


def said(report: LoadReport) -> Sequence[str]:
    """Every problem in words."""
    return [str(problem) for problem in report.problems]


def counts(report: LoadReport) -> tuple[int, int, int, int]:
    """Rows created, updated, unchanged and refused."""
    data = report.to_data()
    return data["created"], data["updated"], data["unchanged"], data["refused"]


def everything() -> list[object]:
    """All that loading may change, in an order of its own."""
    return [
        sorted(Account.objects.values_list("external_id", "name", "country", "due__bill_on")),
        sorted(Subscription.objects.values_list("external_id", "status", "start_on", "data")),
        sorted(Price.objects.values_list("code", "model")),
        Event.objects.count(),
    ]
