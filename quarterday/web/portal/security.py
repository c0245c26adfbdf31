"""How a user signs in: name, address, password, and where they are signed in."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from quarterday.core.errors import BillingError
from quarterday.core.limits import find_unprintable
from quarterday.core.throttle import ADDRESS_USER
from quarterday.services.users.change_address import (
    ask_address_change,
    confirm_address,
    read_address_token,
)
from quarterday.services.users.change_user import change_user
from quarterday.services.users.count_tries import count_tries
from quarterday.services.users.record_sign_in import end_sign_ins
from quarterday.services.users.second_step import list_means
from quarterday.services.users.set_password import check_password, set_password
from quarterday.store.queries.people import list_sign_ins
from quarterday.web.kit.access import UserRequest, resolve_seller, user_page
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.sign_in import renew_session, session_key, set_language
from quarterday.web.kit.slow_down import slow_down
from quarterday.web.portal.confirm import HOME, proved_page


class UserForm(forms.Form):
    """What a user is called, and the language of the pages."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def clean_name(self) -> str:
        """The name as it can be printed."""
        name: str = self.cleaned_data["name"]
        if find_unprintable(name):
            raise forms.ValidationError(
                _("It holds a character that cannot be printed. Type it again.")
            )
        return name


class NewAddressForm(forms.Form):
    """Another address to sign in with."""

    email = forms.EmailField(
        label=gettext_lazy("New email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    """A password to sign in with from now on."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=1000,
        strip=False,
        help_text=gettext_lazy(
            "At least 10 characters. Several words that only you would put together are best."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )


@user_page
def security(request: UserRequest) -> HttpResponse:
    """Everything about the user's own sign-in on one page."""
    user = request.user
    form = UserForm(
        request.POST or None,
        initial={"name": user.name, "language": user.language or request.LANGUAGE_CODE},
    )
    if form.is_bound and form.is_valid():
        change_user(user=user, now=read_now(), **form.cleaned_data)
        messages.success(request, _("Your name and language are saved."))
        response = HttpResponseRedirect(HOME)
        set_language(response, user.language)
        return response
    resolve_seller(request)
    here = session_key(request)
    context = {
        "form": form,
        "means": list_means(user),
        "has_password": user.has_usable_password(),
        "sign_ins": [
            {"row": row, "is_here": row.session_key == here} for row in list_sign_ins(user.id)
        ],
    }
    return render(request, "access/security.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("password")
@proved_page
def password(request: UserRequest) -> HttpResponse:
    """Set a password; every other browser is signed out by it."""
    form = NewPasswordForm(request.POST or None)
    if form.is_bound and form.is_valid():
        new = form.cleaned_data["password"]
        problems = check_password(request.user, new)
        if not problems:
            set_password(
                user=request.user, password=new, now=read_now(), actor=request.user.public_id
            )
            renew_session(request, request.user)
            end_sign_ins(
                user=request.user,
                now=read_now(),
                actor=request.user.public_id,
                keep=[session_key(request)],
            )
            messages.success(
                request, _("Your password is set. You are signed out everywhere else.")
            )
            return HttpResponseRedirect(HOME)
        for problem in problems:
            form.add_error("password", problem)
    context = {"form": form, "has_password": request.user.has_usable_password()}
    return render(request, "access/password.html", context, status=422 if form.errors else 200)


@proved_page
def address(request: UserRequest) -> HttpResponse:
    """Ask for another address to sign in with; it holds once that address has confirmed it."""
    form = NewAddressForm(request.POST or None)
    if form.is_bound and form.is_valid():
        if wait := count_tries({ADDRESS_USER: (request.user.public_id,)}, now=read_now()):
            return slow_down(request, wait)
        new = form.cleaned_data["email"].lower()
        if new == request.user.email:
            form.add_error("email", _("You sign in with this address already."))
        else:
            ask_address_change(user=request.user, email=new, now=read_now())
            messages.info(
                request,
                _(
                    "A mail is on its way to %(email)s. Your address changes when you open the "
                    "link in it and confirm."
                )
                % {"email": new},
            )
            return HttpResponseRedirect(HOME)
    return render(
        request, "access/address.html", {"form": form}, status=422 if form.errors else 200
    )


def confirm_new_address(request: UserRequest, token: str) -> HttpResponse:
    """The page that the mailed link opens, signed in or not: a button, then the change."""
    resolve_seller(request)
    try:
        if request.method == "POST":
            user = confirm_address(token=token, now=read_now())
            messages.success(
                request, _("From now on you sign in with %(email)s.") % {"email": user.email}
            )
            return HttpResponseRedirect(HOME)
        asked = read_address_token(token, now=read_now())
    except BillingError:
        context = {
            "title": _("This link does not work any more"),
            "text": _(
                "It has expired, or your address was changed since, or somebody else signs in "
                "with the new one. Nothing has changed now."
            ),
            "url": "/security/address/",
            "action": _("Ask for the change again"),
        }
        return render(request, "kit/problem.html", context, status=410)
    return render(request, "access/confirm_address.html", {"asked": asked})


@require_POST
@user_page
def end_one(request: UserRequest, sign_in: str) -> HttpResponse:
    """Sign out of one browser."""
    if end_sign_ins(user=request.user, now=read_now(), actor=request.user.public_id, only=sign_in):
        messages.success(request, _("That browser is signed out."))
    return HttpResponseRedirect(HOME)


@require_POST
@user_page
def end_others(request: UserRequest) -> HttpResponse:
    """Sign out of every browser but this one, and end the links that were mailed."""
    end_sign_ins(
        user=request.user,
        now=read_now(),
        actor=request.user.public_id,
        keep=[session_key(request)],
    )
    messages.success(request, _("You are signed out everywhere else."))
    return HttpResponseRedirect(HOME)
