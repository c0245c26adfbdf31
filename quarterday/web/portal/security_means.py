"""The second step and the passkeys of a user."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from quarterday.core.errors import BillingError
from quarterday.core.throttle import CONFIRM_USER
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.users.count_tries import count_tries
from quarterday.services.users.passkeys import (
    add_passkey,
    begin_passkey,
    remove_passkey,
    rename_passkey,
)
from quarterday.services.users.second_step import (
    list_means,
    new_secret,
    read_recovery_codes,
    renew_recovery_codes,
    show_secret,
    start_second_step,
    stop_second_step,
)
from quarterday.web.kit.access import UserRequest, resolve_seller
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.factor import note_second_factor
from quarterday.web.kit.slow_down import slow_down
from quarterday.web.portal.confirm import HOME, proved_page
from quarterday.web.portal.sign_in import CodeForm, read_credential, refuse_passkey

SECRET_KEY = "new_app_secret"
CODES = "/security/recovery-codes/"


class NameForm(forms.Form):
    """What the user calls a passkey."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Such as the device that keeps it: work laptop, phone."),
    )


@proved_page
def start_step(request: UserRequest) -> HttpResponse:
    """Show the secret to an app, and turn the second step on when it shows the right code."""
    resolve_seller(request)
    if list_means(request.user).app:
        return HttpResponseRedirect("/security/two-step/off/")
    secret = request.session.setdefault(SECRET_KEY, new_secret())
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        if wait := count_tries({CONFIRM_USER: (request.user.public_id,)}, now=read_now()):
            return slow_down(request, wait)
        code = form.cleaned_data["code"]
        try:
            start_second_step(user=request.user, secret=secret, code=code, now=read_now())
        except Conflict:
            return HttpResponseRedirect(HOME)
        except BillingError:
            form.add_error("code", _("This code is not right. Type the newest one your app shows."))
        else:
            del request.session[SECRET_KEY]
            note_second_factor(request)
            messages.success(
                request, _("Two steps are on. From now on, signing in asks for a code, too.")
            )
            return HttpResponseRedirect(CODES)
    url, picture = show_secret(request.user, secret)
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {"form": form, "url": url, "picture": picture, "secret": secret, "spaced": spaced}
    return render(request, "access/start_step.html", context, status=422 if form.errors else 200)


@proved_page
def stop_step(request: UserRequest) -> HttpResponse:
    """Turn the second step off, after saying what that means."""
    if request.method == "POST":
        stop_second_step(user=request.user, now=read_now())
        messages.success(request, _("Two steps are off. The recovery codes have ended, too."))
        return HttpResponseRedirect(HOME)
    resolve_seller(request)
    return render(request, "access/stop_step.html")


@proved_page
def recovery_codes(request: UserRequest) -> HttpResponse:
    """The codes that are left; new ones on request."""
    if request.method == "POST":
        renew_recovery_codes(user=request.user, now=read_now())
        messages.success(request, _("These are new recovery codes. The old ones have ended."))
        return HttpResponseRedirect(CODES)
    resolve_seller(request)
    codes = [f"{code[:4]} {code[4:]}" for code in read_recovery_codes(request.user)]
    return render(request, "access/recovery_codes.html", {"codes": codes})


@proved_page
@require_safe
def download_codes(request: UserRequest) -> HttpResponse:
    """The recovery codes as a file."""
    text = "\n".join(read_recovery_codes(request.user)) + "\n"
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="recovery-codes.txt"'},
    )


@proved_page
def new_passkey(request: UserRequest) -> HttpResponse:
    """Have the browser make a passkey, and keep it."""
    resolve_seller(request)
    count = len(list_means(request.user).passkeys)
    form = NameForm(request.POST or None, initial={"name": _("Passkey %d") % (count + 1)})
    if form.is_bound and form.is_valid():
        try:
            add_passkey(
                user=request.user,
                name=form.cleaned_data["name"],
                credential=read_credential(request),
                now=read_now(),
            )
        except BillingError:
            return refuse_passkey(request, "/security/passkeys/new/")
        note_second_factor(request)
        messages.success(request, _("The passkey is added. You can sign in with it from now on."))
        return HttpResponseRedirect(HOME)
    return render(request, "access/new_passkey.html", {"form": form})


@proved_page
@require_safe
def passkey_options(request: UserRequest) -> HttpResponse:
    """What the browser needs to make a passkey."""
    return JsonResponse(begin_passkey(request.user))


@proved_page
def passkey_page(request: UserRequest, key: int) -> HttpResponse:
    """Rename a passkey, or remove it."""
    row = next((one for one in list_means(request.user).passkeys if one.pk == key), None)
    if row is None:
        raise Http404
    resolve_seller(request)
    form = NameForm(request.POST or None, initial={"name": row.wrap().name})
    if request.method == "POST":
        try:
            if "remove" in request.POST:
                remove_passkey(user=request.user, key=key, now=read_now())
                messages.success(request, _("The passkey is removed."))
                return HttpResponseRedirect(HOME)
            if form.is_valid():
                rename_passkey(user=request.user, key=key, name=form.cleaned_data["name"])
                messages.success(request, _("The passkey is renamed."))
                return HttpResponseRedirect(HOME)
        except NotFound:
            raise Http404 from None
    context = {"form": form, "passkey": row, "name": row.wrap().name}
    return render(request, "access/passkey.html", context, status=422 if form.errors else 200)
