from __future__ import annotations

import pytest
from django.test import Client

from quarterday.services.users.add_user import add_user

pytestmark = pytest.mark.django_db


def test_a_visitor_reads_what_the_browser_asks_for(client: Client) -> None:
    answer = client.get("/nowhere/", headers={"accept-language": "de-AT,de;q=0.9"})
    assert b'lang="de"' in answer.content


def test_an_unknown_language_is_english(client: Client) -> None:
    assert b'lang="en"' in client.get("/nowhere/", headers={"accept-language": "xx"}).content


def test_a_choice_is_kept_and_leads_back(client: Client) -> None:
    answer = client.post("/language/", {"language": "fr", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert b'lang="fr"' in client.get("/nowhere/").content


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_it_leads_nowhere_else(client: Client, back: str) -> None:
    answer = client.post("/language/", {"language": "fr", "next": back})
    assert answer.headers["Location"] == "/"


def test_a_users_choice_is_theirs_on_every_device(client: Client) -> None:
    user = add_user(email="reader@example.com")
    client.force_login(user)
    client.post("/language/", {"language": "es"})
    user.refresh_from_db()
    assert user.language == "es"
    other = Client()
    other.force_login(user)
    assert b'lang="es"' in other.get("/nowhere/").content
