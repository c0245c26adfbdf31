"""Services, keys and hooks from the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.recorder import SECRET, FakeRecorder

ROWS: list[dict[str, Any]] = [
    {"type": "seller", "code": "acme", "name": "Example Ltd", "country": "DE",
     "time_zone": "UTC", "currency": "EUR"},
    {"type": "product", "code": "web", "name": "Web space"},
    {"type": "plan", "product": "web", "code": "basic", "name": "Basic"},
    {"type": "price", "plan": "web/basic", "code": "v1",
     "model": {"model": "flat", "amount": "10"}},
    {"type": "account", "external_id": "C-1", "name": "Example Bakery", "country": "DE"},
    {"type": "contact", "account": "C-1", "email": "post@bakery.example"},
]  # fmt: skip
CONTRACT = {"type": "subscription", "account": "C-1", "external_id": "C-1-web",
            "plan": "web/basic", "start_on": "2026-01-01"}  # fmt: skip
Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_service_is_driven_held_and_released(
    fresh_database_url: str, run_command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDAY_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("PANEL", SECRET)

    def quarterday(*arguments: str, status: int = 0) -> str:
        return run_command(fresh_database_url, *arguments, status=status).stdout

    def data(*arguments: str) -> Any:
        return json.loads(quarterday(*arguments, "--json"))

    with FakeRecorder() as fake:
        place = {"kind": "webhook", "url": f"{fake.url}/services", "secret": "env:PANEL"}
        brand = {"type": "brand", "data": {"provisioners": {"ours": place}}}
        served = {"type": "provisioning", "product": "web", "place": "ours", "features": ["mail"]}
        file = tmp_path / "shop.jsonl"
        rows = [ROWS[0], brand, *ROWS[1:3], ROWS[3], served, *ROWS[4:], CONTRACT]
        file.write_text("\n".join(json.dumps(row) for row in rows))
        quarterday("load", str(file))
        hook = data("hooks", "add", f"{fake.url}/hooks", "--secret", "env:PANEL")
        jobs = ("jobs", "run", "--once", "--only", "drive_services", "--only", "send_hooks")
        quarterday(*jobs)
        assert "active" in quarterday("services", "list")
        assert data("services", "hold", "C-1-web", "--cause", "abuse")["level"] == "suspended"
        quarterday(*jobs)
        shown = data("services", "show", "C-1-web")
        assert (shown["condition"], shown["status"]) == ("suspended", "settled")
        assert [one["action"] for one in shown["calls"]] == ["suspend", "create"]
        assert [one["cause"] for one in shown["holds"]] == ["abuse"]
        assert data("services", "release", "C-1-web") == {"ended": 0, "holds": shown["holds"]}
        assert data("services", "release", shown["id"], "--cause", "abuse")["ended"] == 1
        fake.fail("busy", times=1)
        quarterday(*jobs)
        assert data("services", "list", "--status", "due")[0]["error"]
        data("services", "retry", "C-1-web")
        quarterday(*jobs)
        assert next(iter(fake.services.values())).condition == "active"
        told = [one["type"] for one in fake.hooks]
        assert told.count("service.suspended") == told.count("service.restored") == 1
        assert "is over" not in quarterday("check")
        assert data("hooks", "test", hook["id"])["taken"]
        assert data("hooks", "log", hook["id"])[0]["kind"] == "webhook.ping"
        data("hooks", "replay", hook["id"])
        assert data("hooks", "list")[0]["waiting"] > 3
        assert "is told nothing" in quarterday("hooks", "disable", hook["id"])
        quarterday("hooks", "remove", hook["id"])
    key = data("keys", "add", "forum")
    assert key["key"].startswith(key["start"]) and data("keys", "list")[0]["name"] == "forum"
    assert "key" not in data("keys", "list")[0]
    assert data("keys", "revoke", key["start"])["revoked"] and data("keys", "list") == []
