"""The form of billing details; its fields follow the country."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quarterday.core.address import FIELDS, BadAddress, check_address, shape_of
from quarterday.core.errors import BillingError
from quarterday.core.tax.treatment import EU_MEMBERS
from quarterday.services.accounts.check_tax_id import BadTaxId, TaxId, check_tax_id
from quarterday.services.inputs import check_text
from quarterday.store.models import Account
from quarterday.store.queries.tax_regions import list_regions
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.words import locale

_NO_COUNTRIES = frozenset(("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"))
_REGION_WORDS = {
    "US": gettext_lazy("State or county"),
    "CA": gettext_lazy("Province"),
    "IE": gettext_lazy("County"),
    "JP": gettext_lazy("Prefecture"),
}


def _text(label: Any, complete: str, limit: int, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": complete})
    return forms.CharField(label=label, max_length=limit, widget=widget, strip=True, **options)


class DetailsForm(forms.Form):
    """Name, address, tax number and language of an account."""

    name = _text(
        gettext_lazy("Name on invoices"),
        "organization",
        200,
        help_text=gettext_lazy("Of the company, or your own."),
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    line1 = _text(gettext_lazy("Street and number"), "address-line1", 100)
    line2 = _text(gettext_lazy("Addition to the address"), "address-line2", 100, required=False)
    postcode = _text(gettext_lazy("Postcode"), "postal-code", 16, required=False)
    city = _text(gettext_lazy("Town"), "address-level2", 80)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    tax_id = _text(gettext_lazy("Tax number"), "off", 64, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of invoices and messages"), choices=settings.LANGUAGES
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.number = TaxId("", {})
        country = self.shown_country = self._choose_country()
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list_countries(account.seller.country)
        self._shape_postcode(country)
        self._shape_region(country)
        self.fields["tax_id"].help_text = _tax_hint(country)
        for one in self.fields.values():
            one.error_messages["required"] = _("Please fill this in.")

    def _choose_country(self) -> str:
        given = self.data.get("country") if self.is_bound else self.initial.get("country")
        return str(given or self.account.country)

    def _shape_postcode(self, country: str) -> None:
        shape, field = shape_of(country), self.fields["postcode"]
        field.required = shape.needs_postcode
        if country == "US":
            field.label = _("ZIP code")
        if shape.example:
            field.help_text = _("Such as %(example)s") % {"example": shape.example}
        order = ["postcode", "city"] if shape.postcode_first else ["city", "postcode"]
        self.order_fields(
            ["name", "country", "line1", "line2", *order, "region", "tax_id", "language"]
        )

    def _shape_region(self, country: str) -> None:
        """Regions are asked for where the seller taxes them apart."""
        regions = list_regions(self.account.seller, country)
        if not regions:
            del self.fields["region"]
            return
        field = self.fields["region"]
        assert isinstance(field, forms.ChoiceField)
        field.label = str(_REGION_WORDS.get(country, _("Region")))
        field.choices = [("", _("Elsewhere")), *((one, one.capitalize()) for one in regions)]

    def clean_name(self) -> str:
        """The name as it can be printed."""
        try:
            return check_text(self.cleaned_data["name"], "name")
        except BillingError:
            raise forms.ValidationError(
                _("It holds a character that cannot be printed. Type it again.")
            ) from None

    def clean(self) -> dict[str, Any]:
        """Address and tax number by the rules of the country."""
        data = self.cleaned_data
        country = data.get("country", "")
        if country and not any(name in self.errors for name in FIELDS):
            try:
                data |= check_address(country, {name: data.get(name, "") for name in FIELDS})
            except BadAddress as error:
                self.add_error(error.field, _say_address(error, country))
        if country and "tax_id" in data:
            try:
                self.number = check_tax_id(country=country, tax_id=data["tax_id"], now=read_now())
                data["tax_id"] = self.number.number
            except BadTaxId:
                self.add_error("tax_id", _say_tax_id(country))
            except BillingError:
                self.add_error("tax_id", _("It holds a character that cannot be printed."))
        return data

    def address(self) -> dict[str, str]:
        """The parts of the address of a form that is right."""
        return {name: str(self.cleaned_data.get(name, "")) for name in FIELDS}


def initial_of(account: Account) -> dict[str, str]:
    """What the form shows of an account."""
    known: dict[str, Any] = account.address
    return {
        "name": account.name,
        "country": account.country,
        "region": account.region,
        "tax_id": account.tax_id,
        "language": account.language.split("-")[0],
        **{name: str(known.get(name, "")) for name in FIELDS},
    }


def list_countries(first: str) -> list[tuple[str, str]]:
    """Countries in the reader's language, the seller's own first."""
    names = Locale.parse(locale()).territories
    found = [
        (code, str(name))
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    ]
    return sorted(found, key=lambda one: (one[0] != first, one[1].casefold()))


def _tax_hint(country: str) -> str:
    if country in EU_MEMBERS:
        return _(
            "The VAT number of a business, with the letters of its country. "
            "Leave it empty if you have none."
        )
    return _("Of a business, as your country writes it. Leave it empty if you have none.")


def _say_address(error: BadAddress, country: str) -> str:
    if error.code == "empty":
        return _("Please fill this in.")
    if error.code == "form":
        words = {"example": shape_of(country).example}
        return (
            _("It does not look like a postcode of this country. Write it like %(example)s.")
            % words
        )
    if error.code == "long":
        return _("It is too long. Shorten it.")
    return _("It holds a character that cannot be printed. Type it again.")


def _say_tax_id(country: str) -> str:
    if country in EU_MEMBERS:
        return _(
            "This is no VAT number of this country: its form or a check digit is wrong. "
            "Look for a slip, or leave it empty."
        )
    return _(
        "This is no tax number of this country: its form or a check digit is wrong. "
        "Look for a slip, or leave it empty."
    )
