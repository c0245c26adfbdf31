"""Somebody of the staff in a browser, signed in with a second factor."""

from __future__ import annotations

from django.utils import timezone

from quarterday.services.staff.add_staff import add_staff
from quarterday.store.models import Seller, User
from quarterday.web.kit.factor import FACTOR_KEY
from tests.web.portal.visitor import Visitor


def hire(seller: Seller | None, role: str = "owner", name: str = "") -> User:
    """Somebody who works for a seller, or for all of them."""
    name = name or role
    return add_staff(
        email=f"{name}@staff.example",
        name=name.title(),
        role=role,
        seller=seller,
        now=timezone.now(),
    ).user


class Staffer(Visitor):
    """A browser in the console."""

    def __init__(self, user: User, *, factor: bool = True) -> None:
        super().__init__()
        self.user = user
        self.client.force_login(user)
        if factor:
            session = self.client.session
            session[FACTOR_KEY] = timezone.now().timestamp()
            session.save()
