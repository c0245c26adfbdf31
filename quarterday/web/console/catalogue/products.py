"""Products and plans with their prices: the list, new ones, and how they read."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.period import Anchoring, Unit
from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_product import publish_product
from quarterday.store.models import Plan, Price, Product, TaxRate
from quarterday.store.queries.price_use import count_contracts
from quarterday.web.console.catalogue.find import find_plan, find_product
from quarterday.web.console.catalogue.present import HOME, say_price, tabs
from quarterday.web.console.door import Staff, refuse_role, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.prices import describe_cadence


class ProductForm(forms.Form):
    """What is sold, and how it is taxed."""

    name = forms.CharField(label="Name", max_length=200)
    code = forms.SlugField(label="Code", max_length=64, help_text="Such as web; it stays.")
    tax_class = forms.CharField(
        label="Tax class",
        max_length=32,
        initial="standard",
        help_text="Which of your tax rates it bears.",
    )
    income_code = forms.CharField(
        label="Income account",
        max_length=64,
        initial="sales",
        help_text="Where what it earns stands in the book, from the next invoice on.",
    )


class PlanForm(forms.Form):
    """A product at a cadence."""

    name = forms.CharField(label="Name", max_length=200, help_text="It stands on invoices.")
    code = forms.SlugField(label="Code", max_length=64, help_text="Such as monthly; it stays.")
    cadence_count = forms.IntegerField(label="Every", min_value=1, max_value=120, initial=1)
    cadence_unit = forms.ChoiceField(
        label="Unit", choices=[(one, f"{one}s") for one in Unit], initial=Unit.MONTH
    )
    anchoring = forms.ChoiceField(
        label="Periods begin",
        choices=[
            (Anchoring.START, "On the day of the start"),
            (Anchoring.CALENDAR, "With the calendar"),
            (Anchoring.DAY_OF_MONTH, "On a day of the month"),
        ],
    )
    anchor_day = forms.IntegerField(label="Day", required=False, min_value=1, max_value=31)
    trial_days = forms.IntegerField(label="Days of trial", min_value=0, max_value=3650, initial=0)


@require_safe
@staff_page(StaffPermission.SEE_SETTINGS)
def catalogue(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Every product with its plans, their prices, and how many contracts have each."""
    asked = request.GET.get("q", "").strip()
    old = request.GET.get("retired") == "1"
    prices = Price.objects.filter(plan__product__seller=staff.seller)
    counts = count_contracts(prices)
    if not old:
        prices = prices.filter(retired_on__isnull=True)
    by_plan = defaultdict(list)
    for price in prices.select_related("plan__product", "meter").order_by("currency", "id"):
        by_plan[price.plan_id].append((price, say_price(price), counts.get(price.id, 0)))
    plans = defaultdict(list)
    rows = Plan.objects.filter(product__seller=staff.seller).select_related("product")
    for plan in rows.order_by("name"):
        words = describe_cadence(plan.cadence_count, plan.cadence_unit)
        plans[plan.product_id].append((plan, words, by_plan[plan.id]))
    products = Product.objects.filter(seller=staff.seller).order_by("name")
    if asked:
        products = products.filter(name__icontains=asked) | products.filter(code__icontains=asked)
    context = {
        "tabs": tabs(request),
        "products": [(one, plans[one.id]) for one in products],
        "asked": asked,
        "old": old,
        "may": staff.may(StaffPermission.CHANGE_SETTINGS),
        "home": HOME,
    }
    return show(request, staff, "console/catalogue/catalogue.html", context, title="Catalogue")


@staff_page(StaffPermission.CHANGE_SETTINGS)
def new_product(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Publish a product; its plans come next."""
    form = ProductForm(request.POST or None)
    _suggest(form, staff)
    if request.method == "POST" and form.is_valid():
        if Product.objects.filter(seller=staff.seller, code=form.cleaned_data["code"]).exists():
            form.add_error("code", "There is a product with this code; choose another one.")
        elif (made := _publish(form, staff, form.cleaned_data["code"])) is not None:
            messages.success(request, "Published. Now give it a plan.")
            return HttpResponseRedirect(f"{HOME}products/{made.public_id}/")
    context = {"form": form, "verb": "Publish the product", "crumb": (HOME, "Catalogue")}
    return show(request, staff, "console/catalogue/form.html", context, title="A new product")


@staff_page(StaffPermission.SEE_SETTINGS)
def product(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """A product: how it reads and is taxed, its plans, and its place in the shop."""
    row = find_product(staff.seller, key)
    may = staff.may(StaffPermission.CHANGE_SETTINGS)
    start = {name: getattr(row, name) for name in ("name", "code", "tax_class", "income_code")}
    form = ProductForm(request.POST or None, initial=start)
    form.fields["code"].disabled = True
    _suggest(form, staff)
    if request.method == "POST":
        if not may:
            return refuse_role(request, staff)
        if form.is_valid() and _publish(form, staff, row.code) is not None:
            messages.success(request, "Saved. The next invoices say so.")
            return HttpResponseRedirect(request.path)
    plans = Plan.objects.filter(product=row).order_by("name")
    context = {
        "row": row,
        "form": form,
        "plans": [(one, describe_cadence(one.cadence_count, one.cadence_unit)) for one in plans],
        "offer": getattr(row, "offer", None),
        "may": may,
        "home": HOME,
    }
    return show(request, staff, "console/catalogue/product.html", context, title=row.name)


def _suggest(form: ProductForm, staff: Staff) -> None:
    """Say which tax classes there are."""
    rows = TaxRate.objects.filter(seller=staff.seller).values_list("tax_class", flat=True)
    if known := ", ".join(sorted(set(rows))):
        form.fields["tax_class"].help_text = f"Which of your tax rates it bears: {known}."


def _publish(form: ProductForm, staff: Staff, code: str) -> Product | None:
    given = form.cleaned_data
    known = Product.objects.filter(seller=staff.seller, code=code).first()
    try:
        return publish_product(
            seller=staff.seller,
            code=code,
            name=given["name"],
            tax_class=given["tax_class"],
            income_code=given["income_code"],
            settings=known.settings if known else None,
            now=read_now(),
            actor=staff.actor,
        )
    except BillingError as error:
        form.add_error(None, str(error))
        return None


@staff_page(StaffPermission.CHANGE_SETTINGS)
def new_plan(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """Publish a plan of a product; its price comes next."""
    row = find_product(staff.seller, key)
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if Plan.objects.filter(product=row, code=form.cleaned_data["code"]).exists():
            form.add_error("code", "There is a plan with this code; choose another one.")
        elif (made := _publish_plan(form, row, staff)) is not None:
            messages.success(request, "Published. Now give it a price.")
            return HttpResponseRedirect(f"{HOME}plans/{made.public_id}/prices/new/")
    crumb = (f"{HOME}products/{row.public_id}/", row.name)
    context = {"form": form, "verb": "Publish the plan", "crumb": crumb}
    return show(request, staff, "console/catalogue/form.html", context, title="A new plan")


@staff_page(StaffPermission.CHANGE_SETTINGS)
def plan(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """Change a plan for those who begin it from now on."""
    row = find_plan(staff.seller, key)
    names = "name code cadence_count cadence_unit anchoring anchor_day trial_days".split()
    form = PlanForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    form.fields["code"].disabled = True
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and _publish_plan(form, row.product, staff, row) is not None:
        messages.success(request, "Saved. Running contracts stay as they are.")
        return HttpResponseRedirect(f"{HOME}products/{row.product.public_id}/")
    context: dict[str, Any] = {
        "form": form,
        "verb": "Save the plan",
        "lead": "What changes counts for new contracts; running ones keep what they began with.",
        "crumb": (f"{HOME}products/{row.product.public_id}/", row.product.name),
    }
    return show(request, staff, "console/catalogue/form.html", context, title=row.name)


def _publish_plan(
    form: PlanForm, row: Product, staff: Staff, known: Plan | None = None
) -> Plan | None:
    given = form.cleaned_data
    try:
        return publish_plan(
            product=row,
            code=given["code"] if known is None else known.code,
            name=given["name"],
            cadence=f"{given['cadence_count']} {given['cadence_unit']}",
            anchoring=given["anchoring"],
            anchor_day=given["anchor_day"],
            trial_days=given["trial_days"],
            settings=known.settings if known else None,
            now=read_now(),
            actor=staff.actor,
        )
    except BillingError as error:
        form.add_error(None, str(error))
        return None
