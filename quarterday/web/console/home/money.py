"""The money of Home: this month beside the last, what is overdue, and what recurs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from quarterday.core.aging import BANDS
from quarterday.core.figures import (
    MOVES,
    Amount,
    Figure,
    month_so_far,
    months_through,
    same_days_before,
)
from quarterday.core.period import Period
from quarterday.store.models import Seller
from quarterday.store.queries.figures.read import (
    OVER,
    Months,
    read_months,
    sum_days,
    sum_open,
)
from quarterday.store.queries.instalments import has_plans
from quarterday.web.console.chart import (
    Chart,
    Place,
    Series,
    Tone,
    bar_chart,
    money_unit,
)
from quarterday.web.kit.words import format_day, format_money

MONTHS = 14
_NAMES = dict(
    zip(BANDS, ("not due", "1–30 days", "31–60 days", "61–90 days", "over 90 days"), strict=True)
)
_COLOURS = {
    Figure.NEW: ("New", Tone.GOOD),
    Figure.EXPANSION: ("Expansion", Tone.INFO),
    Figure.REACTIVATION: ("Reactivation", Tone.PLAIN),
    Figure.CONTRACTION: ("Contraction", Tone.DUE),
    Figure.CHURN: ("Churn", Tone.BAD),
}


class Part(NamedTuple):
    """What a figure is the sum of, and the list of exactly that."""

    label: str
    value: str
    url: str


class Tile(NamedTuple):
    """A figure with what it is beside, for ``console/pieces/figure.html``. It opens the list whose
    rows add up to it; where it takes several lists, its parts do.
    """

    label: str
    value: str
    url: str
    note: str = ""
    tone: str = ""
    parts: Sequence[Part] = ()


class Money(NamedTuple):
    """All figures of one currency, and the currencies that there are."""

    currency: str
    currencies: Sequence[str]
    tiles: Sequence[Tile]
    charts: Sequence[Chart]


def read_money(seller: Seller, today: date, asked: str) -> Money:
    """The figures of the currency asked for; of the seller's own where there is no such."""
    months = months_through(today, MONTHS)
    kinds = (
        Figure.INVOICED,
        Figure.CREDITED,
        Figure.COLLECTED,
        Figure.DEPOSITED,
        Figure.MRR,
        *MOVES,
    )
    found = read_months(seller, kinds, months.bounds[0])
    owed = sum_open(seller, today)
    codes = sorted(found.currencies | owed.keys() | {seller.currency})
    code = asked if asked in codes else seller.currency
    if code not in found.currencies | owed.keys() and len(codes) > 1:
        code = next(one for one in codes if one != seller.currency)
        codes.remove(seller.currency)
    bands = owed.get(code, [Amount()] * len(BANDS))
    starts = months.bounds[:-1]
    is_planned = has_plans(seller, code)
    tiles = [
        *_compare(seller, code, today),
        _overdue(bands, code, today, is_planned),
        _mrr(found, code, starts[-1]),
        _failed(seller, code, today),
    ]
    charts = [
        _draw_in_and_out(found, code, starts, today),
        _draw_overdue(bands, code, today, is_planned),
        _draw_moves(found, code, starts, today),
    ]
    return Money(code, codes, tiles, charts)


def report_url(name: str, period: Period, currency: str, **values: str) -> str:
    """The report that lists a range, day by day unless said otherwise."""
    last = period.end - timedelta(days=1)
    asked = {"from": period.start.isoformat(), "until": last.isoformat(), "currency": currency}
    return f"/console/reports/{name}/?{urlencode({**asked, **values})}"


def list_url(slug: str, period: Period | None, currency: str, **values: str) -> str:
    """The list whose rows are those of a range of days and a currency."""
    asked = dict(values)
    if period is not None:
        last = period.end - timedelta(days=1)
        asked |= {"from": period.start.isoformat(), "to": last.isoformat()}
    asked |= {"currency": currency} if currency else {}
    return f"/console/lists/{slug}/?{urlencode(asked)}"


def _compare(seller: Seller, code: str, today: date) -> list[Tile]:
    """What was collected and invoiced this month, beside the same days of the last."""
    now, before = month_so_far(today), same_days_before(today)
    kinds = (
        Figure.COLLECTED,
        Figure.REFUNDED,
        Figure.DEPOSITED,
        Figure.RESTORED,
        Figure.INVOICED,
        Figure.CREDITED,
    )
    here, there = sum_days(seller, kinds, now), sum_days(seller, kinds, before)
    tiles = []
    for figure, less, label in (
        (Figure.COLLECTED, Figure.REFUNDED, "Collected this month"),
        (Figure.INVOICED, Figure.CREDITED, "Invoiced this month"),
    ):
        net = [
            sums.get((figure, code), Amount()).minor - sums.get((less, code), Amount()).minor
            for sums in (here, there)
        ]
        of = {one: here.get((one, code), Amount()).minor for one in kinds}
        split = _split_money(of) if figure is Figure.COLLECTED else _split_issued(of)
        parts = [
            Part(word, format_money(minor, code), list_url(slug, now, code, show=show))
            for word, slug, show, minor in split
            if minor
        ]
        note = f"{format_money(net[1], code)} {_say_range(before)}"
        # One list is all of it, or there is nothing in the first of them.
        url = parts[0].url if len(parts) == 1 else ""
        url = url or ("" if parts else list_url(split[0][1], now, code, show=split[0][2]))
        shown = parts if len(parts) > 1 else ()
        tiles.append(Tile(label, format_money(net[0], code), url, note, parts=shown))
    return tiles


# In words, the list and what it shows, and minor units.
_Split = list[tuple[str, str, str, int]]


def _split_money(of: Mapping[Figure, int]) -> _Split:
    deposited, restored = of[Figure.DEPOSITED], of[Figure.RESTORED]
    return [
        ("in payments", "payments", "received", of[Figure.COLLECTED] - deposited),
        ("paid in by hand", "credit", "deposits", deposited),
        ("refunded", "refunds", "all", -of[Figure.REFUNDED] - restored),
        ("came back to us", "payments", "restored", restored),
    ]


def _split_issued(of: Mapping[Figure, int]) -> _Split:
    return [
        ("in invoices", "invoices", "billed", of[Figure.INVOICED]),
        ("in credit notes", "credit-notes", "billed", -of[Figure.CREDITED]),
    ]


def _say_range(period: Period) -> str:
    last = period.end - timedelta(days=1)
    if last == period.start:
        return f"on {format_day(last, 'short')}"
    return f"from {period.start.day} to {format_day(last, 'short')}"


def _open_url(band: str, code: str, today: date, is_planned: bool, **days: str) -> str:
    """The open invoices behind a band. What is paid in parts is late by part, which no list of
    invoices can tell, so then it is the report that counts so.
    """
    if not is_planned:
        return list_url("invoices", None, code, **days)
    asked = {"as_of": today.isoformat(), "currency": code} | ({"band": band} if band else {})
    return f"/console/reports/{'open_invoices' if band else 'receivables'}/?{urlencode(asked)}"


def _overdue(bands: Sequence[Amount], code: str, today: date, is_planned: bool) -> Tile:
    late = sum(one.minor for one in bands[1:])
    number = sum(one.number for one in bands[1:])
    note = f"{_count(number, 'invoice')}; {format_money(bands[0].minor, code)} is not due yet"
    url = _open_url("", code, today, is_planned, show="overdue")
    return Tile("Overdue", format_money(late, code), url, note, "bad" if late else "good")


def _mrr(found: Months, code: str, month: date) -> Tile:
    level = found.of(Figure.MRR, code, month).minor
    moved = sum(found.of(figure, code, month).minor for figure in MOVES)
    sign = "+" if moved > 0 else ""
    note = f"{sign}{format_money(moved, code)} this month" if moved else "unmoved this month"
    url = report_url("mrr", Period(month, month + timedelta(days=31)), code)
    return Tile("Recurs each month (MRR)", format_money(level, code), url, note)


def _failed(seller: Seller, code: str, today: date) -> Tile:
    now, before = month_so_far(today), same_days_before(today)
    here = sum_days(seller, [Figure.FAILED], now).get((Figure.FAILED, code), Amount())
    there = sum_days(seller, [Figure.FAILED], before).get((Figure.FAILED, code), Amount())
    note = f"{_count(here.number, 'try', 'tries')}; before, {there.number} {_say_range(before)}"
    url = list_url("attempts", now, code, show="failed")
    tone = "due" if here.number else ""
    return Tile("Failed payments this month", format_money(here.minor, code), url, note, tone)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _places(starts: Sequence[date], report: str, code: str, today: date, by: str) -> list[Place]:
    ends = [*starts[1:], today + timedelta(days=1)]
    return [
        Place(
            f"{start:%b}" if start.month > 1 else f"{start:%Y}",
            format_day(start, "month"),
            report_url(report, Period(start, end), code, by=by),
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _draw_in_and_out(found: Months, code: str, starts: Sequence[date], today: date) -> Chart:
    def minor(figure: Figure) -> list[int]:
        return [found.of(figure, code, start).minor for start in starts]

    invoiced, credited = minor(Figure.INVOICED), minor(Figure.CREDITED)
    collected, deposited = minor(Figure.COLLECTED), minor(Figure.DEPOSITED)
    # As the figure of the month above says it: less what credit notes took back.
    net = [added - less for added, less in zip(invoiced, credited, strict=True)]
    ends = [*starts[1:], today + timedelta(days=1)]
    months = [Period(start, end) for start, end in zip(starts, ends, strict=True)]

    def lead(slug: str, show: str, report: str, others: list[int]) -> list[str]:
        # The list, unless rows of another list count, too: then the report of its days.
        return [
            report_url(report, month, code, by="day")
            if other
            else list_url(slug, month, code, show=show)
            for month, other in zip(months, others, strict=True)
        ]

    issued = lead("invoices", "billed", "revenue", credited)
    paid = lead("payments", "received", "payments", deposited)
    series = [
        Series("Invoiced", Tone.INFO, net, issued),
        Series("Collected", Tone.GOOD, collected, paid),
    ]
    return bar_chart(
        "Is what we invoice collected?",
        _places(starts, "revenue", code, today, "day"),
        series,
        money_unit(code),
        is_stacked=False,
    )


def _draw_overdue(bands: Sequence[Amount], code: str, today: date, is_planned: bool) -> Chart:
    places = [
        Place(
            _NAMES[band].removesuffix(" days"),
            _NAMES[band],
            _open_url(band, code, today, is_planned, **_due_in(over, more, today)),
        )
        for band, over, more in zip(BANDS, OVER, (*OVER[1:], None), strict=True)
    ]
    late = [one.minor for one in bands[1:]]
    series = [
        Series("Not due", Tone.PLAIN, [bands[0].minor, *(0 for _ in late)]),
        Series("Overdue", Tone.BAD, [0, *late]),
    ]
    note = "What is open now, by days since it was due."
    unit = money_unit(code)
    return bar_chart(
        "How late is what we are owed?", places, series, unit, note=note, over="Days late"
    )


def _due_in(over: int | None, more: int | None, today: date) -> dict[str, str]:
    """The list of a band, by due dates: more than so many days ago, and not more than so many."""
    days = {"show": "open", "by": "due"}
    if more is not None:
        days["from"] = (today - timedelta(days=more)).isoformat()
    if over is not None:
        days["to"] = (today - timedelta(days=over + 1)).isoformat()
    return days


def _draw_moves(found: Months, code: str, starts: Sequence[date], today: date) -> Chart:
    series = [
        Series(label, tone, [found.of(figure, code, start).minor for start in starts])
        for figure, (label, tone) in _COLOURS.items()
    ]
    return bar_chart(
        "Why did what recurs change?",
        _places(starts, "mrr", code, today, "month"),
        series,
        money_unit(code),
    )
