"""Pieces of pages: money, dates, pills, fields, pages of a list, bars. Built into all templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quarterday.web.kit.words import STATES, format_day, format_money, format_quantity

register = template.Library()


@register.simple_tag
def money(minor: int, currency: str) -> SafeString:
    """``{% money invoice.total_minor invoice.currency %}``; never broken over two lines."""
    return format_html('<span class="money">{}</span>', format_money(minor, currency))


@register.simple_tag
def money_text(minor: int, currency: str) -> str:
    """The same without markup, for titles, buttons and attributes."""
    return format_money(minor, currency)


@register.simple_tag
def day(value: date | None, style: str = "long") -> SafeString | str:
    """``{% day invoice.due_on "weekday" %}``: weekday, long, short or month."""
    if value is None:
        return "–"
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat()[:10], format_day(value, style)
    )


@register.simple_tag
def day_text(value: date, style: str = "long") -> str:
    """The same without markup."""
    return format_day(value, style)


@register.filter
def quantity(value: Decimal) -> str:
    """``{{ line.quantity|quantity }}``."""
    return format_quantity(value)


@register.simple_tag
def pill(state: str, word: str = "") -> SafeString:
    """``{% pill "overdue" %}``: a state as a word with its colour; ``word`` says it otherwise."""
    known, meaning = STATES.get(state, (state.replace("_", " ").capitalize(), "plain"))
    return format_html('<span class="pill pill-{}">{}</span>', meaning, word or known)


@register.inclusion_tag("kit/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """``{% field form.email %}``: label, hint, input and error, tied together for readers."""
    hint, error = f"{bound.auto_id}_hint", f"{bound.auto_id}_error"
    described = [one for one, there in ((hint, bound.help_text), (error, bound.errors)) if there]
    attributes: dict[str, Any] = dict(options)
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    kind = getattr(bound.field.widget, "input_type", "")
    return {
        "field": bound,
        "input": bound.as_widget(attrs=attributes),
        "hint_id": hint,
        "error_id": error,
        "is_check": kind == "checkbox"
        and not bound.field.widget.__class__.__name__.endswith("Multiple"),
        "is_group": kind == "radio" or "Multiple" in bound.field.widget.__class__.__name__,
        "is_hidden": bound.is_hidden,
    }


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """``{% query after=row.id %}``: the page's own query string with some of it changed."""
    request: HttpRequest = context["request"]
    values = request.GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            values.pop(name, None)
        else:
            values[name] = str(value)
    return f"?{values.urlencode()}" if values else request.path


@register.simple_tag
def current(request: HttpRequest, start: str) -> str:
    """``{% current request "/invoices/" %}``: marks the place in the navigation."""
    here = request.path == "/" if start == "/" else request.path.startswith(start)
    return SafeString(' aria-current="page"') if here else ""


@register.inclusion_tag("kit/bars.html")
def bars(values: Sequence[Any], labels: Sequence[str] = (), title: str = "") -> dict[str, Any]:
    """``{% bars values labels "Used by day" %}``: amounts as bars; put the table behind it."""
    numbers = [Decimal(str(value)) for value in values]
    top = max([*numbers, Decimal(1)])
    names = list(labels) or [""] * len(numbers)
    drawn = [
        {
            "x": index * 24 + 4,
            "height": int(number / top * 80),
            "y": 84 - int(number / top * 80),
            "label": name,
            "value": format_quantity(number),
        }
        for index, (number, name) in enumerate(zip(numbers, names, strict=True))
    ]
    return {"bars": drawn, "width": max(len(drawn) * 24 + 8, 48), "title": title}
