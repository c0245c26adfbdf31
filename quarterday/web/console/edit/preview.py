"""What typed words would look like: with an example, in a frame that can do nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.ports.composer import Composed
from quarterday.services.messages.preview_message import preview_message
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.edit.messages import WordsForm, check_words, say_wrong
from quarterday.web.kit.clock import read_now

# Mails bring their own styles, and nothing of them may run or lead anywhere.
_FRAMED = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src 'self' data:",
        "frame-ancestors 'self'",
        "form-action 'none'",
        "sandbox",
    )
)


@require_POST
@staff_page(StaffPermission.SEE_SETTINGS)
def try_words(request: HttpRequest, staff: Staff, kind: str, language: str) -> HttpResponse:
    """Subject and text of what is typed so far, or what is wrong with it."""
    check_words(kind, language)
    found = _compose(request, staff, kind, language)
    context = {"problem": found} if isinstance(found, str) else {"mail": found}
    return render(request, "console/edit/words_try.html", context)


@require_POST
@staff_page(StaffPermission.SEE_SETTINGS)
def look_at_words(request: HttpRequest, staff: Staff, kind: str, language: str) -> HttpResponse:
    """The page of HTML alone, for a frame."""
    check_words(kind, language)
    found = _compose(request, staff, kind, language)
    # What is wrong stands beside the frame already.
    page = "" if isinstance(found, str) else found.html
    answer = HttpResponse(page)
    answer.headers["Content-Security-Policy"] = _FRAMED
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _compose(request: HttpRequest, staff: Staff, kind: str, language: str) -> Composed | str:
    form = WordsForm(request.POST)
    if not form.is_valid():
        return "A message needs a subject and a text."
    try:
        return preview_message(
            seller=staff.seller,
            kind=kind,
            language=language,
            wording=form.wording(),
            now=read_now(),
        )
    except BillingError as error:
        return say_wrong(error)[1]
