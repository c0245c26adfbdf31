"""What a contract consists of, and what a change of it does, in words for staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from quarterday.services.invoicing.simulate import SimulatedInvoice
from quarterday.services.subscriptions.make_change import Verb
from quarterday.services.subscriptions.preview_change import Preview, added_lines
from quarterday.store.models import ItemRole, Plan, SubscriptionItem
from quarterday.web.kit.prices import describe_price
from quarterday.web.kit.words import format_day, format_money, format_quantity

_DAY = timedelta(days=1)


class ItemRow(NamedTuple):
    """A part of a contract: what, how many, at which price, from when to when."""

    item: SubscriptionItem
    plan: Plan
    price: str
    quantity: str
    said: str
    is_over: bool
    is_addon: bool


class BilledLine(NamedTuple):
    """A line of an invoice to come; ``is_new`` where the change brings it."""

    text: str
    days: str
    amount: str
    is_new: bool


class BilledInvoice(NamedTuple):
    """An invoice to come, or below zero a credit note."""

    on: date
    title: str
    total: str
    lines: list[BilledLine]
    tax: str = ""


def describe_items(items: Sequence[SubscriptionItem], today: date) -> list[ItemRow]:
    """The parts that run or are planned, then those that are over, the newest first."""
    rows = [_describe(one, today) for one in items if one.role != ItemRole.COMMITMENT]
    return [one for one in rows if not one.is_over] + [one for one in rows if one.is_over][-6:]


def _describe(item: SubscriptionItem, today: date) -> ItemRow:
    is_over = item.end_on is not None and item.end_on <= today
    price = describe_price(item.price).head
    meter = item.price.meter
    said = f"since {format_day(item.start_on, 'short')}"
    if item.start_on > today:
        said = f"from {format_day(item.start_on, 'short')}"
    if item.end_on is not None:
        said = f"{said} until {format_day(max(item.start_on, item.end_on - _DAY), 'short')}"
    if not is_over:
        said = f"{said}; billed to {format_day(item.billed_through - _DAY, 'short')}"
    return ItemRow(
        item,
        item.price.plan,
        f"{meter.name}: {price}" if meter else price,
        format_quantity(item.quantity),
        said,
        is_over,
        item.role == ItemRole.ADDON,
    )


_TITLES = {
    Verb.PLAN: "Change {old} to {name}?",
    Verb.QUANTITY: "Change the quantity of {name} to {count}?",
    Verb.ADD: "Add {name}?",
    Verb.REMOVE: "Remove {name}?",
    Verb.CANCEL: "Cancel {name}?",
    Verb.UNDO_CANCEL: "Undo the cancellation of {name}?",
    Verb.KEEP: "Take back what is planned for {name}?",
}


def tell_title(verb: Verb, **words: str) -> str:
    """The question."""
    return _TITLES[verb].format(**words)


def tell_effects(verb: Verb, preview: Preview, today: date) -> list[str]:
    """When it counts and what it means in money."""
    day = format_day(preview.on, "weekday")
    last = format_day(preview.on - _DAY, "weekday")
    ends = verb in (Verb.CANCEL, Verb.REMOVE)
    if preview.on <= today:
        said = [f"It {'ends' if ends else 'counts from'} today, {format_day(today, 'weekday')}."]
    else:
        said = [f"It runs until {last}." if ends else f"It counts from {day}."]
    effect = preview.effect_minor
    amount = format_money(abs(effect), preview.currency)
    if effect > 0:
        due = format_day(min(one.due_on for one in preview.now))
        said.append(f"{amount} is billed for it today, due on {due}.")
    elif effect < 0:
        said.append(
            f"{amount} of time that was paid for is given back today: it comes off what is owed, "
            "and the rest becomes credit."
        )
    else:
        said.append("Nothing is billed and nothing is given back today.")
    if verb is Verb.CANCEL and not preview.later:
        said.append("Nothing more is billed for it afterwards.")
    return said


def tell_back(verb: Verb, preview: Preview, today: date) -> str:
    """The way back afterwards."""
    if verb is Verb.CANCEL:
        if preview.on <= today:
            return "none; to have it again, it is ordered anew."
        return f"“Undo the cancellation”, until {format_day(preview.on - _DAY)}."
    if preview.on > today:
        return f"take it back on this page, until {format_day(preview.on - _DAY)}."
    if verb in (Verb.PLAN, Verb.QUANTITY):
        return "change it again; each day is billed at what it had."
    return "add or remove it again; each day is billed at what it had."


def tell_button(verb: Verb, preview: Preview, today: date) -> str:
    """The verb with its day and amount."""
    when = "" if preview.on <= today else f" from {format_day(preview.on, 'short')}"
    if verb is Verb.CANCEL:
        return "Cancel today" if not when else f"Cancel at {format_day(preview.on - _DAY)}"
    if verb is Verb.REMOVE:
        return "Remove today" if not when else f"Remove at {format_day(preview.on - _DAY)}"
    if verb in (Verb.UNDO_CANCEL, Verb.KEEP):
        return "Let it go on"
    word = "Add" if verb is Verb.ADD else "Change"
    effect = preview.effect_minor
    if when or not effect:
        return f"{word}{when or ' now'}"
    amount = format_money(abs(effect), preview.currency)
    return f"{word} and bill {amount}" if effect > 0 else f"{word} and give back {amount}"


def tell_invoices(preview: Preview) -> tuple[list[BilledInvoice], list[BilledInvoice]]:
    """What is issued today, and what comes afterwards."""
    now = []
    for one in preview.now:
        new = set(map(id, added_lines(preview, one)))
        now.append(_tell_invoice(one, new, is_now=True))
    return now, [_tell_invoice(one, set(), is_now=False) for one in preview.later]


def _tell_invoice(one: SimulatedInvoice, new: set[int], *, is_now: bool) -> BilledInvoice:
    sign = -1 if one.total_minor < 0 else 1
    lines = [
        BilledLine(
            line.description,
            f"{format_day(line.period.start, 'short')} to "
            f"{format_day(max(line.period.start, line.period.end - _DAY), 'short')}",
            format_money(line.net_minor * sign, one.currency),
            id(line) in new,
        )
        for line in one.lines
        if line.net_minor or line.kind != "usage"
    ]
    kind = "Credit note" if one.total_minor < 0 else "Invoice"
    title = f"{kind} today" if is_now else f"{kind} on {format_day(one.issue_on)}"
    total = format_money(abs(one.total_minor), one.currency)
    tax = format_money(one.tax_minor * sign, one.currency) if one.tax_minor else ""
    return BilledInvoice(one.issue_on, title, total, lines, tax)
