"""Invitations: sent, sent again, withdrawn, accepted once, and only by whom they are for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quarterday.services.errors import Conflict, NotFound
from quarterday.services.users.accept_invitation import (
    InvitationState,
    accept_invitation,
    judge_invitation,
)
from quarterday.services.users.add_user import add_member, add_user
from quarterday.services.users.change_role import remove_member
from quarterday.services.users.invite_person import LIFETIME, invite_person, withdraw_invitation
from quarterday.store.models import Event, Invitation, Membership, Message, User
from tests.services.till import NOW, Shop, together


def invite(shop: Shop, email: str = "bob@example.com", **details: object) -> Invitation:
    given = {"account_id": shop.account.id, "role": "billing", "now": NOW} | details
    return invite_person(email=email, **given)  # type: ignore[arg-type]


def test_an_invitation_is_mailed_and_holds_no_secret(shop: Shop) -> None:
    ada = add_user(email="ada@example.com", name="Ada", language="fr")
    row = invite(shop, "Bob@Example.com", invited_by=ada)
    message = Message.objects.get(kind="invitation")
    assert (row.email, message.recipient) == ("bob@example.com", "bob@example.com")
    assert (message.subject, message.language) == (row.public_id, "fr")
    assert message.data == {"inviter": "Ada", "role": "billing"}
    assert not User.objects.filter(email="bob@example.com").exists()


def test_inviting_twice_is_one_invitation(shop: Shop) -> None:
    first = invite(shop)
    assert invite(shop) == first
    assert Message.objects.filter(kind="invitation").count() == 1
    later = NOW + timedelta(days=1)
    again = invite(shop, role="technical", now=later)
    assert (again.id, again.role, again.expires_at) == (first.id, "technical", later + LIFETIME)
    assert Message.objects.filter(kind="invitation").count() == 2


def test_who_has_access_is_not_invited(shop: Shop) -> None:
    ada = add_user(email="ada@example.com")
    add_member(account_id=shop.account.id, user=ada, role="owner", now=NOW)
    with pytest.raises(Conflict, match="has access already"):
        invite(shop, "ADA@example.com")


def test_somebody_new_accepts(shop: Shop) -> None:
    row = invite(shop)
    member = accept_invitation(invitation=row.public_id, now=NOW, name="Bob")
    assert (member.role, member.user.name, member.account) == ("billing", "Bob", shop.account)
    assert accept_invitation(invitation=row.public_id, now=NOW) == member
    assert Event.objects.filter(kind="invitation.accepted").count() == 1
    assert judge_invitation(Invitation.objects.get(), now=NOW) == InvitationState.ACCEPTED


def test_somebody_known_accepts_and_keeps_their_name(shop: Shop) -> None:
    bob = add_user(email="bob@example.com", name="Robert")
    row = invite(shop)
    member = accept_invitation(invitation=row.public_id, now=NOW, user=bob, name="Bob")
    assert (member.user, member.user.name) == (bob, "Robert")


def test_the_address_must_be_the_invited_one(shop: Shop) -> None:
    eve = add_user(email="eve@example.com")
    row = invite(shop)
    with pytest.raises(Conflict, match="sign in with that address"):
        accept_invitation(invitation=row.public_id, now=NOW, user=eve)
    assert not Membership.objects.exists()


def test_what_is_over_cannot_be_accepted(shop: Shop) -> None:
    row = invite(shop)
    with pytest.raises(Conflict, match="expired"):
        accept_invitation(invitation=row.public_id, now=NOW + LIFETIME)
    for _ in range(2):
        withdraw_invitation(account_id=shop.account.id, invitation=row.public_id, now=NOW)
    with pytest.raises(Conflict, match="withdrawn"):
        accept_invitation(invitation=row.public_id, now=NOW)
    assert Event.objects.filter(kind="invitation.withdrawn").count() == 1
    with pytest.raises(NotFound):
        accept_invitation(invitation="ivt_none", now=NOW)
    # The address can be invited anew after that.
    assert invite(shop).id != row.id


def test_an_accepted_invitation_gives_no_access_a_second_time(shop: Shop) -> None:
    row = invite(shop)
    member = accept_invitation(invitation=row.public_id, now=NOW)
    with pytest.raises(Conflict, match="accepted already"):
        withdraw_invitation(account_id=shop.account.id, invitation=row.public_id, now=NOW)
    remove_member(account_id=shop.account.id, user_id=member.user_id, now=NOW)
    with pytest.raises(Conflict, match="was used"):
        accept_invitation(invitation=row.public_id, now=NOW)


def test_another_account_cannot_withdraw_it(shop: Shop) -> None:
    row, other = invite(shop), shop.open_account("A2")
    with pytest.raises(NotFound):
        withdraw_invitation(account_id=other.id, invitation=row.public_id, now=NOW)


def test_accepting_at_once_gives_one_membership(open_shop: Shop) -> None:
    row = invite(open_shop)
    calls = [lambda: accept_invitation(invitation=row.public_id, now=NOW)] * 3
    members = together(*calls)
    assert len({member.id for member in members if isinstance(member, Membership)}) == 1
    assert Membership.objects.count() == User.objects.count() == 1
    assert Event.objects.filter(kind="invitation.accepted").count() == 1


def test_withdrawing_and_accepting_at_once_is_one_of_both(open_shop: Shop) -> None:
    row = invite(open_shop)
    together(
        lambda: accept_invitation(invitation=row.public_id, now=NOW) and None,
        lambda: (
            withdraw_invitation(account_id=open_shop.account.id, invitation=row.public_id, now=NOW)
            and None
        ),
    )
    row.refresh_from_db()
    assert (row.accepted_at is None) != (row.withdrawn_at is None)
    assert Membership.objects.exists() == (row.accepted_at is not None)
