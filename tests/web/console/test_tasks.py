"""Tasks: mine and nobody's first; given to somebody, done, dismissed with a reason, added once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.services.sellers.open_seller import open_seller
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import Event, Task
from quarterday.web.kit.clock import read_today
from tests.services.till import NOW, Shop
from tests.web.console.staffer import Staffer, hire

pytestmark = pytest.mark.django_db


def add(shop: Shop, key: str, **more: object) -> Task:
    terms = {"kind": "call", "title": f"Task {key}", "now": NOW} | more
    return open_task(seller=shop.seller, key=key, **terms)  # type: ignore[arg-type]


def test_a_task_goes_from_hand_to_hand_and_is_closed_once(shop: Shop) -> None:
    olga, sam = Staffer(hire(shop.seller)), Staffer(hire(shop.seller, "support", "sam"))
    task = add(shop, "one", text="Call them", account=shop.account)
    url = f"/console/tasks/{task.public_id}/do/"
    assert "Task one" in sam.see("/console/tasks/")
    assert "is for Owner" in sam.send(url, deed="assign", user=olga.user.public_id)
    assert "Task one" not in sam.see("/console/tasks/")
    assert "Task one" in sam.see("/console/tasks/?show=open")
    assert "Task one" in olga.see("/console/tasks/")
    assert "say why" in olga.send(url, deed="dismissed").lower()
    assert "is done" in olga.send(url, deed="done", note="They pay on Friday")
    assert "done already" in olga.send(url, deed="dismissed", note="no")
    assert "They pay on Friday" in olga.see("/console/tasks/?show=closed")
    actors = Event.objects.filter(kind__in=["task.assigned", "task.done"]).order_by("id")
    assert list(actors.values_list("actor", flat=True)) == [
        sam.user.public_id,
        olga.user.public_id,
    ]
    olga.refuse(url, 404, deed="eat")


def test_a_form_that_is_sent_twice_adds_one_task(shop: Shop) -> None:
    olga = Staffer(hire(shop.seller))
    today = read_today(shop.seller)
    form = {
        "key": "k1",
        "title": "Write to the bank",
        "due_on": today.isoformat(),
        "account": "A1",
        "user": olga.user.public_id,
    }
    for _ in range(2):
        assert "Write to the bank" in olga.send("/console/tasks/add/", **form)
    task = Task.objects.get()
    assert (task.account, task.assigned_to, task.due_on) == (shop.account, olga.user, today)
    for wrong, said in (
        ({"title": ""}, "Not added"),
        ({"due_on": "soon"}, "no date"),
        ({"account": "nobody"}, "There is no account"),
        ({"user": "usr_gone"}, "does not work here"),
    ):
        page = olga.refuse("/console/tasks/add/", 200, **{**form, "key": "k2", **wrong})
        assert said in page and "Write to the bank" in page
    assert Task.objects.count() == 1


def test_who_only_looks_changes_nothing_and_others_see_nothing(shop: Shop) -> None:
    auditor = Staffer(hire(shop.seller, "auditor"))
    task = add(shop, "one")
    assert "Add a task" not in auditor.see("/console/tasks/")
    auditor.refuse(f"/console/tasks/{task.public_id}/do/", 403, deed="done")
    auditor.refuse("/console/tasks/add/", 403, title="x")
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    stranger = Staffer(hire(north, "owner", "nora"))
    assert "Task one" not in stranger.see("/console/tasks/?show=open")
    stranger.refuse(f"/console/tasks/{task.public_id}/do/", 404, deed="done")


def test_it_asks_as_much_however_many_there_are(shop: Shop) -> None:
    olga = Staffer(hire(shop.seller))

    def measure() -> int:
        with CaptureQueriesContext(connection) as queries:
            olga.see("/console/tasks/?show=open")
        return len(queries)

    add(shop, "0", account=shop.account)
    olga.see("/console/tasks/")
    few = measure()
    for number in range(1, 6):
        account = shop.open_account(f"B{number}")
        due = read_today(shop.seller) - timedelta(days=number)
        add(shop, str(number), account=account, assigned_to=olga.user, due_on=due)
    assert measure() == few
