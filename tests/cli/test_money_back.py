"""Refunds, disputes, payouts and the inbox from the command line, on the sandbox."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Shop
from tests.zygote import Zygote

Call = Callable[..., list[str]]


@pytest.fixture
def call(shop: Shop, zygote: Zygote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call a function of `tests.cli.pay_sandbox` on the shop; the words that it printed."""
    monkeypatch.setenv("SANDBOX_HOOK", "only for tests")
    shop(
        "sellers brand host --set gateways.sandbox.is_enabled=true "
        "--set gateways.sandbox.hook_secret=env:SANDBOX_HOOK"
    )
    shop("run --on 2026-01-15", status=4)

    def run(name: str, *arguments: str) -> list[str]:
        env = os.environ | {"QUARTERDAY_DATABASE_URL": shop.url}
        done = zygote.run(arguments, env, tmp_path, call=f"tests.cli.pay_sandbox:{name}")
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return run


def test_there_is_nothing_at_first(shop: Shop) -> None:
    for line in ("disputes list", "payouts list", "inbox list", "refunds list"):
        assert shop.data(line) == [], line
    assert "no dispute 'x'" in shop.refuses("disputes show x")
    assert "no payout 'x'" in shop.refuses("payouts show x")
    assert "no refund 'x'" in shop.refuses("refunds show x")
    assert "nothing in the inbox is called 'gev_x'" in shop.refuses("inbox show gev_x")
    assert "there is no event 'gev_x'" in shop.refuses("inbox ignore gev_x --reason Spam")
    assert "there is no source" in shop.refuses("inbox list --source moon")


def test_money_goes_back_and_comes_again(shop: Shop, call: Call) -> None:
    label = shop.data("invoices list --account A1")[0]["label"]
    payment, attempt = call("pay", label)
    assert "is credit" in shop.refuses(f"refunds make {payment} --reason Kind --amount 5.00")
    made = shop.data(f"refunds make {payment} --reason Kind --amount 5.00 --reopen")
    assert (made["status"], made["by"], made["amount"]) == ("succeeded", "sandbox", "5.00")
    assert shop.data(f"refunds show {made['attempt']}") == made
    assert "status       succeeded" in shop(f"refunds show {made['id']}")
    shop(f"sandbox dispute {attempt} --amount 10.00 --fee 15.00")
    shop("jobs run --once --only process_events")
    (opened,) = shop.data("disputes list --status opened")
    shown = shop.data(f"disputes show {opened['id']}")
    assert (shown["booked_out"], shown["fee"]) == ("10.00", "15.00")
    assert shown["invoices"][0]["open"] == "15.00"
    shop(f"sandbox dispute {attempt} --amount 10.00 --fee 15.00 --won")
    shop("jobs run --once --only process_events")
    assert "restored    10.00" in shop(f"disputes show {opened['reference']}")
    given = shop.data(f"refunds make {payment} --to credit --reason Kind --amount 2.00 --reopen")
    assert given["amount"] == "2.00"
    shop("sandbox payout")
    shop("jobs run --once --only process_events")
    (payout,) = shop.data("payouts list")
    assert payout["reference"] in shop(f"payouts show {payout['id']}")
    assert len(shop.data(f"payouts show {payout['id']}")["items"]) >= 2
    assert "nothing is wrong" in shop("check") or shop.data("check")


def test_the_inbox_is_emptied_by_people(shop: Shop, call: Call) -> None:
    (event,) = call("report", "A2")
    (item,) = shop.data("inbox list")
    assert (item["id"], item["amount"], item["reference"]) == (event, "10.00", "pi_9")
    assert "Probably of account A2" in shop(f"inbox show {event}")
    found = shop.data(f"inbox assign {event} --account A2")
    assert shop.data(f"inbox assign {event} --account A2") == found
    assert [one["amount"] for one in shop.data("payments list --account A2")] == ["10.00"]
    assert shop.data("inbox list") == []
    assert "was acted on" in shop.refuses(f"inbox ignore {event} --reason Spam")
