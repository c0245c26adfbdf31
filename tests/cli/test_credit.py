"""Credit from the command line: for some things only, given up, paid out, by itself, and back."""

from __future__ import annotations

from tests.cli.conftest import Shop


def test_credit_comes_for_some_things_and_goes_in_all_ways(shop: Shop) -> None:
    day = "--today 2026-01-10"
    gift = shop.data(f"credit grant A2 50 --kind promotional --for orders --product backup {day}")
    assert (gift["scope"], gift["priority"]) == ({"products": ["backup"], "use": "orders"}, 50)
    shop.data(f"credit grant A2 30 --kind deposit --method cash {day}")
    assert "no product 'cheese'" in shop.refuses(
        f"credit grant A2 5 --kind goodwill --product cheese {day}"
    )
    refused = shop.refuses(f"credit grant A2 5 --kind goodwill --role cashier {day}")
    assert "the role cashier does not permit to grant credit" in refused
    shop("run --on 2026-01-15", status=4)
    opened = {one["kind"]: one["open"] for one in shop.data("credit list --account A2")}
    assert opened == {"promotional": "50.00", "deposit": "0.00"}
    day = "--today 2026-01-20"
    shop.data(f"credit grant A2 20 --kind deposit --method cash {day}")
    paid = shop.data(f"credit deduct A2 5 --method cash --reason moved {day}")
    assert paid["amount"] == "5.00"
    assert "is given up" in shop(f"credit deduct A2 1 --reason fee {day}")
    assert "0.00 EUR of the credit" in shop.refuses(f"credit refund A2 {day}")
    moves = shop.data("credit history A2")
    assert [one["what"] for one in moves] == [
        "promotional",
        "deposit",
        "use",
        "deposit",
        "refunded",
        "deducted",
    ]
    assert moves[-1]["balance"] == "64.00"
    assert shop.data("credit top-up A2") == {"account": "A2", "is_enabled": False}
    assert "keeps no such way" in shop.refuses("credit top-up A2 --below 5 --amount 20", status=2)
    assert "not topped up" in shop("credit top-up A2 --off")
    assert "The books are right" in shop("check")
