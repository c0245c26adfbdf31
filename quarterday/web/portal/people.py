"""The people of an account: who has access, in which role, and who is invited."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.access import Permission, Role
from quarterday.core.throttle import INVITE_ACCOUNT
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.users.change_role import LastOwner, change_role, remove_member
from quarterday.services.users.count_tries import count_tries
from quarterday.services.users.invite_person import invite_person, withdraw_invitation
from quarterday.store.models import Invitation, Membership
from quarterday.store.queries.people import (
    find_invitation,
    find_member,
    list_invitations,
    list_members,
)
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.roles import ROLE_NAMES, ROLE_TEXTS, role_name
from quarterday.web.kit.slow_down import slow_down

CHOICES = [(role.value, name) for role, name in ROLE_NAMES.items()]


class RoleForm(forms.Form):
    """One of the roles."""

    role = forms.ChoiceField(
        label=gettext_lazy("What may they do?"), choices=CHOICES, widget=forms.RadioSelect
    )

    def options(self) -> list[dict[str, object]]:
        """The roles with what each may do, for the template."""
        chosen = self["role"].value()
        return [
            {"value": role, "name": name, "text": ROLE_TEXTS[role], "is_chosen": role == chosen}
            for role, name in ROLE_NAMES.items()
        ]


class InviteForm(RoleForm):
    """Whom to invite."""

    field_order = ("email", "role")
    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


@require_safe
@account_page(Permission.SEE_PEOPLE)
def people(request: AccountRequest) -> HttpResponse:
    """Everybody with access, and the invitations that are open."""
    now = read_now()
    context = {
        "members": [
            {"row": row, "role": role_name(row.role), "is_me": row.user_id == request.user.id}
            for row in list_members(request.account.id)
        ],
        "invitations": [
            {"row": row, "role": role_name(row.role), "is_expired": row.expires_at <= now}
            for row in list_invitations(request.account.id)
        ],
        "may_manage": Permission.MANAGE_PEOPLE in request.permissions,
    }
    return render(request, "access/people.html", context)


@account_page(Permission.MANAGE_PEOPLE)
def invite(request: AccountRequest) -> HttpResponse:
    """Ask somebody by mail to join."""
    form = InviteForm(request.POST or None, initial={"role": Role.BILLING})
    if form.is_bound and form.is_valid():
        if wait := count_tries({INVITE_ACCOUNT: (request.account.public_id,)}, now=read_now()):
            return slow_down(request, wait)
        if _send(request, form):
            return HttpResponseRedirect("/people/")
    return render(request, "access/invite.html", {"form": form}, status=422 if form.errors else 200)


def _send(request: AccountRequest, form: InviteForm) -> bool:
    email = form.cleaned_data["email"].lower()
    try:
        invite_person(
            account_id=request.account.id,
            email=email,
            role=form.cleaned_data["role"],
            now=read_now(),
            invited_by=request.user,
            actor=request.user.public_id,
        )
    except Conflict:
        form.add_error(
            "email", _("This address has access already. Change its role on the page of people.")
        )
        return False
    messages.success(
        request,
        _("%(email)s is invited. The mail is on its way; it can be accepted for 14 days.")
        % {"email": email},
    )
    return True


@require_POST
@account_page(Permission.MANAGE_PEOPLE)
def invite_again(request: AccountRequest, invitation: str) -> HttpResponse:
    """Mail an invitation once more, with the full time to accept it."""
    row = _find_invitation(request, invitation)
    if wait := count_tries({INVITE_ACCOUNT: (request.account.public_id,)}, now=read_now()):
        return slow_down(request, wait)
    form = InviteForm({"email": row.email, "role": row.role})
    if form.is_valid() and not _send(request, form):
        messages.info(request, _("%(email)s has access already.") % {"email": row.email})
    return HttpResponseRedirect("/people/")


@require_POST
@account_page(Permission.MANAGE_PEOPLE)
def withdraw(request: AccountRequest, invitation: str) -> HttpResponse:
    """Take an invitation back."""
    row = _find_invitation(request, invitation)
    try:
        withdraw_invitation(
            account_id=request.account.id,
            invitation=row.public_id,
            now=read_now(),
            actor=request.user.public_id,
        )
    except Conflict:
        messages.info(request, _("%(email)s has accepted already.") % {"email": row.email})
    else:
        messages.success(
            request, _("The invitation of %(email)s is withdrawn.") % {"email": row.email}
        )
    return HttpResponseRedirect("/people/")


@account_page(Permission.MANAGE_PEOPLE)
def person(request: AccountRequest, user: str) -> HttpResponse:
    """One person: change the role, or take the access away."""
    row = _find_person(request, user)
    form = RoleForm(request.POST or None, initial={"role": row.role})
    if form.is_bound and form.is_valid():
        try:
            change_role(
                account_id=request.account.id,
                user_id=row.user_id,
                role=form.cleaned_data["role"],
                now=read_now(),
                actor=request.user.public_id,
            )
        except NotFound:
            raise Http404 from None
        except LastOwner:
            form.add_error("role", _("There must be an owner. Make somebody else an owner first."))
        else:
            messages.success(
                request, _("The role of %(person)s is changed.") % {"person": _name(row)}
            )
            return HttpResponseRedirect("/people/")
    return _show_person(request, row, form, "person", 422 if form.errors else 200)


@account_page(Permission.SEE_PEOPLE)
def remove(request: AccountRequest, user: str) -> HttpResponse:
    """Take somebody's access away, after saying what that does; anybody may leave by themselves."""
    row = _find_person(request, user)
    is_me = row.user_id == request.user.id
    if not is_me and Permission.MANAGE_PEOPLE not in request.permissions:
        raise Http404
    if request.method == "POST":
        try:
            remove_member(
                account_id=request.account.id,
                user_id=row.user_id,
                now=read_now(),
                actor=request.user.public_id,
            )
        except LastOwner:
            messages.error(request, _("There must be an owner. Make somebody else an owner first."))
        else:
            words = (
                _("You have no access to %(account)s any more.")
                if is_me
                else _("%(person)s has no access to %(account)s any more.")
            )
            names = {"person": _name(row), "account": request.account.name}
            messages.success(request, words % names)
            return HttpResponseRedirect("/accounts/" if is_me else "/people/")
    return _show_person(request, row, RoleForm(), "remove_person", 200)


def _show_person(
    request: AccountRequest, row: Membership, form: RoleForm, name: str, status: int
) -> HttpResponse:
    context = {
        "row": row,
        "person": _name(row),
        "role": role_name(row.role),
        "form": form,
        "is_me": row.user_id == request.user.id,
    }
    return render(request, f"access/{name}.html", context, status=status)


def _name(row: Membership) -> str:
    return row.user.name or row.user.email


def _find_person(request: AccountRequest, user: str) -> Membership:
    row = find_member(request.account.id, user)
    if row is None:
        raise Http404
    return row


def _find_invitation(request: AccountRequest, invitation: str) -> Invitation:
    row = find_invitation(request.account.id, invitation)
    if row is None:
        raise Http404
    return row
