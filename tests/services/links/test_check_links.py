"""The check walks every kind of link, finds what is broken, and leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings
from django.urls import path

from quarterday.jobs.check_links import CheckLinks
from quarterday.ports.clock import read_now
from quarterday.services.links.check_links import LinkFinding, check_links
from quarterday.services.links.make_link import make_link
from quarterday.store.models import (
    Brand,
    Click,
    Event,
    Invitation,
    Link,
    LinkPurpose,
    Message,
    Unsubscription,
    User,
)
from tests.services.till import Shop

TABLES: tuple[Any, ...] = (Link, Click, User, Invitation, Unsubscription, Message, Event)


def find(purpose: str, what: str = "") -> LinkFinding:
    found = check_links(now=read_now())
    (one,) = [one for one in found if one.purpose == purpose and one.what.startswith(what)]
    return one


def test_every_kind_of_link_works(shop: Shop) -> None:
    shop.invoice(10000)
    found = check_links(now=read_now())
    assert {one.purpose for one in found} == set(LinkPurpose)
    assert [one for one in found if one.problems] == []
    assert [one.purpose for one in found if one.missing] == ["quote"]


def test_nothing_is_left_behind(shop: Shop) -> None:
    shop.invoice(10000)
    before = [table.objects.count() for table in TABLES]
    check_links(now=read_now())
    assert [table.objects.count() for table in TABLES] == before


def test_what_is_not_there_cannot_be_tried(shop: Shop) -> None:
    assert find("pay").missing == "an open invoice"
    assert find("view").missing == "an invoice"


def test_a_host_that_is_not_served_is_found(shop: Shop) -> None:
    Brand.objects.create(seller=shop.seller, domain="pay.example.net")
    assert find("portal").problems == ("its host is not served here; name it in QUARTERDAY_HOSTS",)


def test_a_page_that_is_gone_is_found(shop: Shop) -> None:
    make_link(
        seller=shop.seller,
        purpose=LinkPurpose.PORTAL,
        now=read_now(),
        account_id=shop.account.id,
        destination="/no-such-page/",
    )
    (problem,) = find("portal", "/no-such-page/").problems
    assert problem == "its button leads to /no-such-page/, which answers 404"


def test_a_host_that_is_trusted_no_more_is_found(shop: Shop) -> None:
    brand = Brand.objects.create(seller=shop.seller, data={"link_hosts": ["docs.example.net"]})
    make_link(
        seller=shop.seller,
        purpose=LinkPurpose.CUSTOM,
        now=read_now(),
        destination="https://docs.example.net/terms",
    )
    brand.data = {}
    brand.save()
    (problem,) = find("custom", "https://docs.example.net").problems
    assert "must be an https address of one of localhost" in problem


class NoRoutes:
    """An installation whose links lead nowhere."""

    urlpatterns = (path("elsewhere/", lambda request: None),)


@pytest.mark.usefixtures("shop")
def test_links_without_routes_are_found() -> None:
    with override_settings(ROOT_URLCONF=NoRoutes):
        found = check_links(now=read_now())
    assert all(one.problems for one in found if not one.missing)


def test_the_daily_job_keeps_what_is_broken(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    assert CheckLinks().run() == {"tried": 5, "broken": []}
    Brand.objects.create(seller=shop.seller, domain="pay.example.net")
    said = CheckLinks().run()
    assert len(said["broken"]) == 5
    assert "broken link: shop: sign_in" in caplog.text
