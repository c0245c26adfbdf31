"""Where the reminding of an invoice stands: what was done, what comes and when, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from quarterday.core.dunning import CONSEQUENCES, NONE, Action
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.period import local_date
from quarterday.store.models import Dunning, DunningHold, DunningStep, Invoice, Seller
from quarterday.store.queries.dunning_cases import AccountCase, Case, load_case
from quarterday.store.queries.dunning_plan import foresee_case, watch_charges

_WORDS = {"paid": "paid", "void": "void", "written_off": "written off"}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something on the timeline of an invoice.

    ``kind`` is ``issued``, ``due``, ``done``, ``passed`` (overtaken), ``failed``, ``held``,
    ``released``, ``ended`` or ``coming``. ``step`` and ``action`` name the step of the policy, and
    ``template`` the kind of message that it sends. ``on`` is when it was, or will be; ``why`` says
    so in words for the staff. ``data`` is what came of it (``message``, ``invoice``, ``task``).
    """

    kind: str
    on: date
    step: str = ""
    action: str = ""
    template: str = ""
    at: datetime | None = None
    why: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timeline:
    """``status`` is ``running``, ``paused``, ``ended`` or ``none`` (nobody reminds of it).

    ``policy`` is its code and ``level`` who chose it: seller, group, account, subscription or
    invoice. ``reason`` says why it is paused or has ended, and ``next_on`` when the next step
    comes. ``consequence`` is the first to come of restrict, suspend, terminate and collections.
    ``pause`` is why it is paused, in a word (promise, transfer, staff, dispute, coming, inbox),
    and ``until`` through which day, where that is known.
    """

    invoice: Invoice
    policy: str
    policy_name: str
    level: str
    status: str
    reason: str
    entries: tuple[TimelineEntry, ...]
    next_on: date | None = None
    consequence: TimelineEntry | None = None
    pause: str = ""
    until: date | None = None


def read_timeline(invoice: Invoice, *, today: date, now: datetime) -> Timeline:
    """The timeline of an invoice, the oldest first; the number of queries does not grow."""
    seller = Seller.objects.select_related("brand").get(id=invoice.seller_id)
    invoice.seller = seller
    past = _read_past(invoice, seller)
    if invoice.status != InvoiceState.OPEN:
        return _show_settled(invoice, seller, past)
    account, case = load_case(invoice, today=today, now=now)
    if case is None or case.policy is None:
        code = case.code if case is not None else NONE
        since = account.setup.since
        reason = "" if case is not None else f"it was due before {since}, when reminding began"
        level = case.level if case is not None else "seller"
        return Timeline(invoice, code, "", level, "none", reason, tuple(past))
    return _show_open(account, case, past)


def list_coming(account: AccountCase, case: Case) -> list[TimelineEntry]:
    """What will be done if it stays unpaid, from the account's day on."""
    will_charge = watch_charges(account)
    found = []
    for one in foresee_case(account, case, will_charge):
        step = one.due.step
        late = (one.on - case.due_on).days
        days = f"{abs(late)} day{'' if abs(late) == 1 else 's'}"
        before = f"{days} before it is due" if late < 0 else "on its due day"
        why = f"{days} after it was due" if late > 0 else before
        if step.key == "warning":
            why = "a warning has to come before what follows"
        elif one.on > one.due.on:
            why += f"; planned for {one.due.on}"
        found.append(
            TimelineEntry(
                kind="coming",
                on=one.on,
                step=one.due.key,
                action=str(step.action),
                template=step.template,
                why=why,
                data={"title": step.title} if step.title else {},
            )
        )
    return found


def find_consequence(entries: list[TimelineEntry]) -> TimelineEntry | None:
    """The first to come of what is done to the customer."""
    return next((one for one in entries if one.action in CONSEQUENCES), None)


def _show_open(account: AccountCase, case: Case, past: list[TimelineEntry]) -> Timeline:
    assert case.policy is not None, "without a policy nothing comes"
    coming = list_coming(account, case)
    status, reason = "running" if coming else "ended", ""
    if case.pause is not None:
        status, reason = "paused", case.pause.reason
    elif case.row is not None:
        reason = case.row.reason
    elif not coming:
        reason = "all steps of the policy were taken"
    return Timeline(
        invoice=case.invoice,
        policy=case.code,
        policy_name=case.policy.name,
        level=case.level,
        status=status,
        reason=reason,
        entries=tuple(sorted([*past, *coming], key=lambda one: one.on)),
        next_on=coming[0].on if coming else None,
        consequence=find_consequence(coming),
        pause=case.pause.cause if case.pause is not None else "",
        until=case.pause.until if case.pause is not None else None,
    )


def _show_settled(invoice: Invoice, seller: Seller, past: list[TimelineEntry]) -> Timeline:
    row = Dunning.objects.filter(invoice=invoice).first()
    word = f"the invoice is {_WORDS.get(invoice.status, invoice.status)}"
    if row is not None and row.ended_at is not None:
        on = local_date(row.ended_at, seller.time_zone)
        past = [*past, TimelineEntry("ended", on, at=row.ended_at, why=word)]
    return Timeline(invoice, "", "", "", "ended", word, tuple(past))


def _read_past(invoice: Invoice, seller: Seller) -> list[TimelineEntry]:
    zone = seller.time_zone
    found = [
        TimelineEntry("issued", invoice.issued_on, action=str(Action.INVOICE)),
        TimelineEntry("due", invoice.due_on),
    ]
    for step in DunningStep.objects.filter(invoice=invoice).order_by("id"):
        data = dict(step.data)
        found.append(
            TimelineEntry(
                kind=step.outcome,
                on=local_date(step.taken_at, zone),
                step=step.step,
                action=step.action,
                template=str(data.pop("template", "")),
                at=step.taken_at,
                why=str(data.pop("why", "")),
                data={name: value for name, value in data.items() if name != "on"},
            )
        )
    holds = DunningHold.objects.filter(account=invoice.account_id).order_by("id")
    for hold in holds:
        if hold.invoice_id in (None, invoice.id):
            found += _show_hold(hold, zone)
    found = [one for one in found if one.on >= invoice.issued_on or one.kind != "released"]
    return sorted(found, key=lambda one: one.on)


def _show_hold(hold: DunningHold, zone: str) -> list[TimelineEntry]:
    until = f" through {hold.until}" if hold.until else ""
    said = f": {hold.reason}" if hold.reason else ""
    data = {"hold": hold.public_id, "cause": hold.cause, "actor": hold.actor}
    on = local_date(hold.created_at, zone)
    shown = [
        TimelineEntry("held", on, at=hold.created_at, why=f"{hold.cause}{until}{said}", data=data)
    ]
    if hold.ended_at is not None:
        on = local_date(hold.ended_at, zone)
        shown.append(TimelineEntry("released", on, at=hold.ended_at, data=data))
    return shown
