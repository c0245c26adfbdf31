"""What a link lets its bearer do: only what it was made for, until it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from quarterday.core.token import open_token
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.links.make_link import MadeLink, make_link
from quarterday.services.links.open_link import LinkState, open_link
from quarterday.services.links.revoke_link import revoke_link
from quarterday.services.links.revoke_links import revoke_links
from quarterday.services.links.tokens import link_keys
from quarterday.services.links.use_link import use_link
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Event, Link, LinkPurpose
from tests.services.till import NOW, Shop, together

P = LinkPurpose
SOON = NOW + timedelta(minutes=5)


def make(shop: Shop, purpose: LinkPurpose = P.PORTAL, **terms: Any) -> MadeLink:
    terms = {"account_id": shop.account.id, "now": NOW} | terms
    return make_link(seller=shop.seller, purpose=purpose, **terms)


def token_of(made: MadeLink) -> str:
    return made.url.rpartition("/")[2]


def state_of(made: MadeLink, now: Any = SOON) -> LinkState:
    return open_link(token=token_of(made), now=now).state


def test_a_good_link_opens_as_often_as_wanted(shop: Shop) -> None:
    made = make(shop, destination="/invoices/")
    for _ in range(2):
        opened = open_link(token=token_of(made), now=SOON)
        assert opened.is_good
        assert opened.link == made.link


def test_a_link_expires_by_the_clock(shop: Shop) -> None:
    made = make(shop, expires_at=NOW + timedelta(hours=1))
    assert state_of(made, NOW + timedelta(minutes=59, seconds=59)) == LinkState.GOOD
    assert state_of(made, NOW + timedelta(hours=1)) == LinkState.EXPIRED


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "sign_in"},
        {"subject": "inv_of_somebody_else"},
        {"account_id": None},
        {"address": "eve@example.net"},
        {"destination": "/people/"},
        {"parameters": {"a": "b"}},
        {"expires_at": NOW + timedelta(days=999)},
        {"single_use": True},
        {"secret_digest": "0" * 64},
    ],
)
def test_a_token_opens_only_the_link_it_was_made_for(shop: Shop, change: dict[str, Any]) -> None:
    made = make(shop)
    Link.objects.filter(id=made.link.id).update(**change)
    assert state_of(made) == LinkState.BAD


def test_a_token_does_not_open_another_row(shop: Shop) -> None:
    mine, other = make(shop), make(shop, account_id=shop.open_account("A2").id)
    number = mine.link.public_id
    Link.objects.filter(id=mine.link.id).update(public_id="lnk_gone")
    Link.objects.filter(id=other.link.id).update(public_id=number)
    assert state_of(mine) == LinkState.BAD


def test_a_token_of_a_link_that_is_gone_is_bad(shop: Shop) -> None:
    made = make(shop)
    Link.objects.all().delete()
    assert state_of(made) == LinkState.BAD


def test_a_bad_token_costs_as_many_queries_as_a_good_one(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    good = token_of(make(shop))
    # The row, and for one that is ours the revocations; nobody learns more than the page says.
    with django_assert_num_queries(2):
        open_link(token=good, now=SOON)
    for bad in ("", "x", good[:-1] + ("A" if good[-1] != "A" else "B")):
        with django_assert_num_queries(1):
            assert open_link(token=bad, now=SOON).link is None


def test_links_outlive_a_change_of_the_secret(shop: Shop) -> None:
    made = make(shop)
    with override_settings(SECRET_KEY="a new secret", SECRET_KEY_FALLBACKS=["only for tests"]):
        assert state_of(made) == LinkState.GOOD
        newer = make(shop)
        assert open_token(token_of(newer), keys=link_keys()[:1])
    with override_settings(SECRET_KEY="a new secret", SECRET_KEY_FALLBACKS=[]):
        assert state_of(made) == LinkState.BAD
        assert state_of(newer) == LinkState.GOOD


def test_a_link_is_revoked_once(shop: Shop) -> None:
    made, other = make(shop), make(shop)
    for _ in range(2):
        revoke_link(link=made.link, now=SOON, actor="staff")
    assert (state_of(made), state_of(other)) == (LinkState.REVOKED, LinkState.GOOD)
    assert Event.objects.get(kind="link.revoked").actor == "staff"


def test_links_are_revoked_by_account_purpose_and_seller(shop: Shop) -> None:
    second = shop.open_account("A2")
    invoice = shop.invoice(1000)
    pay = make(shop, P.PAY, subject=invoice.public_id)
    portal, of_second = make(shop), make(shop, account_id=second.id)
    out = make(shop, P.UNSUBSCRIBE, address="a@example.com")
    revoke_links(seller=shop.seller, purpose="pay", now=SOON)
    assert [state_of(one) for one in (pay, portal, of_second)] == ["revoked", "good", "good"]
    revoke_links(seller=shop.seller, account=shop.account, now=SOON)
    assert [state_of(one) for one in (portal, of_second)] == ["revoked", "good"]
    revoke_links(seller=shop.seller, now=SOON)
    assert [state_of(one) for one in (of_second, out)] == ["revoked", "good"]
    revoke_links(seller=shop.seller, purpose="unsubscribe", now=SOON)
    assert state_of(out) == LinkState.REVOKED


def test_links_made_after_a_revocation_are_good(shop: Shop) -> None:
    revoke_links(seller=shop.seller, account=shop.account, now=NOW)
    assert state_of(make(shop, now=NOW + timedelta(seconds=1))) == LinkState.GOOD


def test_a_clock_that_is_behind_revokes_what_is_there(shop: Shop) -> None:
    made = make(shop, now=NOW + timedelta(hours=1))
    revoke_links(seller=shop.seller, now=NOW)
    assert state_of(made, NOW + timedelta(hours=2)) == LinkState.REVOKED
    assert state_of(make(shop, now=NOW + timedelta(hours=1))) == LinkState.GOOD


def test_the_links_of_another_seller_stay(shop: Shop) -> None:
    other = open_seller(
        code="other", name="Other", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    made = make(shop)
    revoke_links(seller=other, now=SOON)
    assert state_of(made) == LinkState.GOOD
    with pytest.raises(NotFound, match="has no account A1"):
        revoke_links(seller=other, account=shop.account, now=SOON)


def test_a_link_for_one_use_is_used_once(shop: Shop) -> None:
    made = make(shop, single_use=True)
    use_link(link=made.link, now=SOON)
    assert state_of(made) == LinkState.USED
    with pytest.raises(Conflict, match="is used, expired or revoked"):
        use_link(link=made.link, now=SOON)


def test_a_link_for_any_use_is_never_used_up(shop: Shop) -> None:
    made = make(shop)
    for _ in range(2):
        use_link(link=made.link, now=SOON)
    assert state_of(made) == LinkState.GOOD


def test_a_link_that_expired_or_was_revoked_meanwhile_cannot_be_used(shop: Shop) -> None:
    expired, revoked = make(shop, single_use=True), make(shop, single_use=True)
    revoke_link(link=revoked.link, now=NOW)
    for made, now in ((expired, expired.link.expires_at), (revoked, SOON)):
        with pytest.raises(Conflict):
            use_link(link=Link.objects.get(id=made.link.id), now=now)


def test_of_many_uses_at_the_same_time_one_wins(open_shop: Shop) -> None:
    link = make(open_shop, single_use=True).link

    def use() -> str:
        use_link(link=Link.objects.get(id=link.id), now=SOON)
        return "won"

    answers = together(*[use] * 6)
    assert [one for one in answers if one == "won"] == ["won"]
    assert all(isinstance(one, Conflict) for one in answers if one != "won")
