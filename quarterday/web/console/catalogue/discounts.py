"""Discounts and promotion codes: their terms, who may use them, how they are used, a sample."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.money import plain
from quarterday.services.catalog.end_discount import end_discount
from quarterday.services.catalog.foresee_discount import foresee_discount
from quarterday.services.catalog.publish_discount import MOST_USES, Promotion, publish_discount
from quarterday.store.models import Discount, Plan, Price, Product, Seller
from quarterday.store.queries.price_use import DiscountUse, count_discounts
from quarterday.web.console.catalogue.find import find_discount
from quarterday.web.console.catalogue.present import HOME, pill, tabs
from quarterday.web.console.door import Staff, refuse_role, staff_page
from quarterday.web.console.page import show
from quarterday.web.console.table import Column, Table
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_day, format_money

_URL = f"{HOME}discounts/"
_KINDS = (
    ("percentage", "Percent off"),
    ("fixed", "An amount off"),
    ("price_override", "Another price of a unit"),
    ("free_setup", "No setup fee"),
)
_DURATIONS = (
    ("forever", "As long as the contract"),
    ("periods", "For some periods"),
    ("once", "Once"),
)
_PROMOTIONS = (
    (Promotion.NOBODY, "Nobody; staff grant it"),
    (Promotion.NEW, "New customers, when they order"),
    (Promotion.ALL, "Everybody, when they order"),
)


def _count(label: str, hint: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=MOST_USES, help_text=hint
    )


class DiscountForm(forms.Form):
    """A discount; what was agreed with customers never changes."""

    code = forms.CharField(label="Code", max_length=64, help_text="As people type it.")
    name = forms.CharField(label="Name", max_length=200, required=False)
    kind = forms.ChoiceField(label="What it does", choices=_KINDS)
    value = forms.DecimalField(
        label="How much",
        min_value=Decimal(0),
        max_digits=15,
        decimal_places=6,
        initial=10,
        help_text="Percent, or currency units; 0 for no setup fee.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    duration = forms.ChoiceField(label="How long", choices=_DURATIONS)
    periods = forms.IntegerField(label="Periods", min_value=1, max_value=1200, initial=1)
    products = forms.MultipleChoiceField(
        label="Only for these products",
        required=False,
        help_text="None is for all.",
        widget=forms.CheckboxSelectMultiple,
    )
    promotion = forms.ChoiceField(label="Who may enter the code", choices=_PROMOTIONS)
    max_uses = _count("Most orders that may use it", "Empty is as many as come.")
    max_uses_per_account = _count("Most orders of one account", "Empty is as many as come.")
    valid_from = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_end = forms.DateField(
        label="First day without it",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    plan = forms.ChoiceField(label="Try it on", required=False)
    quantity = forms.DecimalField(label="How many", required=False, initial=1, min_value=Decimal(1))

    def __init__(self, seller: Seller, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = Product.objects.filter(seller=seller).order_by("name")
        plans = Plan.objects.filter(product__seller=seller).order_by("name")
        fields: dict[str, Any] = self.fields
        fields["products"].choices = [(one.code, one.name) for one in products]
        fields["plan"].choices = [(one.public_id, one.name) for one in plans]

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning."""
        given = super().clean() or self.cleaned_data
        first, last = given.get("valid_from"), given.get("valid_end")
        if first and last and last <= first:
            self.add_error("valid_end", "It would end before it begins.")
        if given.get("kind") == "percentage" and (given.get("value") or 0) > 100:
            self.add_error("value", "At most 100 percent.")
        return given

    @property
    def own(self) -> list[Any]:
        """The fields of the discount itself."""
        return [one for one in self if one.name not in ("plan", "quantity")]

    def terms(self) -> dict[str, Any]:
        """What `publish_discount` takes."""
        given = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("plan", "quantity")
        }
        if given["kind"] == "free_setup":
            given["value"] = Decimal(0)
        return given | {"products": given["products"] or None}


class ChangeForm(forms.Form):
    """What may change of a discount that was published."""

    name = forms.CharField(label="Name", max_length=200, required=False)
    promotion = forms.ChoiceField(label="Who may enter the code", choices=_PROMOTIONS)
    max_uses = _count("Most orders that may use it", "Not fewer than have; empty is any number.")
    max_uses_per_account = _count("Most orders of one account", "Empty is as many as come.")
    valid_end = forms.DateField(
        label="First day without it",
        required=False,
        help_text="Those who have it keep it.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )


@require_safe
@staff_page(StaffPermission.SEE_SETTINGS)
def discounts(request: HttpRequest, staff: Staff) -> HttpResponse:
    """All of them, with who has them."""
    rows = list(Discount.objects.filter(seller=staff.seller).order_by("-id"))
    uses, today = count_discounts(rows), read_today(staff.seller)
    context = {
        "tabs": tabs(request),
        "rows": [
            (
                one,
                say_discount(one),
                _say_state(one, today),
                _say_uses(one),
                uses.get(one.id, DiscountUse(0, 0)),
            )
            for one in rows
        ],
        "may": staff.may(StaffPermission.CHANGE_SETTINGS),
        "home": HOME,
    }
    return show(request, staff, "console/catalogue/discounts.html", context, title="Discounts")


def say_discount(one: Discount) -> str:
    """What a discount does, in a line."""
    value = plain(one.value)
    what = {
        "percentage": f"{value} % off",
        "fixed": f"{value} {one.currency} off",
        "price_override": f"{value} {one.currency} for each",
        "free_setup": "no setup fee",
    }[one.kind]
    long = {"once": "once", "forever": "as long as the contract"}.get(
        one.duration, f"for {one.periods} periods"
    )
    only = f", only {', '.join(one.products)}" if one.products else ""
    return f"{what}, {long}{only}"


def _say_state(one: Discount, today: date) -> Any:
    if one.valid_from is not None and today < one.valid_from:
        return pill(f"From {format_day(one.valid_from, 'short')}", "info")
    if one.valid_end is not None and one.valid_end <= today:
        return pill("Ended", "plain")
    if one.max_uses is not None and one.uses >= one.max_uses:
        return pill("Used up", "plain")
    if one.promotion == Promotion.NOBODY:
        return pill("Granted by staff", "plain")
    return pill("Can be entered", "good")


@staff_page(StaffPermission.CHANGE_SETTINGS)
def new(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Publish a discount."""
    form = DiscountForm(staff.seller, request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if Discount.objects.filter(seller=staff.seller, code__iexact=code).exists():
            form.add_error("code", "There is a discount with this code; choose another one.")
        else:
            try:
                publish_discount(
                    seller=staff.seller, now=read_now(), actor=staff.actor, **form.terms()
                )
            except BillingError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"Published: {code}.")
                return HttpResponseRedirect(_URL)
    context = {"form": form, "home": HOME}
    return show(request, staff, "console/catalogue/discount_form.html", context, title="A discount")


@require_POST
@staff_page(StaffPermission.CHANGE_SETTINGS)
def try_discount(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What the discount that is typed takes off a sample."""
    form = DiscountForm(staff.seller, request.POST)
    form.is_valid()
    context: dict[str, Any] = {"problem": "", "table": None}
    rows = Price.objects.filter(
        plan__public_id=form.cleaned_data.get("plan") or "",
        plan__product__seller=staff.seller,
        currency=staff.seller.currency,
        meter__isnull=True,
        retired_on__isnull=True,
    )
    prices = list(rows.select_related("plan__product"))
    needed = {"kind", "value", "duration", "periods"}
    if not prices:
        context["problem"] = "Choose a plan that has a price; usage has no fixed one to show."
    elif needed <= form.cleaned_data.keys():
        given = {name: form.cleaned_data[name] for name in needed}
        given["products"] = form.cleaned_data.get("products") or None
        quantity = form.cleaned_data.get("quantity") or Decimal(1)
        try:
            context["table"] = _sample(prices, quantity, given)
        except BillingError as error:
            context["problem"] = str(error)
    else:
        context["problem"] = "The example appears here as soon as the discount is complete."
    return render(request, "console/catalogue/example.html", context)


def _sample(prices: list[Price], quantity: Decimal, given: dict[str, Any]) -> Table:
    code = prices[0].currency
    rows = [
        [
            one.label,
            format_money(one.before_minor, code),
            format_money(one.after_minor, code),
            format_money(one.after_minor - one.before_minor, code),
        ]
        for one in foresee_discount(prices, quantity, given)
    ]
    columns = (
        Column("Invoice"),
        Column("Without", is_amount=True),
        Column("With it", is_amount=True),
        Column("Saved", is_amount=True),
    )
    return Table(f"{prices[0].plan.name}, before tax", columns, rows, is_quiet=False)


@staff_page(StaffPermission.SEE_SETTINGS)
def discount(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """One: its terms, how it is used, and what may still change."""
    row = find_discount(staff.seller, key)
    may = staff.may(StaffPermission.CHANGE_SETTINGS)
    fields = ("name", "promotion", "max_uses", "max_uses_per_account", "valid_end")
    start = {name: getattr(row, name) for name in fields}
    form = ChangeForm(request.POST or None, initial=start)
    if request.method == "POST" and not may:
        return refuse_role(request, staff)
    if request.method == "POST" and form.is_valid() and _change(form, staff, row):
        messages.success(request, "Saved.")
        return HttpResponseRedirect(_URL)
    use = count_discounts([row]).get(row.id, DiscountUse(0, 0))
    context = {
        "row": row,
        "words": say_discount(row),
        "facts": [
            ("What it does", say_discount(row)),
            ("From", format_day(row.valid_from) if row.valid_from else "always"),
            ("Orders that used the code", _say_uses(row)),
            ("Contracts that have it", f"{use.contracts:,}"),
            ("Periods that it was used for", f"{use.periods:,}"),
        ],
        "form": form,
        "may": may,
        "home": HOME,
    }
    return show(request, staff, "console/catalogue/discount.html", context, title=row.code)


def _say_uses(one: Discount) -> str:
    said = f"{one.uses:,}"
    said = f"{said} of {one.max_uses:,}" if one.max_uses is not None else said
    own = one.max_uses_per_account
    return f"{said}, at most {own:,} of one account" if own is not None else said


def _change(form: ChangeForm, staff: Staff, row: Discount) -> bool:
    given, now = form.cleaned_data, read_now()
    try:
        publish_discount(
            seller=staff.seller,
            code=row.code,
            kind=row.kind,
            value=row.value,
            currency=row.currency or None,
            products=row.products,
            duration=row.duration,
            periods=row.periods,
            priority=row.priority,
            valid_from=row.valid_from,
            valid_end=row.valid_end,
            name=given["name"],
            promotion=given["promotion"],
            max_uses=given["max_uses"],
            max_uses_per_account=given["max_uses_per_account"],
            now=now,
            actor=staff.actor,
        )
    except BillingError as error:
        form.add_error(None, str(error))
        return False
    try:
        if given["valid_end"] and given["valid_end"] != row.valid_end:
            end_discount(discount=row, on=given["valid_end"], now=now, actor=staff.actor)
    except BillingError as error:
        form.add_error("valid_end", str(error))
        return False
    return True
