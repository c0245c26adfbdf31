"""A user's own sign-in: who may change it, and what each change ends."""

from __future__ import annotations

import pytest
import pytest_django
from django.utils import timezone

from quarterday.services.users.change_address import make_address_token
from quarterday.services.users.second_step import read_recovery_codes
from quarterday.store.models import Message, User
from quarterday.web.kit.sign_in import PROOF_SECONDS, PROVED_KEY
from tests.services.till import NOW, Shop
from tests.services.users.test_second_step import code_now
from tests.web.portal.visitor import PASSWORD, Visitor, make_member

pytestmark = pytest.mark.django_db

GUARDED = (
    "/security/password/",
    "/security/address/",
    "/security/two-step/",
    "/security/two-step/off/",
    "/security/recovery-codes/",
    "/security/recovery-codes/file/",
    "/security/passkeys/new/",
    "/security/passkeys/options/",
    "/security/passkeys/1/",
)
NEW = "other words of theirs"


def enter(shop: Shop) -> Visitor:
    make_member(shop.account)
    visitor = Visitor()
    visitor.sign_in()
    return visitor


def forget_proof(visitor: Visitor) -> None:
    """As if the sign-in were a while ago."""
    session = visitor.client.session
    session[PROVED_KEY] = timezone.now().timestamp() - PROOF_SECONDS - 1
    session.save()


@pytest.mark.parametrize("address", GUARDED)
def test_changes_ask_who_it_is(shop: Shop, address: str) -> None:
    assert Visitor().client.get(address).headers["Location"].startswith("/sign-in/?next=")
    visitor = enter(shop)
    forget_proof(visitor)
    for method in (visitor.client.get, visitor.client.post):
        answer = method(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/security/confirm/?next=%2Fsecurity%2F")


def test_the_password_proves_it(shop: Shop) -> None:
    visitor = enter(shop)
    forget_proof(visitor)
    refused = visitor.refuse("/security/confirm/", 422, password="wrong", next="/security/address/")
    assert "not your password" in refused
    page = visitor.send("/security/confirm/", password=PASSWORD, next="/security/address/")
    assert "Change your address" in page


def test_a_mailed_link_proves_it_too(shop: Shop) -> None:
    visitor = enter(shop)
    forget_proof(visitor)
    page = visitor.client.post("/security/confirm/link/", {"next": "/security/two-step/"})
    assert b"A link is on its way" in page.content
    assert Message.objects.get(kind="login_link").data == {"destination": "/security/two-step/"}


def test_a_new_password_signs_out_everywhere_else(shop: Shop) -> None:
    visitor = enter(shop)
    other = Visitor()
    other.sign_in()
    assert "cannot" not in visitor.see("/security/password/")
    assert "too common" in visitor.refuse("/security/password/", 422, password="password123")
    assert "Your password is set" in visitor.send("/security/password/", password=NEW)
    assert visitor.is_signed_in()
    assert not other.is_signed_in()
    assert Visitor().sign_in().status_code == 422
    assert Visitor().sign_in(password=NEW).status_code == 302


def test_signing_out_elsewhere_leaves_this_browser(shop: Shop) -> None:
    visitor, *others = enter(shop), Visitor(), Visitor()
    for other in others:
        other.client.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux) Firefox/150.0"
        other.sign_in()
    page = visitor.see("/security/")
    assert page.count("Firefox, Linux</h3>") + page.count("Firefox, Linux </h3>") == 2
    assert "You are signed out everywhere else" in visitor.send("/security/sign-ins/end/")
    assert [one.is_signed_in() for one in (visitor, *others)] == [True, False, False]


def test_two_steps_are_turned_on_and_off(shop: Shop) -> None:
    visitor = enter(shop)
    page = visitor.see("/security/two-step/")
    secret = visitor.client.session["new_app_secret"]
    assert "data:image/svg+xml" in page
    assert "not right" in visitor.refuse("/security/two-step/", 422, code="000000x")
    page = visitor.send("/security/two-step/", code=code_now(secret))
    ada = User.objects.get()
    code = read_recovery_codes(ada)[0]
    assert f"{code[:4]} {code[4:]}" in page
    saved = visitor.client.get("/security/recovery-codes/file/")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert len(saved.content.split()) == 10
    # From now on the password alone proves nothing.
    forget_proof(visitor)
    visitor.refuse("/security/confirm/", 422, password=PASSWORD)
    visitor.send("/security/confirm/", code=code)
    assert "Two steps are off" in visitor.send("/security/two-step/off/")
    assert Visitor().sign_in().headers["Location"] == "/"


def test_new_recovery_codes_end_the_old(shop: Shop) -> None:
    visitor = enter(shop)
    assert "No recovery codes" in visitor.see("/security/recovery-codes/")
    visitor.see("/security/two-step/")
    secret = visitor.client.session["new_app_secret"]
    visitor.send("/security/two-step/", code=code_now(secret))
    old = read_recovery_codes(User.objects.get())
    visitor.send("/security/recovery-codes/")
    assert not set(old) & set(read_recovery_codes(User.objects.get()))


def test_a_new_address_is_confirmed_by_a_button_not_by_opening(shop: Shop) -> None:
    visitor = enter(shop)
    assert "already" in visitor.refuse("/security/address/", 422, email="ADA@example.com")
    page = visitor.send("/security/address/", email="new@example.com")
    assert "on its way to new@example.com" in page
    message = Message.objects.get(kind="address_change")
    token = make_address_token(
        user=message.subject,
        old=message.data["old"],
        new=message.recipient,
        until=message.data["until"],
    )
    stranger = Visitor()
    address = f"/profile/address/{token}/"
    assert "Use this address" in stranger.see(address)
    assert User.objects.get().email == "ada@example.com"
    assert stranger.client.post(address).status_code == 302
    assert User.objects.get().email == "new@example.com"
    assert "does not work any more" in stranger.see("/profile/address/nonsense/", 410)


def test_name_and_language_are_the_users_own(shop: Shop) -> None:
    visitor = enter(shop)
    assert 'lang="de"' in visitor.send("/security/", name="Ada Example", language="de")
    ada = User.objects.get()
    assert (ada.name, ada.language) == ("Ada Example", "de")
    visitor.refuse("/security/", 422, name="Ada", language="xx")
    visitor.refuse("/security/", 422, name="A\x1b[2J", language="de")


def test_nobody_touches_the_browsers_or_passkeys_of_others(shop: Shop) -> None:
    visitor = enter(shop)
    make_member(shop.account, "billing", "bob@example.com")
    bob = Visitor()
    bob.sign_in("bob@example.com")
    theirs = User.objects.get(email="bob@example.com").sign_ins.get()
    visitor.client.post(f"/security/sign-ins/{theirs.public_id}/end/")
    assert bob.is_signed_in()
    visitor.see("/security/passkeys/1/", 404)
    refused = visitor.refuse("/security/passkeys/new/", 422, name="Mine", credential="{}")
    assert "did not work" in refused


def test_the_page_costs_the_same_for_many_browsers(
    shop: Shop, django_assert_max_num_queries: pytest_django.DjangoAssertNumQueries
) -> None:
    visitor = enter(shop)
    for _ in range(10):
        Visitor().sign_in()
    # Session, user, host, membership; then the means and the browsers.
    with django_assert_max_num_queries(6):
        assert visitor.see("/security/").count("/end/") == 11


def test_a_page_seen_again_after_an_hour_keeps_the_session_alive(shop: Shop) -> None:
    visitor = enter(shop)
    row = User.objects.get().sign_ins.get()
    type(row).objects.update(seen_at=NOW)
    session = visitor.client.session
    session["seen_at"] = NOW.timestamp()
    session.save()
    visitor.see("/people/")
    row.refresh_from_db()
    assert row.seen_at > NOW
