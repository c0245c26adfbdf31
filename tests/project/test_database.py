"""The database URL, in the forms that people and hosting services write it."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from quarterday.project.database import parse_database_url


def test_sqlite_in_the_working_directory() -> None:
    entry = parse_database_url("sqlite:///quarterday.sqlite3")
    assert entry["NAME"] == str(Path.cwd() / "quarterday.sqlite3")
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_sqlite_at_an_absolute_path() -> None:
    assert parse_database_url("sqlite:////srv/a%20b.sqlite3")["NAME"] == "/srv/a b.sqlite3"
    assert parse_database_url("sqlite:///:memory:")["NAME"] == ":memory:"


POSTGRESQL = {
    "postgresql://ann:p%40ss@db.example:5433/bills": ("ann", "p@ss", "db.example", "5433", "bills"),
    "postgres://ann@db.example/bills": ("ann", "", "db.example", "", "bills"),
    "postgresql://[::1]:5432/bills": ("", "", "::1", "5432", "bills"),
    "postgresql://postgres:@/postgres?host=/Some/Dir": (
        "postgres",
        "",
        "/Some/Dir",
        "",
        "postgres",
    ),
    "postgresql://postgres@%2FSome%2FDir/bills": ("postgres", "", "/Some/Dir", "", "bills"),
    "postgresql:///bills": ("", "", "", "", "bills"),
    "postgresql://db.example?dbname=bills&user=ann": ("ann", "", "db.example", "", "bills"),
}


@pytest.mark.parametrize("url", POSTGRESQL)
def test_postgresql(url: str) -> None:
    entry = parse_database_url(url)
    found = tuple(entry[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME"))
    assert found == POSTGRESQL[url]
    assert entry["OPTIONS"] == {}


def test_other_parameters_reach_the_driver() -> None:
    entry = parse_database_url("postgresql://db.example/bills?sslmode=require")
    assert entry["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://db.example/bills", "'mysql'"),
        ("quarterday.sqlite3", "sqlite:///"),
        ("sqlite://quarterday.sqlite3", "four slashes"),
        ("sqlite:///", "names no SQLite file"),
        ("postgresql://db.example", "names no database"),
        ("postgresql://db.example:port/bills", "host or port that cannot be read"),
        ("postgresql://db.example:99999/bills", "host or port that cannot be read"),
        ("postgresql://[::1/bills", "host or port that cannot be read"),
        ("postgresql://ann:a%00b@db.example/bills", "control character"),
        ("postgresql:bills", "is no URL"),
    ],
)
def test_a_wrong_url_says_what_to_write_instead(url: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        parse_database_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "hush@db.example/bills",
        "host=db.example password=hush dbname=bills",
        "hush:x://db.example",
        "postgresql://ann:hush#@db.example/bills",
        "postgresql://ann:hush/@db.example/bills",
        "postgresql://ann:hush[@db.example/bills",
        "postgresql://ann:hush@db.example:port/bills",
        "postgresql://ann:hush%00@db.example/bills",
        "postgresql://ann:hush@db.example",
        "mysql://ann:hush@db.example/bills",
    ],
)
def test_no_password_is_repeated(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        parse_database_url(url)
    assert "hush" not in str(error.value)
