"""What check-out asks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterday.services.orders.place_order import Buyer
from quarterday.store.models import Cart
from quarterday.store.queries.tax_regions import list_regions
from quarterday.web.order.words import countries

NOW, LATER = "now", "invoice"


def _text(label: Any, complete: str, limit: int = 200, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": complete})
    return forms.CharField(label=label, max_length=limit, widget=widget, **options)


class AgreeForm(forms.Form):
    """How to pay, and that the terms are accepted: all that a known account is asked."""

    pay = forms.ChoiceField(required=False)
    terms = forms.BooleanField(
        error_messages={
            "required": gettext_lazy("Accept the terms; without that we cannot take your order.")
        }
    )

    def __init__(self, *args: Any, has_terms: bool, can_pay_later: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pay = self.fields["pay"]
        assert isinstance(pay, forms.ChoiceField)
        pay.choices = [(NOW, _("Pay now")), (LATER, _("Pay by invoice"))]
        pay.label = _("Payment")
        if not can_pay_later:
            del self.fields["pay"]
        self.fields["terms"].label = _("I accept the terms of service")
        if not has_terms:
            del self.fields["terms"]


class BuyerForm(AgreeForm):
    """Who a stranger is and where they live."""

    email = forms.EmailField(
        label=gettext_lazy("Mail address"),
        max_length=254,
        help_text=gettext_lazy("Your order and your invoices go there, and you sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = _text(gettext_lazy("Your name"), "name")
    company = _text(gettext_lazy("Company"), "organization", required=False)
    line1 = _text(gettext_lazy("Street and number"), "address-line1")
    line2 = _text(gettext_lazy("Addition to the address"), "address-line2", required=False)
    postcode = _text(gettext_lazy("Postcode"), "postal-code", 16, required=False)
    city = _text(gettext_lazy("Town"), "address-level2")
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    tax_id = _text(
        gettext_lazy("Tax number"),
        "off",
        64,
        required=False,
        help_text=gettext_lazy("For businesses, such as DE123456789. It can change the tax."),
    )
    field_order = (
        "email name company country line1 line2 postcode city region tax_id pay terms"
    ).split()

    def __init__(self, *args: Any, cart: Cart, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country, region = self.fields["country"], self.fields["region"]
        assert isinstance(country, forms.ChoiceField)
        assert isinstance(region, forms.ChoiceField)
        country.choices = countries(cart.seller.country)
        chosen = str(self.data.get("country") or cart.country)
        regions = list_regions(cart.seller, chosen)
        if regions:
            region.choices = [("", _("Elsewhere")), *((one, one.capitalize()) for one in regions)]
        else:
            del self.fields["region"]
        for name, one in self.fields.items():
            if name != "terms":
                one.error_messages["required"] = _("Please fill this in.")

    def buyer(self, language: str) -> Buyer:
        """The buyer of a form that is right."""
        data = self.cleaned_data
        address = {name: data[name] for name in ("line1", "line2", "postcode", "city")}
        return Buyer(
            email=data["email"],
            name=data["name"],
            company=data["company"],
            address=address,
            language=language,
        )
