"""The editor of a message's words: subject, text, and a page of HTML if one likes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.message import KINDS, list_fields
from quarterday.ports.composer import Wording, find_composer
from quarterday.services.messages.find_wording import find_wording
from quarterday.services.messages.save_template import drop_template, save_template
from quarterday.store.models import MessageTemplate
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.edit.words import HOME, kind_name
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.headers import POLICY

_CODE = {"spellcheck": "false", "class": "e-code"}


class WordsForm(forms.Form):
    """What a message says."""

    title = forms.CharField(label="Subject", max_length=500)
    text = forms.CharField(
        label="Text", widget=forms.Textarea(attrs={"rows": 16, **_CODE}), strip=False
    )
    html = forms.CharField(
        label="HTML",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, **_CODE}),
        help_text="Empty: made from the text, in the seller's colours.",
    )

    def wording(self) -> Wording:
        """What was typed, with the line ends of everybody."""
        given = self.cleaned_data
        return Wording(*(given[name].replace("\r\n", "\n") for name in Wording._fields))


def say_wrong(error: BillingError) -> tuple[str | None, str]:
    """Which field is wrong, and why, with the field called as the page calls it."""
    said = str(error)
    name = said.partition(":")[0].partition(",")[0]
    field = WordsForm.base_fields.get(name)
    if field is not None:
        said = f"{field.label}{said.removeprefix(name)}"
    return name if field else None, f"{said[:1].upper()}{said[1:]}."


def check_words(kind: str, language: str) -> None:
    """There are such words; 404 otherwise."""
    if kind not in KINDS or language not in find_composer().list_languages():
        raise Http404("There is no such message.")


@staff_page(StaffPermission.SEE_SETTINGS)
def edit(request: HttpRequest, staff: Staff, kind: str, language: str) -> HttpResponse:
    """The words, beside what a customer would read."""
    check_words(kind, language)
    found = find_wording(seller_id=staff.seller.id, kind=kind, language=language)
    initial = dict(zip(("title", "text", "html"), found.wording, strict=True))
    form = WordsForm(request.POST or None, initial=initial)
    can_change = staff.may(StaffPermission.CHANGE_SETTINGS)
    if request.method == "POST" and not can_change:
        messages.error(request, "Your role may look at words, and not change them.")
        return HttpResponseRedirect(request.path)
    if request.method == "POST" and _save(request, staff, kind, language, form):
        return HttpResponseRedirect(request.path)
    rows = MessageTemplate.objects.filter(
        seller=staff.seller, kind=kind, language=language, channel="mail"
    )
    context = {
        "form": form,
        "can_change": can_change,
        "version": found.version,
        "versions": list(rows.order_by("-version")[:10]),
        "groups": list_fields(kind),
        "languages": find_composer().list_languages(),
        "language": language,
        "kind": kind,
        "home": HOME,
    }
    answer = show(request, staff, "console/edit/words.html", context, title=kind_name(kind))
    # The preview stands in a frame of its own, with a policy of its own.
    answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return answer


def _save(request: HttpRequest, staff: Staff, kind: str, language: str, form: WordsForm) -> bool:
    where: dict[str, Any] = {"seller": staff.seller, "kind": kind, "language": language}
    try:
        if "drop" in request.POST:
            drop_template(**where, now=read_now(), actor=staff.actor)
            messages.success(request, "The words of the house are used again.")
            return True
        if form.is_valid():
            save_template(**where, wording=form.wording(), now=read_now(), actor=staff.actor)
            messages.success(request, "Saved. Every message from now on says this.")
            return True
    except BillingError as error:
        form.add_error(*say_wrong(error))
    return False
