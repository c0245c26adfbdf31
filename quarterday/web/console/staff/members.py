"""Who works for a seller: let people in, give them another role, let them go."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.services.staff.add_staff import add_staff
from quarterday.services.staff.change_staff import change_staff, end_staff
from quarterday.services.users.print_sign_in_link import print_sign_in_link
from quarterday.store.models import StaffMember
from quarterday.store.queries.staff import (
    is_known_here_only,
    list_second_factors,
    list_staff,
    works_for_all,
)
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.console.staff.words import ROLE_CHOICES, ROLE_TEXTS
from quarterday.web.kit.clock import read_now

HOME = "/console/staff/"


class RoleForm(forms.Form):
    """One of the roles."""

    role = forms.ChoiceField(label="Role", choices=ROLE_CHOICES, widget=forms.RadioSelect)


class AddForm(RoleForm):
    """Whom to let in."""

    field_order = ("email", "name", "role")
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        help_text="What they sign in with.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label="Name", max_length=200, required=False)


@require_safe
@staff_page(StaffPermission.SEE_SETTINGS)
def members(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Everybody who works for the seller, the most powerful first, and those who have gone."""
    rows = list_staff(staff.seller, with_ended=True)
    factors = list_second_factors([row.user_id for row in rows])
    context = {
        "rows": [
            {"row": row, "factor": row.user_id in factors, "is_me": row.user_id == staff.user.id}
            for row in rows
            if row.ended_at is None
        ],
        "gone": [row for row in rows if row.ended_at is not None],
        "roles": list(ROLE_TEXTS.items()),
        "may_manage": staff.may(StaffPermission.MANAGE_STAFF),
    }
    return show(request, staff, "console/staff/members.html", context, title="Staff")


@sensitive_variables("url", "context")
@staff_page(StaffPermission.MANAGE_STAFF)
def add(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Let somebody work for the seller; a link that lets them in is shown once, if they are new."""
    form = AddForm(request.POST or None, initial={"role": "support"})
    if form.is_bound and form.is_valid():
        now = read_now()
        try:
            row = add_staff(seller=staff.seller, now=now, actor=staff.actor, **form.cleaned_data)
            url = _print_link(staff, row, now)
        except BillingError as error:
            form.add_error(None, str(error))
        else:
            context = {"row": row, "url": url}
            title = f"{row.user.name or row.user.email} works here now"
            return show(request, staff, "console/staff/added.html", context, title=title)
    status = 422 if form.errors else 200
    title = "Let somebody in"
    return show(
        request, staff, "console/staff/add.html", {"form": form}, title=title, status=status
    )


@staff_page(StaffPermission.MANAGE_STAFF)
def member(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """One of the staff: another role, or letting them go, each after saying what it means."""
    row = _find(staff, key)
    form = RoleForm(request.POST or None, initial={"role": row.role})
    is_ending = "end" in request.POST
    if request.method == "POST" and (is_ending or form.is_valid()):
        name, now = row.user.name or row.user.email, read_now()
        try:
            if is_ending:
                end_staff(member=row, now=now, actor=staff.actor)
                messages.success(request, f"{name} does not work here any more.")
            else:
                role = form.cleaned_data["role"]
                change_staff(member=row, role=role, now=now, actor=staff.actor)
                messages.success(request, f"{name} works here as {role}.")
            return HttpResponseRedirect(HOME)
        except BillingError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.path)
    context = {
        "row": row,
        "form": form,
        "end_effects": [
            "They are signed out everywhere at once, and mailed no more reports.",
            "What they did stays in the audit log.",
            "You can let them in again later.",
        ],
        "end_hidden": [("end", "1")],
    }
    status = 422 if form.errors else 200
    title = row.user.name or row.user.email
    return show(request, staff, "console/staff/member.html", context, title=title, status=status)


def _print_link(staff: Staff, row: StaffMember, now: datetime) -> str:
    """A link that signs a new colleague in; nothing for who has a sign-in for anything else, as
    whoever sees the link could use it.
    """
    if not is_known_here_only(row.user, staff.seller):
        return ""
    made = print_sign_in_link(
        user=row.user, seller=staff.seller, destination="/console/", now=now, actor=staff.actor
    )
    return made.url


def _find(staff: Staff, key: str) -> StaffMember:
    """A post at this seller; one for all sellers is changed only by those who have such, too."""
    rows = StaffMember.objects.select_related("user", "seller").filter(ended_at__isnull=True)
    row = rows.filter(public_id=key).first()
    if row is None or row.seller not in (staff.seller, None):
        raise Http404
    if row.seller is None and not works_for_all(staff.user):
        raise Http404
    return row
