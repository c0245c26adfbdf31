"""Every page of the portal has a door: strangers sign in first, and roles open what they may."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern
from django.urls.resolvers import RoutePattern

from quarterday.core.access import Permission, Role, roles_that_may
from quarterday.web.portal.urls import urlpatterns
from tests.services.till import Shop
from tests.web.portal.visitor import Visitor, make_member

pytestmark = pytest.mark.django_db

# What strangers need in order to come in, and the confirmation that is opened from a mail.
OPEN = {"sign_in", "mail_link", "second_step", "passkey", "signed_out", "sign_out", "new_address"}
VALUES = {"StringConverter": "nothing", "IntConverter": "2026"}
# What a role must be able to do to see a page at all; pages of one thing say 404 to those who may.
NEEDED = {
    "invoices": Permission.SEE_MONEY,
    "credit": Permission.SEE_MONEY,
    "documents": Permission.SEE_MONEY,
    "add_credit": Permission.PAY,
    "top_up": Permission.MANAGE_METHODS,
    "refund_credit": Permission.MANAGE_METHODS,
    "services": Permission.SEE_SERVICES,
    "service_change": Permission.CHANGE_SERVICES,
    "service_cancel": Permission.CANCEL_SERVICES,
    "service_end": Permission.CANCEL_SERVICES,
    "profile": Permission.SEE_PROFILE,
    "profile_edit": Permission.EDIT_PROFILE,
    "contact_add": Permission.MANAGE_CONTACTS,
    "people": Permission.SEE_PEOPLE,
    "invite": Permission.MANAGE_PEOPLE,
}


def addresses() -> dict[str, str]:
    """Each page by its name, with something in place of what its address names."""
    found = {}
    for one in urlpatterns:
        assert isinstance(one, URLPattern)
        assert isinstance(one.pattern, RoutePattern)
        route = str(one.pattern)
        for name, converter in one.pattern.converters.items():
            value = VALUES[type(converter).__name__]
            for kind in ("str", "int"):
                route = route.replace(f"<{kind}:{name}>", value)
        assert "<" not in route, route
        found[str(one.name)] = f"/{route}"
    return found


PAGES = addresses()


@pytest.mark.parametrize("name", sorted(set(PAGES) - OPEN))
def test_strangers_are_asked_to_sign_in(name: str) -> None:
    client = Client(SERVER_NAME="localhost")
    answers = [client.get(PAGES[name]), client.post(PAGES[name])]
    # A page for forms alone, or for reading alone, may say so first.
    doors = [answer for answer in answers if answer.status_code != 405]
    assert doors
    for answer in doors:
        assert answer.status_code == 302, answer.status_code
        assert answer.headers["Location"].startswith("/sign-in/")


def test_the_open_pages_are_those_and_no_others() -> None:
    assert set(PAGES) >= OPEN


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_what_the_table_says(shop: Shop, role: Role) -> None:
    make_member(shop.account, role)
    visitor = Visitor()
    visitor.sign_in()
    for name, permission in NEEDED.items():
        status = visitor.client.get(PAGES[name]).status_code
        may = role in roles_that_may(permission)
        assert (status != 403) == may, f"{role} at {PAGES[name]}: {status}"


def test_htmx_is_sent_to_the_sign_in_page_as_a_whole() -> None:
    answer = Client(SERVER_NAME="localhost").get("/people/", headers={"hx-request": "true"})
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=%2Fpeople%2F"
