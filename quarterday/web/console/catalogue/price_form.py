"""The form of a price: every pricing model by its own parameters, and what surrounds it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from quarterday.core.charging import Timing
from quarterday.core.errors import BillingError
from quarterday.core.money import plain
from quarterday.core.pricing import parse_model
from quarterday.core.proration import Convention, Policy
from quarterday.store.models import Price

MODELS = (
    ("flat", "One amount, however many"),
    ("per_unit", "An amount for each unit"),
    ("package", "An amount for each package begun"),
    ("graduated", "Tiers: each unit at the price of its tier"),
    ("volume", "Tiers: all units at the price of the tier reached"),
    ("percentage", "A percentage of an amount"),
)
PARAMETERS: Mapping[str, tuple[tuple[str, str, bool], ...]] = {
    "flat": (("amount", "Amount", True),),
    "per_unit": (("unit_price", "Price of a unit", True),),
    "package": (("size", "Units in a package", True), ("price", "Price of a package", True)),
    "percentage": (
        ("rate_percent", "Percent", True),
        ("fixed_fee", "Fee for each event", False),
        ("free_events", "Free events", False),
        ("free_amount", "Free amount", False),
        ("floor", "At least, for an event", False),
        ("cap", "At most, for an event", False),
    ),
}
TIERED = ("graduated", "volume")
TIER_FIELDS = (
    ("up_to", "Up to"),
    ("unit_price", "Price of a unit"),
    ("flat_fee", "Fee of the tier"),
    ("block_size", "Units in a block"),
    ("rate_percent", "Percent"),
)
MOST_TIERS = 8
# The style sheet tells by the placeholder which tiers are empty, and shows one more than needed.
_NUMBER = {"inputmode": "decimal", "autocomplete": "off", "placeholder": " "}
_AROUND = (
    ("setup_fee", "Setup fee", "Once, on the first invoice."),
    ("minimum", "Least for a period", "What a period costs at least."),
    ("commitment", "Least spending", "Charged at the end of a period if less was spent."),
    ("free_units", "Free units", "Of each period, before the price counts."),
)


class PriceForm(forms.Form):
    """After it was found valid, ``terms`` is what services take."""

    model = forms.ChoiceField(label="How it is charged", choices=MODELS)
    tax_inclusive = forms.BooleanField(label="Tax is inside the amounts", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms: dict[str, Any] = {}
        for model, parameters in PARAMETERS.items():
            for name, label, _ in parameters:
                self.fields[f"{model}_{name}"] = _number(label)
        for row in range(MOST_TIERS):
            for name, label in TIER_FIELDS:
                self.fields[f"tier{row}_{name}"] = _number(f"{label}, tier {row + 1}")
        for name, label, hint in _AROUND:
            self.fields[name] = _number(label, hint)

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        """The parameters of each model that has its own, as fields of the page."""
        return [
            (model, [self[f"{model}_{name}"] for name, _, _ in parameters])
            for model, parameters in PARAMETERS.items()
        ]

    @property
    def tiers(self) -> list[list[Any]]:
        """The rows of tiers, as fields of the page."""
        return [[self[f"tier{row}_{name}"] for name, _ in TIER_FIELDS] for row in range(MOST_TIERS)]

    @property
    def tier_labels(self) -> list[str]:
        """What stands over the columns of the tiers."""
        return [label for _, label in TIER_FIELDS]

    @property
    def around(self) -> list[Any]:
        """What surrounds the model, as fields of the page."""
        return [self[name] for name, _, _ in _AROUND]

    def clean(self) -> dict[str, Any]:
        """Make the terms; what the core refuses is said at the top of the form."""
        given = super().clean() or self.cleaned_data
        model = given.get("model", "")
        if not model:
            return given
        data = self._read_tiers(given) if model in TIERED else self._read_parameters(model, given)
        if self.errors:
            return given
        try:
            self.terms = {"model": parse_model({"model": model, **data}).to_data()}
        except BillingError as error:
            self.add_error(None, _sentence(str(error)))
            return given
        for name, _, _ in _AROUND:
            value = given.get(name)
            self.terms[name] = value if name in ("minimum", "commitment") else value or Decimal(0)
        self.terms["tax_inclusive"] = given.get("tax_inclusive", False)
        return given

    def _read_parameters(self, model: str, given: Mapping[str, Any]) -> dict[str, Any]:
        data = {}
        for name, label, is_needed in PARAMETERS[model]:
            value = given.get(f"{model}_{name}")
            if value is not None:
                data[name] = plain(value)
            elif is_needed and f"{model}_{name}" not in self.errors:
                self.add_error(f"{model}_{name}", f"Give a number: {label.lower()}.")
        return data

    def _read_tiers(self, given: Mapping[str, Any]) -> dict[str, Any]:
        tiers = []
        for row in range(MOST_TIERS):
            names = [name for name, _ in TIER_FIELDS]
            values = {name: given.get(f"tier{row}_{name}") for name in names}
            tier = {name: plain(value) for name, value in values.items() if value is not None}
            if tier:
                tiers.append(tier)
        if not tiers and not self.errors:
            self.add_error("tier0_unit_price", "Give at least one tier.")
        return {"tiers": tiers}


def _number(label: str, hint: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=hint,
        required=False,
        min_value=Decimal(0),
        max_digits=24,
        decimal_places=12,
        widget=forms.TextInput(attrs=dict(_NUMBER)),
    )


class NewPriceForm(PriceForm):
    """A first price: its code, currency and when it is billed, too."""

    code = forms.SlugField(label="Code", max_length=64, help_text="Such as standard.")
    currency = forms.CharField(label="Currency", min_length=3, max_length=3)
    meter = forms.ChoiceField(label="What is measured", required=False)
    timing = forms.ChoiceField(
        label="Billed",
        choices=[(Timing.ADVANCE, "In advance"), (Timing.ARREARS, "Afterwards")],
    )
    convention = forms.ChoiceField(
        label="A part of a period is counted in",
        choices=[(one, one.replace("_", " ")) for one in Convention],
    )
    policy = forms.ChoiceField(
        label="What a part of a period costs",
        choices=[(one, one.replace("_", " ")) for one in Policy],
    )


def initial_of(price: Price) -> dict[str, Any]:
    """What the form begins with for another version of a price."""
    model = dict(price.model)
    name = str(model.pop("model"))
    start: dict[str, Any] = {"model": name, "tax_inclusive": price.tax_inclusive}
    if name in TIERED:
        for row, tier in enumerate(model["tiers"][:MOST_TIERS]):
            start |= {f"tier{row}_{key}": value for key, value in tier.items()}
    else:
        start |= {f"{name}_{key}": value for key, value in model.items()}
    for field, _, _ in _AROUND:
        value = getattr(price, field)
        start[field] = plain(value) if value else ""
    return start


def fits(price: Price) -> bool:
    """Whether the form can show all that a price says."""
    return len(price.model.get("tiers", ())) <= MOST_TIERS


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
