"""Passwords: the same work for everybody, and what setting one ends."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.core.errors import BillingError
from quarterday.services.links.make_link import make_link
from quarterday.services.users.add_user import add_member, add_user
from quarterday.services.users.find_by_password import find_by_password
from quarterday.services.users.set_password import set_password
from quarterday.store.models import Event, Link, LinkPurpose, Message, User
from tests.services.till import NOW, Shop

SECRET = "several words of hers"
KNOWN, BARE, GONE, NOBODY = (f"{name}@example.com" for name in ("ada", "bare", "gone", "nobody"))


@pytest.fixture
def people(db: None) -> None:
    add_user(email=KNOWN, password=SECRET)
    add_user(email=BARE)
    gone = add_user(email=GONE, password=SECRET)
    User.objects.filter(id=gone.id).update(is_active=False)


@pytest.mark.usefixtures("people")
def test_only_the_right_password_of_an_active_user_counts() -> None:
    found = find_by_password(email=" ADA@example.com", password=SECRET)
    assert found is not None
    assert found.email == KNOWN
    for email in (BARE, GONE, NOBODY):
        assert find_by_password(email=email, password=SECRET) is None
    for password in ("", "!", "wrong", SECRET.upper()):
        assert find_by_password(email=KNOWN, password=password) is None


@pytest.mark.usefixtures("people")
def test_everybody_costs_one_lookup_and_one_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth import hashers

    find_by_password(email=NOBODY, password="warm up")
    hashes: list[str] = []
    verify = hashers.PBKDF2PasswordHasher.verify

    def count(self: object, password: str, encoded: str) -> bool:
        hashes.append(encoded.split("$")[1])
        return bool(verify(self, password, encoded))

    monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "verify", count)
    seen = set()
    for email in (KNOWN, BARE, GONE, NOBODY):
        hashes.clear()
        with CaptureQueriesContext(connection) as queries:
            find_by_password(email=email, password="wrong")
        seen.add((len(queries), tuple(hashes)))
    assert len(seen) == 1, seen
    ((queries_each, hashed),) = seen
    assert (queries_each, len(hashed)) == (1, 1)


@pytest.mark.usefixtures("people")
def test_time_tells_nobody_who_is_known() -> None:
    find_by_password(email=NOBODY, password="warm up")
    times: dict[str, list[float]] = {KNOWN: [], BARE: [], NOBODY: []}
    for _ in range(5):
        for email, taken in times.items():
            began = perf_counter()
            find_by_password(email=email, password="wrong")
            taken.append(perf_counter() - began)
    middles = [median(taken) for taken in times.values()]
    # Without the hash for strangers, the ratio would be in the hundreds.
    assert max(middles) < 3 * min(middles)


def test_setting_a_password_is_told_logged_and_ends_mailed_links(shop: Shop) -> None:
    ada = add_user(email=KNOWN)
    add_member(account_id=shop.account.id, user=ada, role="owner", now=NOW)
    make_link(seller=shop.seller, purpose=LinkPurpose.SIGN_IN, subject=ada.public_id, now=NOW)
    set_password(user=ada, password=SECRET, now=NOW, actor=ada.public_id)
    assert find_by_password(email=KNOWN, password=SECRET) == ada
    assert Link.objects.get().revoked_at == NOW
    assert Event.objects.filter(kind="user.password_set", subject=ada.public_id).exists()
    message = Message.objects.get(kind="security_notice")
    assert (message.recipient, message.data) == (KNOWN, {"what": "password_set"})


@pytest.mark.parametrize("password", ["short", "1234567890123", "ada@example.com", "password123"])
def test_a_weak_password_is_refused(db: None, password: str) -> None:
    ada = add_user(email=KNOWN)
    with pytest.raises(BillingError):
        set_password(user=ada, password=password, now=NOW, actor="test")
    ada.refresh_from_db()
    assert not ada.has_usable_password()
