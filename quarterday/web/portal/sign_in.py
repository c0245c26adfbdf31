"""Sign in: by password, by a mailed link, by passkey; and the second step."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.throttle import (
    PASSKEY_NETWORK,
    PASSWORD_ADDRESS,
    PASSWORD_HERE,
    PASSWORD_NETWORK,
    STEP_USER,
    network_of,
)
from quarterday.services.users.count_tries import count_tries, forgive_tries
from quarterday.services.users.find_by_password import find_by_password
from quarterday.services.users.passkeys import ask_passkey, check_passkey
from quarterday.services.users.record_sign_in import end_sign_ins
from quarterday.services.users.request_sign_in_link import request_sign_in_link
from quarterday.services.users.second_step import check_code, list_means
from quarterday.store.models import User
from quarterday.web.kit.access import resolve_seller, safe_next, seller_of_host
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.sign_in import (
    PENDING_KEY,
    client_address,
    finish_pending,
    pending_user,
    sign_in_user,
)
from quarterday.web.kit.slow_down import slow_down

SET_PASSWORD = "/security/password/"


class AddressForm(forms.Form):
    """The address that a link is mailed to."""

    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class SignInForm(AddressForm):
    """Address and password."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """A code of an authenticator app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The first page of all: address and password, or one of the other ways."""
    next_url = safe_next(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_url)
    resolve_seller(request)
    request.session.pop(PENDING_KEY, None)
    form = SignInForm(request.POST or None)
    if form.is_bound and form.is_valid():
        email, network = form.cleaned_data["email"], network_of(client_address(request))
        wait = count_tries(
            {
                PASSWORD_HERE: (email, network),
                PASSWORD_ADDRESS: (email,),
                PASSWORD_NETWORK: (network,),
            },
            now=read_now(),
        )
        if wait:
            return slow_down(request, wait)
        user = find_by_password(email=email, password=form.cleaned_data["password"])
        if user is not None:
            forgive_tries(PASSWORD_HERE, email, network)
            return sign_in_user(request, user, method="password", next_url=next_url)
        form.add_error(
            None,
            _(
                "This address and password do not belong together. Check both, or have a link "
                "mailed to you instead."
            ),
        )
    return _page(request, "sign_in", form, next=next_url)


def mail_link(request: HttpRequest) -> HttpResponse:
    """Mail a link; the answer is the same whoever has the address, and whether anybody has."""
    resolve_seller(request)
    is_for_password = "password" in (request.GET.get("for"), request.POST.get("for"))
    next_url = SET_PASSWORD if is_for_password else safe_next(request)
    form = AddressForm(request.POST or None)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"]
        wait = request_sign_in_link(
            email=email,
            network=network_of(client_address(request)),
            now=read_now(),
            destination=next_url,
            seller=seller_of_host(request),
        )
        if wait:
            return slow_down(request, wait)
        return _page(
            request, "link_sent", form, email=email, next=next_url, is_for_password=is_for_password
        )
    return _page(request, "mail_link", form, next=next_url, is_for_password=is_for_password)


def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the app, for those who have done the first step."""
    resolve_seller(request)
    user = pending_user(request)
    if user is None:
        return HttpResponseRedirect("/sign-in/")
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        if wait := count_tries({STEP_USER: (user.public_id,)}, now=read_now()):
            return slow_down(request, wait)
        if check_code(user=user, code=form.cleaned_data["code"], now=read_now()):
            forgive_tries(STEP_USER, user.public_id)
            return finish_pending(request, user)
        form.add_error("code", _("This code is not right. Type the newest one your app shows."))
    return _page(request, "second_step", form, has_passkey=bool(list_means(user).passkeys))


def passkey(request: HttpRequest) -> HttpResponse:
    """What a browser needs to show a passkey, and its answer."""
    user, network = pending_user(request), network_of(client_address(request))
    # Asking counts too: each challenge is kept in a session.
    if wait := count_tries({PASSKEY_NETWORK: (network,)}, now=read_now()):
        return slow_down(request, wait)
    if request.method != "POST":
        return JsonResponse(ask_passkey(user))
    found = check_passkey(credential=read_credential(request), now=read_now(), user=user)
    if found is not None and user is not None:
        return finish_pending(request, found)
    if found is not None:
        return sign_in_user(request, found, method="passkey", next_url=safe_next(request))
    resolve_seller(request)
    return refuse_passkey(request, "/sign-in/")


def read_credential(request: HttpRequest) -> Any:
    """What a browser answered; None when it is not even JSON."""
    try:
        return json.loads(request.POST.get("credential", ""))
    except (ValueError, RecursionError):
        return None


def refuse_passkey(request: HttpRequest, back: str) -> HttpResponse:
    """Say that a passkey did not fit, and how else to go on."""
    context = {
        "title": _("This passkey did not work"),
        "text": _("It may belong to another address, or the page was open for too long."),
        "url": back,
        "action": _("Try again"),
    }
    return render(request, "kit/problem.html", context, status=422)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session of this browser."""
    user, key = request.user, request.session.session_key
    if isinstance(user, User) and key is not None:
        end_sign_ins(user=user, now=read_now(), actor=user.public_id, only_key=key)
    logout(request)
    return HttpResponseRedirect("/sign-in/out/")


@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """The page after signing out."""
    resolve_seller(request)
    return render(request, "access/signed_out.html")


def _page(request: HttpRequest, name: str, form: forms.Form, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, f"access/{name}.html", {"form": form, **context}, status=status)
