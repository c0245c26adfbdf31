"""The room of the billing run: what it shows, what it does, for whom, and how much it asks."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.services.runs.order_run import order_run
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import (
    BillingHold,
    BillingProblem,
    Event,
    Foreseen,
    Invoice,
    PendingCharge,
    ScheduledRun,
)
from tests.services.till import NOW, Shop
from tests.web.console.staffer import Staffer, hire

pytestmark = pytest.mark.django_db
RUN = "/console/run/"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDAY_NOW", NOW.isoformat())


def charge_all(shop: Shop, numbers: range) -> list[str]:
    """Accounts with something to bill today."""
    accounts = [shop.open_account(f"B{n:02}") for n in numbers]
    for account in accounts:
        shop.charge(1000 * (numbers.index(int(str(account)[1:])) + 1), account=account)
    return [account.public_id for account in accounts]


def test_no_preview_bills_centuries(shop: Shop) -> None:
    owner = Staffer(hire(shop.seller))
    assert "within the next year" in owner.send(RUN + "preview/", on="9999-12-31")
    assert not ScheduledRun.objects.exists()


def test_a_preview_lists_differences_and_pages_through_them(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffer = Staffer(hire(shop.seller))
    assert "Nobody has looked yet" in staffer.see(RUN)
    keys = charge_all(shop, range(5))
    page = staffer.send(RUN + "preview/")
    assert "New 5" in page
    assert f"{RUN}accounts/{keys[0]}/" in page
    assert "178.50 €" in page
    monkeypatch.setattr("quarterday.web.console.run.overview._PAGE", 2)
    for sort in ("biggest", "unusual"):
        url, seen = f"{RUN}?sort={sort}", []
        while url:
            context = staffer.client.get(url).context
            seen += re.findall(r"acc_[0-9a-f]+(?=/)", str(context["table"].rows))
            url = RUN + context["more_url"] if context["more_url"] else ""
        assert seen == keys[::-1]
    assert "B03" in staffer.see(RUN + "?q=B03")
    assert "Nobody here" in staffer.see(RUN + "?q=zzz")
    assert "Nobody here" in staffer.see(RUN + "?change=gone")
    staffer.see(RUN + "?after=x.y&sort=hat&change=hat")
    one = staffer.see(f"{RUN}accounts/{keys[2]}/")
    assert "35.70 €" in one
    assert "A charge" in one
    assert not Invoice.objects.exists()


def test_who_is_held_is_passed_over_and_released(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    keys = charge_all(shop, range(3))
    url = RUN + "holds/new/"
    assert "B00</textarea>" in staffer.see(f"{url}?account={keys[0]}")
    staffer.refuse(url, 200, names="", reason="x")
    assert "unknown: nobody" in staffer.refuse(url, 200, names="B00\nnobody", reason="x")
    assert "has passed" in staffer.refuse(url, 200, names="B00", reason="x", until="2020-01-01")
    assert not BillingHold.objects.exists()
    file = SimpleUploadedFile("list.csv", b"account;name\nB00;x\nB01;y\n")
    answer = staffer.client.post(url, {"reason": "a dispute", "file": file})
    page = answer.content.decode()
    assert "Hold their billing?" in page
    hidden = dict(answer.context["form"].hidden())
    assert "2 accounts are on hold" in staffer.send(url, confirm="1", **hidden)
    held = BillingHold.objects.get(account__public_id=keys[0])
    assert (held.reason, held.until, held.actor) == ("a dispute", None, staffer.user.public_id)
    assert "On hold: a dispute" in staffer.see(f"{RUN}accounts/{keys[0]}/")
    page = staffer.send(RUN + "now/", confirm="1", key="one")
    assert Invoice.objects.count() == 1
    assert "Done" in page
    assert "1 released" in staffer.send(RUN + "holds/release/", account=keys[0])
    assert "Nobody was chosen" in staffer.send(RUN + "holds/release/", account="acc_nobody")
    kinds = Event.objects.filter(actor=staffer.user.public_id).values_list("kind", flat=True)
    assert {"billing.held", "billing.released", "run.ordered"} <= set(kinds)


def test_a_run_is_ordered_watched_and_stopped(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    staffer = Staffer(hire(shop.seller))
    charge_all(shop, range(2))
    page = staffer.refuse(RUN + "now/", 200, names="B00")
    assert "1 account is due" in page
    monkeypatch.setattr("quarterday.web.console.run.orders._FEW", 0)
    for _ in range(2):
        staffer.send(RUN + "now/", names="B00", confirm="1", key="same")
    run = ScheduledRun.objects.get()
    url = f"{RUN}orders/{run.public_id}/"
    assert 'hx-trigger="every 2s"' in staffer.see(url)
    ScheduledRun.objects.update(status="running", done=3, total=9, heartbeat_at=NOW)
    assert "3 of 9" in staffer.see(url + "progress/")
    assert "What the run has done stands" in staffer.send(url + "stop/")
    assert "every 2s" not in staffer.see(url + "progress/")
    assert "is over already" not in staffer.send(url + "stop/")
    assert "has passed" in staffer.refuse(RUN + "plan/", 200, on="2020-01-01")
    assert "5 in the morning" in staffer.refuse(RUN + "plan/", 200, on="2031-02-03")
    page = staffer.send(RUN + "plan/", on="2031-02-03", confirm="1", key="later")
    assert "It waits for its day" in page
    assert "3 Feb 2031" in staffer.see(RUN + "orders/")


def test_many_are_charged_in_a_few_clicks(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    for number in range(3):
        shop.open_account(f"C{number}")
    url, product = RUN + "charges/", shop.hosting.code
    what = {"product": product, "description": "Visit", "amount": "50.00", "when": "now"}
    assert "Say which accounts" in staffer.refuse(url, 200, **what)
    for name in ("product", "description", "amount"):
        assert 'aria-invalid="true"' in staffer.refuse(url, 200, names="C0", **what | {name: ""})
    page = staffer.refuse(url, 200, names="C0\nC1", **what)
    assert "2 charges for 2 accounts, 100.00 € before tax" in page
    assert page.count("59.50 €") == 2
    assert not PendingCharge.objects.exists()
    for _ in range(2):
        page = staffer.send(url, names="C0\nC1", confirm="1", key="k", **what)
    assert Invoice.objects.count() == 2
    assert "Charge the like again" in page
    run = ScheduledRun.objects.get()
    assert "Visit" in staffer.see(f"{url}?like={run.public_id}")
    rows = f"account;product;description;amount\nC0;{product};Part;x\nC2;{product};Part;7.00"
    page = staffer.refuse(url, 200, rows=rows, when="next")
    assert "row 2" in page
    context = staffer.client.post(url, {"rows": rows.replace("x", "3"), "when": "next"}).context
    page = staffer.send(url, confirm="1", key="l", **dict(context["hidden"]))
    assert PendingCharge.objects.filter(description="Part", status="pending").count() == 2


def test_problems_are_shown_and_pages_ask_as_much_however_many(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))

    def measure() -> list[int]:
        staffer.send(RUN + "preview/")
        found = []
        for path in ("", "problems/", "holds/", "orders/"):
            with CaptureQueriesContext(connection) as queries:
                staffer.see(RUN + path)
            found.append(len(queries))
        return found

    def grow(numbers: range) -> None:
        for key in charge_all(shop, numbers):
            account = shop.seller.accounts.get(public_id=key)
            BillingProblem.objects.create(
                account=account, reason="no tax rate", first_on=NOW.date(), last_on=NOW.date()
            )
            BillingHold.objects.create(account=account, held_at=NOW, actor=staffer.user.public_id)
            order_run(seller=shop.seller, kind="billing", now=NOW)

    grow(range(1))
    few = measure()
    grow(range(10, 15))
    assert measure() == few
    assert "no tax rate" in staffer.see(RUN)


def test_other_sellers_and_roles_are_kept_out(shop: Shop) -> None:
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    owner, stranger = Staffer(hire(shop.seller)), Staffer(hire(north, "owner", "nora"))
    auditor = Staffer(hire(shop.seller, "auditor"))
    (key,) = charge_all(shop, range(1))
    owner.send(RUN + "preview/")
    run = order_run(seller=shop.seller, kind="billing", now=NOW)
    for path in (f"accounts/{key}/", f"orders/{run.public_id}/"):
        stranger.see(RUN + path, 404)
        auditor.see(RUN + path)
    stranger.refuse(f"{RUN}orders/{run.public_id}/stop/", 404)
    assert "unknown" in stranger.refuse(RUN + "holds/new/", 200, names=key, reason="x")
    assert Foreseen.objects.count() == 1
    assert key not in stranger.see(RUN)
    page = auditor.see(RUN)
    assert key in page
    assert "Run now" not in page
    auditor.refuse(RUN + "now/", 403, confirm="1")
