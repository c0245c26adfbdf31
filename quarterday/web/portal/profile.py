"""Who the account is: billing details, tax, language, and who gets its messages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quarterday.core.access import Permission
from quarterday.core.errors import BillingError
from quarterday.services.accounts.change_details import change_details
from quarterday.services.accounts.decide_account_tax import decide_account_tax
from quarterday.services.invoicing.catalog import TaxAnswer
from quarterday.store.models import Account
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.portal.contacts_list import list_members_told, list_rows
from quarterday.web.portal.profile_form import DetailsForm, initial_of
from quarterday.web.portal.profile_tax import name_country, tell_evidence, tell_tax


@require_safe
@account_page(Permission.SEE_PROFILE)
def show_profile(request: AccountRequest) -> HttpResponse:
    """The details as they stand on documents to come, and the contacts."""
    account, today = request.account, read_today(request.seller)
    answer = _tax_of(account, today)
    rows = list_rows(account)
    context = {
        "country": name_country(account.country),
        "address_lines": _address_lines(account),
        "spoken": dict(settings.LANGUAGES).get(account.language.split("-")[0], account.language),
        "tax": tell_tax(answer) if answer else None,
        "evidence": tell_evidence(account),
        "contacts": rows,
        "told_instead": [] if rows else list_members_told(account),
        "can_edit": Permission.EDIT_PROFILE in request.permissions,
        "can_contacts": Permission.MANAGE_CONTACTS in request.permissions,
    }
    return render(request, "portal/profile.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.EDIT_PROFILE)
def edit_profile(request: AccountRequest) -> HttpResponse:
    """Change the details; where that changes the tax, it is said before anything is saved."""
    account = request.account
    if request.method != "POST":
        initial = initial_of(account)
        asked = request.GET.get("country", "")
        if len(asked) == 2 and asked.isascii() and asked.isalpha() and asked.isupper():
            initial["country"] = asked
        return _show_form(request, DetailsForm(account=account, initial=initial))
    form = DetailsForm(request.POST, account=account)
    if not form.is_valid():
        return _show_form(request, form, status=422)
    today = read_today(request.seller)
    try:
        before, after = _tax_of(account, today), _tax_after(form, today)
    except BillingError:
        field = "region" if "region" in form.fields else "country"
        form.add_error(field, _("We cannot bill to this place yet. Ask us, and we look into it."))
        return _show_form(request, form, status=422)
    if before != after and request.POST.get("agreed") != "1":
        return _show_sheet(request, form, before, after)
    return _save(request, form)


def _show_form(request: AccountRequest, form: DetailsForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "country": form.shown_country}
    return render(request, "portal/profile_edit.html", context, status=status)


def _show_sheet(
    request: AccountRequest, form: DetailsForm, before: TaxAnswer | None, after: TaxAnswer
) -> HttpResponse:
    """What the new place or number changes for the tax; nothing is saved yet."""
    data = form.cleaned_data
    context = {
        "form": form,
        "before": tell_tax(before) if before else None,
        "after": tell_tax(after),
        "country": name_country(data["country"]),
        "fields": [(name, form.data.get(name, "")) for name in form.fields],
    }
    return render(request, "portal/profile_confirm.html", context)


def _save(request: AccountRequest, form: DetailsForm) -> HttpResponse:
    data: dict[str, Any] = form.cleaned_data
    try:
        change_details(
            account_id=request.account.id,
            name=data["name"],
            country=data["country"],
            region=data.get("region", ""),
            address=form.address(),
            tax_id=data["tax_id"],
            language=data["language"],
            now=read_now(),
            actor=request.user.public_id,
        )
    except BillingError:
        form.add_error(None, _("This could not be saved. Nothing was changed; look at it again."))
        return _show_form(request, form, status=422)
    messages.success(
        request, _("Saved. Documents from now on have these details; issued ones keep the old.")
    )
    return HttpResponseRedirect(reverse("portal:profile"))


def _tax_of(account: Account, today: date) -> TaxAnswer | None:
    """How the account is taxed now; None where that cannot be said."""
    try:
        return decide_account_tax(account, today=today)
    except BillingError:
        return None


def _tax_after(form: DetailsForm, today: date) -> TaxAnswer:
    data, account = form.cleaned_data, form.account
    is_same = (account.tax_id, account.country) == (data["tax_id"], data["country"])
    evidence = account.tax_id_evidence if is_same else form.number.evidence
    return decide_account_tax(
        account,
        today=today,
        country=data["country"],
        region=data.get("region", ""),
        tax_id_valid=bool(evidence.get("valid")),
    )


def _address_lines(account: Account) -> list[str]:
    """The address as it is written on a letter, without the country."""
    known: dict[str, Any] = account.address
    town = " ".join(str(known.get(name, "")) for name in ("postcode", "city")).strip()
    lines = [str(known.get(name, "")) for name in ("company", "line1", "line2", "line3")]
    return [one for one in (*lines, town, account.region.capitalize()) if one]
