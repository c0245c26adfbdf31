"""The list of browsers in which somebody is signed in, and mailed links."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quarterday.core.errors import BillingError
from quarterday.services.links.make_link import make_link
from quarterday.services.users.add_user import add_member, add_user
from quarterday.services.users.change_user import change_user
from quarterday.services.users.print_sign_in_link import print_sign_in_link
from quarterday.services.users.record_sign_in import (
    end_sign_ins,
    move_sign_in,
    record_sign_in,
    see_sign_in,
    tidy_sign_ins,
)
from quarterday.services.users.request_sign_in_link import request_sign_in_link
from quarterday.store.models import Event, Link, LinkPurpose, Message, SignIn, User
from quarterday.store.queries.people import list_sign_ins
from tests.services.till import NOW, Shop


def sign_in(user: User, key: str, days: int = 1) -> SignIn:
    until = timezone.now() + timedelta(days=days)
    Session.objects.create(session_key=key, session_data="", expire_date=until)
    return record_sign_in(
        user=user, session_key=key, method="password", device="Firefox, Linux", now=timezone.now()
    )


def ask(email: str, *, now: datetime = NOW, destination: str = "/") -> int:
    return request_sign_in_link(
        email=email, network="192.0.2.0/24", now=now, destination=destination
    )


@pytest.fixture
def ada(shop: Shop) -> User:
    user = add_user(email="ada@example.com")
    add_member(account_id=shop.account.id, user=user, role="owner", now=NOW)
    return user


def test_signing_out_of_one_and_of_all_others(ada: User, shop: Shop) -> None:
    one, two, three = (sign_in(ada, key) for key in ("one", "two", "three"))
    bob = add_user(email="bob@example.com")
    foreign = sign_in(bob, "bob")
    end = {"user": ada, "now": NOW, "actor": "test"}
    assert end_sign_ins(**end, only=foreign.public_id) == 0
    assert end_sign_ins(**end, only=one.public_id) == 1
    make_link(seller=shop.seller, purpose=LinkPurpose.SIGN_IN, subject=ada.public_id, now=NOW)
    assert end_sign_ins(**end, keep=["three"]) == 1
    assert end_sign_ins(**end, keep=["three"]) == 0
    assert set(Session.objects.values_list("session_key", flat=True)) == {"three", "bob"}
    assert list_sign_ins(ada.id) == [three]
    assert Link.objects.get().revoked_at == NOW
    assert two.session_key not in SignIn.objects.values_list("session_key", flat=True)


def test_what_expired_is_tidied_away(ada: User) -> None:
    sign_in(ada, "old", days=-1)
    sign_in(ada, "new")
    assert tidy_sign_ins() == 1
    assert tidy_sign_ins() == 0
    assert [row.session_key for row in list_sign_ins(ada.id)] == ["new"]
    assert SignIn.objects.count() == 1


def test_what_is_left_of_other_sessions_goes_with_the_next_one(ada: User) -> None:
    sign_in(ada, "old")
    Session.objects.all().delete()
    assert list_sign_ins(ada.id) == []
    sign_in(ada, "new")
    assert [row.session_key for row in SignIn.objects.all()] == ["new"]


def test_a_session_is_followed_when_its_key_changes(ada: User) -> None:
    row = sign_in(ada, "old")
    move_sign_in(old_key="old", new_key="new")
    row.refresh_from_db()
    assert row.session_key == "new"


def test_being_seen_is_written_once_an_hour(ada: User) -> None:
    row = sign_in(ada, "one")
    see_sign_in(session_key="one", now=row.seen_at + timedelta(minutes=59))
    assert SignIn.objects.get().seen_at == row.seen_at
    later = row.seen_at + timedelta(minutes=61)
    see_sign_in(session_key="one", now=later)
    assert SignIn.objects.get().seen_at == later


def test_a_link_is_queued_for_known_addresses_only(ada: User) -> None:
    assert ask("Ada@example.com ", destination="/invoices/") == 0
    message = Message.objects.get()
    assert (message.kind, message.subject) == ("login_link", ada.public_id)
    assert (message.recipient, message.data) == (ada.email, {"destination": "/invoices/"})
    ask(ada.email, now=NOW + timedelta(seconds=20))
    ask("nobody@example.com")
    for email in ("", "nobody", f"{'x' * 260}@example.com"):
        with pytest.raises(BillingError, match="email"):
            ask(email)
    User.objects.filter(id=ada.id).update(is_active=False)
    ask(ada.email, now=NOW + timedelta(minutes=2))
    assert Message.objects.count() == 1


def test_known_and_unknown_addresses_cost_the_same_statements(ada: User, shop: Shop) -> None:
    add_user(email="alone@example.com")
    told = set()
    for email in (ada.email, "alone@example.com", "nobody@example.com"):
        with CaptureQueriesContext(connection) as queries:
            ask(email)
        told.add(
            " ".join(query["sql"].split()[0] for query in queries if "SAVE" not in query["sql"])
        )
    assert len(told) == 1, told
    assert told.pop().count("INSERT") == 3


def test_too_many_links_for_an_address_wait_whoever_has_it(ada: User) -> None:
    for email in (ada.email, "nobody@example.com"):
        waits = [ask(email, now=NOW + timedelta(minutes=minute)) for minute in range(7)]
        assert waits[:5] == [0] * 5
        assert min(waits[5:]) > 0
    assert Message.objects.count() == 5


def test_a_printed_link_is_logged(ada: User, shop: Shop) -> None:
    made = print_sign_in_link(user=ada, now=NOW, destination="/people/", actor="command line")
    assert made.link.single_use
    assert (made.link.subject, made.link.destination) == (ada.public_id, "/people/")
    event = Event.objects.get(kind="user.link_printed")
    assert event.actor == "command line"


def test_a_user_changes_name_and_language(ada: User) -> None:
    change_user(user=ada, now=NOW, name=" Ada ", language="de")
    change_user(user=ada, now=NOW, name="Ada", language="de")
    ada.refresh_from_db()
    assert (ada.name, ada.language) == ("Ada", "de")
    assert Event.objects.filter(kind="user.changed").count() == 1
    with pytest.raises(BillingError, match="language must be one of"):
        change_user(user=ada, now=NOW, language="xx")
    with pytest.raises(BillingError, match="name"):
        change_user(user=ada, now=NOW, name="A\x00")
