"""Who of the staff asks, for which seller, and whether they may: the door of every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from quarterday.core.access import StaffPermission, staff_may
from quarterday.services.users.second_step import list_means
from quarterday.store.models import Seller, User
from quarterday.store.queries.staff import find_posts
from quarterday.web.console.menu import menu_for
from quarterday.web.kit.access import ask_to_sign_in, keep_alive
from quarterday.web.kit.factor import is_proved

SELLER_KEY = "console_seller"
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, slots=True)
class Staff:
    """Who asks: fetch everything through ``seller``, and pass ``actor`` to every service.

    ``sellers`` are all they work for, by code; ``role`` is theirs for ``seller``.
    """

    user: User
    role: str
    seller: Seller
    sellers: tuple[Seller, ...]
    actor: str

    def may(self, permission: StaffPermission | str) -> bool:
        """Whether their role permits something; templates ask with its name."""
        return staff_may(self.role, StaffPermission(permission))


def staff_page(needed: StaffPermission) -> Callable[[View], View]:
    """A page for staff whose role permits what is needed; the view is given the `Staff`.

    Others are sent to sign in, to prove a second factor, or told whom to ask.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            entered = enter_console(request, needed)
            answer = view(request, entered, *args, **kwargs) if isinstance(entered, Staff) else None
            answer = answer if answer is not None else cast(HttpResponse, entered)
            add_never_cache_headers(answer)
            return answer

        guarded.needed = needed  # type: ignore[attr-defined] # a test reads it from every address
        return cast(View, guarded)

    return decorate


def enter_console(request: HttpRequest, needed: StaffPermission) -> Staff | HttpResponse:
    """Who asks, or the answer where they may not."""
    # The console speaks English, so what it shares with the portal does, too.
    translation.activate("en")
    request.LANGUAGE_CODE = "en"
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated:
        return ask_to_sign_in(request)
    keep_alive(request)
    staff = find_staff(request, user)
    if staff is None:
        return _refuse(request, "not_staff", name=user.name or user.email)
    if not is_proved(request):
        means = list_means(user)
        has_means = bool(means.app or means.passkeys)
        return _refuse(request, "second_factor", has_means=has_means, next=request.path)
    if not staff.may(needed):
        return refuse_role(request, staff)
    return staff


def find_staff(request: HttpRequest, user: User) -> Staff | None:
    """For whom somebody works now: the seller asked for, the one chosen last, or the first."""
    posts = {post.seller.code: post for post in find_posts(user)}
    asked = request.GET.get("seller", "")
    if asked in posts:
        request.session[SELLER_KEY] = asked
    chosen = posts.get(request.session.get(SELLER_KEY, "")) or next(iter(posts.values()), None)
    if chosen is None:
        return None
    sellers = tuple(post.seller for post in posts.values())
    cast(Any, request).seller = chosen.seller
    return Staff(user, chosen.role, chosen.seller, sellers, user.public_id)


def refuse_role(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Say that a role does not permit this, with the menu of what it does."""
    context = {
        "staff": staff,
        "menu": menu_for(staff.may, request.path),
        "title": "Not open to your role",
    }
    return render(request, "console/refused.html", context, status=403)


def _refuse(request: HttpRequest, why: str, **context: Any) -> HttpResponse:
    return render(request, f"console/{why}.html", context, status=403)
