"""Somebody who holds links: opens them in a browser that keeps cookies, and presses buttons."""

from __future__ import annotations

from datetime import datetime
from html import unescape
from typing import Any

from django.conf import settings
from django.test import Client

from quarterday.ports.clock import read_now
from quarterday.services.links.make_link import make_link
from quarterday.store.models import Link, LinkPurpose, Membership, User
from tests.services.till import Shop

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) Mobile/15E148", "Accept-Language": "en"}
P = LinkPurpose


class Holder:
    """A visitor who was sent links, and is nobody else to the seller."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.client = self.browser()
        self.links: dict[str, Link] = {}

    @staticmethod
    def browser() -> Client:
        return Client(enforce_csrf_checks=True, headers={**PHONE, "Host": "localhost:8000"})

    def link(self, purpose: LinkPurpose, **terms: Any) -> str:
        """The path of a new link."""
        seller = terms.pop("seller", self.shop.seller)
        now: datetime = terms.pop("now", None) or read_now()
        terms.setdefault("account_id", self.shop.account.id)
        made = make_link(seller=seller, purpose=purpose, now=now, **terms)
        path = "/l/" + made.url.rpartition("/l/")[2]
        self.links[path] = made.link
        return path

    def row(self, path: str) -> Link:
        return Link.objects.get(id=self.links[path].id)

    def user(self, email: str = "owner@example.com", role: str = "owner") -> User:
        user = User.objects.create_user(email, name="Example Owner")
        Membership.objects.create(user=user, account=self.shop.account, role=role)
        return user

    def get(self, path: str, **terms: Any) -> Any:
        return self.client.get(path, **terms)

    def see(self, path: str, status: int = 200) -> str:
        """A page as text."""
        answer = self.get(path)
        assert answer.status_code == status, (answer.status_code, answer.headers)
        return unescape(answer.content.decode())

    def press(self, path: str, data: dict[str, str] | None = None) -> Any:
        """Press a button of a page that was opened before."""
        cookie = self.client.cookies.get(settings.CSRF_COOKIE_NAME)
        secret = {"csrfmiddlewaretoken": cookie.value} if cookie else {}
        return self.client.post(path, {**(data or {}), **secret})

    @property
    def is_signed_in(self) -> bool:
        return "_auth_user_id" in self.client.session
