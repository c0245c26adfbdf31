"""A fresh link goes to an address on file, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.links.make_link import MadeLink, make_link
from quarterday.services.links.open_link import LinkState, open_link
from quarterday.services.links.renew_link import remake_link, renew_link
from quarterday.services.links.revoke_link import revoke_link
from quarterday.store.models import Invitation, Link, LinkPurpose, Membership, Message, User
from tests.services.till import NOW, Shop

P = LinkPurpose
AFTER = NOW + timedelta(days=200)


@pytest.fixture
def mailbox(shop: Shop) -> str:
    add_contact(account_id=shop.account.id, email="billing@example.com", now=NOW)
    return "billing@example.com"


def make(shop: Shop, purpose: LinkPurpose = P.PORTAL, **terms: Any) -> MadeLink:
    terms = {"account_id": shop.account.id} | terms
    return make_link(seller=shop.seller, purpose=purpose, now=NOW, **terms)


def renew(made: MadeLink, now: Any = AFTER) -> list[str]:
    renew_link(token=made.url.rpartition("/")[2], now=now)
    rows = Message.objects.filter(kind="link_renewed").order_by("id")
    return list(rows.values_list("recipient", flat=True))


def test_a_fresh_link_goes_to_the_contact(shop: Shop, mailbox: str) -> None:
    made = make(shop)
    assert renew(made) == [mailbox]
    message = Message.objects.get(kind="link_renewed")
    assert message.data["link"] == made.link.public_id
    assert made.url.rpartition("/")[2] not in str(message.data)


def test_it_goes_to_where_the_old_one_went_if_that_is_still_on_file(
    shop: Shop, mailbox: str
) -> None:
    user = User.objects.create_user("owner@example.com")
    Membership.objects.create(user=user, account=shop.account, role="owner")
    assert renew(make(shop, address="Owner@example.com")) == ["owner@example.com"]
    user.delete()
    assert renew(make(shop, address="owner@example.com")) == ["owner@example.com", mailbox]


def test_asking_again_and_again_mails_once_in_ten_minutes_and_five_times_a_day(
    shop: Shop, mailbox: str
) -> None:
    made = make(shop)
    assert len([renew(made) for _ in range(3)][-1]) == 1
    for step in range(100):
        sent = renew(made, AFTER + timedelta(minutes=10 * step))
    assert len(sent) == 5
    assert len(renew(made, AFTER + timedelta(days=2))) == 6


def test_who_holds_no_link_of_ours_gets_nothing_mailed(shop: Shop, mailbox: str) -> None:
    renew_link(token="x" * 112, now=AFTER)
    assert not Message.objects.filter(kind="link_renewed").exists()


def test_without_an_address_on_file_nothing_is_mailed(shop: Shop) -> None:
    assert renew(make(shop)) == []
    assert renew(make(shop, P.CUSTOM, account_id=None, destination="/")) == []


def test_a_sign_in_link_is_renewed_to_its_user_only(shop: Shop, mailbox: str) -> None:
    user = User.objects.create_user("owner@example.com")
    made = make(shop, P.SIGN_IN, subject=user.public_id)
    assert renew(made) == []
    Membership.objects.create(user=user, account=shop.account, role="owner")
    assert renew(made) == ["owner@example.com"]
    User.objects.update(is_active=False)
    assert renew(made, AFTER + timedelta(days=1)) == ["owner@example.com"]


def test_an_invitation_is_renewed_while_it_is_open(shop: Shop) -> None:
    row = Invitation.objects.create(
        account=shop.account,
        email="new@example.com",
        role="billing",
        created_at=NOW,
        expires_at=AFTER + timedelta(hours=1),
    )
    made = make(shop, P.INVITATION, subject=row.public_id)
    assert renew(made) == ["new@example.com"]
    assert renew(made, AFTER + timedelta(hours=2)) == ["new@example.com"]


def test_the_fresh_link_does_what_the_old_one_did(shop: Shop) -> None:
    old = make(shop, destination="/invoices/", parameters={"a": "b"}, single_use=True)
    revoke_link(link=old.link, now=AFTER)
    made = remake_link(public_id=old.link.public_id, now=AFTER)
    opened = open_link(token=made.url.rpartition("/")[2], now=AFTER)
    assert opened.state == LinkState.GOOD
    same = "purpose subject account_id destination parameters single_use".split()
    old_row = Link.objects.get(id=old.link.id)
    assert [getattr(opened.link, name) for name in same] == [
        getattr(old_row, name) for name in same
    ]
    assert opened.link is not None
    assert opened.link.kind == "link_renewed"
