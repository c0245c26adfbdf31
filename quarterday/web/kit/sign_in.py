"""Begin, finish and prove a sign-in; sessions as the browser sees them."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.messages import info
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from quarterday.services.users.record_sign_in import move_sign_in, record_sign_in
from quarterday.services.users.second_step import has_second_step
from quarterday.store.models import User
from quarterday.web.kit.access import SEEN_KEY
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.context import LANGUAGE_COOKIE
from quarterday.web.kit.device import name_device
from quarterday.web.kit.factor import note_second_factor

PENDING_KEY = "pending_sign_in"
PROVED_KEY = "proved_at"
PENDING_SECONDS = 15 * 60
PROOF_SECONDS = 15 * 60
BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in_user(
    request: HttpRequest, user: User, *, method: str = "link", next_url: str = "/"
) -> HttpResponse:
    """Sign a user in, or ask for the second step where they have one. Answer with what it returns.

    ``method`` is how they proved who they are: ``password``, ``link``, ``order`` or ``passkey``,
    which is two factors in one and needs no second step. ``next_url`` was checked before.
    """
    if not user.is_active:
        info(request, _("This sign-in does not work at present. Please ask us for help."))
        return HttpResponseRedirect(settings.LOGIN_URL)
    if method != "passkey" and has_second_step(user):
        # A session that somebody planted must not carry the first step to them.
        request.session.cycle_key()
        request.session[PENDING_KEY] = {
            "user": user.pk,
            "method": method,
            "next": next_url,
            "at": read_now().timestamp(),
        }
        return HttpResponseRedirect("/sign-in/code/")
    return finish_sign_in(request, user, method=method, next_url=next_url)


def pending_user(request: HttpRequest) -> User | None:
    """Who has done the first step in this browser, not long ago."""
    pending = request.session.get(PENDING_KEY)
    if not pending or read_now().timestamp() - pending["at"] > PENDING_SECONDS:
        request.session.pop(PENDING_KEY, None)
        return None
    return User.objects.filter(pk=pending["user"], is_active=True).first()


def finish_pending(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in the user who has done the second step too."""
    pending = request.session.pop(PENDING_KEY)
    answer = finish_sign_in(request, user, method=pending["method"], next_url=pending["next"])
    note_second_factor(request)
    return answer


def finish_sign_in(request: HttpRequest, user: User, *, method: str, next_url: str) -> HttpResponse:
    """Give the browser a new session of the user, and remember it in the list of sign-ins."""
    request.session.pop(PENDING_KEY, None)
    # Changes the key of the session, so that one that was planted before is worth nothing.
    login(request, user, backend=BACKEND)
    now = read_now()
    request.session[PROVED_KEY] = request.session[SEEN_KEY] = now.timestamp()
    if method == "passkey":
        note_second_factor(request)
    record_sign_in(
        user=user,
        session_key=session_key(request),
        method=method,
        device=name_device(request.headers.get("User-Agent", "")),
        now=now,
    )
    response = HttpResponseRedirect(next_url)
    if user.language:
        set_language(response, user.language)
    return response


def renew_session(request: HttpRequest, user: User) -> None:
    """Keep this browser signed in after the password changed, under a new key."""
    old = session_key(request)
    update_session_auth_hash(request, user)
    move_sign_in(old_key=old, new_key=session_key(request))


def note_proof(request: HttpRequest) -> None:
    """Remember that somebody has just proved who they are."""
    request.session[PROVED_KEY] = read_now().timestamp()


def has_proof(request: HttpRequest) -> bool:
    """Whether they did so not long ago."""
    at: float = request.session.get(PROVED_KEY, 0)
    return read_now().timestamp() - at < PROOF_SECONDS


def session_key(request: HttpRequest) -> str:
    """The key of the session, which is made if there is none."""
    if request.session.session_key is None:
        request.session.save()
    return cast(str, request.session.session_key)


def set_language(response: HttpResponse, language: str) -> None:
    """Show the pages in a language from the next one on."""
    options: dict[str, Any] = {"secure": settings.SESSION_COOKIE_SECURE, "samesite": "Lax"}
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=365 * 24 * 3600, httponly=True, **options
    )


def client_address(request: HttpRequest) -> str:
    """Where a request came from: behind a proxy, the address that the proxy nearest to us saw."""
    if settings.SECURE_PROXY_SSL_HEADER:
        chain = request.headers.get("X-Forwarded-For", "").split(",")
        if seen := chain[-1].strip():
            return seen
    return str(request.META.get("REMOTE_ADDR", ""))
