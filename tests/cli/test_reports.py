"""``quarterday reports`` on the shop."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Shop


def test_reports_answer_on_the_screen_in_files_and_as_data(shop: Shop, tmp_path: Path) -> None:
    listed = shop.data("reports list")
    assert {"revenue", "tax", "trial_balance"} <= {one["report"] for one in listed}
    shop("run --on 2026-01-15", status=4)
    span = "--from 2026-01-01 --until 2026-02-28"
    table = shop(f"reports show revenue {span}")
    assert "How much did we invoice" in table
    assert "2026-01" in table
    data = shop.data(f"reports show trial_balance {span}")
    assert all(one["closing"].strip("0.") == "" for one in data["totals"])
    csv = shop(f"reports show tax {span} --format csv")
    assert csv.startswith("country,name,rate,category")
    shop(f"reports show revenue {span} --by year --format xlsx --output {tmp_path / 'a.xlsx'}")
    assert (tmp_path / "a.xlsx").read_bytes()[:2] == b"PK"
    shop(f"reports show receivables --as-of 2026-01-20 --format json -o {tmp_path / 'a.json'}")
    kept = json.loads((tmp_path / "a.json").read_text())
    assert kept["parameters"]["as_of"] == "2026-01-20"
    assert "by --output" in shop.refuses("reports show revenue --format xlsx")
    assert "has no parameter 'by'" in shop.refuses("reports show tax --by month")
    assert "no report 'x'" in shop.refuses("reports show x")
    assert "not NAME=VALUE" in shop.refuses("reports show churn --set of", status=2)
    assert shop.data("reports show churn --set of=mrr")["parameters"]["of"] == "mrr"


def test_schedules_are_made_listed_and_ended(shop: Shop) -> None:
    line = "reports schedule tax --mail tax@example.com --every monthly --as csv"
    made = shop.data(line)
    assert made["recipients"] == "tax@example.com"
    (listed,) = shop.data("reports schedules")
    assert (listed["schedule"], listed["state"]) == (made["schedule"], "on")
    assert "not mailed any more" in shop(f"reports unschedule {made['schedule']}")
    assert shop.data("reports schedules")[0]["state"] == "ended"
    assert "no schedule" in shop.refuses("reports unschedule rsc_0")
