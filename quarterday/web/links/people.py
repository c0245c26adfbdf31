"""Links that let somebody in: sign in, open a page of the portal, accept an invitation."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.links.destinations import add_parameters
from quarterday.services.links.open_link import LinkState, OpenedLink
from quarterday.services.links.use_link import use_link
from quarterday.services.users.accept_invitation import (
    InvitationState,
    accept_invitation,
    judge_invitation,
)
from quarterday.store.models import Link, LinkPurpose, Membership
from quarterday.store.queries.link_page import invitation_of_link, user_of_link
from quarterday.web.kit.access import ACCOUNT_KEY, choose_account
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.sign_in import sign_in_user
from quarterday.web.links.door import LinkRequest, link_page, note, refuse

_REVOKED = LinkState.REVOKED


def show_sign_in(request: LinkRequest, link: Link) -> HttpResponse:
    """Ask to confirm: mail scanners open links, but press no buttons."""
    note(request, link, "open")
    user = user_of_link(link)
    if user is None:
        return refuse(request, OpenedLink(_REVOKED, link))
    context = {"address": mask_address(user.email), "token": request.token}
    return render(request, "links/sign_in.html", context)


@require_POST
@link_page(LinkPurpose.SIGN_IN)
def sign_in(request: LinkRequest, link: Link) -> HttpResponse:
    """Use the link up, and sign its user in or ask for the second factor."""
    user = user_of_link(link)
    if user is None:
        return refuse(request, OpenedLink(_REVOKED, link))
    try:
        use_link(link=link, now=read_now())
    except Conflict:
        return refuse(request, OpenedLink(LinkState.USED, link))
    note(request, link, "sign_in")
    if link.account_id is not None:
        request.session[ACCOUNT_KEY] = link.account_id
    return sign_in_user(request, user, method="link", next_url=_page_of(link))


def show_portal(request: LinkRequest, link: Link) -> HttpResponse:
    """Straight to the page for those who are signed in to the account; others are asked first."""
    note(request, link, "open")
    member = choose_account(request)
    if member is not None and member.account_id == link.account_id:
        return HttpResponseRedirect(_page_of(link))
    user = request.user
    mine = Membership.objects.filter(user_id=user.pk or 0, account=link.account)
    context = {
        "account": None,
        "is_signed_in": user.is_authenticated,
        "may_enter": mine.exists(),
        "token": request.token,
    }
    return render(request, "links/portal.html", context)


@require_POST
@link_page(LinkPurpose.PORTAL)
def open_portal(request: LinkRequest, link: Link) -> HttpResponse:
    """To the page, by way of the sign-in; being let in is up to the page, not to the link."""
    note(request, link, "portal")
    request.session[ACCOUNT_KEY] = link.account_id
    return HttpResponseRedirect(_page_of(link))


def show_invitation(request: LinkRequest, link: Link) -> HttpResponse:
    """Who invites to what, and a button."""
    note(request, link, "open")
    row = invitation_of_link(link)
    if row is None:
        return refuse(request, OpenedLink(_REVOKED, link))
    state = judge_invitation(row, now=read_now())
    context = {
        "invitation": row,
        "is_open": state == InvitationState.OPEN,
        "is_accepted": state == InvitationState.ACCEPTED,
        "token": request.token,
    }
    return render(request, "links/invitation.html", context)


@require_POST
@link_page(LinkPurpose.INVITATION)
def accept(request: LinkRequest, link: Link) -> HttpResponse:
    """Accept the invitation and sign the invited person in."""
    row, now = invitation_of_link(link), read_now()
    if row is None or judge_invitation(row, now=now) != InvitationState.OPEN:
        # An accepted invitation is no second way to sign in.
        return show_invitation(request, link)
    try:
        with transaction.atomic():
            use_link(link=link, now=now)
            name = request.POST.get("name", "").strip()[:200]
            member = accept_invitation(invitation=row.public_id, now=now, name=name)
    except BillingError as error:
        messages.error(request, str(error))
        return show_invitation(request, link)
    note(request, link, "accept")
    request.session[ACCOUNT_KEY] = member.account_id
    messages.success(
        request, _("You can now act for %(account)s.") % {"account": member.account.name}
    )
    return sign_in_user(request, member.user, method="link")


def mask_address(address: str) -> str:
    """An address that its owner recognises and nobody else can use: ``m…@example.com``."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}…@{host}"


def _page_of(link: Link) -> str:
    return add_parameters(link.destination or "/", link.parameters)
