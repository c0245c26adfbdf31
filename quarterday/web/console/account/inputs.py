"""Fields of the forms by which staff act: amounts as people write them, days, reasons."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from quarterday.core.errors import BillingError
from quarterday.core.money import currency, format_minor, parse_minor
from quarterday.store.queries.portal.amounts import find_amount
from quarterday.web.kit.words import format_money


class AmountField(forms.CharField):
    """An amount above zero in a currency; its value is minor units, at most ``most``."""

    def __init__(self, code: str, *, most: int | None = None, **options: Any) -> None:
        options.setdefault("label", f"Amount in {code}")
        super().__init__(max_length=24, **options)
        self.code, self.most = code, most
        self.widget.attrs["inputmode"] = "decimal"
        self.widget.attrs["autocomplete"] = "off"
        if most is not None and not self.help_text:
            self.help_text = f"At most {format_money(most, code)}"

    def clean(self, value: Any) -> Any:
        """Minor units, or None where nothing was given and nothing has to be."""
        text = super().clean(value)
        if not text:
            return None
        minor = read_minor(text, self.code)
        if minor is None or minor < 1:
            raise forms.ValidationError("Write it as a number above zero, such as 50.00.")
        if self.most is not None and minor > self.most:
            raise forms.ValidationError(f"It may be {format_money(self.most, self.code)} at most.")
        return minor


def read_minor(text: str, code: str) -> int | None:
    """An amount as people write it; None when it is none or the currency cannot hold it."""
    try:
        return parse_minor(text.strip(), currency(code))
    except BillingError:
        return find_amount(text.strip(), currency(code))


def show_minor(minor: int, code: str) -> str:
    """An amount as it stands in a field."""
    return format_minor(minor, currency(code))


def reason_field(label: str = "Reason", **options: Any) -> forms.CharField:
    """Why; it stands in the log, and on credit notes where customers read it."""
    options.setdefault("help_text", "It is kept in the audit log.")
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=200, widget=widget, **options)


def day_field(label: str, **options: Any) -> forms.DateField:
    """A day, with the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    widget.input_type = "date"
    return forms.DateField(label=label, widget=widget, **options)


def check_coming(day: date | None, today: date) -> str:
    """What is wrong with a day that has to lie ahead; nothing where it does."""
    return "Choose a day after today." if day is not None and day <= today else ""


def make_form(fields: dict[str, forms.Field], data: Any, initial: Any = None) -> forms.Form:
    """A form of these fields."""
    made = type("ActForm", (forms.Form,), fields)
    form: forms.Form = made(data, initial=initial or {})
    return form
