"""The first page of all: who comes in, where to, and what strangers learn (nothing)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.core.throttle import LINK_ADDRESS, PASSWORD_HERE, STEP_USER
from quarterday.services.users.second_step import read_recovery_codes, start_second_step
from quarterday.store.models import Brand, Message, SignIn, User
from tests.services.till import NOW, Shop
from tests.services.users.test_second_step import SECRET, code_now
from tests.web.portal.visitor import Visitor, make_member, make_user

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def blank(answer: Any, email: str) -> str:
    """A page without what differs each time: the token of its forms, and the address typed."""
    page = text(answer).replace(email, "EMAIL")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_a_password_lets_in_and_leads_back(shop: Shop) -> None:
    make_member(shop.account)
    visitor = Visitor()
    asked = visitor.client.get("/people/")
    assert asked.headers["Location"] == "/sign-in/?next=%2Fpeople%2F"
    assert 'value="/people/"' in visitor.see(asked.headers["Location"])
    answer = visitor.sign_in(next="/people/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/people/")
    assert "People" in visitor.see("/people/")
    assert visitor.client.get("/sign-in/").headers["Location"] == "/"


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:x",
        "/l/x",
        "/sign-out/",
        "/a page",
        "/" + "x" * 3000,
        "x",
        "",
    ],
)
def test_it_leads_to_no_other_place(shop: Shop, asked: str) -> None:
    make_member(shop.account)
    assert Visitor().sign_in(next=asked).headers["Location"] == "/"


def test_the_session_gets_a_new_key(shop: Shop) -> None:
    make_member(shop.account)
    visitor = Visitor()
    session = visitor.client.session
    session["cart"] = "kept"
    session.save()
    planted = session.session_key
    visitor.client.cookies["sessionid"] = planted
    visitor.sign_in()
    assert visitor.client.session.session_key != planted
    assert visitor.client.session["cart"] == "kept"
    assert SignIn.objects.get().session_key == visitor.client.session.session_key


def test_strangers_learn_nothing_from_the_answer_or_the_work(shop: Shop) -> None:
    make_member(shop.account)
    make_user("bare@example.com", None)
    User.objects.filter(id=make_user("gone@example.com").id).update(is_active=False)
    answers = set()
    for name in ("ada", "bare", "gone", "nobody"):
        visitor, email = Visitor(), f"{name}@example.com"
        with CaptureQueriesContext(connection) as queries:
            answer = visitor.sign_in(email, "wrong words here")
        answers.add((answer.status_code, len(queries), blank(answer, email)))
    assert len(answers) == 1
    ((status, _, page),) = answers
    assert status == 422
    assert "do not belong together" in page


def test_strangers_learn_nothing_by_asking_for_a_link(shop: Shop) -> None:
    make_member(shop.account)
    make_user("alone@example.com")
    answers = set()
    for name in ("ada", "alone", "nobody"):
        email = f"{name}@example.com"
        with CaptureQueriesContext(connection) as queries:
            answer = Visitor().client.post("/sign-in/link/", {"email": email, "next": "/people/"})
        work = [one["sql"].split()[0] for one in queries if "SAVEPOINT" not in one["sql"]]
        answers.add((answer.status_code, " ".join(work), blank(answer, email)))
    assert len(answers) == 1
    message = Message.objects.get()
    assert (message.recipient, message.data) == ("ada@example.com", {"destination": "/people/"})


def test_a_forgotten_password_is_a_link_and_then_a_new_one(shop: Shop) -> None:
    make_member(shop.account)
    visitor = Visitor()
    assert "choose a new password" in visitor.see("/sign-in/link/?for=password")
    fields = {"email": "ada@example.com", "for": "password", "next": "/people/"}
    assert "choose a new password" in text(visitor.client.post("/sign-in/link/", fields))
    assert Message.objects.get().data == {"destination": "/security/password/"}


def test_too_many_passwords_are_asked_to_wait_in_all_processes(shop: Shop) -> None:
    make_member(shop.account)
    for _ in range(PASSWORD_HERE.times):
        assert Visitor().sign_in(password="wrong words here").status_code == 422
    answer = Visitor().sign_in()
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= PASSWORD_HERE.seconds
    assert "Please wait a little" in text(answer)
    # Elsewhere the owner of the address still comes in.
    elsewhere = Visitor(REMOTE_ADDR="203.0.113.5").sign_in()
    assert elsewhere.status_code == 302


def test_coming_in_forgives_what_was_mistyped(shop: Shop) -> None:
    make_member(shop.account)
    for _ in range(3):
        for _ in range(PASSWORD_HERE.times - 1):
            Visitor().sign_in(password="wrong words here")
        assert Visitor().sign_in().status_code == 302


def test_too_many_links_are_asked_to_wait(shop: Shop) -> None:
    fields = {"email": "nobody@example.com"}
    for _ in range(LINK_ADDRESS.times):
        assert Visitor().client.post("/sign-in/link/", fields).status_code == 200
    assert Visitor().client.post("/sign-in/link/", fields).status_code == 429


def test_the_second_step_stands_between_password_and_account(shop: Shop) -> None:
    ada = make_member(shop.account)
    start_second_step(user=ada, secret=SECRET, code=code_now(), now=NOW)
    visitor = Visitor()
    assert visitor.sign_in(next="/people/").headers["Location"] == "/sign-in/code/"
    assert not visitor.is_signed_in()
    assert "not right" in visitor.refuse("/sign-in/code/", 422, code="12345x")
    answer = visitor.client.post("/sign-in/code/", {"code": code_now()})
    assert answer.headers["Location"] == "/people/"
    assert visitor.is_signed_in()
    # The code that was seen over a shoulder is spent.
    other = Visitor()
    other.sign_in()
    other.refuse("/sign-in/code/", 422, code=code_now())
    other.client.post("/sign-in/code/", {"code": read_recovery_codes(ada)[0]})
    assert other.is_signed_in()


def test_codes_cannot_be_guessed_without_end(shop: Shop) -> None:
    ada = make_member(shop.account)
    start_second_step(user=ada, secret=SECRET, code=code_now(), now=NOW)
    visitor = Visitor()
    visitor.sign_in()
    for _ in range(STEP_USER.times):
        visitor.refuse("/sign-in/code/", 422, code="00000x")
    visitor.refuse("/sign-in/code/", 429, code=code_now())
    assert not visitor.is_signed_in()


def test_the_second_page_needs_the_first(shop: Shop) -> None:
    answer = Visitor().client.post("/sign-in/code/", {"code": "123456"})
    assert answer.headers["Location"] == "/sign-in/"


@pytest.mark.parametrize(
    "credential", ["", "{", "[]", "null", "7", '{"id": 1}', '{"response": {}}', "[" * 99_999]
)
def test_what_is_no_passkey_lets_nobody_in(shop: Shop, credential: str) -> None:
    visitor = Visitor()
    assert visitor.client.get("/sign-in/passkey/").json()["publicKey"]["challenge"]
    assert "did not work" in visitor.refuse("/sign-in/passkey/", 422, credential=credential)


def test_signing_out_ends_the_session(shop: Shop) -> None:
    make_member(shop.account)
    visitor = Visitor()
    visitor.sign_in()
    cookie = visitor.client.cookies["sessionid"].value
    assert visitor.client.get("/sign-out/").status_code == 405
    assert "You are signed out" in visitor.send("/sign-out/")
    visitor.client.cookies["sessionid"] = cookie
    assert not visitor.is_signed_in()
    assert not SignIn.objects.exists()


def test_pages_wear_the_face_of_the_host(shop: Shop, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    Brand.objects.create(seller=shop.seller, site_name="Example Shop", domain="my.shop.example")
    visitor = Visitor()
    page = visitor.client.get("/sign-in/", headers={"host": "my.shop.example:8000"})
    assert "Example Shop" in text(page)


def test_users_without_an_account_are_told_so(shop: Shop) -> None:
    make_user()
    visitor = Visitor()
    visitor.sign_in()
    assert "You have no account here yet" in visitor.see("/people/", 403)
    assert "Your sign-in" in visitor.see("/security/")
    assert "No account yet" in visitor.see("/accounts/")


def test_a_form_without_our_token_does_nothing(shop: Shop) -> None:
    make_member(shop.account)
    visitor = Visitor(enforce_csrf_checks=True)
    for came_from, back in (
        ("http://localhost/sign-in/?next=/people/", "http://localhost/sign-in/?next=/people/"),
        ("https://evil.example/", "/"),
    ):
        visitor.client.defaults["HTTP_REFERER"] = came_from
        answer = visitor.sign_in()
        assert answer.status_code == 403
        assert "open for too long" in text(answer)
        assert f'class="button" href="{back}"' in text(answer)
    assert not visitor.is_signed_in()


@pytest.mark.parametrize("address", ["/people/%00/", "/accounts/?search=%00", "/invoices/%00/"])
def test_what_no_database_can_keep_is_a_bad_request(shop: Shop, address: str) -> None:
    make_member(shop.account)
    visitor = Visitor()
    visitor.sign_in()
    visitor.see(address, 400)
    assert "do not have access" in visitor.send("/switch/", account="acc_\x00")
