"""What is remembered of clicks, and what the rates make of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from quarterday.services.links.make_link import make_link
from quarterday.services.links.record_click import record_click
from quarterday.store.models import Click, Link, LinkPurpose
from quarterday.store.queries.links import link_rates, list_links
from tests.services.till import NOW, Shop

PERSON = {"User-Agent": "Mozilla/5.0 (iPhone) Mobile/15E148", "Accept-Language": "de"}
ROBOT = {"User-Agent": "Barracuda Sentinel (EE)"}


def make(shop: Shop, kind: str = "newsletter", variant: str = "") -> Link:
    return make_link(
        seller=shop.seller,
        purpose=LinkPurpose.PORTAL,
        now=NOW,
        account_id=shop.account.id,
        kind=kind,
        variant=variant,
    ).link


def click(link: Link, action: str = "open", minutes: int = 1, **terms: Any) -> None:
    record_click(
        link=link,
        action=action,
        now=NOW + timedelta(minutes=minutes),
        **{"method": "GET", "headers": PERSON} | terms,
    )


def test_a_click_keeps_what_not_who(shop: Shop) -> None:
    click(make(shop), headers=PERSON | {"X-Forwarded-For": "203.0.113.7"})
    row = Click.objects.values().get()
    assert (row["action"], row["device"], row["is_bot"]) == ("open", "phone", False)
    assert not any("203.0.113" in str(value) or "Mozilla" in str(value) for value in row.values())


def test_the_same_within_seconds_counts_once(shop: Shop) -> None:
    link = make(shop)
    for _ in range(3):
        click(link)
    assert Click.objects.count() == 1
    click(link, minutes=2)
    click(link, action="pay")
    click(link, method="HEAD")
    assert Click.objects.count() == 4


def test_rates_count_links_that_people_opened_and_used(shop: Shop) -> None:
    links = [make(shop) for _ in range(4)] + [make(shop, variant="b"), make(shop, "receipt")]
    for minute in range(3):
        click(links[0], minutes=minute)
    click(links[0], action="portal")
    click(links[1])
    click(links[2], headers=ROBOT)
    click(links[2], action="refused", headers=ROBOT)
    click(links[4], headers=ROBOT)
    click(links[4])
    click(links[4], action="renew")
    rates = {(row.kind, row.variant): row[4:] for row in link_rates(since=NOW)}
    assert rates == {
        ("newsletter", ""): (4, 2, 1, 1),
        ("newsletter", "b"): (1, 1, 0, 0),
        ("receipt", ""): (1, 0, 0, 0),
    }
    assert link_rates(since=NOW + timedelta(seconds=1)) == []


def test_lists_are_the_newest_first_with_a_fixed_number_of_queries(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    links = [make(shop) for _ in range(5)]
    click(links[3])
    with django_assert_num_queries(1):
        rows = list_links(seller=shop.seller, account=shop.account, purpose="portal", limit=3)
        shown = [(row.id, row.opens, str(row.account)) for row in rows]  # type: ignore[attr-defined]
    assert shown == [(links[4].id, 0, "A1"), (links[3].id, 1, "A1"), (links[2].id, 0, "A1")]
