"""Charge many accounts at once: choose them, say what for, see the invoices, confirm."""

from __future__ import annotations

import csv
import io
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.money import currency, format_minor
from quarterday.services.runs.order_on_day import order_on_day
from quarterday.services.runs.plan_charges import Asked, ChargePlan, plan_charges, read_rows
from quarterday.services.runs.preview_charges import preview_charges
from quarterday.services.runs.work_at import work_at
from quarterday.store.fields import make_public_id
from quarterday.store.models import Account, Product, RunKind, ScheduledRun, Seller
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.console.run.choose import AccountsForm, ticked_names
from quarterday.web.console.run.present import HOME
from quarterday.web.console.table import Column, Table
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.words import format_day, format_money

_FEW = 100
_MOST_ERRORS = 20


class ChargesForm(AccountsForm):
    """One charge for all accounts that are chosen, or a file with a charge in each row."""

    empty_means_all = True

    product = forms.ChoiceField(label="Product", required=False)
    description = forms.CharField(label="Text on the invoice", required=False, max_length=500)
    amount = forms.CharField(
        label="Amount",
        required=False,
        max_length=30,
        help_text="Before tax, in the currency of each account; below 0 to reduce.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    rows = forms.CharField(
        label="Or a charge in each row",
        required=False,
        help_text="CSV whose first line is account;product;description;amount.",
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )
    rows_file = forms.FileField(
        label="Or such a file",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    when = forms.ChoiceField(
        label="When",
        choices=[("now", "Bill it at once"), ("next", "Put it on each account's next invoice")],
        widget=forms.RadioSelect,
        initial="now",
    )
    on = forms.DateField(
        label="On a later day",
        required=False,
        help_text="Leave it empty for today.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    field_order = ("names", "file", "plan", "country", "product", "description", "amount")

    def __init__(self, seller: Seller, *args: Any, **kwargs: Any) -> None:
        super().__init__(seller, *args, **kwargs)
        self.plan_made: ChargePlan | None = None
        products = Product.objects.filter(seller=seller).order_by("name")
        self._field("product").choices = [
            ("", "Choose"),
            *((one.code, one.name) for one in products),
        ]

    def clean(self) -> dict[str, Any]:
        """Check every charge; what is wrong with a row is said beside the rows."""
        given = super().clean()
        text = given.get("rows") or ""
        if file := given.get("rows_file"):
            try:
                text = file.read(2_000_001).decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("rows_file", "The file is not text in UTF-8; save it as CSV UTF-8.")
        if self.errors:
            return given
        where = "rows_file" if given.get("rows_file") else "rows" if text else "amount"
        try:
            asked = read_rows(text) if text else self._repeat(given)
        except BillingError as error:
            self.add_error(where, str(error))
            return given
        if self.errors:
            return given
        plan = plan_charges(self.seller, asked)
        for text in plan.errors[:_MOST_ERRORS]:
            self.add_error(where, text)
        if len(plan.errors) > _MOST_ERRORS:
            self.add_error(where, f"And {len(plan.errors) - _MOST_ERRORS} more rows are wrong.")
        if not plan.rows and not plan.errors:
            self.add_error(where, "There is nothing to charge; give at least one row.")
        self.plan_made = plan
        return given

    def _repeat(self, given: dict[str, Any]) -> list[Asked]:
        """The same charge for each account that was chosen."""
        for name, text in (
            ("product", "Choose what it is for; it says how it is taxed."),
            ("description", "Say what the invoice should say."),
            ("amount", "Say how much."),
        ):
            if not given.get(name):
                self.add_error(name, text)
        if self.keys is None:
            self.add_error("names", "Say which accounts: by number, by plan or by country.")
        if self.errors:
            return []
        ids = Account.objects.filter(id__in=self.keys or ()).order_by("id")
        charge = (given["product"], given["description"], given["amount"].strip())
        names = ids.values_list("public_id", "external_id")
        return [Asked(external or key, key, *charge) for key, external in names]


@staff_page(StaffPermission.BOOK_MONEY)
def charges(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The form, its preview with the very invoices, and the order."""
    form = ChargesForm(
        staff.seller, request.POST or None, request.FILES or None, initial=_start(request, staff)
    )
    context: dict[str, Any] = {"form": form, "key": make_public_id("run"), "home": HOME}
    if request.method == "POST" and form.is_valid() and form.plan_made is not None:
        plan, today = form.plan_made, read_today(staff.seller)
        on = form.cleaned_data["on"] or today
        if on < today:
            form.add_error("on", "This day has passed; choose today or a later one.")
        elif "confirm" in request.POST:
            return _order(request, staff, form, plan)
        else:
            context |= _preview(staff, form, plan)
    context["recent"] = _list_recent(staff.seller)
    return show(request, staff, "console/run/charges.html", context, title="Charge many accounts")


def _preview(staff: Staff, form: ChargesForm, plan: ChargePlan) -> dict[str, Any]:
    today = read_today(staff.seller)
    on, waits = form.cleaned_data["on"] or today, form.cleaned_data["when"] == "next"
    count = len(plan.accounts)
    sums = ", ".join(format_money(minor, code) for code, minor in sorted(plan.sums.items()))
    effects = [
        f"{len(plan.rows):,} charges for {count:,} accounts, {sums} before tax.",
        "They go on the next invoice of each account."
        if waits
        else f"Invoices are issued {'now' if on == today else 'on ' + format_day(on, 'weekday')}, "
        "with all else that is due of these accounts.",
    ]
    found = [] if waits else preview_charges(plan, today=today, now=read_now(), most=8)
    rows = [
        [
            one.account,
            one.skipped or "; ".join(line.description for line in one.lines),
            format_money(one.tax_minor, one.currency),
            format_money(one.total_minor, one.currency),
        ]
        for one in found
    ]
    columns = (
        Column("Account"),
        Column("What"),
        Column("Tax", is_amount=True),
        Column("Total", is_amount=True),
    )
    hidden = [(name, value) for name, value in form.hidden() if name not in ("rows", "rows_file")]
    if form.cleaned_data.get("rows") or form.cleaned_data.get("rows_file"):
        hidden = [("rows", _as_text(plan)), ("when", form.cleaned_data["when"])]
        if form.cleaned_data["on"]:
            hidden.append(("on", form.cleaned_data["on"].isoformat()))
    return {
        "effects": effects,
        "hidden": hidden,
        "table": Table("The first invoices, to the cent", columns, rows, is_quiet=False),
        "has_rows": bool(rows),
        "verb": f"Charge {count:,} account{'' if count == 1 else 's'}",
    }


def _as_text(plan: ChargePlan) -> str:
    """The rows as CSV, so that what is confirmed is what was read."""
    accounts = Account.objects.in_bulk({int(str(row[0])) for row in plan.rows})
    products = Product.objects.in_bulk({int(str(row[1])) for row in plan.rows})
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["account", "product", "description", "amount"])
    for account_id, product_id, text, minor in plan.rows:
        account = accounts[int(str(account_id))]
        amount = format_minor(int(str(minor)), currency(account.currency))
        writer.writerow([account.public_id, products[int(str(product_id))].code, text, amount])
    return out.getvalue()


def _order(request: HttpRequest, staff: Staff, form: ChargesForm, plan: ChargePlan) -> HttpResponse:
    given = form.cleaned_data
    text = {name: given.get(name) or "" for name in ("product", "description", "amount")}
    try:
        run = order_on_day(
            seller=staff.seller,
            kind=RunKind.CHARGES,
            on=given["on"] or read_today(staff.seller),
            now=read_now(),
            scope={"rows": plan.rows, "when": given["when"], "asked": text},
            total=len(plan.rows),
            key=request.POST.get("key", ""),
            actor=staff.actor,
        )
    except BillingError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(request.path)
    if len(plan.rows) <= _FEW:
        work_at(read_now, run)
    return HttpResponseRedirect(f"{HOME}orders/{run.public_id}/")


def _start(request: HttpRequest, staff: Staff) -> dict[str, Any]:
    """What the form begins with: accounts that were ticked, or an earlier batch as a template."""
    start: dict[str, Any] = {"names": ticked_names(staff.seller, request), "when": "now"}
    if key := request.GET.get("like"):
        runs = ScheduledRun.objects.filter(seller=staff.seller, kind=RunKind.CHARGES, public_id=key)
        if (run := runs.first()) is not None:
            start |= run.scope.get("asked", {}) | {"when": run.scope.get("when", "now")}
    return start


def _list_recent(seller: Seller) -> list[tuple[ScheduledRun, str]]:
    rows = ScheduledRun.objects.filter(seller=seller, kind=RunKind.CHARGES).order_by("-id")[:5]
    return [(run, run.scope.get("asked", {}).get("description") or "From a file") for run in rows]
