"""The editor of a document's layout, in typst, beside the first pages of a sample."""

from __future__ import annotations

from base64 import b64encode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.ports.document import TryAgain, find_renderer
from quarterday.services.documents.draw_sample import draw_sample
from quarterday.services.documents.save_template import save_template
from quarterday.store.models import DocumentKind
from quarterday.store.queries.printed import find_template
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.edit.words import HOME, kind_name
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now


class LayoutForm(forms.Form):
    """The source of a layout."""

    source = forms.CharField(
        label="Layout, in Typst",
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 32, "spellcheck": "false", "class": "e-code"}),
    )

    def text(self) -> str:
        """The source with the line ends of everybody."""
        return str(self.cleaned_data["source"]).replace("\r\n", "\n")


@staff_page(StaffPermission.SEE_SETTINGS)
def edit(request: HttpRequest, staff: Staff, kind: str) -> HttpResponse:
    """The layout of a kind of document; saving makes a version, and issued documents stay."""
    which = _find_kind(kind)
    own = find_template(staff.seller, which)
    house = find_renderer().read_source(which)
    form = LayoutForm(request.POST or None, initial={"source": own.source if own else house})
    can_change = staff.may(StaffPermission.CHANGE_SETTINGS)
    if request.method == "POST" and not can_change:
        messages.error(request, "Your role may look at layouts, and not change them.")
        return HttpResponseRedirect(request.path)
    if request.method == "POST" and form.is_valid():
        source = house if "drop" in request.POST else form.text()
        try:
            save_template(
                seller=staff.seller, kind=which, source=source, now=read_now(), actor=staff.actor
            )
        except BillingError as error:
            form.add_error("source", str(error))
        else:
            messages.success(
                request, "Saved. What is issued from now on looks so; what was issued stays."
            )
            return HttpResponseRedirect(request.path)
    context = {
        "form": form,
        "can_change": can_change,
        "version": own.version if own else 0,
        "is_house": own is None or own.source == house,
        "home": HOME,
    }
    title = f"Layout: {kind_name(which)}"
    return show(request, staff, "console/edit/layout.html", context, title=title)


@require_POST
@staff_page(StaffPermission.SEE_SETTINGS)
def try_layout(request: HttpRequest, staff: Staff, kind: str) -> HttpResponse:
    """The pages of a sample in the layout that is typed so far, or the line that is wrong."""
    which, form = _find_kind(kind), LayoutForm(request.POST)
    context: dict[str, object] = {}
    if not form.is_valid():
        context["problem"] = "The layout is empty."
    else:
        try:
            pages = draw_sample(staff.seller, which, form.text())
            context["pages"] = [b64encode(one).decode() for one in pages]
        except TryAgain as error:
            context["busy"] = str(error)
        except BillingError as error:
            context["problem"] = str(error)
    return render(request, "console/edit/layout_try.html", context)


def _find_kind(kind: str) -> DocumentKind:
    try:
        return DocumentKind(kind)
    except ValueError:
        raise Http404("There is no such document.") from None
