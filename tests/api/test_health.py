"""What monitors are told: nothing of customers, and nothing to strangers."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from quarterday.jobs.beat import Beat
from quarterday.jobs.daily_cycle import DailyCycle
from quarterday.ports.clock import VARIABLE, read_now
from quarterday.services.jobs.beat import beat
from quarterday.store.queries import signs
from tests.services.till import Shop

TOKEN = "a token that is long enough"


def read_metrics(client: Client, **headers: str) -> dict[str, float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        " ".join((one.name, *one.labels.values())): one.value
        for family in families
        for one in family.samples
    }


def test_health_follows_database_and_worker(
    shop: Shop, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # By number, as a monitor of a container asks.
    answer = client.get("/healthz", headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.json()["worker"]) == (503, "silent")
    Beat().run()
    answer = client.get("/healthz", headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert shop.seller.name not in answer.content.decode()
    monkeypatch.setenv(VARIABLE, (read_now() + timedelta(minutes=10)).isoformat())
    assert client.get("/healthz").status_code == 503

    def fail(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(signs, "fetch", fail)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "bad")
    assert client.get("/livez").content == b"ok\n"


@pytest.mark.django_db
def test_a_beat_never_goes_back() -> None:
    now = read_now()
    beat(worker="one", now=now)
    beat(worker="two", now=now - timedelta(minutes=1))
    assert signs.read_signs(now).worker == "one"


def test_metrics_are_for_those_with_the_token(
    shop: Shop, client: Client, settings: LazySettings
) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    # What a proxy on this machine passes on comes from anybody.
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403
    settings.IS_BEHIND_PROXY = True
    assert client.get("/metrics").status_code == 403
    settings.METRICS_TOKEN = TOKEN
    for given in ("", "Bearer", "Bearer ", f"Bearer {TOKEN}é", TOKEN):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_metrics_tell_of_the_day_and_of_what_waits(
    shop: Shop, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "2026-03-02T12:00:00+00:00")
    shop.charge(10_00)
    DailyCycle().run()
    with CaptureQueriesContext(
        connection,
    ) as few:
        found = read_metrics(client)
    assert found["quarterday_up"] == 1
    assert found["quarterday_cycle_status done"] == 1
    assert found["quarterday_offences"] == 0
    assert "quarterday_cycle_step_seconds run" in found
    for _ in range(3):
        shop.invoice(1000)
    with CaptureQueriesContext(connection) as many:
        after = read_metrics(client)
    assert len(many) == len(few)
    assert shop.account.name not in str(after)
    # Rules find what they look for, also where nothing waits and nothing is wrong.
    assert found["quarterday_waiting services failed"] == found["quarterday_alerts worker"] == 0
    assert found["quarterday_worker_seen_timestamp_seconds"] == 0
    Beat().run()
    seen = read_metrics(client)["quarterday_worker_seen_timestamp_seconds"]
    assert 0 <= read_now().timestamp() - seen < 60
    manual = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
    told = {one for one in re.findall(r"\bquarterday_[a-z]\w+", manual) if "check" not in one}
    assert told == {name.partition(" ")[0] for name in found}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for query in few.captured_queries:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql'].replace('%', '%%')}")
                plan = str(cursor.fetchall())
                assert "INDEX" in plan or "CONSTANT" in plan, plan


def test_figures_are_named_as_prometheus_wants(shop: Shop, client: Client) -> None:
    families = list(text_string_to_metric_families(client.get("/metrics").content.decode()))
    assert families
    for family in families:
        assert re.fullmatch(r"quarterday(_[a-z]+)+", family.name) and family.type == "gauge"
        assert family.documentation.endswith(".")
        assert not family.name.endswith(("_total", "_count", "_sum", "_bucket", "_gauge"))
        labels = [tuple(sorted(one.labels.items())) for one in family.samples]
        assert len(set(labels)) == len(labels), "a series is told twice"
        assert all(re.fullmatch("[a-z]+", name) for one in labels for name, _ in one)
        if "seconds" in family.name:
            assert family.name.endswith("_seconds")
