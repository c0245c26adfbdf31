"""The work of a day from the command line, and what keeps a process from starting."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Shop


def test_the_day_is_done_by_hand_and_shown(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "quarterday work" in shop.refuses("cycle show")
    # At two in the morning, before the hours of most steps.
    monkeypatch.setenv("QUARTERDAY_NOW", "2026-01-15T01:00:00+00:00")
    shop("jobs run --once --only daily_cycle")
    shown = shop.data("cycle show")
    assert shown["status"] == "running"
    states = {one["step"]: one["status"] for one in shown["steps"]}
    assert (states["run"], states["collect"], states["check"]) == ("done", "waiting", "waiting")
    assert shop.data("cycle run") == {"2026-01-15": "done"}
    assert "nothing to do" in shop("cycle run")
    assert [one["status"] for one in shop.data("cycle history")] == ["done"]
    shown = shop("cycle show --day 2026-01-15")
    assert "invoices" in shown
    assert shop.refuses("cycle show --day 2026-01-14")


def test_alerts_are_listed(shop: Shop) -> None:
    assert shop.data("alerts list") == []
    shop("alerts test")
    assert shop.data("alerts list") == []
    (row,) = shop.data("alerts list --all")
    assert row["resolved_at"]
    assert row["told_at"] is None
    shop("jobs run --once --only tell_alerts")
    (row,) = shop.data("alerts list --all")
    assert row["told_at"]


@pytest.mark.parametrize("command", ["work", "serve", "jobs run --once", "cycle run"])
def test_nothing_that_is_unsafe_is_started(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("QUARTERDAY_ENV", "production")
    monkeypatch.setenv("QUARTERDAY_URL", "http://billing.example.com")
    said = shop.refuses(command, status=2)
    assert "QUARTERDAY_URL" in said
    assert "QUARTERDAY_SECRET_KEY" in said
    # Looking is allowed.
    shop("accounts list")


def test_listening_everywhere_wants_a_proxy(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDAY_URL", "https://billing.example.com")
    monkeypatch.setenv("QUARTERDAY_ENV", "production")
    monkeypatch.setenv("QUARTERDAY_SECRET_KEY", "k" * 48)
    assert "QUARTERDAY_BEHIND_PROXY" in shop.refuses("serve --host 0.0.0.0", status=2)
