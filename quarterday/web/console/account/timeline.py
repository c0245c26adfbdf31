"""The timeline of a customer in words: what happened, who did it, and where to read more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from quarterday.store.models import (
    Account,
    AccountNote,
    CallOutcome,
    Click,
    Delivery,
    DunningStep,
    Event,
    Invoice,
    Message,
    PaymentAttempt,
    ServiceCall,
    ServiceState,
    Subscription,
    User,
)
from quarterday.store.queries.account.timeline import Entry
from quarterday.web.console.account.effects import name_kind
from quarterday.web.console.account.event_words import tell_event
from quarterday.web.kit.words import format_money

_MACHINES = {"system", "billing run", ""}
_PLACES = {
    "inv": "invoices",
    "crn": "credit-notes",
    "pay": "payments",
    "sub": "subscriptions",
}


class Line(NamedTuple):
    """A line of the timeline. ``state`` is a word on a pill with a meaning, ``links`` lead on."""

    at: datetime
    sort: str
    text: str
    meaning: str = ""
    detail: str = ""
    who: str = ""
    state: str = ""
    links: tuple[tuple[str, str], ...] = ()
    about: str = ""

    @property
    def state_word(self) -> str:
        """The state as a word."""
        return self.state.replace("_", " ").capitalize()

    @property
    def on(self) -> date:
        """The day in the seller's zone."""
        return self.at.date()


class Names(NamedTuple):
    """What public ids are called, and who actors are."""

    things: Mapping[str, str]
    people: Mapping[str, str]


def tell_timeline(account: Account, entries: Sequence[Entry]) -> list[Line]:
    """The entries in words, in the order given, by four reads for all their names."""
    names = _load_names(account, entries)
    page = f"/console/accounts/{account.public_id}"
    zone = ZoneInfo(account.seller.time_zone)
    lines = fold_steps([_TELLERS[type(one.row)](one.row, names, page) for one in entries])
    return [line._replace(at=line.at.astimezone(zone)) for line in lines]


def fold_steps(lines: Sequence[Line]) -> list[Line]:
    """Steps of one instant that did the same for many invoices are one line."""
    folded: list[Line] = []
    for _, same in groupby(lines, key=lambda one: (one.at, one.sort, one.text, one.state)):
        rows = list(same)
        first = rows[0]
        if first.sort == "step" and len(rows) > 1:
            about = ", ".join(one.about for one in rows)
            first = first._replace(
                text=f"{first.text}: {len(rows)} invoices", detail=about, links=()
            )
        elif first.sort == "step":
            first = first._replace(text=f"{first.text}: {first.about}")
        else:
            folded += rows[:-1]
            first = rows[-1]
        folded.append(first)
    return folded


def _load_names(account: Account, entries: Sequence[Entry]) -> Names:
    rows = [one.row for one in entries]
    subjects = {row.subject for row in rows if isinstance(row, Event | Message)}
    subjects |= {row.link.subject for row in rows if isinstance(row, Click)}
    for row in rows:
        if isinstance(row, PaymentAttempt):
            subjects |= set(row.invoices[:3])
    actors = {str(getattr(row, "actor", "")) for row in rows} | subjects
    invoices = Invoice.objects.filter(account=account, public_id__in=_like(subjects, "inv_"))
    contracts = Subscription.objects.filter(account=account, public_id__in=_like(subjects, "sub_"))
    services = ServiceState.objects.filter(
        account_id=account.id, public_id__in=_like(subjects, "svc_")
    )
    users = User.objects.filter(public_id__in=_like(actors, "usr_"))
    things = dict(invoices.values_list("public_id", "label"))
    things |= dict(contracts.values_list("public_id", "plan__name"))
    things |= dict(services.values_list("public_id", "subscription__plan__name"))
    people = {
        key: name or mail for key, name, mail in users.values_list("public_id", "name", "email")
    }
    return Names(things, people)


def _like(words: Iterable[str], start: str) -> list[str]:
    # Never empty, so that the number of reads does not depend on what is shown.
    return [word for word in words if word.startswith(start)] or [start]


def _who(actor: str, names: Names) -> str:
    return "" if actor in _MACHINES else names.people.get(actor, actor)


def _event(row: Event, names: Names, page: str) -> Line:
    text, meaning = tell_event(row, names.things)
    sort = row.kind.partition(".")[0]
    links: list[tuple[str, str]] = []
    if place := _PLACES.get(row.subject[:3]):
        links.append(("Open", f"{page}/{place}/{row.subject}/"))
    if row.kind in ("invoice.issued", "credit_note.issued", "payment.recorded"):
        kinds = {"inv": "invoice", "crn": "credit_note", "pay": "receipt"}
        links.append(("PDF", f"{page}/files/{kinds[row.subject[:3]]}/{row.subject}/"))
    who = _who(row.actor, names)
    if row.subject in names.people and row.kind.startswith("user."):
        who = names.people[row.subject]
    return Line(row.at, sort, text, meaning, who=who, links=tuple(links))


_ATTEMPTS = {
    "succeeded": ("Received", "good"),
    "failed": ("Failed", "bad"),
    "cancelled": ("Cancelled", ""),
    "pending": ("On its way", "due"),
    "unknown": ("Being looked up", "due"),
    "action": ("Waits for the customer", "due"),
    "created": ("Begun", "due"),
}


def _attempt(row: PaymentAttempt, names: Names, page: str) -> Line:
    state, meaning = _ATTEMPTS[row.status]
    way = row.method.label if row.method else row.choice or row.gateway
    if row.purpose == "save":
        text = f"Way to pay to be kept: {way}"
    elif row.is_promise:
        text = f"Said to pay {format_money(row.amount_minor, row.currency)} by {way}"
    else:
        verb = "Charge" if row.is_automatic else "Payment"
        text = f"{verb} of {format_money(row.amount_minor, row.currency)} by {way}"
    named = [names.things[one] for one in row.invoices[:3] if one in names.things]
    said = f"for {', '.join(named)}" if named else ""
    detail = "; ".join(one for one in (said, row.error.replace("_", " ")) if one)
    links: tuple[tuple[str, str], ...] = ()
    if row.payment is not None:
        links = (("Open", f"{page}/payments/{row.payment.public_id}/"),)
    return Line(
        row.created_at, "attempt", text, meaning, detail, _who(row.actor, names), state, links
    )


_STATES = {
    "delivered": "good",
    "sent": "good",
    "bounced": "bad",
    "complained": "bad",
    "failed": "bad",
    "suppressed": "due",
    "unknown": "due",
}


def _message(row: Message, names: Names, page: str) -> Line:
    deliveries: list[Delivery] = list(row.deliveries.all())
    first = deliveries[0] if deliveries else None
    title = first.title if first is not None and first.title else name_kind(row.kind).capitalize()
    to = ", ".join(f"{one.address}" for one in deliveries[:3])
    why = row.reason or next((one.error for one in deliveries if one.error), "")
    state = _worst(deliveries) if deliveries else str(row.status)
    meaning = _STATES.get(state, "bad" if state == "dropped" else "")
    links = tuple(
        ("Read" if len(deliveries) == 1 else f"Read ({one.address})",
         f"{page}/messages/{one.public_id}/")
        for one in deliveries[:3]
    )  # fmt: skip
    detail = "; ".join(one for one in (f"to {to}" if to else "", why) if one)
    return Line(row.created_at, "message", title, meaning, detail, "", state, links)


def _worst(deliveries: Sequence[Delivery]) -> str:
    """The state that somebody should look at, else that of the first."""
    states = [str(one.status) for one in deliveries]
    bad = [one for one in states if _STATES.get(one) == "bad"]
    return (bad or states)[0]


def _click(row: Click, names: Names, page: str) -> Line:
    thing = names.things.get(row.link.subject, "")
    verb = "Opened" if row.action == "open" else row.action.replace("_", " ").capitalize()
    text = f"{verb} a link to {row.link.purpose.replace('_', ' ')} {thing}".rstrip()
    said = [row.link.kind.replace("_", " "), row.device if row.device != "other" else ""]
    said.append("by a program, not a person" if row.is_bot else "")
    return Line(row.at, "click", text, "", "; ".join(one for one in said if one))


def _call(row: ServiceCall, names: Names, page: str) -> Line:
    contract = row.service.subscription
    verb = row.action.replace("_", " ").capitalize()
    text = f"{verb}: {contract.plan.name}"
    meaning = {CallOutcome.DONE: "good", CallOutcome.FAILED: "bad"}.get(
        CallOutcome(row.outcome), "due"
    )
    links = (("Open", f"{page}/subscriptions/{contract.public_id}/"),)
    who = _who(row.actor, names)
    return Line(row.started_at, "call", text, meaning, row.error, who, row.outcome, links)


def _step(row: DunningStep, names: Names, page: str) -> Line:
    verb = row.action.replace("_", " ")
    template = str(row.data.get("template", "")).replace("_", " ")
    text = (template or verb).capitalize()
    meaning = "bad" if row.outcome == "failed" else "due" if row.outcome == "done" else ""
    detail = str(row.data.get("why", "") or row.data.get("reason", ""))
    state = "" if row.outcome == "done" else row.outcome
    links = (("Open", f"{page}/invoices/{row.invoice.public_id}/"),)
    label = row.invoice.label
    return Line(row.taken_at, "step", text, meaning, detail, "", state, links, label)


def _note(row: AccountNote, names: Names, page: str) -> Line:
    return Line(row.at, "note", "Note", "", row.text, _who(row.actor, names))


_TELLERS: Mapping[type, Callable[[Any, Names, str], Line]] = {
    Event: _event,
    PaymentAttempt: _attempt,
    Message: _message,
    Click: _click,
    ServiceCall: _call,
    DunningStep: _step,
    AccountNote: _note,
}
