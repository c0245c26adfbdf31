"""Do something for a customer: ask, show what would come of it, and do it once that was seen."""

from __future__ import annotations

import hashlib
import json
from secrets import token_urlsafe
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.lifecycle import IllegalMove
from quarterday.services.effects.do_seen import EffectMoved, do_seen
from quarterday.services.effects.foresee import Effect, foresee
from quarterday.services.errors import Conflict
from quarterday.services.idempotency.find_answer import find_answer
from quarterday.services.idempotency.once import once
from quarterday.store.models import Account
from quarterday.web.console.account.deed import Case, Deed
from quarterday.web.console.account.deeds import find_deed
from quarterday.web.console.account.effects import tell_effect
from quarterday.web.console.account.find import find_account, find_own
from quarterday.web.console.door import Staff, refuse_role, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today

_OURS = ("csrfmiddlewaretoken", "key", "seen")
_SOMEBODY = (
    "Somebody else has just changed something here, so nothing was done. This is what it would "
    "do now."
)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(StaffPermission.SEE_CUSTOMERS)
def act(request: HttpRequest, staff: Staff, account_id: str, code: str) -> HttpResponse:
    """The form of a deed, the panel with its effect, or the deed itself."""
    deed = find_deed(code)
    if deed is None:
        raise Http404("There is no such thing to do.")
    return answer_deed(request, staff, deed, find_account(staff, account_id))


def answer_deed(request: HttpRequest, staff: Staff, deed: Deed, account: Account) -> HttpResponse:
    """One deed for an account of the seller, if the role permits it."""
    if not deed.may(staff):
        return refuse_role(request, staff)
    if request.method == "POST" and (said := _find_done(request, staff, deed)):
        messages.success(request, said)
        return HttpResponseRedirect(deed.home(account))
    subject = _find_subject(request, deed, account)
    key = request.POST.get("key", "")[:40]
    case = Case(staff, account, subject, read_today(staff.seller), read_now(), key)
    if request.method != "POST":
        form = deed.form(case, None, request.GET.dict())
        return _ask(request, deed, case, form) if form.fields else _look(request, deed, case, form)
    return _answer(request, deed, case)


def _answer(request: HttpRequest, deed: Deed, case: Case) -> HttpResponse:
    """What was sent: to be corrected, looked at, or done."""
    if deed.is_outside and case.key and deed.was_done(case):
        return _told_before(request, deed, case)
    form = deed.form(case, request.POST)
    if not form.is_valid():
        return _ask(request, deed, case, form)
    if deed.is_light or request.POST.get("seen"):
        return _do(request, deed, case, form)
    return _look(request, deed, case, form)


def _find_subject(request: HttpRequest, deed: Deed, account: Any) -> Model | None:
    name = request.GET.get("of", "")
    if deed.model is None or (not name and deed.is_subject_optional):
        return None
    return find_own(account, deed.model, name, deed.path)


def _ask(request: HttpRequest, deed: Deed, case: Case, form: forms.Form) -> HttpResponse:
    """The form, with what is wrong beside the fields."""
    context = {
        "deed": deed,
        "case": case,
        "form": form,
        "after": deed.after(case),
        "about": deed.name(case),
        "key": token_urlsafe(16) if deed.is_light else "",
    }
    status = 422 if form.is_bound else 200
    return show(
        request, case.staff, "console/account/ask.html", context, title=deed.label, status=status
    )


def _look(
    request: HttpRequest,
    deed: Deed,
    case: Case,
    form: forms.Form,
    *,
    found: Effect | None = None,
    notice: str = "",
) -> HttpResponse:
    """The panel with the effect; what stands against it is said in the form instead."""
    given = form.cleaned_data if form.is_bound else {}
    try:
        found = found or foresee(case.account, lambda: deed.rehearse(case, given), today=case.today)
    except BillingError as error:
        return _refused(request, deed, case, form, error)
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    back = deed.back(case, given)
    context = {
        "deed": deed,
        "about": deed.name(case),
        "question": deed.question(case, given),
        "effects": [*deed.effects(case, given), *_tell(found, deed, case)],
        "verb": deed.verb(case, given),
        "note": f"The way back: {back}" if back else "",
        "is_danger": deed.is_danger,
        "hidden": [
            *(pair for pair in sent if pair[0] not in _OURS),
            ("key", token_urlsafe(16)),
            ("seen", found.digest),
        ],
        "notice": notice,
        "cancel_url": deed.after(case),
    }
    status = 409 if notice else 200
    return show(
        request, case.staff, "console/account/look.html", context, title=deed.label, status=status
    )


def _tell(found: Effect, deed: Deed, case: Case) -> list[str]:
    return tell_effect(found, case.account, is_discreet=deed.is_discreet)


def _refused(
    request: HttpRequest, deed: Deed, case: Case, form: forms.Form, error: BillingError
) -> HttpResponse:
    """Beside the field that the refusal names, or above the form; without fields, on the page."""
    if not form.fields:
        messages.warning(request, f"This cannot be done: {error}. Nothing was changed.")
        return HttpResponseRedirect(deed.after(case))
    said = str(error)
    named = getattr(error, "field", "") or said.partition(" ")[0].partition(":")[0]
    named = named.removesuffix("_minor")
    field = named if named in form.fields else None
    if field and said.startswith(field) and (label := form.fields[field].label):
        # The field is called as the page calls it.
        said = f"{label}{said.removeprefix(field).removeprefix('_minor')}"
    form.add_error(field, f"{said[:1].upper()}{said[1:]}.")
    return _ask(request, deed, case, form)


def _do(request: HttpRequest, deed: Deed, case: Case, form: forms.Form) -> HttpResponse:
    """What was seen, done once; or the effect as it is now."""
    given, seen = form.cleaned_data, request.POST.get("seen", "")[:64]
    once_only: dict[str, Any] = {
        "caller": _caller(case.staff),
        "key": _key(request, deed),
        "input": deed.code,
        "now": case.now,
    }
    try:
        if deed.is_outside:
            said = _do_outside(deed, case, given, seen)
        elif deed.is_light:
            said = str(once(work=lambda: deed.do(case, given), **once_only))
        else:
            said = do_seen(
                case.account,
                lambda: deed.do(case, given),
                seen=seen,
                today=case.today,
                rehearse=lambda: deed.rehearse(case, given),
                **once_only,
            )
    except EffectMoved as moved:
        if deed.is_outside and deed.was_done(case):
            return _told_before(request, deed, case)
        return _look(request, deed, case, form, found=moved.foreseen, notice=_SOMEBODY)
    except (Conflict, IllegalMove) as error:
        if deed.is_outside and deed.was_done(case):
            return _told_before(request, deed, case)
        said = "Somebody else has just changed something here, so nothing was done"
        messages.warning(request, f"{said}: {error}.")
        return HttpResponseRedirect(deed.after(case))
    except BillingError as error:
        return _refused(request, deed, case, form, error)
    messages.success(request, said)
    return HttpResponseRedirect(deed.after(case))


def _told_before(request: HttpRequest, deed: Deed, case: Case) -> HttpResponse:
    """The same form came twice, maybe at the same instant; nobody is asked to do it once more."""
    messages.info(request, "This form was sent before, so nothing was done again.")
    return HttpResponseRedirect(deed.after(case))


def _do_outside(deed: Deed, case: Case, given: dict[str, Any], seen: str) -> str:
    """A deed whose services know by the key that it was done."""
    found = foresee(case.account, lambda: deed.rehearse(case, given), today=case.today)
    if found.digest != seen:
        raise EffectMoved(found)
    return deed.do(case, given)


def _find_done(request: HttpRequest, staff: Staff, deed: Deed) -> str:
    """What was said when this very form was sent before; nothing where it was not."""
    if not request.POST.get("key"):
        return ""
    return str(find_answer(caller=_caller(staff), key=_key(request, deed)) or "")


def _caller(staff: Staff) -> str:
    return f"console {staff.actor}"


def _key(request: HttpRequest, deed: Deed) -> str:
    """A form's own key with what was sent, so that one form filled in anew is something new."""
    sent = [(name, values) for name, values in request.POST.lists() if name not in _OURS]
    said = [deed.code, request.get_full_path(), request.POST.get("key", "")[:40], sorted(sent)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def deed_url(account_id: str, code: str, of: str = "") -> str:
    """Where something is done."""
    url = reverse("console:act", args=[account_id, code])
    return f"{url}?of={of}" if of else url
