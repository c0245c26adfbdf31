"""The editor of a policy of reminders: a line of time to drag on, and rows to type in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from quarterday.core.access import StaffPermission
from quarterday.core.dunning import POLICIES, DunningPolicy, read_policy
from quarterday.core.errors import BillingError
from quarterday.services.dunning.choose_policy import choose_policy
from quarterday.services.dunning.save_policy import retire_policy, save_policy
from quarterday.store.models import Dunning, DunningStatus, Seller
from quarterday.store.queries.dunning_policies import list_policies
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.edit.policy_form import (
    PolicyForm,
    StepForm,
    StepFormSet,
    start_from,
    to_policy,
)
from quarterday.web.console.edit.timeline import ACTIONS, draw_policy, foresee_example, say_problem
from quarterday.web.console.edit.words import HOME, find_used
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today


@staff_page(StaffPermission.SEE_SETTINGS)
def edit(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """One policy: as it is, and as it is to be."""
    policy = list_policies(staff.seller).get(code)
    if policy is None:
        raise Http404("There is no such policy.")
    if request.method == "POST" and "retire" in request.POST:
        return _retire(request, staff, code)
    return _edit(request, staff, policy, is_new=False)


@staff_page(StaffPermission.CHANGE_SETTINGS)
def new(request: HttpRequest, staff: Staff) -> HttpResponse:
    """A policy of one's own, which begins as the standard one."""
    return _edit(request, staff, POLICIES["standard"], is_new=True)


def _edit(
    request: HttpRequest, staff: Staff, policy: DunningPolicy, *, is_new: bool
) -> HttpResponse:
    seller = staff.seller
    initial, rows = start_from(policy, seller.currency)
    if is_new:
        initial |= {"code": "", "name": ""}
    head = PolicyForm(request.POST or None, initial=initial)
    steps = StepFormSet(request.POST or None, initial=rows, prefix="steps")
    if not is_new:
        head.fields["code"].disabled = True
    can_change = staff.may(StaffPermission.CHANGE_SETTINGS)
    if request.method == "POST" and can_change and head.is_valid() and steps.is_valid():
        saved = _save(request, staff, head, steps, None if is_new else policy, is_new=is_new)
        if saved:
            return HttpResponseRedirect(f"{HOME}reminders/{saved}/")
    context = {
        "head": head,
        "form": head,
        "steps": steps,
        "can_change": can_change,
        "is_new": is_new,
        "is_own": policy.version > 0,
        "is_used": find_used(seller) == policy.code,
        "policy": policy,
        "home": HOME,
    }
    title = "A new policy of reminders" if is_new else (policy.name or policy.code)
    return show(request, staff, "console/edit/policy.html", context, title=title)


def _save(
    request: HttpRequest,
    staff: Staff,
    head: PolicyForm,
    steps: BaseFormSet[StepForm],
    old: DunningPolicy | None,
    *,
    is_new: bool,
) -> str:
    """The code of what was saved; nothing where it could not be, with the reason in the form."""
    given = [one.cleaned_data for one in steps.forms]
    data = to_policy(head.cleaned_data, given, old, staff.seller.currency)
    if is_new and data["code"] in list_policies(staff.seller):
        head.add_error("code", "There is a policy of this code; choose another.")
        return ""
    try:
        row = save_policy(seller=staff.seller, data=data, now=read_now(), actor=staff.actor)
    except BillingError as error:
        head.add_error(None, say_problem(error, data))
        return ""
    messages.success(request, f"Saved as version {row.version}. It holds from now on.")
    return row.code


def _retire(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    if not staff.may(StaffPermission.CHANGE_SETTINGS):
        messages.error(request, "Your role may look at policies, and not change them.")
    else:
        try:
            retire_policy(seller=staff.seller, code=code, now=read_now(), actor=staff.actor)
            messages.success(request, "Taken away. A policy of the house of its code holds again.")
        except BillingError as error:
            messages.error(request, str(error))
    return HttpResponseRedirect(HOME)


@require_POST
@staff_page(StaffPermission.SEE_SETTINGS)
def try_policy(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What is typed so far as a line of time, with the days of an example; or what is wrong."""
    head = PolicyForm(request.POST)
    if "code" in head.fields:
        head.fields["code"].required = False
    steps = StepFormSet(request.POST, prefix="steps")
    context: dict[str, Any] = {}
    if not (head.is_valid() and steps.is_valid()):
        context["problem"] = "A number is missing or wrong; the row says which."
        return render(request, "console/edit/policy_try.html", context)
    given = [one.cleaned_data for one in steps.forms]
    code = head.cleaned_data.get("code") or request.POST.get("was", "") or "draft"
    old = list_policies(staff.seller).get(code)
    data = to_policy({**head.cleaned_data, "code": code}, given, old, staff.seller.currency)
    try:
        policy = read_policy(data)
        context |= _explain(policy, staff.seller, read_today(staff.seller))
    except BillingError as error:
        context["problem"] = say_problem(error, data)
    return render(request, "console/edit/policy_try.html", context)


def _explain(policy: DunningPolicy, seller: Seller, today: date) -> dict[str, Any]:
    due_on = today + timedelta(days=14)
    rows = Dunning.objects.filter(account__seller=seller, status=DunningStatus.RUNNING)
    return {
        "marks": draw_policy(policy),
        "coming": [
            (one.on, ACTIONS[one.due.step.action], one.due.step.template.replace("_", " "))
            for one in foresee_example(policy, due_on)
        ],
        "due_on": due_on,
        "reminded": rows.count(),
    }


@staff_page(StaffPermission.CHANGE_SETTINGS)
def use(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Make it the policy of everybody who has no other: the effect first."""
    policy = list_policies(staff.seller).get(code)
    if policy is None:
        raise Http404("There is no such policy.")
    back = f"{HOME}reminders/{code}/"
    if request.method == "POST":
        try:
            choose_policy(level=staff.seller, policy=code, now=read_now(), actor=staff.actor)
            messages.success(request, "Everybody who has no other policy is reminded by it now.")
        except BillingError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(back)
    before = list_policies(staff.seller).get(find_used(staff.seller))
    open_ones = Dunning.objects.filter(
        account__seller=staff.seller, policy="", status=DunningStatus.RUNNING
    )
    context = {
        "question": f"Remind everybody by “{policy.name or code}”?",
        "effects": [
            f"Until now: {before.name if before else 'nobody is reminded'}.",
            f"{open_ones.count():,} unpaid invoices go on by it. Steps that were taken are not "
            "taken again.",
            "Accounts, groups and contracts that have a policy of their own keep it.",
        ],
        "verb": "Use it for everybody",
        "cancel_url": back,
    }
    return show(request, staff, "console/edit/use.html", context, title="Use a policy")
