"""Add, change and remove those who get an account's messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from quarterday.core.access import Permission
from quarterday.core.errors import BillingError
from quarterday.core.message import Topic
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.accounts.change_contact import change_contact
from quarterday.services.accounts.check_reached import NobodyReached
from quarterday.services.accounts.remove_contact import remove_contact
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.inputs import check_text
from quarterday.services.messages.mark_address import clear_mark
from quarterday.store.models import AddressMark, Contact
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now
from quarterday.web.portal.contacts_list import TOPICS, choose_topics, tell_kinds, tidy_kinds

_MOST = 50


class ContactForm(forms.Form):
    """Where a contact is reached, and what it gets."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Please fill this in."),
            "invalid": gettext_lazy("Write an address such as name@example.com."),
        },
    )

    def clean_name(self) -> str:
        """The name as it can be printed."""
        name: str = self.cleaned_data["name"]
        try:
            return check_text(name, "name") if name else ""
        except BillingError:
            raise forms.ValidationError(
                _("It holds a character that cannot be printed. Type it again.")
            ) from None


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.MANAGE_CONTACTS)
def add(request: AccountRequest) -> HttpResponse:
    """A new contact; it gets everything but news unless something else is chosen."""
    if request.account.contacts.count() >= _MOST:
        messages.warning(request, _("There are enough contacts. Remove one to add another."))
        return _to_profile()
    if request.method != "POST":
        chosen = [str(topic) for topic in Topic if topic is not Topic.NEWS]
        return _show(request, ContactForm(), chosen)
    form, chosen = ContactForm(request.POST), request.POST.getlist("kinds")
    if form.is_valid():
        email = form.cleaned_data["email"].lower()
        if request.account.contacts.filter(email=email).exists():
            form.add_error("email", _("There is a contact with this address. Change that one."))
        else:
            return _save(request, form, chosen)
    return _show(request, form, chosen, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.MANAGE_CONTACTS)
def edit(request: AccountRequest, public_id: str) -> HttpResponse:
    """Another address, name or choice for a contact."""
    contact = _find(request, public_id)
    if request.method != "POST":
        initial = {"name": contact.name, "email": contact.email}
        kinds = contact.kinds or [str(topic) for topic in Topic if topic is not Topic.NEWS]
        return _show(request, ContactForm(initial=initial), kinds, contact)
    form, chosen = ContactForm(request.POST), request.POST.getlist("kinds")
    if form.is_valid():
        return _save(request, form, chosen, contact)
    return _show(request, form, chosen, contact, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.MANAGE_CONTACTS)
def remove(request: AccountRequest, public_id: str) -> HttpResponse:
    """Ask, then remove a contact."""
    if request.method != "POST":
        contact = _find(request, public_id)
        is_last = request.account.contacts.count() == 1
        context = {"contact": contact, "is_last": is_last, "gets": tell_kinds(contact.kinds)}
        return render(request, "portal/contact_remove.html", context)
    try:
        removed = remove_contact(
            account_id=request.account.id,
            public_id=public_id,
            now=read_now(),
            actor=request.user.public_id,
        )
    except NobodyReached as error:
        messages.warning(request, _say_nobody(error))
        return _to_profile()
    if not removed:
        raise Http404(_("There is no such contact."))
    messages.success(request, _("The contact was removed. It gets no more messages."))
    return _to_profile()


@require_POST
@account_page(Permission.MANAGE_CONTACTS)
def try_again(request: AccountRequest, public_id: str) -> HttpResponse:
    """Let mail go once more to an address from which it came back; complaints stay."""
    contact = _find(request, public_id)
    rows = AddressMark.objects.filter(address=contact.email, reason="bounced")
    try:
        if rows.exists():
            clear_mark(address=contact.email, now=read_now(), actor=request.user.public_id)
    except NotFound:
        pass
    messages.success(request, _("We send mail to this address again, beginning with the next."))
    return _to_profile()


def _find(request: AccountRequest, public_id: str) -> Contact:
    contact = request.account.contacts.filter(public_id=public_id).first()
    if contact is None:
        raise Http404(_("There is no such contact."))
    return contact


def _save(
    request: AccountRequest, form: ContactForm, asked: list[str], contact: Contact | None = None
) -> HttpResponse:
    """Write what was chosen; what cannot be is said beside the form."""
    kinds = tidy_kinds(asked)
    chosen = asked if kinds or asked else []
    if not asked:
        form.add_error(None, _("Choose at least one thing that this contact gets."))
        return _show(request, form, chosen, contact, status=422)
    details: dict[str, Any] = {
        "account_id": request.account.id,
        "email": form.cleaned_data["email"],
        "name": form.cleaned_data["name"],
        "kinds": kinds,
        "now": read_now(),
        "actor": request.user.public_id,
    }
    try:
        if contact is None:
            add_contact(**details, must_reach=True)
        else:
            change_contact(**details, public_id=contact.public_id)
    except NobodyReached as error:
        form.add_error(None, _say_nobody(error))
    except Conflict:
        form.add_error("email", _("Another contact has this address. Change that one."))
    except BillingError:
        form.add_error(None, _("This could not be saved. Nothing was changed; look at it again."))
    else:
        messages.success(request, _("Saved."))
        return _to_profile()
    return _show(request, form, chosen, contact, status=422)


def _say_nobody(error: NobodyReached) -> str:
    word = str(TOPICS[Topic(error.topic)][0])
    return _(
        "Then nobody would get messages about “%(topic)s”, which have to reach somebody. "
        "Let this contact or another one have them."
    ) % {"topic": word}


def _show(
    request: AccountRequest,
    form: ContactForm,
    chosen: list[str],
    contact: Contact | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "topics": choose_topics(chosen), "contact": contact}
    return render(request, "portal/contact_edit.html", context, status=status)


def _to_profile() -> HttpResponse:
    return HttpResponseRedirect(reverse("portal:profile") + "#contacts")
