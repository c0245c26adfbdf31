"""How a product stands in the shop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from quarterday.core.access import StaffPermission
from quarterday.core.cart import MOST_PIECES
from quarterday.core.errors import BillingError
from quarterday.services.catalog.publish_group import publish_group
from quarterday.services.catalog.publish_offer import Activation, publish_offer
from quarterday.store.models import Offer, Plan, Product, ProductGroup
from quarterday.web.console.catalogue.find import find_product
from quarterday.web.console.catalogue.present import HOME
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now

_ACTIVATION = (
    (Activation.ON_ORDER, "As soon as it is ordered"),
    (Activation.ON_PAYMENT, "When the first invoice is paid"),
    (Activation.BY_HAND, "When somebody of the staff starts it"),
)


class OfferForm(forms.Form):
    """What strangers read and may order."""

    is_public = forms.BooleanField(label="Show it in the shop", required=False)
    group = forms.CharField(label="Shelf", max_length=64, help_text="Its name, or a new one.")
    headline = forms.CharField(label="Headline", required=False, max_length=200)
    description = forms.CharField(
        label="Description", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    features = forms.CharField(
        label="What it has",
        required=False,
        help_text="One a line.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    addons = forms.MultipleChoiceField(
        label="Add-ons", required=False, widget=forms.CheckboxSelectMultiple
    )
    position = forms.IntegerField(label="Position", help_text="Low numbers come first.")
    max_quantity = forms.IntegerField(
        label="Most of it in an order", min_value=1, max_value=MOST_PIECES
    )
    activation = forms.ChoiceField(label="The service starts", choices=_ACTIVATION)
    on_invoice = forms.BooleanField(label="It may be paid later, on invoice", required=False)


class OptionForm(forms.Form):
    """A choice among plans to add; one without a name and choices is none."""

    name = forms.CharField(label="What is chosen", max_length=200, required=False)
    code = forms.CharField(
        label="Code", max_length=64, required=False, help_text="For links; made of the name."
    )
    choices = forms.CharField(
        label="Choices",
        required=False,
        help_text="A product/plan a line; a dash is to go without. The first one is taken unless "
        "the buyer says otherwise.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def option(self) -> dict[str, object] | None:
        """What `publish_offer` takes; None where nothing was filled in."""
        given = self.cleaned_data
        lines = [line.strip() for line in given.get("choices", "").splitlines() if line.strip()]
        if not (given.get("name") or lines):
            return None
        code = given["code"] or "-".join(given["name"].lower().split())
        choices = ["" if line in _WITHOUT else line for line in lines]
        return {"code": code[:64], "name": given["name"], "choices": choices}


_WITHOUT = ("-", "–", "—")
OptionSet = forms.formset_factory(OptionForm, extra=1, max_num=20, absolute_max=20)


@staff_page(StaffPermission.CHANGE_SETTINGS)
def offer(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """Offer a product, or change how; running contracts are left alone."""
    product = find_product(staff.seller, key)
    known = Offer.objects.select_related("group").filter(product=product).first()
    form = OfferForm(request.POST or None, initial=_start(known))
    options = OptionSet(request.POST or None, prefix="options", initial=_start_options(known))
    others = Product.objects.filter(seller=staff.seller).exclude(id=product.id).order_by("name")
    field = form.fields["addons"]
    assert isinstance(field, forms.MultipleChoiceField)
    field.choices = [(one.code, one.name) for one in others]
    is_good = request.method == "POST" and form.is_valid() and options.is_valid()
    if is_good and _save(form, options, staff, product):
        messages.success(request, "Saved. The shop shows it from now on.")
        return HttpResponseRedirect(f"{HOME}products/{product.public_id}/")
    groups = ProductGroup.objects.filter(seller=staff.seller).order_by("position")
    names = ", ".join(groups.values_list("name", flat=True))
    form.fields["group"].help_text = f"Its name, or a new one. There are: {names}." if names else ""
    plans = Plan.objects.filter(product__seller=staff.seller).exclude(product=product)
    named = plans.order_by("product__code", "code").values_list("product__code", "code")
    context = {
        "form": form,
        "options": options,
        "plans": [f"{of}/{code}" for of, code in named[:200]],
        "verb": "Save the offer",
        "lead": "What strangers see and may order. Contracts that run are left alone.",
        "crumb": (f"{HOME}products/{product.public_id}/", product.name),
    }
    title = f"{product.name} in the shop"
    return show(request, staff, "console/catalogue/offer.html", context, title=title)


def _start_options(known: Offer | None) -> list[dict[str, str]]:
    return [
        {
            "name": str(one["name"]),
            "code": str(one["code"]),
            "choices": "\n".join(choice or "-" for choice in one["choices"]),
        }
        for one in (known.options if known else ())
    ]


def _start(known: Offer | None) -> dict[str, object]:
    if known is None:
        return {"is_public": True, "position": 100, "max_quantity": 1, "activation": "on_payment"}
    names = "is_public headline description addons position max_quantity activation on_invoice"
    start: dict[str, object] = {name: getattr(known, name) for name in names.split()}
    return start | {"group": known.group.name, "features": "\n".join(known.features)}


def _save(form: OfferForm, options: Any, staff: Staff, product: Product) -> bool:
    given = form.cleaned_data
    try:
        publish_offer(
            product=product,
            group=_find_group(given["group"], staff),
            is_public=given["is_public"],
            headline=given["headline"],
            description=given["description"],
            features=[line.strip() for line in given["features"].splitlines() if line.strip()],
            position=given["position"],
            max_quantity=given["max_quantity"],
            options=[option for one in options if (option := one.option()) is not None],
            addons=given["addons"],
            activation=given["activation"],
            on_invoice=given["on_invoice"],
            now=read_now(),
            actor=staff.actor,
        )
    except BillingError as error:
        form.add_error(None, str(error))
        return False
    return True


def _find_group(name: str, staff: Staff) -> ProductGroup:
    """The shelf with a name, which is made where there is none."""
    rows = ProductGroup.objects.filter(seller=staff.seller, name__iexact=name.strip())
    if (found := rows.first()) is not None:
        return found
    code = "-".join(name.lower().split())[:64]
    return publish_group(
        seller=staff.seller, code=code, name=name, now=read_now(), actor=staff.actor
    )
