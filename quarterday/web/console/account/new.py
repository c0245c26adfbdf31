"""Open an account for a new customer, with a contact and a first contract where wished."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.accounts.change_details import change_details
from quarterday.services.accounts.open_account import open_account
from quarterday.services.idempotency.once import once
from quarterday.services.subscriptions.start_subscription import start_subscription
from quarterday.store.models import Account, Plan, Price
from quarterday.web.console.account.deeds.account import list_countries, text_field
from quarterday.web.console.account.inputs import day_field, make_form
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today

_ADDRESS = ("line1", "line2", "postcode", "city")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(StaffPermission.CHANGE_CUSTOMERS)
def open_new(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The form, and the account that comes of it; sent twice, it is one account."""
    form = _make_form(staff, request.POST or None)
    if request.method == "POST" and form.is_valid():
        key, sent = request.POST.get("key", "")[:40], dict(request.POST.lists())
        sent.pop("csrfmiddlewaretoken", None)
        try:
            name = once(
                caller=f"console {staff.actor}",
                key=key,
                input=sent,
                work=lambda: _open(staff, form.cleaned_data).public_id,
                now=read_now(),
            )
        except BillingError as error:
            said, named = str(error), getattr(error, "field", "") or str(error).partition(" ")[0]
            field = named if named in form.fields else None
            form.add_error(field, f"{said[:1].upper()}{said[1:]}.")
        else:
            messages.success(request, "The account is open.")
            return HttpResponseRedirect(f"/console/accounts/{name}/")
    context = {"form": form, "key": request.POST.get("key") or token_urlsafe(16)}
    status = 422 if form.is_bound else 200
    return show(
        request, staff, "console/account/new.html", context, title="New customer", status=status
    )


def _make_form(staff: Staff, data: Any) -> forms.Form:
    seller = staff.seller
    currencies = set(Price.objects.filter(plan__product__seller=seller).values_list("currency"))
    codes = sorted({seller.currency, *(code for (code,) in currencies)})
    rows = Plan.objects.filter(product__seller=seller).select_related("product")
    plans = [
        (one.public_id, f"{one.product.name}, {one.name}")
        for one in rows.order_by("product__name", "name")[:500]
    ]
    fields: dict[str, forms.Field] = {
        "name": text_field("Name on invoices", 200, required=True),
        "email": forms.EmailField(
            label="Mail address", max_length=254, help_text="It gets invoices and reminders."
        ),
        "contact": text_field("Whose address that is", 200),
        "country": forms.ChoiceField(label="Country", choices=list_countries(seller.country)),
        "currency": forms.ChoiceField(label="Currency", choices=[(one, one) for one in codes]),
        "line1": text_field("Street and number", 100),
        "line2": text_field("Addition to the address", 100),
        "postcode": text_field("Postcode", 16),
        "city": text_field("Town", 80),
        "tax_id": text_field("Tax number", 64),
        "number": text_field("Your own number for them", 128),
        "plan": forms.ChoiceField(
            label="First contract", choices=[("", "None yet"), *plans], required=False
        ),
        "start_on": day_field("It begins on", required=False, help_text="Today without a day."),
    }
    begin = {"country": seller.country, "currency": seller.currency}
    return make_form(fields, data, begin)


def _open(staff: Staff, given: dict[str, Any]) -> Account:
    """The account with all that was given, or nothing of it."""
    who: dict[str, Any] = {"now": read_now(), "actor": staff.actor}
    with transaction.atomic():
        account = open_account(
            seller=staff.seller,
            name=given["name"],
            country=given["country"],
            currency=given["currency"],
            external_id=given["number"] or None,
            **who,
        )
        if any(given[name] for name in (*_ADDRESS, "tax_id")):
            account = change_details(
                account_id=account.id,
                name=given["name"],
                country=given["country"],
                address={name: given[name] for name in _ADDRESS},
                tax_id=given["tax_id"],
                **who,
            )
        add_contact(account_id=account.id, email=given["email"], name=given["contact"], **who)
        if given["plan"]:
            today = read_today(staff.seller)
            plan = Plan.objects.get(product__seller=staff.seller, public_id=given["plan"])
            start = given["start_on"] or today
            start_subscription(account_id=account.id, plan=plan, start_on=start, today=today, **who)
    return account
