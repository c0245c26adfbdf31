"""The doctor finds what is wrong, says what to do, and is quiet about what is not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.cli.conftest import Shop
from tests.mail.sink import run_sink
from tests.project.test_production import SAFE

Diagnose = Callable[..., dict[str, list[dict[str, Any]]]]


def make_key() -> str:
    key = rsa.generate_private_key(65537, 1024)
    plain = serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, kind, plain).decode()


@pytest.fixture
def diagnose(shop: Shop) -> Diagnose:
    def ask(*options: str, status: int = 0) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        said = shop.data(f"doctor {' '.join(options)}", status=status)
        assert said["healthy"] is (status == 0)
        for one in said["findings"]:
            found.setdefault(one["area"], []).append(one)
            assert one["remedy"] or one["level"] == "ok", "say what to do"
        return found

    return ask


def test_a_new_installation_is_told_what_it_lacks(shop: Shop, diagnose: Diagnose) -> None:
    found = diagnose(status=1)
    assert found["database"][0]["level"] == "ok"
    assert found["mail"][0]["level"] == "bad"
    assert "QUARTERDAY_MAIL_URL" in found["mail"][0]["remedy"]
    for area in ("worker", "daily cycle", "backups", "alerts", "staff"):
        assert found[area][0]["level"] == "warn", area
    assert "Europe/" in found["time zone"][0]["text"]
    assert "What to do" in shop("doctor", status=1)


def test_what_is_mended_is_well(
    shop: Shop, diagnose: Diagnose, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tests.cli.test_backup import PROGRAMS

    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("QUARTERDAY_BACKUP_DIR", str(tmp_path / "saved"))
    monkeypatch.setenv("QUARTERDAY_ALERT_MAIL", "ops@example.com")
    monkeypatch.setenv("QUARTERDAY_MAIL_FROM", "billing@example.com")
    key = tmp_path / "dkim.pem"
    key.write_text(make_key())
    key.chmod(0o644)
    fake = tmp_path / "fake.pem"
    fake.write_text("-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n")
    keys = f"example.com:s1:{key} example.net:s1:{key}.gone example.org:s1:{fake}"
    monkeypatch.setenv("QUARTERDAY_DKIM", keys)
    with run_sink() as sink:
        monkeypatch.setenv("QUARTERDAY_MAIL_URL", f"smtp://127.0.0.1:{sink.port}")
        shop("jobs run --once --only beat --only back_up --only daily_cycle")
        found = diagnose(status=1)
        assert [one["level"] for one in found["dkim"]] == ["warn", "bad", "bad"]
        monkeypatch.setenv("QUARTERDAY_DKIM", f"example.com:s1:{key}")
        key.chmod(0o600)
        found = diagnose()
        for area in ("mail", "dkim", "worker", "backups", "alerts"):
            assert [one["level"] for one in found[area]] == ["ok"], area
        assert found["daily cycle"][0]["level"] == "ok"
    # The mail server is gone: that is found, unless no other host is to be asked.
    assert "cannot be reached" in diagnose(status=1)["mail"][0]["text"]
    diagnose("--offline")
    # And the worker, after a while.
    monkeypatch.setenv("QUARTERDAY_CLOCK_SHIFT", "3d")
    found = diagnose("--offline", status=1)
    assert {found[area][0]["level"] for area in ("worker", "daily cycle")} == {"bad"}
    assert found["backups"][0]["level"] == "warn"
    assert any("moved" in one["text"] for one in found["clock"])


def test_what_is_driven_and_told_outside_is_looked_at(
    shop: Shop, diagnose: Diagnose, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tests.cli.test_backup import PROGRAMS

    places = {
        "panel": {"kind": "webhook", "url": "https://panel.example/", "secret": "env:PANEL_SECRET"},
        "radius": {"kind": "command", "program": "drive-radius"},
        "desk": {"kind": "manual"},
    }
    (tmp_path / "brand.jsonl").write_text(
        json.dumps({"type": "brand", "data": {"provisioners": places}}) + "\n"
    )
    shop(f"load {tmp_path / 'brand.jsonl'}")
    monkeypatch.setenv("HOOK_SECRET", "a secret of more than 24 characters")
    shop("hooks add https://example.com/hook --secret env:HOOK_SECRET")
    monkeypatch.delenv("HOOK_SECRET")
    monkeypatch.setenv("QUARTERDAY_STATEMENTS", str(tmp_path / "none"))
    (tmp_path / "file").touch()
    monkeypatch.setenv("QUARTERDAY_BACKUP_DIR", str(tmp_path / "file" / "saved"))
    found = diagnose("--offline", status=1)
    assert [one["level"] for one in found["services"]] == ["bad", "bad", "ok"]
    said = [one["text"] for one in found["services"]]
    assert "PANEL_SECRET" in said[0] and "QUARTERDAY_COMMANDS_DIR" in said[1] and "desk" in said[2]
    assert "HOOK_SECRET" in found["webhooks"][0]["text"]
    for area in ("statements", "backups", "webhooks"):
        assert [one["level"] for one in found[area]] == ["bad"], area
    # All of it is mended as it was said.
    for name in ("none", "programs"):
        (tmp_path / name).mkdir()
    (tmp_path / "programs" / "drive-radius").touch(0o755)
    monkeypatch.setenv("QUARTERDAY_COMMANDS_DIR", str(tmp_path / "programs"))
    for name in ("HOOK_SECRET", "PANEL_SECRET"):
        monkeypatch.setenv(name, "a secret of more than 24 characters")
    monkeypatch.setenv("QUARTERDAY_BACKUP_DIR", str(tmp_path / "saved"))
    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
    found = diagnose("--offline", status=1)
    for area, level in (("statements", "ok"), ("webhooks", "ok"), ("services", "ok")):
        assert [one["level"] for one in found[area]] == [level], area
    assert found["backups"][0]["level"] == "warn"


@pytest.mark.postgresql_only
def test_a_backup_that_cannot_be_made_is_seen_before(
    diagnose: Diagnose, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QUARTERDAY_BACKUP_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    (backups,) = diagnose("--offline", status=1)["backups"]
    assert backups["text"] == "pg_dump is not on the PATH"
    assert "postgresql-client" in backups["remedy"]


def test_in_production_unsafe_settings_are_bad(
    diagnose: Diagnose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDAY_ENV", "production")
    monkeypatch.setenv("QUARTERDAY_URL", SAFE.url)
    monkeypatch.setenv("QUARTERDAY_HOSTS", "*")
    found = diagnose("--offline", status=1)
    said = " ".join(one["text"] for one in found["settings"])
    assert "QUARTERDAY_HOSTS" in said
    assert "QUARTERDAY_SECRET_KEY" in said


def test_without_a_database_there_is_one_line(run_command: Any, tmp_path: Path) -> None:
    said = run_command(f"sqlite:///{tmp_path}/none.sqlite3", "doctor", "--json", status=1).stdout
    assert "quarterday init" in said
