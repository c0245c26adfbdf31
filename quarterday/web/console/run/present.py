"""Runs and what a preview found, in words and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString

from quarterday.store.models import Foreseen, RunKind, ScheduledRun, WorkStatus
from quarterday.web.console.table import Column, Table
from quarterday.web.kit.words import format_day, format_money

HOME = "/console/run/"
CHANGES: Mapping[str, tuple[str, str]] = {
    "higher": ("Higher", "info"),
    "lower": ("Lower", "due"),
    "new": ("New", "good"),
    "gone": ("Gone", "due"),
    "blocked": ("Cannot be billed", "bad"),
    "same": ("As last time", "plain"),
}
KINDS: Mapping[str, str] = {
    RunKind.BILLING: "Billing",
    RunKind.CHARGES: "Charges",
    RunKind.PREVIEW: "Preview",
    RunKind.PRICES: "New price",
}
_STATUS: Mapping[str, tuple[str, str]] = {
    WorkStatus.WAITING: ("Waiting", "due"),
    WorkStatus.RUNNING: ("Running", "info"),
    WorkStatus.DONE: ("Done", "good"),
    WorkStatus.FAILED: ("Failed", "bad"),
    WorkStatus.STOPPED: ("Stopped", "plain"),
}


class Sum(NamedTuple):
    """An amount of one currency; ``note`` says what it was last time."""

    currency: str
    value: str
    note: str = ""


def say_pill(word: str, tone: str) -> SafeString:
    """A word with its colour."""
    return format_html('<span class="pill pill-{}">{}</span>', tone, word)


def say_status(run: ScheduledRun) -> SafeString:
    """The state of a run."""
    return say_pill(*_STATUS[WorkStatus(run.status)])


def say_age(then: datetime, now: datetime) -> str:
    """How long ago something was, in words."""
    minutes = int((now - then).total_seconds() // 60)
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "just now"


def say_moment(at: datetime, zone: str) -> str:
    """A day and hour where the seller is."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{format_day(local.date(), 'short')}, {local:%H:%M}"


def list_sums(summary: Mapping[str, Any], name: str = "invoiced") -> list[Sum]:
    """The sums of a summary by currency, beside those of last time where they are known."""
    found, last = summary.get(name, {}), summary.get("last", {}) if name == "invoiced" else {}
    return [
        Sum(code, format_money(minor, code), _compare(minor, last.get(code), code))
        for code, minor in sorted(found.items())
    ]


def _compare(minor: int, last: int | None, code: str) -> str:
    if last is None:
        return ""
    more = minor - last
    if not more:
        return "the same accounts had as much last time"
    return f"{format_money(abs(more), code)} {'more' if more > 0 else 'less'} than last time"


def make_table(rows: Sequence[Foreseen], *, may_choose: bool) -> Table:
    """Accounts of a preview; with boxes to choose some of them."""
    columns = (
        Column("Account"),
        Column("Difference"),
        Column("Will be billed", is_amount=True),
        Column("Last time", is_amount=True),
        Column("Why, before tax"),
    )
    return Table("Accounts of the run", columns, [_cells(row, may_choose) for row in rows])


def _cells(row: Foreseen, may_choose: bool) -> list[Any]:
    last = "–" if row.last_minor is None else format_money(row.last_minor, row.currency)
    blocked = row.change == "blocked"
    return [
        name_account(row, may_choose),
        say_pill(*CHANGES[row.change]),
        "–" if blocked else format_money(row.total_minor, row.currency),
        last,
        row.reason,
    ]


def name_account(row: Any, may_choose: bool) -> SafeString:
    """An account with its number, leading to what it will be billed; with a box to choose it."""
    account = row.account
    link = format_html(
        '<a href="{}accounts/{}/">{}</a> <span class="quiet small">{}</span>',
        HOME,
        account.public_id,
        account.name,
        account.external_id or "",
    )
    if not may_choose:
        return link
    return format_html(
        '<span class="r-pick"><input type="checkbox" name="account" value="{}" '
        'aria-label="Choose {}"><span>{}</span></span>',
        account.public_id,
        account.name,
        link,
    )


def list_facts(run: ScheduledRun, zone: str) -> list[tuple[str, Any]]:
    """What a run is, and what it has done."""
    summary = run.summary
    facts: list[tuple[str, Any]] = [
        ("State", say_status(run)),
        ("Begins" if run.status == "waiting" else "Began", say_moment(run.start_at, zone)),
    ]
    if run.finished_at is not None:
        facts.append(("Ended", say_moment(run.finished_at, zone)))
    for name, label in (
        ("invoices", "Invoices"),
        ("credit_notes", "Credit notes"),
        ("moved", "Contracts moved"),
        ("documents", "Documents foreseen"),
    ):
        if summary.get(name):
            facts.append((label, f"{summary[name]:,}"))
    for name, label in (
        ("invoiced", "Invoiced"),
        ("credited", "Credited"),
        ("credit_applied", "Paid from credit"),
    ):
        facts += [(label, one.value) for one in list_sums(summary, name)]
    if summary.get("failed"):
        facts.append(("Could not be done", f"{summary['failed']:,}"))
    if summary.get("unreached"):
        facts.append(("Not reached by mail", f"{summary['unreached']:,}"))
    return facts
