"""Work and health: the day step by step, the days before, jobs, queues, services, the doctor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.services.jobs.take_slot import finish_slot, take_slot
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Alert, Cycle, CycleStep, ServiceCall, ServiceState
from quarterday.web.kit.clock import read_now, read_today
from tests.services.till import NOW, Shop
from tests.web.console.staffer import Staffer, hire

pytestmark = pytest.mark.django_db


def forget_services() -> None:
    """They were made up, and are no part of books that are proved."""
    ServiceCall.objects.all().delete()
    ServiceState.objects.all().delete()


def test_the_day_is_shown_step_by_step(shop: Shop) -> None:
    staffer, now, today = Staffer(hire(shop.seller)), read_now(), read_today(shop.seller)
    assert "No day’s work was done yet" in staffer.see("/console/system/")
    began = now - timedelta(minutes=10)
    cycle = Cycle.objects.create(
        day=today, status="running", started_at=began, heartbeat_at=now - timedelta(seconds=40),
        worker="host:7",
    )  # fmt: skip
    steps: tuple[tuple[str, str, dict[str, object], str], ...] = (
        ("run", "done", {"parts": {"shop": {"invoices": 12}}}, ""),
        (
            "collect",
            "running",
            {"failed": {"shop": {"tries": 2, "error": "the gateway is silent"}}},
            "x",
        ),
        ("dun", "waiting", {}, ""),
    )
    for position, (name, status, summary, error) in enumerate(steps, 1):
        CycleStep.objects.create(
            cycle=cycle, name=name, position=position, status=status, summary=summary, error=error,
            tries=2, started_at=None if status == "waiting" else began,
            finished_at=began + timedelta(seconds=72) if status == "done" else None,
        )  # fmt: skip
    for back in (1, 2):
        Cycle.objects.create(day=today - timedelta(days=back), status="done")
    run = take_slot(job="sweep_gateways", slot="s", now=began)
    assert run is not None
    finish_slot(run, now=began + timedelta(seconds=3), summary={})
    beat = take_slot(job="beat", slot="last", now=now)
    assert beat is not None
    finish_slot(beat, now=now, summary={"worker": "host:7"})
    Alert.objects.create(key="a", kind="cycle", text="The step collect fails", raised_at=now)
    Alert.objects.create(key="b", kind="cycle", text="It was late", raised_at=now, resolved_at=now)
    page = staffer.see("/console/system/")
    for told in (
        "The work of today is under way", "1 min 12 s", "shop: invoices 12", "tried 2 times",
        "the gateway is silent", "from host:7", "The step collect fails", "It was late", "3 s",
    ):  # fmt: skip
        assert told in page, told


def test_services_are_listed_with_what_was_last_asked(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller, "support"))
    plan = shop.meter()
    for number, status in enumerate(("failed", "manual", "due", "settled")):
        contract = shop.subscribe(plan, f"{number}.example")
        service = ServiceState.objects.create(
            subscription=contract, account_id=shop.account.id, place=f"node{number}",
            wanted_at=NOW, next_at=NOW, status=status, error="it answered 500",
        )  # fmt: skip
        ServiceCall.objects.create(
            service=service, account_id=shop.account.id, generation=1, action="suspend",
            outcome="failed", started_at=NOW,
        )  # fmt: skip
    page = staffer.see("/console/system/services/")
    assert "node0" in page and "node1" in page and "node2" not in page
    assert "suspend failed" in page
    assert "node2" in staffer.see("/console/system/services/?show=due")
    assert "node3" in staffer.see("/console/system/services/?show=settled")
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    assert "node0" not in Staffer(hire(north, "owner", "nora")).see("/console/system/services/")
    forget_services()


def test_the_doctor_is_asked_from_the_page(shop: Shop) -> None:
    page = Staffer(hire(shop.seller)).see("/console/system/doctor/")
    assert "want attention" in page and "As it should be" in page


def test_what_other_sellers_have_to_hear_is_not_told(shop: Shop) -> None:
    now, today = read_now(), read_today(shop.seller)
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    for key in ("cycle collect shop", "cycle collect north", "offence postings"):
        Alert.objects.create(key=key, kind="cycle", text=f"said of {key}", raised_at=now)
    cycle = Cycle.objects.create(day=today, status="running")
    summary = {
        "parts": {"shop": {"invoices": 12}, "north": {"invoices": 34}},
        "failed": {code: {"error": f"no {code}"} for code in ("shop", "north")},
    }
    CycleStep.objects.create(cycle=cycle, name="run", position=1, summary=summary, error="no north")
    nora = Staffer(hire(north, "owner", "nora"))
    for url in ("/console/system/", "/console/inbox/", "/console/"):
        page = nora.see(url)
        assert "said of cycle collect north" in page
        assert "collect shop" not in page and "postings" not in page
    page = nora.see("/console/system/")
    assert "invoices 34" in page and "no north" in page
    assert "invoices 12" not in page and "no shop" not in page
    nora.see("/console/system/doctor/", 403)
    everybody = Staffer(hire(None, "owner", "olga"))
    assert "postings" in everybody.see("/console/system/")
    assert "want attention" in everybody.see("/console/system/doctor/")


def test_it_asks_as_much_however_long_the_past(shop: Shop) -> None:
    staffer, today, now = Staffer(hire(shop.seller)), read_today(shop.seller), read_now()
    plan = shop.meter()

    def add(number: int) -> None:
        cycle = Cycle.objects.create(day=today - timedelta(days=number), status="done")
        CycleStep.objects.create(cycle=cycle, name="run", position=1)
        Alert.objects.create(key=f"{number}", kind="cycle", text="late", raised_at=now)
        contract = shop.subscribe(plan, f"{number}.example")
        service = ServiceState.objects.create(
            subscription=contract, account_id=shop.account.id, wanted_at=NOW, status="manual"
        )
        ServiceCall.objects.create(
            service=service, account_id=shop.account.id, generation=1, action="x", started_at=NOW
        )
        take_slot(job="check_links", slot=str(number), now=now)

    def measure(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            staffer.see(url)
        return len(queries)

    add(0)
    urls = ("/console/system/", "/console/system/services/")
    staffer.see(urls[0])
    few = [measure(url) for url in urls]
    for number in range(1, 6):
        add(number)
    assert [measure(url) for url in urls] == few
    forget_services()
