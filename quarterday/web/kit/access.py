"""Who asks, for which account, and whether they may: the door of every signed-in page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from quarterday.core.access import (
    Permission,
    Role,
    permissions_of,
    permissions_when_acting,
    roles_that_may,
)
from quarterday.core.errors import BillingError
from quarterday.services.links.destinations import check_page
from quarterday.services.users.record_sign_in import see_sign_in
from quarterday.store.models import Account, Membership, Seller, User
from quarterday.store.queries.access import (
    find_membership,
    find_only_seller,
    find_seller_of_host,
    memberships_that_may,
)
from quarterday.web.kit.acting import find_acting
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.roles import role_name

ACCOUNT_KEY = "account"
CONSOLE = "/console/"
SEEN_KEY = "seen_at"
SEEN_SECONDS = 3600
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class UserRequest(HttpRequest):
    """A request of somebody who is signed in; see `user_page`."""

    user: User
    seller: Seller | None


class AccountRequest(UserRequest):
    """A request for an account, by somebody who may act for it; see `account_page`."""

    seller: Seller
    account: Account
    membership: Membership
    permissions: frozenset[Permission]


def account_page(*needed: Permission) -> Callable[[View], View]:
    """A page of the current account, for those whose role permits all that is needed.

    Sets ``request.account``, ``request.membership``, ``request.permissions`` and
    ``request.seller``. Others are sent to sign in, or told whom to ask.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            answer = enter_account(request, *needed) or view(request, *args, **kwargs)
            add_never_cache_headers(answer)
            return answer

        return cast(View, guarded)

    return decorate


def user_page(view: View) -> View:
    """A page of the user alone, such as the passkeys: no account is needed.

    The current account is set too when there is one, so that the page looks like the others.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        choose_account(request)
        keep_alive(request)
        if find_acting(request):
            # Whoever acts as a customer is still signed in as themselves: this would be their own.
            return render(request, "kit/not_when_acting.html", status=403)
        answer = view(request, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer

    return cast(View, guarded)


def enter_account(request: HttpRequest, *needed: Permission) -> HttpResponse | None:
    """Put the current account on the request; an answer instead where that cannot be."""
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    keep_alive(request)
    if choose_account(request) is None:
        if request.user.is_staff:
            # Staff without an account of their own have come for their work.
            return HttpResponseRedirect(CONSOLE)
        return render(request, "kit/no_account.html", status=403)
    entered = cast(AccountRequest, request)
    missing = [one for one in needed if one not in entered.permissions]
    if missing:
        return refuse_role(entered, missing[0])
    return None


def keep_alive(request: HttpRequest) -> None:
    """Note once an hour that the browser was there, so that its session ends after days of
    absence and not in the middle of work.
    """
    now, key = read_now(), request.session.session_key
    if key is None or now.timestamp() - request.session.get(SEEN_KEY, 0) < SEEN_SECONDS:
        return
    request.session[SEEN_KEY] = now.timestamp()
    see_sign_in(session_key=key, now=now)


def refuse_role(request: AccountRequest, missing: Permission) -> HttpResponse:
    """Say which role somebody has, and who can help."""
    able = memberships_that_may(request.account.id, roles_that_may(missing))
    context = {
        "role": role_name(request.membership.role),
        "owners": ", ".join(row.user.name or row.user.email for row in able),
    }
    return render(request, "kit/not_permitted.html", context, status=403)


def choose_account(request: HttpRequest) -> Membership | None:
    """Find whom the user acts for now, and put it on the request.

    On a seller's own host only accounts of that seller count. Staff who act as a customer act for
    that account alone.
    """
    if (known := getattr(request, "membership", None)) is not None:
        return cast(Membership, known)
    asked: Any = request
    asked.account = asked.membership = None
    asked.permissions = frozenset()
    if not request.user.is_authenticated:
        return None
    acting = find_acting(request)
    if acting is not None:
        row = Membership(user=request.user, account=acting.account, role=Role.OWNER)
        asked.permissions = permissions_when_acting()
    else:
        found = find_membership(
            request.user.pk,
            seller=seller_of_host(request),
            account_id=request.session.get(ACCOUNT_KEY),
        )
        if found is None:
            return None
        row, asked.permissions = found, permissions_of(found.role)
    asked.membership, asked.account, asked.seller = row, row.account, row.account.seller
    return row


def seller_of_host(request: HttpRequest) -> Seller | None:
    """The seller on whose host the request came; looked up once a request."""
    if not hasattr(request, "host_seller"):
        host = request.get_host().rpartition("]")
        # With a dot at its end it is the same host, and no way around whose it is.
        name = (host[0] + host[1] + host[2].partition(":")[0]).lower().rstrip(".")
        cast(Any, request).host_seller = find_seller_of_host(name)
    return cast("Seller | None", cast(Any, request).host_seller)


def resolve_seller(request: HttpRequest) -> Seller | None:
    """Whose face a page wears: of the host, else of the current account, else of the only seller.

    Sets ``request.seller``. None where several sellers share a host and nobody is signed in.
    """
    if getattr(request, "seller", None) is None:
        seller = seller_of_host(request)
        if seller is None and (row := choose_account(request)) is not None:
            seller = row.account.seller
        cast(Any, request).seller = seller or find_only_seller()
    return cast("Seller | None", cast(Any, request).seller)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; htmx is told to move the whole page."""
    asked = request.get_full_path() if request.method == "GET" else "/"
    way = (
        settings.LOGIN_URL if asked == "/" else f"{settings.LOGIN_URL}?{urlencode({'next': asked})}"
    )
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": way})
    return HttpResponseRedirect(way)


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """Where to go after signing in: the ``next`` that was asked for if it is one of our pages."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    # A link or the sign-in itself would send the visitor round in circles.
    if not is_ours or asked.startswith(("/l/", "/sign-")):
        return default
    try:
        # What no link can lead to could not be mailed.
        return check_page(asked)
    except BillingError:
        return default
