"""The form of a policy: a row a step, typed or dragged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from quarterday.core.dunning import TEMPLATES, Action, DunningPolicy, Unit, to_data
from quarterday.web.console.edit.timeline import ACTIONS
from quarterday.web.console.edit.words import kind_name

_ACTIONS = [(str(action), words) for action, words in ACTIONS.items()]
_MESSAGES = [
    ("", "the usual one"),
    *((name, kind_name(name)) for name in dict.fromkeys(sum(TEMPLATES.values(), ()))),
]
_UNITS = [(str(Unit.DAYS), "days"), (str(Unit.BUSINESS_DAYS), "working days")]
_FEES = ("fixed", "percent", "interest", "cap", "every_days", "times")
SPARE, MOST = 2, 40


class StepForm(forms.Form):
    """One step. What it does not say is kept from the policy as it was."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    offset = forms.IntegerField(
        label="Days",
        required=False,
        min_value=-366,
        max_value=3660,
        widget=forms.NumberInput(attrs={"class": "e-offset", "data-offset": ""}),
    )
    unit = forms.ChoiceField(label="Unit", choices=_UNITS, required=False)
    action = forms.ChoiceField(
        label="What is done", choices=[("", "nothing"), *_ACTIONS], required=False
    )
    template = forms.ChoiceField(label="Message", choices=_MESSAGES, required=False)
    fixed = forms.CharField(label="Fee, fixed", required=False, max_length=20)
    percent = forms.CharField(label="Fee, percent", required=False, max_length=10)
    interest = forms.CharField(label="Interest, percent a year", required=False, max_length=10)
    cap = forms.CharField(label="Fees at most", required=False, max_length=20)
    every_days = forms.IntegerField(label="Again every (days)", required=False, min_value=1)
    times = forms.IntegerField(label="How often", required=False, min_value=1)
    title = forms.CharField(label="Title of the task", required=False, max_length=200)
    event = forms.CharField(label="Event", required=False, max_length=48)
    remove = forms.BooleanField(label="Remove", required=False)


StepFormSet = forms.formset_factory(StepForm, extra=SPARE, max_num=MOST)


class PolicyForm(forms.Form):
    """What goes for the whole policy."""

    code = forms.SlugField(label="Code", max_length=64, help_text="Small letters, digits and -.")
    name = forms.CharField(label="Name", max_length=200)
    notice_days = forms.IntegerField(
        label="Days between a warning and a suspension, at least", min_value=0, max_value=60
    )
    end_notice_days = forms.IntegerField(
        label="Days between a warning and the end of a service, at least",
        min_value=0,
        max_value=90,
    )


def start_from(policy: DunningPolicy, currency: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the forms show of a policy. Amounts are those of the seller's currency."""
    data = to_data(policy)
    rows = []
    for step in data["steps"]:
        row = dict(step)
        for name in ("fixed", "cap"):
            if isinstance(row.get(name), Mapping):
                row[name] = row[name].get(currency, "")
        rows.append(row)
    return {name: data[name] for name in PolicyForm.base_fields}, rows


def to_policy(
    head: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    old: DunningPolicy | None,
    currency: str,
) -> dict[str, Any]:
    """What was typed, as the data of a policy. What the form does not show of a step stays."""
    known = {step["key"]: step for step in to_data(old)["steps"]} if old is not None else {}
    steps: list[dict[str, Any]] = []
    for row in rows:
        if row.get("remove") or not row.get("action"):
            continue
        step = dict(known.get(row.get("key", ""), {}))
        step |= {"offset": row.get("offset") or 0, "action": row["action"]}
        step["unit"] = row.get("unit") or str(Unit.DAYS)
        _set(step, "template", row.get("template") if _may_send(row) else "")
        for name in ("title", "event"):
            _set(step, name, row.get(name))
        for name in _FEES:
            _set(step, name, _fee(row, name, step, currency) if row["action"] == Action.FEE else "")
        step["key"] = _key(step, {one["key"] for one in steps})
        steps.append(step)
    return {**head, "steps": steps}


def _may_send(row: Mapping[str, Any]) -> bool:
    return row.get("template") in TEMPLATES.get(Action(row["action"]), ())


def _fee(row: Mapping[str, Any], name: str, step: Mapping[str, Any], currency: str) -> Any:
    given = row.get(name)
    if name not in ("fixed", "cap"):
        return given
    before = step.get(name)
    amounts = dict(before) if isinstance(before, Mapping) else {}
    amounts.pop(currency, None)
    return {**amounts, currency: given} if given else amounts


def _set(step: dict[str, Any], name: str, value: Any) -> None:
    """Set what was said, and leave out what was not."""
    if value:
        step[name] = value
    else:
        step.pop(name, None)


def _key(step: Mapping[str, Any], taken: set[str]) -> str:
    """A step keeps its name, since steps that were taken are known by it."""
    if step.get("key") and step["key"] not in taken:
        return str(step["key"])
    base = str(step.get("template") or step["action"])
    number = 2
    name = base
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name
