"""Collecting and instalments from the command line."""

from __future__ import annotations

from tests.cli.conftest import Shop

# One account of the shop cannot be billed, which the run says by its exit code.


def test_what_would_be_charged_and_why_not(shop: Shop) -> None:
    shop("run --on 2026-01-15", status=4)
    shop("accounts change A2 --setting terms_days=30 --setting autopay=false")
    assert shop.data("accounts show A2")["settings"] == {"terms_days": 30, "autopay": False}
    shop("run --on 2026-02-15", status=4)
    found = {
        (one["account"], one["due_on"]): one
        for one in shop.data("collect --preview --today 2026-02-15")
    }
    assert found["A1", "2026-01-29"]["why"] == "no method that can be charged is kept"
    # Terms of the account count from the next invoice on.
    assert found["A2", "2026-03-17"]["why"] == "paying automatically is switched off"
    assert shop("collect --today 2026-02-15") == "host: nothing was due\n"
    assert shop.data("collect --account A1") == {"host": {}}
    assert "A1" in shop("collect --preview --account A1")


def test_an_invoice_is_stopped_shown_and_resumed(shop: Shop) -> None:
    shop("run --on 2026-01-15", status=4)
    label = shop.data("invoices list --account A1")[0]["label"]
    shop(f"collect stop {label} --reason", "They called.")
    assert shop.data(f"collect show {label}")["why"] == "somebody stopped it: They called."
    shop(f"collect resume {label}")
    assert "no method that can be charged is kept" in shop(f"collect show {label}")


def test_instalments_are_agreed_shown_and_ended(shop: Shop) -> None:
    shop("run --on 2026-01-15", status=4)
    label = shop.data("invoices list --account A1")[0]["label"]
    agreed = shop.data(
        f"instalments agree {label} --count 3 --first-on 2026-01-31 --today 2026-01-16"
    )
    assert [(one["due_on"], one["amount"]) for one in agreed["instalments"]] == [
        ("2026-01-31", "11.88"),
        ("2026-02-28", "11.88"),
        ("2026-03-31", "11.88"),
    ]
    assert shop.data(f"instalments show {label} --today 2026-02-28")["owed_now"] == "23.76"
    assert "has a plan already" in shop.refuses(f"instalments agree {label} --count 2")
    shop(f"instalments end {label} --reason", "They can pay.")
    assert shop("instalments show " + label) == "There are none.\n"
    shop(
        f"instalments agree {label} --part 2026-02-01=20 --part 2026-03-01=15.64 --today 2026-01-16"
    )
    assert "either --count or --part" in shop.refuses(f"instalments agree {label}", status=2)
