"""Accounts, contracts, money and usage from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Shop


def test_an_account_is_opened_once_changed_and_closed(shop: Shop) -> None:
    line = "accounts open Example --country DE --external-id B1 --setting terms_days=30"
    opened = shop.data(line, "--address", "city=Berlin")
    assert opened["settings"] == {"terms_days": 30}
    assert shop.data(line, "--address", "city=Berlin")["id"] == opened["id"]
    assert "another" not in shop("accounts list")
    changed = shop.data("accounts change B1 --name", "Example AG", "--setting", "terms_days=")
    assert (changed["name"], changed["settings"]) == ("Example AG", {})
    assert changed["address"] == {"city": "Berlin"}
    shop("accounts close B1")
    refused = shop.refuses("subscriptions start B1 hosting/monthly")
    assert "reopen it" in refused
    assert [one["account"] for one in shop.data("accounts list --status closed")] == ["B1"]
    shop("accounts reopen B1")
    shown = shop("accounts show B1")
    assert "Example AG" in shown
    assert opened["id"] in shown


def test_a_contract_goes_through_all_that_can_happen_to_it(shop: Shop) -> None:
    shop("run --on 2026-01-15", status=4)
    day = "--today 2026-01-25"
    more = shop.data(f"subscriptions change-quantity S-A1 3 {day}")
    assert [item["quantity"] for item in more["items"]] == ["1", "3"]
    assert [one["amount"] for one in more["waiting"]] == ["-20.29"]
    added = shop.data(f"subscriptions add-addon S-A1 backup/monthly --quantity 2.5 {day}")
    assert [item["price"] for item in added["items"]] == ["hosting", "hosting", "backup"]
    shop(f"subscriptions remove-addon S-A1 backup --on 2026-01-27 {day}")
    assert shop.data(f"subscriptions pause S-A1 {day}")["status"] == "paused"
    assert shop.data(f"subscriptions resume S-A1 {day}")["status"] == "active"
    ending = shop.data(f"subscriptions cancel S-A1 --at-period-end {day}")
    assert (ending["status"], ending["end_on"]) == ("cancelling", "2026-02-15")
    assert shop.data(f"subscriptions undo-cancel S-A1 {day}")["end_on"] is None
    moved = shop.data(f"subscriptions change-plan S-A1 backup/monthly {day}")
    assert moved["plan"] == "backup/monthly"
    assert shop.data(f"subscriptions cancel S-A1 --on 2026-01-26 {day}")["status"] == "cancelling"
    assert "S-A1" in shop("subscriptions list --account A1")
    shop("run --on 2026-01-25", status=4)
    assert "The books are right" in shop("check")


def test_a_contract_is_started_once(shop: Shop) -> None:
    line = (
        "subscriptions start A1 backup/monthly --on 2026-02-01 --today 2026-01-20 --external-id X"
    )
    first = shop.data(line)
    assert (first["status"], first["items"][0]["quantity"]) == ("pending", "1")
    assert shop.data(line)["id"] == first["id"]
    assert len(shop.data("subscriptions list --account A1")) == 2
    assert "no plan 'nope'" in shop.refuses("subscriptions start A1 nope")


def test_money_settles_invoices_and_the_rest_becomes_credit(shop: Shop) -> None:
    shop("run --on 2026-01-15", status=4)
    label = shop.data("invoices list --account A1")[0]["label"]
    line = "payments record A1 50 --method transfer --today 2026-01-20 --external-id P1"
    assert f"35.64 EUR settles invoice {label}" in shop(line)
    paid = shop.data(line)
    assert paid["settled"] == [{"invoice": label, "amount": "35.64"}]
    assert paid["credit"] == "14.36"
    assert [one["amount"] for one in shop.data("payments list")] == ["50.00"]
    assert [one["open"] for one in shop.data("credit list --open --account A1")] == ["14.36"]
    assert shop.data("invoices list --status paid")[0]["open"] == "0.00"
    assert "Conflict" not in shop.refuses(line.replace("50", "51"))
    assert "has more decimals" in shop.refuses("payments record A1 1.001 --method cash", status=2)


def test_credit_is_granted_used_taken_back_and_expires(shop: Shop) -> None:
    shop("run --on 2026-01-15", status=4)
    label = shop.data("invoices list --account A2")[0]["label"]
    day = "--today 2026-01-20"
    gift = shop.data(f"credit grant A2 10 --kind goodwill --expires-on 2026-02-01 {day}")
    applied = shop.data(f"credit apply {label} --amount 4 {day}")
    assert (applied["applied"], applied["open"]) == ("4.00", "31.64")
    assert [one["amount"] for one in shop.data("credit expire --on 2026-02-01")] == ["6.00"]
    other = shop.data(f"credit grant A2 5 --kind deposit --method cash {day}")
    taken = shop.data(f"credit reverse {other['id']} --reason typo {day}")
    assert taken["open"] == "0.00"
    assert {one["id"] for one in shop.data("credit list")} == {gift["id"], other["id"]}
    assert "The books are right" in shop("check")


def test_invoices_are_shown_explained_and_corrected(shop: Shop) -> None:
    shop("run --on 2026-01-15", status=4)
    first, second = sorted(one["label"] for one in shop.data("invoices list"))
    shown = shop(f"invoices show {first}")
    assert "Hosting, monthly" in shown
    assert "35.64 EUR" in shown
    assert shop.data(f"invoices show {first}")["total"] == "35.64"
    explained = shop(f"explain {first}")
    assert "19 % of 29.95 EUR = 5.69 EUR" in explained
    assert shop.data(f"explain {first}")["lines"][0]["explanation"]["amount_minor"] == 2995
    note = shop.data(f"invoices credit {first} --line 1=10 --reason slow --today 2026-01-20")
    assert note["total"] == "11.90"
    assert "Corrects" in shop(f"invoices show {note['label']}")
    assert first in shop(f"explain {note['label']}")
    assert "reverse its" in shop.refuses(f"invoices void {first} --reason wrong")
    shop(f"invoices void {second} --reason wrong --today 2026-01-20")
    assert shop.data(f"invoices show {second}")["status"] == "void"
    assert "is a loss" in shop(f"invoices write-off {first} --reason gone --today 2026-03-01")
    assert "The books are right" in shop("check")


def test_usage_is_recorded_once_and_bad_lines_are_named(shop: Shop, tmp_path: Path) -> None:
    good = {"meter": "gb", "event_id": "e1", "at": "2026-01-16T12:00:00Z", "account": "A4"}
    bad = good | {"event_id": "e2", "meter": "gx", "value": 1}
    lines = [json.dumps(good | {"value": 12.5}), "nonsense", json.dumps(bad)]
    (tmp_path / "usage.jsonl").write_text("\n".join(lines))
    done = shop.data("usage record usage.jsonl", status=4)
    assert done["recorded"] == 1
    assert [one["line"] for one in done["refused"]] == [2, 3]
    assert "name a meter of the seller: gb" in done["refused"][1]["remedy"]
    assert shop.data("usage record usage.jsonl", status=4)["duplicates"] == 1
    assert "line 2" in shop.refuses("usage record usage.jsonl --strict")
    assert "no.jsonl" in shop.refuses("usage record no.jsonl", status=2)
    billed = shop.data("run --on 2026-02-15 --account A4")
    # 12.5 gigabytes at 0.10, and 19 %.
    assert billed["invoiced"] == {"EUR": "1.49"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("accounts show nobody", "there is no account 'nobody'"),
        ("accounts show A1 --seller nobody", "there are host"),
        ("invoices show INV-9", "there is no invoice or credit note 'INV-9'"),
        ("subscriptions show nothing", "there is no subscription 'nothing'"),
        ("subscriptions change-quantity S-A1 -- -1", "quantity"),
        ("accounts open Example --country Germany", "ISO 3166"),
    ],
)
def test_what_rules_refuse_is_said_in_words(shop: Shop, line: str, words: str) -> None:
    assert words in shop.refuses(line)


def test_a_payment_is_given_back(shop: Shop) -> None:
    shop("run --on 2026-01-15", status=4)
    day = "--today 2026-01-20"
    shop(f"payments record A1 50 --method transfer --external-id P1 {day}")
    refused = shop.refuses(f"payments refund P1 --reason moved --amount 20 {day}")
    assert "20.00 EUR cannot be refunded, since only 14.36 EUR of it is credit" in refused
    back = shop.data(f"payments refund P1 --reason moved --amount 14.36 --external-id R1 {day}")
    assert (back["amount"], back["status"]) == ("14.36", "partially_refunded")
    words = shop(f"payments refund P1 --reason moved --reopen {day}")
    assert words == "35.64 EUR of payment P1 is refunded to account A1.\n"
    assert shop.data("invoices list --account A1")[0]["open"] == "35.64"
    assert shop.data("payments list --seller host")[0]["status"] == "refunded"
    assert "The books are right" in shop("check")


def test_only_a_checked_vat_number_is_billed_by_reverse_charge(shop: Shop) -> None:
    shop("accounts open Example --country FR --external-id F1 --tax-id FR00000000000")
    shop("subscriptions start F1 hosting/monthly --on 2026-01-15 --today 2026-01-15")
    assert "not checked: no reverse charge" in shop("accounts show F1")
    plan = "run --dry-run --on 2026-01-15 --account F1"
    assert shop.data(plan)["documents"][0]["tax"] == "5.69"
    checked = shop.data("accounts change F1 --tax-id-valid")
    assert checked["tax_id_evidence"]["valid"]
    assert shop.data(plan)["documents"][0]["tax"] == "0.00"
    shop("accounts change F1 --tax-id-invalid --tax-exempt", "a school")
    assert shop.data(plan)["documents"][0]["tax"] == "0.00"
    shop("accounts change F1 --tax-exempt", "")
    assert "(invalid)" in shop("accounts show F1")
    assert shop.data(plan)["documents"][0]["tax"] == "5.69"
