"""What needs somebody now, in sentences, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from quarterday.core.access import StaffPermission
from quarterday.store.models import Dispute
from quarterday.store.queries.attention import (
    count_inbox,
    count_tasks,
    open_alerts,
    waiting_disputes,
)
from quarterday.web.console.door import Staff
from quarterday.web.kit.words import format_day

_SOON = timedelta(days=7)


class Notice(NamedTuple):
    """One line: how many, what, where it is dealt with, and how urgent (bad, due, info)."""

    number: int
    text: str
    url: str
    tone: str
    note: str = ""


class Waiting(NamedTuple):
    """What waits for people: notices, and the counts behind them."""

    notices: list[Notice]
    inbox: Mapping[str, int]
    tasks: int


# Kind of the inbox: one of them, several of them, and how urgent they are.
_SAID = {
    "billing": ("account could not be billed", "accounts could not be billed", "bad"),
    "services": (
        "service waits to be driven by hand, or failed",
        "services wait to be driven by hand, or failed",
        "bad",
    ),
    "bank": ("bank line is not placed", "bank lines are not placed", "due"),
    "gateway": (
        "report of a gateway matches nothing",
        "reports of gateways match nothing",
        "due",
    ),
    "approvals": (
        "refund or credit waits for approval",
        "refunds or credits wait for approval",
        "due",
    ),
    "hooks": (
        "other system could not be told something",
        "other systems could not be told something",
        "due",
    ),
    "bounces": (
        "contact gets no mail, since it came back",
        "contacts get no mail, since it came back",
        "due",
    ),
}


def read_waiting(staff: Staff, today: date) -> Waiting:
    """What waits for people, as far as the role sees it; a fixed number of queries."""
    inbox = count_inbox(staff.seller, staff.sellers)
    tasks, pressing = (
        count_tasks(staff.seller, staff.user, today)
        if staff.may(StaffPermission.SEE_CUSTOMERS)
        else (0, 0)
    )
    notices = [*_alerts(staff), *_disputes(staff, today)]
    for kind, (one, many, tone) in _SAID.items():
        if count := inbox[kind]:
            url = f"/console/inbox/?kind={kind}"
            url = "/console/staff/approvals/" if kind == "approvals" else url
            notices.append(Notice(count, one if count == 1 else many, url, tone))
    if pressing:
        text = "task is due" if pressing == 1 else "tasks are due"
        notices.append(Notice(pressing, text, "/console/tasks/?show=due", "due"))
    notices.sort(key=lambda one: ("bad", "due", "info").index(one.tone))
    return Waiting(notices, inbox, tasks)


def _alerts(staff: Staff) -> Iterator[Notice]:
    texts = list(
        open_alerts(staff.sellers).order_by("-raised_at").values_list("text", flat=True)[:20]
    )
    if texts:
        text = "alert stands" if len(texts) == 1 else "alerts stand"
        yield Notice(len(texts), text, "/console/inbox/?kind=alerts", "bad", texts[0][:140])


def _disputes(staff: Staff, today: date) -> Iterator[Notice]:
    """Open disputes; urgent when one has to be answered within a week."""
    found: list[Dispute] = list(waiting_disputes(staff.seller).order_by("answer_by", "id")[:500])
    if not found:
        return
    days = [one.answer_by for one in found if one.answer_by is not None]
    first = min(days, default=None)
    note = f"the first answer is due by {format_day(first, 'short')}" if first else ""
    tone = "bad" if first is not None and first <= today + _SOON else "due"
    text = "dispute is open" if len(found) == 1 else "disputes are open"
    yield Notice(len(found), text, "/console/inbox/?kind=disputes", tone, note)
