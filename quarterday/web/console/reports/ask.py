"""The form of a report's parameters, made from what the report says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms

from quarterday.ports.report import Parameter, ParameterKind, Report

_DATE = {"type": "date"}
_LABELS = {
    "not_due": "Not due",
    "to_30": "1–30 days late",
    "to_60": "31–60 days late",
    "to_90": "61–90 days late",
    "over_90": "Over 90 days late",
    "ahead": "Paid ahead",
    "mrr": "MRR",
}


def make_form(report: Report, values: Mapping[str, str], currencies: Iterable[str]) -> forms.Form:
    """A form filled with the values that hold; a choice of one currency is left out."""
    known = sorted({one for one in currencies if one} | {values.get("currency", "")} - {""})
    form = forms.Form(initial=dict(values))
    for one in report.parameters:
        if one.kind is ParameterKind.CURRENCY and len(known) < 2 and not values.get(one.name):
            continue
        form.fields[one.name] = _field(one, known)
    return form


def _field(one: Parameter, currencies: list[str]) -> forms.Field:
    match one.kind:
        case ParameterKind.DAY:
            return forms.CharField(label=one.title, widget=forms.DateInput(attrs=_DATE))
        case ParameterKind.CHOICE:
            return forms.ChoiceField(
                label=one.title, choices=[(n, name_of(n)) for n in one.choices]
            )
        case ParameterKind.CURRENCY:
            choices = [("", "All"), *((code, code) for code in currencies)]
            return forms.ChoiceField(label=one.title, choices=choices, required=False)
        case ParameterKind.COUNT:
            return forms.IntegerField(label=one.title, min_value=1)
    return forms.CharField(label=one.title, max_length=100)


def name_of(choice: str) -> str:
    """A choice as people read it."""
    return _LABELS.get(choice, choice.replace("_", " ").capitalize())
