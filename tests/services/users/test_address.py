"""A new address counts once it has answered, and only for the change that was asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.users.add_user import add_member, add_user
from quarterday.services.users.change_address import (
    LIFETIME,
    ask_address_change,
    confirm_address,
    make_address_token,
)
from quarterday.services.users.record_sign_in import end_sign_ins
from quarterday.services.users.set_password import set_password
from quarterday.store.models import Message, User
from tests.services.till import NOW, Shop

OLD, NEW = "ada@example.com", "ada.new@example.com"


@pytest.fixture
def ada(shop: Shop) -> User:
    user = add_user(email=OLD)
    add_member(account_id=shop.account.id, user=user, role="owner", now=NOW)
    return user


def mailed_token() -> str:
    message = Message.objects.filter(kind="address_change").latest("id")
    return make_address_token(
        user=message.subject,
        old=message.data["old"],
        new=message.recipient,
        until=message.data["until"],
    )


def told() -> list[tuple[str, str]]:
    rows = Message.objects.filter(kind="security_notice").order_by("id")
    return [(row.recipient, row.data["what"]) for row in rows]


def test_both_addresses_are_told_and_the_new_one_confirms(ada: User) -> None:
    ask_address_change(user=ada, email=" Ada.New@example.com", now=NOW)
    ada.refresh_from_db()
    assert ada.email == OLD
    assert told() == [(OLD, "address_change_asked")]
    token = mailed_token()
    assert token not in str(list(Message.objects.values()))
    for _ in range(2):
        assert confirm_address(token=token, now=NOW).email == NEW
    assert told()[1:] == [(OLD, "address_changed"), (NEW, "address_changed")]


def test_a_token_holds_for_a_day_and_for_the_address_it_was_asked_from(ada: User) -> None:
    ask_address_change(user=ada, email=NEW, now=NOW)
    token = mailed_token()
    with pytest.raises(BillingError, match="expired"):
        confirm_address(token=token, now=NOW + LIFETIME)
    User.objects.filter(id=ada.id).update(email="other@example.com")
    with pytest.raises(Conflict, match="changed since"):
        confirm_address(token=token, now=NOW + timedelta(hours=1))


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "eyJhIjoxfQ:1abc:def"])
def test_what_is_no_token_of_ours_is_refused(db: None, token: str) -> None:
    with pytest.raises(BillingError, match="not complete"):
        confirm_address(token=token, now=NOW)


def test_an_address_of_somebody_else_is_never_taken_over(ada: User) -> None:
    bob = add_user(email="bob@example.com")
    # Asking tells nothing of who has the address.
    ask_address_change(user=ada, email=bob.email, now=NOW)
    with pytest.raises(Conflict, match="somebody else"):
        confirm_address(token=mailed_token(), now=NOW)
    ada.refresh_from_db()
    assert ada.email == OLD


def test_the_address_that_holds_is_no_change(ada: User) -> None:
    with pytest.raises(BillingError, match="already"):
        ask_address_change(user=ada, email=OLD.upper(), now=NOW)


@pytest.mark.parametrize("way", ["password", "sign out"])
def test_who_did_not_ask_ends_the_change_with_all_mailed_links(ada: User, way: str) -> None:
    ask_address_change(user=ada, email="thief@example.com", now=NOW)
    token, later = mailed_token(), NOW + timedelta(minutes=5)
    if way == "password":
        set_password(user=ada, password="four words of hers", now=later, actor="usr_1")
    else:
        end_sign_ins(user=ada, now=later, actor="usr_1")
    with pytest.raises(Conflict, match="changed since"):
        confirm_address(token=token, now=later)
    ask_address_change(user=ada, email=NEW, now=later)
    assert confirm_address(token=mailed_token(), now=later).email == NEW


def test_a_change_that_was_taken_back_cannot_be_played_again(ada: User) -> None:
    ask_address_change(user=ada, email=NEW, now=NOW)
    token, later = mailed_token(), NOW + timedelta(minutes=5)
    ada = confirm_address(token=token, now=later)
    ask_address_change(user=ada, email=OLD, now=later)
    assert confirm_address(token=mailed_token(), now=later).email == OLD
    with pytest.raises(Conflict, match="changed since"):
        confirm_address(token=token, now=later)
