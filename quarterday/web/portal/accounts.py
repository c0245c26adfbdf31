"""The accounts that a user acts for, and switching between them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quarterday.services.errors import NotFound
from quarterday.services.users.choose_account import choose_account
from quarterday.store.queries.access import memberships_of
from quarterday.web.kit.access import (
    ACCOUNT_KEY,
    UserRequest,
    resolve_seller,
    safe_next,
    seller_of_host,
    user_page,
)
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.roles import role_name

SHOWN = 100


@require_safe
@user_page
def accounts(request: UserRequest) -> HttpResponse:
    """All accounts of the user; searched by name where there are many."""
    resolve_seller(request)
    asked = request.GET.get("search", "").strip()[:100]
    rows = memberships_of(request.user.id, seller_of_host(request))
    if asked:
        rows = rows.filter(account__name__icontains=asked)
    found = list(rows.order_by("account__name", "id")[: SHOWN + 1])
    context = {
        "rows": [(row, role_name(row.role)) for row in found[:SHOWN]],
        "search": asked,
        "is_cut": len(found) > SHOWN,
        "shown": SHOWN,
        "many": asked or len(found) > 8,
    }
    return render(request, "access/accounts.html", context)


@require_POST
@user_page
def switch(request: UserRequest) -> HttpResponse:
    """Act for another account from now on, also after signing in again."""
    try:
        row = choose_account(
            user_id=request.user.id,
            account=request.POST.get("account", "").replace("\x00", ""),
            now=read_now(),
        )
    except NotFound:
        messages.error(request, _("You do not have access to this account any more."))
        return HttpResponseRedirect("/accounts/")
    request.session[ACCOUNT_KEY] = row.account_id
    return HttpResponseRedirect(safe_next(request))
