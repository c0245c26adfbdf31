"""Somebody who signs in, for tests of pages: real forms, real sessions."""

from __future__ import annotations

from html import unescape
from typing import Any

from django.test import Client
from django.utils import timezone

from quarterday.services.users.add_user import add_member, add_user
from quarterday.store.models import Account, User

PASSWORD = "several words of theirs"


def make_user(email: str = "ada@example.com", password: str | None = PASSWORD) -> User:
    """Somebody who can sign in."""
    return add_user(email=email, name=email.partition("@")[0].title(), password=password)


def make_member(account: Account, role: str = "owner", email: str = "ada@example.com") -> User:
    """Somebody who can act for an account in a role."""
    user = make_user(email)
    add_member(account_id=account.id, user=user, role=role, now=timezone.now())
    return user


class Visitor:
    """A browser of somebody who may sign in."""

    def __init__(self, **options: Any) -> None:
        self.client = Client(SERVER_NAME="localhost", **options)

    def sign_in(
        self, email: str = "ada@example.com", password: str = PASSWORD, **fields: str
    ) -> Any:
        """Fill in the first page; the answer."""
        return self.client.post("/sign-in/", {"email": email, "password": password, **fields})

    def see(self, url: str, status: int = 200) -> str:
        """A page, as text."""
        answer = self.client.get(url)
        assert answer.status_code == status, (url, answer.status_code, answer.headers)
        return unescape(answer.content.decode())

    def send(self, url: str, **fields: str) -> str:
        """Send a form that works; the page that it leads to, as text."""
        answer = self.client.post(url, fields)
        assert answer.status_code == 302, (url, answer.status_code, answer.content.decode()[:2000])
        return self.see(answer.headers["Location"])

    def refuse(self, url: str, status: int, **fields: str) -> str:
        """Send a form that does not work; the answer, as text."""
        answer = self.client.post(url, fields)
        assert answer.status_code == status, (url, answer.status_code)
        return unescape(answer.content.decode())

    def is_signed_in(self) -> bool:
        """Whether the page of security opens."""
        return self.client.get("/security/").status_code == 200
