"""Reports: each answers one question with a table. A new report is a new file in ``reports/``.

What a report says of itself is enough for the command, the page, the API and the file to be made
from it: nothing lists reports, and nothing else knows their columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import ClassVar, NamedTuple, Protocol, cast

from quarterday.core.buckets import Buckets, Step, cut_range
from quarterday.core.errors import BillingError
from quarterday.core.limits import check_day
from quarterday.core.money import currency as find_currency
from quarterday.core.period import Period
from quarterday.ports.discover import discover

Cell = str | int | date | Decimal | None


class ColumnKind(StrEnum):
    """What a column holds: ``money`` is minor units of the row's ``currency``, ``rate`` a part of
    one (0.25 is 25 %), ``number`` an exact decimal, such as days.
    """

    TEXT = "text"
    MONEY = "money"
    COUNT = "count"
    RATE = "rate"
    NUMBER = "number"
    DATE = "date"


class Column(NamedTuple):
    """A column: its name in data, and its title for people."""

    name: str
    title: str
    kind: ColumnKind = ColumnKind.TEXT


class ParameterKind(StrEnum):
    """What a parameter takes."""

    DAY = "day"
    CURRENCY = "currency"
    CHOICE = "choice"
    COUNT = "count"
    TEXT = "text"


class Parameter(NamedTuple):
    """What may be asked for. ``default`` tells it for the day that it is; "" is everything."""

    name: str
    title: str
    kind: ParameterKind
    default: Callable[[date], str]
    choices: tuple[str, ...] = ()


def _first_of_year_back(today: date) -> str:
    """The first day of the month eleven months ago: with this month, twelve."""
    months = today.year * 12 + today.month - 12
    return date(months // 12, months % 12 + 1, 1).isoformat()


SINCE = Parameter("from", "From", ParameterKind.DAY, _first_of_year_back)
UNTIL = Parameter("until", "Through", ParameterKind.DAY, date.isoformat)
AS_OF = Parameter("as_of", "At the end of", ParameterKind.DAY, date.isoformat)
CURRENCY = Parameter("currency", "Currency", ParameterKind.CURRENCY, lambda _: "")
STEP = Parameter("by", "By", ParameterKind.CHOICE, lambda _: "month", tuple(map(str, Step)))


@dataclass(frozen=True, slots=True)
class Asked:
    """Parameters that were checked. ``sellers`` are keys, None for all of them."""

    today: date
    sellers: Sequence[int] | None
    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """A parameter as text."""
        return self.values[name]

    def day(self, name: str) -> date:
        """A parameter that is a day."""
        return date.fromisoformat(self.values[name])

    def count(self, name: str) -> int:
        """A parameter that is a whole number."""
        return int(self.values[name])

    @property
    def period(self) -> Period:
        """From ``from`` through ``until``, half-open."""
        return Period(self.day("from"), self.day("until") + timedelta(days=1))

    @property
    def buckets(self) -> Buckets:
        """The period, cut into parts as long as ``by`` says."""
        return cut_range(self.period, Step(self.values.get("by", Step.MONTH)))

    def wants(self, currency: str) -> bool:
        """Whether a currency is asked for."""
        return self.values.get("currency", "") in ("", currency)


class Link(NamedTuple):
    """Where what a figure sums is listed: another report with parameters, or the page of one thing
    by its public ``id``, as ``page:account`` or ``page:invoice``.
    """

    report: str
    values: Mapping[str, str]


class ReportRow(NamedTuple):
    """A row: cells by the names of columns, and links by the columns that they stand behind."""

    cells: Mapping[str, Cell]
    links: Mapping[str, Link] = {}


class ChartKind(StrEnum):
    """Bars for amounts, side by side or stacked on each other; lines for rates."""

    BARS = "bars"
    STACKED = "stacked"
    LINES = "lines"


class Chart(NamedTuple):
    """Which columns to draw over which; ``question`` is its title. One picture per currency."""

    question: str
    kind: ChartKind
    over: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportResult:
    """What a report found. ``totals`` sum the rows where that means something, one per currency;
    ``notes`` are sentences that a reader of the figures has to know.
    """

    columns: Sequence[Column]
    rows: Sequence[ReportRow]
    totals: Sequence[Mapping[str, Cell]] = ()
    notes: Sequence[str] = ()
    chart: Chart | None = None
    values: Mapping[str, str] = field(default_factory=dict)


class Report(Protocol):
    """A report. ``question`` is what it answers, ``group`` where it stands among the others, and
    the lower its ``rank`` (5 where it has none), the earlier there.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    question: ClassVar[str]
    group: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]

    def run(self, asked: Asked) -> ReportResult:
        """The answer, read from one consistent view of the database."""


@cache
def list_reports() -> Mapping[str, Report]:
    """All reports by name, in the order of their groups."""
    found = []
    for value in discover("reports"):
        if isinstance(value, type) and {"question", "parameters", "run"} <= vars(value).keys():
            found.append(cast(Report, value()))
    order = ["Revenue", "Customers", "Money owed", "Money in", "Work", "Books"]
    places = {group: place for place, group in enumerate(order)}
    found.sort(key=lambda one: (places.get(one.group, 9), getattr(one, "rank", 5), one.title))
    return {one.name: one for one in found}


def find_report(name: str) -> Report:
    """The report of a name. Raises `BillingError` with those that there are."""
    reports = list_reports()
    if name not in reports:
        raise BillingError(f"there is no report {name!r}; there are {', '.join(sorted(reports))}")
    return reports[name]


def check_values(report: Report, given: Mapping[str, str], today: date) -> dict[str, str]:
    """What was asked for, with defaults for what was not. Raises `BillingError` for what is wrong.

    Empty text is as good as none.
    """
    known = {one.name: one for one in report.parameters}
    if unknown := sorted(set(given) - set(known)):
        raise BillingError(
            f"report {report.name} has no parameter {unknown[0]!r}; "
            f"it has {', '.join(known) or 'none'}"
        )
    values = {
        name: _check(one, given.get(name, "").strip() or one.default(today))
        for name, one in known.items()
    }
    if {"from", "until"} <= values.keys() and values["until"] < values["from"]:
        raise BillingError(f"the range ends on {values['until']}, before {values['from']}")
    return values


def _check(parameter: Parameter, text: str) -> str:
    """One value as it is kept, or a refusal that names the parameter."""
    name = parameter.name
    match parameter.kind:
        case ParameterKind.DAY:
            try:
                return check_day(date.fromisoformat(text)).isoformat()
            except ValueError:
                raise BillingError(
                    f"{name} is {text!r}, which is no date such as 2026-01-31"
                ) from None
        case ParameterKind.COUNT:
            if not (text.isascii() and text.isdigit() and len(text) <= 6):
                raise BillingError(f"{name} is {text!r}, which is no whole number below a million")
        case ParameterKind.CURRENCY:
            return find_currency(text.upper()).code if text else ""
        case ParameterKind.CHOICE:
            if text not in parameter.choices:
                raise BillingError(
                    f"{name} is {text!r}; choose from {', '.join(parameter.choices)}"
                )
    return text
