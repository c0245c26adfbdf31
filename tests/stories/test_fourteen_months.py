"""Fourteen months of a host, day by day, by nothing but its own jobs.

Two hundred customers of all kinds pay, forget, promise, object, change and leave. Their mail goes
to a real server, their transfers come in statements, their services are made by another program
that sometimes fails. After every day the books are right; at the end everybody was treated as they
should have been.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import pytest_django
from django.conf import LazySettings

from quarterday.project.database import parse_database_url
from tests.mail.sink import run_sink
from tests.stories.year.agree import prove_mails, prove_reports
from tests.stories.year.bank import Bank
from tests.stories.year.judge import Judge
from tests.stories.year.life import Life
from tests.stories.year.panel import run_panel
from tests.stories.year.town import build_town

FIRST, DAYS = date(2026, 1, 1), int(os.environ.get("STORY_DAYS", "424"))
SECRET = "whsec_" + "c3Rvcnlz" * 4
SIZE = int(os.environ.get("STORY_ACCOUNTS", "200"))


@pytest.fixture
def own_database(
    django_db_setup: None,
    fresh_database_url: str,
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[None]:
    """A database of the story's own, in which everything is committed as it is in life."""
    from django.db import connection

    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = parse_database_url(fresh_database_url)["NAME"]
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual


class Clock:
    """The one clock that all jobs read, set from hour to hour."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def set(self, day: date, hour: int, minute: int = 0) -> datetime:
        from quarterday.ports import clock

        at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
        self.monkeypatch.setattr(clock, "_STARTED", time.monotonic())
        self.monkeypatch.setenv("QUARTERDAY_NOW", at.isoformat())
        return at


def test_fourteen_months(
    own_database: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
) -> None:
    from quarterday.ports.job import list_jobs, make_scheduler
    from quarterday.store.models import Alert, Cycle
    from quarterday.store.queries.check import check_books

    clock = Clock(monkeypatch)
    monkeypatch.setenv("QUARTERDAY_STATEMENTS", str(tmp_path))
    monkeypatch.setenv("QUARTERDAY_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("STORY_SECRET", SECRET)
    settings.PUBLIC_URL = "https://billing.host.example"
    settings.ALLOWED_HOSTS = ["billing.host.example"]
    rng = Random(7)
    with run_sink() as sink, run_panel(SECRET, rng) as panel:
        settings.MESSAGE_TRANSPORTS = {"mail": sink.options}
        now = clock.set(FIRST, 3)
        town = build_town(now=now, today=FIRST, size=SIZE, rng=rng, panel=panel.url)
        life, judge = Life(town, Bank(tmp_path), rng), Judge(panel)
        life.plan_changes(FIRST, FIRST + timedelta(days=424))
        # Every link of every kind, every day, is another test's.
        scheduler = make_scheduler(list_jobs().keys() - {"check_links"})
        quick = make_scheduler(["drive_services", "deliver_messages"])
        for number in range(DAYS):
            today = FIRST + timedelta(days=number)
            for hour in (6, 11):
                clock.set(today, hour)
                scheduler.run_due()
                clock.set(today, hour, 1)
                quick.run_due()
                if hour == 6:
                    life.live(today, clock.set(today, 8))
            life.bank.write_statement(today)
            judge.look(today)
            # The work of each day ends with the same proofs, and tells what does not hold.
            assert not Alert.objects.filter(kind="offence").exists(), today
            if number % 7 == 6:
                assert list(check_books()) == [], today
    assert list(check_books()) == []
    assert Cycle.objects.filter(status="done").count() >= DAYS - 1
    assert judge.worst == []
    assert len(life.seen) == 7, life.seen
    assert judge.seen.keys() >= {"active", "suspended", "terminated"}
    last = FIRST + timedelta(days=DAYS - 1)
    prove_reports(FIRST, last)
    prove_mails(sink.mails)
