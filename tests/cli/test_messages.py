"""What staff see and do about messages, by command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Shop


@pytest.fixture
def mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "mail"
    monkeypatch.setenv("QUARTERDAY_MAIL_URL", f"file://{folder}")
    # The shop's contracts began then, so that their first invoices are no history.
    monkeypatch.setenv("QUARTERDAY_NOW", "2026-01-15T09:00:00+01:00")
    return folder


def load_contact(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "contact.jsonl"
    path.write_text(
        '{"type":"contact","account":"A1","email":"ada@example.com","name":"Ada Example"}\n'
    )
    shop(f"load {path}")


def test_from_the_run_to_the_mailbox(shop: Shop, mail: Path, tmp_path: Path) -> None:
    load_contact(shop, tmp_path)
    said = shop("jobs run --once")
    assert "daily_cycle: " in said
    (file,) = mail.iterdir()
    assert b"Subject:" in file.read_bytes()
    (row,) = shop.data("messages list")
    assert (row["to"], row["kind"], row["status"]) == ("ada@example.com", "invoice_issued", "sent")
    shown = shop(f"messages show {row['id']}")
    assert "Hello Ada Example," in shown
    assert "/l/…" in shown
    assert not re.search(r"/l/[\w-]{10}", shown)
    shop(f"messages resend {row['id']}")
    assert "deliver_messages: sent 1" in shop("jobs run --once")
    assert len(list(mail.iterdir())) == 2
    assert len(shop.data("messages list --account A1 --status sent")) == 2
    assert {one["job"] for one in shop.data("jobs list")} >= {"daily_cycle", "deliver_messages"}


def test_blocked_addresses(shop: Shop, mail: Path, tmp_path: Path) -> None:
    load_contact(shop, tmp_path)
    shop("messages addresses block Ada@Example.com")
    (row,) = shop.data("messages addresses list")
    assert (row["address"], row["reason"]) == ("ada@example.com", "by_hand")
    assert "ada@example.com (by_hand)" in shop("accounts show A1")
    shop("jobs run --once")
    (row,) = shop.data("messages list")
    assert row["status"] == "suppressed"
    assert not mail.exists() or not list(mail.iterdir())
    shop("messages addresses clear ada@example.com")
    assert "by_hand" not in shop("accounts show A1")
    assert "not marked" in shop.refuses("messages addresses clear ada@example.com")


def test_own_words(shop: Shop, mail: Path, tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text(shop("messages templates show receipt en"))
    assert "version 1" in shop(f"messages templates save receipt en {path}")
    path.write_text("Thanks\n\nFor {{ payment.amount }}.\n\nBy {{ payment.methd }}\n")
    said = shop.refuses(f"messages templates save receipt en {path}")
    assert "line 5: payment.methd is no merge field" in said
    path.write_text("Thanks\n\nFor {{ payment.amount }}.\n")
    shop(f"messages templates save receipt en {path}")
    assert "For 125.00 €." in shop("messages preview receipt")
    assert "<html" in shop("messages preview receipt --html")
    assert [one["version"] for one in shop.data("messages templates list")] == [2]
    shop("messages templates drop receipt en")
    assert shop.data("messages templates list") == []
    assert "missing.txt" in shop.refuses(
        f"messages templates save receipt en {tmp_path / 'missing.txt'}", status=2
    )


def test_a_test_mail(shop: Shop, mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Sent" in shop("messages send-test quote you@example.com --language de")
    (file,) = mail.iterdir()
    assert b"[Test]" in file.read_bytes()
    assert shop.data("messages list") == []
    assert "there is no kind" in shop.refuses("messages send-test gossip you@example.com")
    monkeypatch.delenv("QUARTERDAY_MAIL_URL")
    assert "QUARTERDAY_MAIL_URL" in shop.refuses("messages send-test quote you@example.com")


def test_a_seller_begins_and_stops(shop: Shop, mail: Path, tmp_path: Path) -> None:
    load_contact(shop, tmp_path)
    assert "tells its customers nothing" in shop("messages stop")
    shop("jobs run --once")
    assert shop.data("messages list") == []
    assert "from 2026-01-15 on" in shop("messages begin")
    shop("payments record A1 1.00 --method cash --today 2026-01-15")
    assert [one["kind"] for one in shop.data("messages list")] == ["receipt"]
