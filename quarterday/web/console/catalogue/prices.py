"""One price: what it says, who has it, worked examples; publish a first one, retire one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.money import currency
from quarterday.core.pricing import parse_model
from quarterday.core.pricing.price import Price as PriceTerms
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.catalog.retire_price import retire_price
from quarterday.services.invoicing.catalog import make_terms
from quarterday.store.models import Meter, Price, Seller
from quarterday.store.queries.price_use import count_contracts
from quarterday.web.console.catalogue.find import find_plan, find_price
from quarterday.web.console.catalogue.present import HOME, say_price, show_example
from quarterday.web.console.catalogue.price_form import NewPriceForm, fits
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today


@require_safe
@staff_page(StaffPermission.SEE_SETTINGS)
def price(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """A price with its versions and a worked example."""
    row = find_price(staff.seller, key)
    versions = Price.objects.filter(plan=row.plan_id, currency=row.currency)
    versions = versions.filter(meter=row.meter).select_related("plan__product", "meter")
    counts = count_contracts(versions)
    terms = make_terms(row).price
    context = {
        "row": row,
        "words": say_price(row),
        "contracts": counts.get(row.id, 0),
        "versions": [
            (one, say_price(one), counts.get(one.id, 0)) for one in versions.order_by("-id")
        ],
        "table": show_example(terms, inclusive=row.tax_inclusive),
        "can_change": staff.may(StaffPermission.CHANGE_SETTINGS) and row.retired_on is None,
        "fits": fits(row),
        "home": HOME,
    }
    title = f"{row.plan.name}, {row.code}"
    return show(request, staff, "console/catalogue/price.html", context, title=title)


@staff_page(StaffPermission.CHANGE_SETTINGS)
def retire(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """Take a price out of the catalogue: the effect, then done."""
    row = find_price(staff.seller, key)
    url = f"{HOME}prices/{row.public_id}/"
    if request.method == "POST":
        try:
            retire_price(price=row, on=read_today(staff.seller), now=read_now(), actor=staff.actor)
            messages.success(request, "Retired. Those who have the price keep it.")
        except BillingError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(url)
    rows = Price.objects.filter(id=row.id)
    count = count_contracts(rows).get(row.id, 0)
    others = Price.objects.filter(
        plan=row.plan_id, currency=row.currency, retired_on__isnull=True
    ).exclude(id=row.id)
    effects = [
        "From today nobody new gets it.",
        f"{count:,} contracts that have it keep it, and are billed as before.",
    ]
    if not others.exists():
        effects.append(
            f"It is the last price of {row.plan.name} in {row.currency}: the plan cannot be "
            "ordered in this currency until another is published."
        )
    context = {
        "question": f"Retire the price {row.code}?",
        "effects": effects,
        "verb": "Retire it",
        "is_danger": True,
        "cancel_url": url,
        "crumb": (url, row.plan.name),
    }
    return show(request, staff, "console/catalogue/confirm.html", context, title="Retire a price")


@staff_page(StaffPermission.CHANGE_SETTINGS)
def new(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """Publish a first price of a plan in a currency."""
    plan = find_plan(staff.seller, key)
    form = _make_form(staff.seller, request)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = publish_price(
                plan=plan,
                code=given["code"],
                currency=given["currency"].upper(),
                meter=Meter.objects.filter(seller=staff.seller, code=given["meter"]).first(),
                timing="arrears" if given["meter"] else given["timing"],
                convention=given["convention"],
                policy=given["policy"],
                now=read_now(),
                actor=staff.actor,
                **form.terms,
            )
        except BillingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Published. New contracts of the plan are charged by it.")
            return HttpResponseRedirect(f"{HOME}prices/{row.public_id}/")
    there = Price.objects.filter(plan=plan, retired_on__isnull=True)
    context: dict[str, Any] = {
        "form": form,
        "plan": plan,
        "is_new": True,
        "try_url": f"{HOME}plans/{plan.public_id}/prices/try/",
        "there": [say_price(one) for one in there.select_related("plan__product", "meter")],
        "home": HOME,
    }
    return show(request, staff, "console/catalogue/price_form.html", context, title="A new price")


@require_POST
@staff_page(StaffPermission.CHANGE_SETTINGS)
def try_new(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """The worked example of what is typed so far."""
    find_plan(staff.seller, key)
    form = _make_form(staff.seller, request)
    form.is_valid()
    context: dict[str, Any] = {"problem": "", "table": None}
    try:
        unit = currency((form.cleaned_data.get("currency") or staff.seller.currency).upper())
        terms = (
            {name: form.terms[name] for name in ("setup_fee", "minimum", "free_units")}
            if form.terms
            else None
        )
        if terms is not None:
            made = PriceTerms(unit, parse_model(form.terms["model"]), **terms)
            inclusive = form.terms["tax_inclusive"]
            context["table"] = show_example(made, inclusive=inclusive)
        else:
            context["problem"] = "The example appears here as soon as the price is complete."
    except BillingError as error:
        context["problem"] = str(error)
    return render(request, "console/catalogue/example.html", context)


def _make_form(seller: Seller, request: HttpRequest) -> NewPriceForm:
    start = {"currency": seller.currency, "model": "per_unit"}
    form = NewPriceForm(request.POST or None, initial=start)
    meters = Meter.objects.filter(seller=seller).order_by("name")
    field: Any = form.fields["meter"]
    field.choices = [("", "Nothing, it recurs"), *((one.code, one.name) for one in meters)]
    return form
