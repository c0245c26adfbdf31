"""Every address of the console needs exactly one permission, and opens to nobody without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, resolve

from quarterday.core.access import StaffPermission as May
from quarterday.core.access import StaffRole, staff_may
from quarterday.web.console.menu import MENU
from quarterday.web.console.urls import urlpatterns
from tests.services.till import Shop
from tests.web.console.staffer import Staffer, hire
from tests.web.portal.visitor import make_member

pytestmark = pytest.mark.django_db
VALUES = {"str": "nothing", "int": "1", "slug": "nothing", "path": "nothing"}
# What the pages of the frame must need; those of rooms are held to what their doors say.
TABLE = {
    "": May.FIND_PAYER,
    "search/": May.FIND_PAYER,
    "search/found/": May.FIND_PAYER,
    "staff/": May.SEE_SETTINGS,
    "staff/add/": May.MANAGE_STAFF,
    "staff/<str:key>/": May.MANAGE_STAFF,
    "staff/audit/": May.SEE_SETTINGS,
    "staff/audit.csv": May.SEE_SETTINGS,
    "staff/approvals/": May.SEE_MONEY,
    "staff/approvals/<str:key>/": May.SEE_MONEY,
    "staff/approvals/<str:key>/decide/": May.GIVE_MONEY_BACK,
    "staff/acting/end/": May.CHANGE_CUSTOMERS,
    "staff/acting/<str:key>/": May.CHANGE_CUSTOMERS,
    "desk/<str:account_id>/": May.FIND_PAYER,
    "desk/<str:account_id>/record/": May.TAKE_MONEY,
    "lists/invoices/list.csv": May.SEE_MONEY,
    "lists/accounts/list.csv": May.SEE_CUSTOMERS,
    "lists/accounts/": May.SEE_CUSTOMERS,
    "lists/invoices/": May.SEE_MONEY,
    "lists/invoices/<str:key>/": May.SEE_MONEY,
    "lists/journal/": May.SEE_MONEY,
    "lists/sign-ins/": May.SEE_SETTINGS,
    "lists/products/": May.SEE_SETTINGS,
}


def walk(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every address with its view."""
    for one in patterns:
        route = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from walk(one.url_patterns, route)
        else:
            assert isinstance(one, URLPattern)
            yield route, one.callback


PAGES = dict(walk(urlpatterns))


def address_of(route: str) -> str:
    for kind, value in VALUES.items():
        while f"<{kind}:" in route:
            start = route.index(f"<{kind}:")
            route = route[:start] + value + route[route.index(">", start) + 1 :]
    route = (
        re.sub(r"\(\?P<\w+>[^)]*\)", "nothing", route)
        .strip("^$")
        .replace("\\", "")
        .replace("/^", "/")
    )
    assert "<" not in route, route
    return f"/console/{route}"


def ask(client: Client, path: str) -> int:
    answer = client.get(path)
    return (client.post(path) if answer.status_code == 405 else answer).status_code


def test_every_address_needs_one_permission() -> None:
    bare = [route for route, view in PAGES.items() if not isinstance(_needed(view), May)]
    assert not bare, f"without a door: {bare}"
    assert {route: _needed(PAGES[route]) for route in TABLE} == TABLE


def test_the_menu_leads_only_where_the_door_lets_in() -> None:
    for _, entries in MENU:
        for entry in entries:
            assert _needed(resolve(entry.path).func) == entry.needed, entry


def test_strangers_customers_and_roles_get_only_what_is_theirs(shop: Shop) -> None:
    stranger, customer = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    customer.force_login(make_member(shop.account))
    hire(shop.seller, "owner")
    staff = {role: Staffer(hire(shop.seller, role)).client for role in StaffRole}
    faults = []
    for route, view in PAGES.items():
        path = address_of(route)
        if ask(stranger, path) != 302:
            faults.append(f"{path} opens to strangers")
        if ask(customer, path) != 403:
            faults.append(f"{path} opens to customers")
        for role, client in staff.items():
            if not staff_may(role, _needed(view)):
                if ask(client, path) != 403:
                    faults.append(f"{path} opens to the role {role}")
            elif role is StaffRole.OWNER and route in TABLE and client.get(path).status_code not in (
                200, 302, 404, 405, 422,
            ):  # fmt: skip
                faults.append(f"{path} does not open to owners")
    assert not faults, "\n".join(faults)


def _needed(view: Any) -> Any:
    return getattr(view, "needed", None)
