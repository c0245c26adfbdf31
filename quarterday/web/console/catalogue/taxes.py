"""Tax rates by place and class in the course of time; what a day's rate makes of an amount."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.money import plain
from quarterday.services.catalog.change_tax_rate import change_tax_rate
from quarterday.services.catalog.end_tax_rate import end_tax_rate
from quarterday.services.catalog.foresee_tax import foresee_rate, foresee_tax
from quarterday.store.models import Account, TaxRate
from quarterday.store.queries.price_use import count_taxed, list_rates
from quarterday.web.console.catalogue.find import find_rate
from quarterday.web.console.catalogue.present import HOME, tabs
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_day, format_money

_URL = f"{HOME}taxes/"
_SAMPLE = 10_000


class RateForm(forms.Form):
    """A rate from a day on; the one before it ends there."""

    code = forms.SlugField(
        label="Code", max_length=32, help_text="That of the rate it follows, or a new one."
    )
    name = forms.CharField(label="Name", max_length=100, help_text="As it stands on invoices.")
    percent = forms.DecimalField(
        label="Percent",
        min_value=0,
        max_value=1000,
        decimal_places=6,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    country = forms.CharField(label="Country", min_length=2, max_length=2, help_text="Such as DE.")
    region = forms.CharField(
        label="Region", required=False, max_length=32, help_text="Empty for the whole country."
    )
    tax_class = forms.CharField(label="Tax class", max_length=32, initial="standard")
    valid_from = forms.DateField(
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="For service from this day on, whenever it is billed.",
    )
    level = forms.ChoiceField(label="Level", choices=[("1", "First"), ("2", "Beside the first")])
    compound = forms.BooleanField(label="On top of the taxes before it", required=False)


class EndForm(forms.Form):
    """The first day without a rate."""

    on = forms.DateField(
        label="First day without it", widget=forms.DateInput(attrs={"type": "date"})
    )


class TryForm(forms.Form):
    """An account, an amount and a day."""

    account = forms.CharField(label="Account number", max_length=128)
    amount = forms.DecimalField(label="Amount", min_value=0, max_digits=15, initial=100)
    on = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    tax_class = forms.CharField(label="Tax class", max_length=32, initial="standard")


@require_safe
@staff_page(StaffPermission.SEE_SETTINGS)
def taxes(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What holds at each place now, held before, and will hold."""
    today = read_today(staff.seller)
    first = Account.objects.filter(seller=staff.seller).order_by("id").first()
    start = {"on": today, "amount": 100, "account": str(first or ""), "tax_class": "standard"}
    context = {
        "tabs": tabs(request),
        "places": _group(list_rates(staff.seller), today),
        "try_form": TryForm(initial=start, auto_id="try_%s"),
        "may": staff.may(StaffPermission.CHANGE_SETTINGS),
        "home": HOME,
    }
    return show(request, staff, "console/catalogue/taxes.html", context, title="Taxes")


def _group(rates: Sequence[TaxRate], today: date) -> list[dict[str, Any]]:
    """Rates by place and code, each with when it holds."""

    def place(rate: TaxRate) -> tuple[str, str, str, str]:
        return rate.country, rate.region, rate.tax_class, rate.code

    found = []
    for (country, region, tax_class, code), rows in groupby(sorted(rates, key=place), place):
        listed = sorted(rows, key=lambda one: one.valid_from)
        found.append(
            {
                "place": f"{country}-{region}" if region else country,
                "tax_class": tax_class,
                "code": code,
                "name": listed[-1].name,
                "rates": [(one, plain(one.percent), _when(one, today)) for one in listed],
                "last": listed[-1],
            }
        )
    return found


def _when(rate: TaxRate, today: date) -> str:
    if rate.valid_from > today:
        return "coming"
    return "past" if rate.valid_end is not None and rate.valid_end <= today else "now"


@staff_page(StaffPermission.CHANGE_SETTINGS)
def new(request: HttpRequest, staff: Staff) -> HttpResponse:
    """A rate from a day on: what it makes of 100, whom it meets, then published."""
    form = RateForm(request.POST or None, initial=_start(request, staff))
    context: dict[str, Any] = {
        "form": form,
        "verb": "See the effect",
        "lead": "Service until the day keeps the rate of its day, whenever it is billed.",
        "crumb": (_URL, "Taxes"),
    }
    if request.method == "POST" and form.is_valid():
        try:
            if "confirm" in request.POST:
                _publish(form, staff)
                messages.success(request, "Published. The rate before it ends on that day.")
                return HttpResponseRedirect(_URL)
            context |= _confirm(form, staff)
        except BillingError as error:
            form.add_error(None, str(error))
    return show(
        request, staff, "console/catalogue/form.html", context, title="A rate from a day on"
    )


def _start(request: HttpRequest, staff: Staff) -> dict[str, Any]:
    """What follows the rate that was chosen, or an empty form."""
    start: dict[str, Any] = {"country": staff.seller.country, "tax_class": "standard", "level": "1"}
    key = request.GET.get("after", "")
    if key.isdecimal() and len(key) < 19:
        rate = find_rate(staff.seller, int(key))
        names = "code name country region tax_class level compound".split()
        start |= {name: getattr(rate, name) for name in names}
    return start


def _terms(form: RateForm) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    return given | {"country": given["country"].upper(), "level": int(given["level"])}


def _publish(form: RateForm, staff: Staff) -> None:
    change_tax_rate(seller=staff.seller, now=read_now(), actor=staff.actor, **_terms(form))


def _confirm(form: RateForm, staff: Staff) -> dict[str, Any]:
    """The effect: the tax on 100 before and after, and how many contracts bear it."""
    terms, code = _terms(form), staff.seller.currency
    before, after = foresee_rate(seller=staff.seller, now=read_now(), sample_minor=_SAMPLE, **terms)
    count = count_taxed(staff.seller, terms["country"], terms["region"], terms["tax_class"])
    day, sample = format_day(terms["valid_from"], "weekday"), format_money(_SAMPLE, code)
    was = "no rate was known" if before is None else f"it was {format_money(before, code)}"
    effects = [
        f"For service from {day} on, {sample} bear {format_money(after, code)} of tax; {was}.",
        f"Contracts there with products of the class {terms['tax_class']}: {count:,}.",
        "Invoices that are issued already stay as they are. Prices with the tax inside keep "
        "their amount, so that your share changes.",
    ]
    if terms["valid_from"] < read_today(staff.seller):
        effects.append("The day has passed: what is billed late of days since then is taxed anew.")
    hidden = [
        (name, value.isoformat() if isinstance(value, date) else str(value))
        for name, value in form.cleaned_data.items()
        if value not in ("", False, None)
    ]
    return {"effects": effects, "hidden": hidden, "question": "Publish this rate?"}


@staff_page(StaffPermission.CHANGE_SETTINGS)
def end(request: HttpRequest, staff: Staff, key: int) -> HttpResponse:
    """Let a rate hold no longer from a day on."""
    rate = find_rate(staff.seller, key)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            on = form.cleaned_data["on"]
            end_tax_rate(rate=rate, on=on, now=read_now(), actor=staff.actor)
        except BillingError as error:
            form.add_error("on", str(error))
        else:
            messages.success(request, "It ends there.")
            return HttpResponseRedirect(_URL)
    count = count_taxed(staff.seller, rate.country, rate.region, rate.tax_class)
    context = {
        "form": form,
        "verb": "End the rate",
        "lead": f"{count:,} contracts bear it. Without another rate of the class on that day, what "
        "they owe since then cannot be billed; to change the percentage, add a rate instead.",
        "crumb": (_URL, "Taxes"),
    }
    title = f"End {rate.name} {plain(rate.percent)} %"
    return show(request, staff, "console/catalogue/form.html", context, title=title)


@require_safe
@staff_page(StaffPermission.SEE_SETTINGS)
def try_tax(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What an invoice line of an account would bear on a day, by the code that bills it."""
    form = TryForm(request.GET)
    context: dict[str, Any] = {"problem": "", "facts": []}
    if not form.is_valid():
        context["problem"] = "Give an account, an amount and a day."
        return render(request, "console/catalogue/tax_try.html", context)
    given = form.cleaned_data
    rows = Account.objects.filter(seller=staff.seller)
    account = rows.filter(external_id=given["account"]).first()
    account = account or rows.filter(public_id=given["account"]).first()
    if account is None:
        context["problem"] = "There is no account with this number."
        return render(request, "console/catalogue/tax_try.html", context)
    try:
        found = foresee_tax(account, given["amount"], given["tax_class"], given["on"])
    except BillingError as error:
        context["problem"] = str(error)
        return render(request, "console/catalogue/tax_try.html", context)
    code = account.currency
    context["who"] = account.name
    context["facts"] = [
        ("Net", format_money(found.net_total, code)),
        *(
            (
                f"{one.rate.name} {plain(one.percent)} %" if one.rate else one.reason or "No tax",
                format_money(one.tax_minor, code),
            )
            for one in found.taxes
        ),
        ("To pay", format_money(found.gross_total, code)),
    ]
    return render(request, "console/catalogue/tax_try.html", context)
