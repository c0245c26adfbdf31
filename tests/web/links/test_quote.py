"""A quote is read, accepted and paid by its link, without an account to sign in to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from quarterday.ports.clock import read_now
from quarterday.services.accounts.open_account import open_account
from quarterday.services.links.check_links import check_links
from quarterday.services.quotes.make_quote import make_quote
from quarterday.services.quotes.quote_items import QuoteItem
from quarterday.store.models import LinkPurpose, Order, Quote, QuoteStatus
from tests.services.till import prove_books
from tests.web.links.holder import Holder

if TYPE_CHECKING:
    from tests.services.orders.storefront import Storefront

pytestmark = pytest.mark.django_db


class Offered(Holder):
    """Somebody who was offered web space."""

    def __init__(self, front: Storefront) -> None:
        shop: Any = front
        shop.account = open_account(
            seller=front.seller,
            name="Example Bakery",
            country="DE",
            external_id="Q",
            now=read_now(),
        )
        super().__init__(shop)
        now = read_now()
        self.quote = make_quote(
            account=shop.account,
            items=[QuoteItem(plan=front.plans["web/month"])],
            valid_through=now.date() + timedelta(days=30),
            today=now.date(),
            now=now,
        )
        self.path = self.link(LinkPurpose.QUOTE, subject=self.quote.public_id)


@pytest.fixture
def offered(db: None) -> Offered:
    from tests.services.orders.storefront import Storefront

    return Offered(Storefront())


def test_a_quote_is_accepted_with_its_terms_and_only_by_a_form(offered: Offered) -> None:
    assert offered.quote.label in offered.see(offered.path)
    assert offered.client.post(offered.path, {"do": "accept", "terms": "on"}).status_code == 403
    assert offered.press(offered.path, {"do": "accept"}).status_code == 422
    assert not Order.objects.exists()
    wish = {"do": "accept", "terms": "on", "total": str(offered.quote.total_minor)}
    for _ in range(2):
        offered.press(offered.path, wish)
    assert Order.objects.get().terms_version == "2026-01"
    offered.see(offered.path)
    prove_books()


def test_a_quote_is_declined(offered: Offered) -> None:
    offered.see(offered.path)
    assert offered.press(offered.path, {"do": "decline"})["Location"] == offered.path
    assert Quote.objects.get().status == QuoteStatus.DECLINED


def test_the_file_of_a_quote_is_handed_out_to_its_link_only(offered: Offered) -> None:
    answer = offered.get(f"{offered.path}/quote.pdf")
    assert answer.content.startswith(b"%PDF")
    portal = offered.link(LinkPurpose.PORTAL)
    assert offered.get(f"{portal}/quote.pdf").status_code == 404


def test_the_quote_of_another_account_is_not_shown(offered: Offered) -> None:
    other = open_account(
        seller=offered.shop.seller, name="Other", country="DE", external_id="O", now=read_now()
    )
    path = offered.link(LinkPurpose.QUOTE, subject=offered.quote.public_id, account_id=other.id)
    assert offered.quote.label not in offered.see(path, 404)


def test_the_check_walks_quotes_too(offered: Offered) -> None:
    (found,) = [one for one in check_links(now=read_now()) if one.purpose == LinkPurpose.QUOTE]
    assert (found.what, found.problems, found.missing) == (offered.quote.label, (), "")
