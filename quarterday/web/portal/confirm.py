"""Ask who it is once more before something about the sign-in changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from quarterday.core.throttle import CONFIRM_USER, network_of
from quarterday.services.users.count_tries import count_tries, forgive_tries
from quarterday.services.users.find_by_password import find_by_password
from quarterday.services.users.passkeys import ask_passkey, check_passkey
from quarterday.services.users.request_sign_in_link import request_sign_in_link
from quarterday.services.users.second_step import check_code, list_means
from quarterday.web.kit.access import UserRequest, safe_next, seller_of_host, user_page
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.factor import note_second_factor
from quarterday.web.kit.sign_in import client_address, has_proof, note_proof
from quarterday.web.kit.slow_down import slow_down
from quarterday.web.portal.sign_in import CodeForm, read_credential, refuse_passkey

View = TypeVar("View", bound=Callable[..., HttpResponse])
HOME = "/security/"


class PasswordForm(forms.Form):
    """The password that holds now."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


def proved_page(view: View) -> View:
    """A page for a user who has proved who they are within the last minutes."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_proof(request):
            return view(request, *args, **kwargs)
        return HttpResponseRedirect(f"/security/confirm/?{urlencode({'next': request.path})}")

    return cast(View, user_page(guarded))


@sensitive_post_parameters("password")
@user_page
def confirm(request: UserRequest) -> HttpResponse:
    """Ask for a code where there is a second step, else for the password; passkeys always do."""
    next_url = safe_next(request, HOME)
    means = list_means(request.user)
    kind = "code" if means.app else "password" if request.user.has_usable_password() else "link"
    form = (CodeForm if kind == "code" else PasswordForm)(request.POST or None)
    if form.is_bound and kind != "link" and form.is_valid():
        if wait := count_tries({CONFIRM_USER: (request.user.public_id,)}, now=read_now()):
            return slow_down(request, wait)
        if _is_right(request, form):
            if kind == "code":
                note_second_factor(request)
            return _go_on(request, next_url)
        form.add_error(
            kind,
            _("This code is not right. Type the newest one your app shows.")
            if kind == "code"
            else _("This is not your password."),
        )
    context = {
        "form": form,
        "kind": kind,
        "has_passkey": bool(means.passkeys),
        "next": next_url,
    }
    return render(request, "access/confirm.html", context, status=422 if form.errors else 200)


@user_page
def confirm_by_passkey(request: UserRequest) -> HttpResponse:
    """What a browser needs to show a passkey of this user, and its answer."""
    if request.method != "POST":
        return JsonResponse(ask_passkey(request.user))
    credential = read_credential(request)
    if check_passkey(credential=credential, now=read_now(), user=request.user) is None:
        return refuse_passkey(request, "/security/confirm/")
    note_second_factor(request)
    return _go_on(request, safe_next(request, HOME))


@require_POST
@user_page
def confirm_by_link(request: UserRequest) -> HttpResponse:
    """Mail a link that signs in anew, and leads on to where the user was going."""
    next_url = safe_next(request, HOME)
    wait = request_sign_in_link(
        email=request.user.email,
        network=network_of(client_address(request)),
        now=read_now(),
        destination=next_url,
        seller=seller_of_host(request),
    )
    if wait:
        return slow_down(request, wait)
    context = {"email": request.user.email, "next": next_url, "is_confirmation": True}
    return render(request, "access/link_sent.html", context)


def _is_right(request: UserRequest, form: forms.Form) -> bool:
    user, given = request.user, form.cleaned_data
    if "code" in given:
        return check_code(user=user, code=given["code"], now=read_now())
    return find_by_password(email=user.email, password=given["password"]) == user


def _go_on(request: UserRequest, next_url: str) -> HttpResponse:
    forgive_tries(CONFIRM_USER, request.user.public_id)
    note_proof(request)
    return HttpResponseRedirect(next_url)
