"""A new version of a price: typed, worked out, with the effect on those who have the old one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.money import plain
from quarterday.services.catalog.foresee_move import foresee_move
from quarterday.services.catalog.foresee_price import foresee_price, make_version_terms
from quarterday.services.catalog.publish_version import publish_version
from quarterday.services.invoicing.catalog import make_terms
from quarterday.services.runs.order_on_day import order_on_day
from quarterday.services.runs.work_at import work_at
from quarterday.store.fields import make_public_id
from quarterday.store.models import Price, RunKind
from quarterday.web.console.catalogue.find import find_price
from quarterday.web.console.catalogue.present import (
    HOME,
    list_effects,
    say_price,
    show_example,
)
from quarterday.web.console.catalogue.price_form import PriceForm, initial_of
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_day

# So few contracts are moved while somebody waits; more are left to a worker.
_FEW = 50
_WHO = (
    ("none", "New customers only; all others keep their price"),
    ("next", "Everybody, when their next period begins"),
    ("from", "Everybody, with their first period from a day on"),
)


class VersionForm(PriceForm):
    """The new price, when it counts for new customers, and what becomes of the others."""

    code = forms.SlugField(label="Code of the new version", max_length=64)
    on = forms.DateField(
        label="New customers get it from",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    who = forms.ChoiceField(
        label="Who moves", choices=_WHO, widget=forms.RadioSelect, initial="none"
    )
    begin = forms.DateField(
        label="Periods from",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    tell = forms.BooleanField(
        label="Tell them by mail",
        required=False,
        help_text="One message to each customer who moves: old price, new price, and from when.",
    )

    def clean(self) -> dict[str, Any]:
        """A day is needed where it is asked for, and means nothing elsewhere."""
        given = super().clean()
        if given.get("who") != "from":
            given["begin"] = None
            self.errors.pop("begin", None)
        elif not given.get("begin") and "begin" not in self.errors:
            self.add_error("begin", "Say from which day.")
        return given


@staff_page(StaffPermission.CHANGE_SETTINGS)
def version(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """The form; what it would do; then published, and contracts moved by a run."""
    old = find_price(staff.seller, key)
    if "confirm" in request.POST and (done := _find_done(request, old)) is not None:
        return HttpResponseRedirect(f"{HOME}prices/{done.public_id}/")
    today = read_today(staff.seller)
    start = initial_of(old) | {"code": _next_code(old), "on": today, "who": "none", "tell": True}
    form = VersionForm(request.POST or None, initial=start)
    context: dict[str, Any] = {
        "form": form,
        "old": old,
        "plan": old.plan,
        "words": say_price(old),
        "try_url": f"{HOME}prices/{old.public_id}/try/",
        "key": make_public_id("run"),
        "home": HOME,
    }
    if request.method == "POST" and form.is_valid() and _check(form, old, today):
        if "confirm" in request.POST:
            return _publish(request, staff, form, old)
        context |= _confirm(form, old, today)
    title = f"A new price of {old.plan.name}"
    return show(request, staff, "console/catalogue/price_form.html", context, title=title)


@require_POST
@staff_page(StaffPermission.CHANGE_SETTINGS)
def try_version(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """The worked example and the effect of what is typed so far."""
    old = find_price(staff.seller, key)
    form = VersionForm(request.POST)
    form.is_valid()
    context: dict[str, Any] = {"table": None, "problem": "", "effects": []}
    if form.terms:
        try:
            context["table"] = _compare(form, old)
            context["effects"] = list_effects(foresee_price(old, form.terms), old.currency)
        except BillingError as error:
            context["problem"] = str(error)
    else:
        context["problem"] = "The example appears here as soon as the price is complete."
    return render(request, "console/catalogue/example.html", context)


def _find_done(request: HttpRequest, old: Price) -> Price | None:
    """The version that the same confirmation published when it was sent before."""
    if old.retired_on is None:
        return None
    code = request.POST.get("code", "")
    rows = Price.objects.filter(plan=old.plan_id, currency=old.currency, code=code)
    return rows.exclude(id=old.id).first()


def _next_code(old: Price) -> str:
    """The code with a number that no version has yet."""
    codes = set(
        Price.objects.filter(plan=old.plan_id, currency=old.currency).values_list("code", flat=True)
    )
    stem, _, number = old.code.rpartition("-")
    if not stem or not number.isdecimal():
        stem, number = old.code, "1"
    count = int(number) + 1
    while f"{stem[:58]}-{count}" in codes:
        count += 1
    return f"{stem[:58]}-{count}"


def _check(form: VersionForm, old: Price, today: date) -> bool:
    """What only the old price can tell; errors stand beside their fields."""
    given = form.cleaned_data
    if given["on"] < today:
        form.add_error("on", "This day has passed; choose today or a later one.")
    if given["begin"] and given["begin"] < given["on"]:
        form.add_error("begin", "Nobody can move before the price is there.")
    rows = Price.objects.filter(plan=old.plan_id, currency=old.currency, code=given["code"])
    if rows.exists():
        form.add_error("code", "There is a price with this code; choose another one.")
    if old.retired_on is not None:
        form.add_error(None, "This price is retired already; change the one that follows it.")
    try:
        make_version_terms(old, form.terms)
    except BillingError as error:
        form.add_error(None, str(error))
    return not form.errors


def _compare(form: VersionForm, old: Price) -> Any:
    new = make_version_terms(old, form.terms)
    return show_example(
        new,
        make_terms(old).price,
        inclusive=form.terms["tax_inclusive"],
        was_inclusive=old.tax_inclusive,
    )


def _confirm(form: VersionForm, old: Price, today: date) -> dict[str, Any]:
    given, effect = form.cleaned_data, foresee_price(old, form.terms)
    when = "From now on" if given["on"] == today else f"From {format_day(given['on'], 'weekday')}"
    effects = [f"{when}, new customers get the new price, and nobody new gets the old one."]
    effects += list_effects(effect, old.currency)
    if not effect.items:
        pass
    elif given["who"] == "none":
        effects.append("All of them keep the old price.")
    else:
        first = given["begin"] or given["on"]
        begin = (
            "when their next period begins"
            if given["who"] == "next"
            else (f"with their first period from {format_day(first)} on")
        )
        effects.append(f"All of them move {begin}; nothing that is billed already changes.")
        effects += _say_notice(form, old)
    return {
        "effects": effects,
        "hidden": _hidden(form),
        "table": _compare(form, old),
        "confirming": True,
    }


def _say_notice(form: VersionForm, old: Price) -> list[str]:
    """Whom the change concerns, when they hear of it, and how long before they pay for it."""
    given = form.cleaned_data
    found = foresee_move(old, terms=form.terms, not_before=_not_before(given), on=given["on"])
    if found.first_on is None:
        same = "What they pay for a period stays the same, so nobody is told."
        return [same] if given["tell"] else []
    days, day = (found.first_on - given["on"]).days, format_day(found.first_on, "weekday")
    notice = f"{days:,} day{'' if days == 1 else 's'}"
    first = f"The first of them pays the new price from {day}"
    if not given["tell"]:
        return [f"{first}. Nobody is told: write to your customers, with the notice they have."]
    effects = []
    if found.told:
        who = "One customer is" if found.told == 1 else f"{found.told:,} customers are"
        effects.append(
            f"{who} told by mail on {format_day(given['on'], 'weekday')}, each once, with the old "
            "price, the new one, and from when."
        )
    if found.unreached:
        who = "One customer" if found.unreached == 1 else f"{found.unreached:,} customers"
        effects.append(
            f"{who} cannot be reached by mail: write to them. The page of the run names them."
        )
    effects.append(
        f"{first}, so they have at least {notice} of notice. Your contracts, or the law, may ask "
        "for more: then choose a later day."
    )
    return effects


def _not_before(given: Mapping[str, Any]) -> date:
    begin: date = given["begin"] or given["on"] + timedelta(days=1)
    return begin


def _hidden(form: VersionForm) -> list[tuple[str, str]]:
    found = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", False):
            continue
        text = value.isoformat() if isinstance(value, date) else str(value)
        found.append((name, text))
    return found


def _publish(request: HttpRequest, staff: Staff, form: VersionForm, old: Price) -> HttpResponse:
    """Publish at once where it counts from today; a run does the rest, or all of it later."""
    given, now, today = form.cleaned_data, read_now(), read_today(staff.seller)
    terms = {name: _as_data(value) for name, value in form.terms.items()}
    moves = given["who"] != "none"
    try:
        if given["on"] == today:
            publish_version(
                old=old, code=given["code"], terms=terms, today=today, now=now, actor=staff.actor
            )
        if given["on"] > today or moves:
            run = order_on_day(
                seller=staff.seller,
                kind=RunKind.PRICES,
                on=given["on"],
                now=now,
                scope={
                    "old": old.id,
                    "code": given["code"],
                    "terms": terms,
                    "move": moves,
                    "not_before": _not_before(given).isoformat(),
                    "tell": moves and given["tell"],
                },
                key=request.POST.get("key", ""),
                actor=staff.actor,
            )
            if given["on"] == today and foresee_price(old, form.terms).items <= _FEW:
                work_at(read_now, run)
            return HttpResponseRedirect(f"/console/run/orders/{run.public_id}/")
    except BillingError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(request.path)
    messages.success(request, "Published. New customers get it from now on.")
    new = Price.objects.get(plan=old.plan_id, currency=old.currency, code=given["code"])
    return HttpResponseRedirect(f"{HOME}prices/{new.public_id}/")


def _as_data(value: Any) -> Any:
    """A term as JSON keeps it."""
    return value if value is None or isinstance(value, bool | dict) else plain(value)
