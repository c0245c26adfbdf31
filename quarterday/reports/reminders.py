"""Reminders: what each message and each step of dunning brought about."""

from __future__ import annotations

from typing import ClassVar

from quarterday.core.message.kind import KINDS, Topic
from quarterday.ports.report import (
    SINCE,
    UNTIL,
    Asked,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Parameter,
    ParameterKind,
    ReportResult,
    ReportRow,
)
from quarterday.services.reports.tables import share
from quarterday.store.queries.reports.reminders import Taken, Told, read_steps, read_told

_COUNT, _RATE = ColumnKind.COUNT, ColumnKind.RATE
_COLUMNS = (
    Column("what", "What"),
    Column("currency", "Currency"),
    Column("messages", "Times", _COUNT),
    Column("sent", "Mails sent", _COUNT),
    Column("failed", "Failed or bounced", _COUNT),
    Column("followed", "Link followed", _COUNT),
    Column("followed_rate", "Followed of sent", _RATE),
    Column("invoices", "About an invoice", _COUNT),
    Column("paid", "Paid in time", _COUNT),
    Column("paid_rate", "Paid of these", _RATE),
    Column("paid_amount", "Their total", ColumnKind.MONEY),
)
_WITHIN = Parameter("within", "Paid within days", ParameterKind.COUNT, lambda _: "7")
_SHOWN = Parameter(
    "show",
    "Show",
    ParameterKind.CHOICE,
    lambda _: "reminders",
    ("reminders", "all"),
)
_NOTES = (
    "An invoice is paid in time when the last of it was settled from the day of the message "
    "through so many days later. It need not have been because of the message.",
    "Followed are messages with a link that a person opened; programs that look at links do not "
    "count. Rows that begin with 'step' are steps of dunning, whether they sent a message or not.",
    "Days are those of the time zone of the seller.",
)


class Reminders:
    """Messages and steps of dunning with what they led to."""

    name: ClassVar[str] = "reminders"
    title: ClassVar[str] = "Reminders and links"
    question: ClassVar[str] = "Which reminders are read, and which get us paid?"
    group: ClassVar[str] = "Money owed"
    parameters: ClassVar[tuple[Parameter, ...]] = (SINCE, UNTIL, _WITHIN, _SHOWN)

    def run(self, asked: Asked) -> ReportResult:
        """One row for each kind of message or step, and currency."""
        within = asked.count("within")
        wanted = [
            kind.name
            for kind in KINDS.values()
            if asked.text("show") == "all" or kind.topic is Topic.REMINDERS
        ]
        told = read_told(asked.period, within, wanted, asked.sellers)
        told.sort(key=lambda one: (wanted.index(one.kind), one.currency))
        rows = [_told(one) for one in told]
        rows += [_taken(one) for one in sorted(read_steps(asked.period, within, asked.sellers))]
        chart = Chart("Which reminder gets us paid?", ChartKind.LINES, "what", ("paid_rate",))
        return ReportResult(_COLUMNS, rows, (), _NOTES, chart)


def _told(one: Told) -> ReportRow:
    return ReportRow(
        {
            "what": one.kind.replace("_", " "),
            "currency": one.currency,
            "messages": one.messages,
            "sent": one.sent,
            "failed": one.failed,
            "followed": one.followed,
            "followed_rate": share(one.followed, one.sent),
            "invoices": one.invoices,
            "paid": one.paid,
            "paid_rate": share(one.paid, one.invoices),
            "paid_amount": one.paid_minor if one.currency else None,
        }
    )


def _taken(one: Taken) -> ReportRow:
    return ReportRow(
        {
            "what": "step " + one.action.replace("_", " "),
            "currency": one.currency,
            "messages": one.steps,
            "sent": None,
            "failed": None,
            "followed": None,
            "followed_rate": None,
            "invoices": one.steps,
            "paid": one.paid,
            "paid_rate": share(one.paid, one.steps),
            "paid_amount": one.paid_minor,
        }
    )
