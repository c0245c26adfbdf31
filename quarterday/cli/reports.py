"""``quarterday reports``: questions about the business, answered as tables and files."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.options import Json, day_in, day_option, read_clock
from quarterday.cli.output import Column, note, print_json, print_list, print_table, say
from quarterday.core.errors import BillingError
from quarterday.ports.report import find_report, list_reports

if TYPE_CHECKING:
    from quarterday.ports.report import Report, ReportResult

group = make_group("Ask how the business stands: reports, and mailing them by themselves.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The report; `reports list` has all.")]
Seller = Annotated[
    str | None,
    typer.Option("--seller", metavar="CODE", help="This seller alone; by default all together."),
]
More = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Another parameter; may be repeated."),
]


class Format(StrEnum):
    """What a report can be written as."""

    TABLE = "table"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@command(group, "list", database=False)
def list_all(as_json: Json = False) -> None:
    """List the reports, what each answers, and its parameters."""
    records = [
        {
            "report": one.name,
            "question": one.question,
            "parameters": ", ".join(parameter.name for parameter in one.parameters),
        }
        for one in list_reports().values()
    ]
    print_list(records, "report question parameters", as_json=as_json)


@command(group, "show")
def show(
    name: Name,
    first: Annotated[date | None, day_option("--from", text="First day of the range.")] = None,
    until: Annotated[date | None, day_option("--until", text="Last day, included.")] = None,
    as_of: Annotated[date | None, day_option("--as-of", text="The end of this day.")] = None,
    seller: Seller = None,
    currency: Annotated[str, typer.Option(help="This currency alone.")] = "",
    by: Annotated[str, typer.Option(help="day, week, month, quarter or year.")] = "",
    more: More = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to a file, not to the screen."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Answer a question. Amounts of different currencies are never added up.

    Parameters that a report does not have are refused; those that are not given have defaults,
    which `--format json` shows.
    """
    from quarterday.services.reports.run_report import run_report

    today, sellers = _scope(seller)
    given = {
        "from": first.isoformat() if first else "",
        "until": until.isoformat() if until else "",
        "as_of": as_of.isoformat() if as_of else "",
        "currency": currency,
        "by": by,
        **parse_more(more),
    }
    asked = {key: value for key, value in given.items() if value}
    result = run_report(name, asked, today=today, sellers=sellers)
    form = Format.JSON if as_json else form
    if output is not None:
        output.write_bytes(_content(find_report(name), result, form))
        note(f"{len(result.rows):,} rows written to {output}")
    elif form is Format.TABLE:
        _print(find_report(name), result)
    elif form is Format.XLSX:
        raise BillingError("an xlsx file is nothing for the screen; say where to by --output FILE")
    else:
        typer.echo(_content(find_report(name), result, form).decode(), nl=False)


def parse_more(more: list[str] | None) -> dict[str, str]:
    """Parameters given as NAME=VALUE. Raises a usage error for other texts."""
    found = {}
    for text in more or ():
        key, sign, value = text.partition("=")
        if not sign:
            raise typer.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--set")
        found[key.strip()] = value.strip()
    return found


def _scope(code: str | None) -> tuple[date, list[int] | None]:
    """The day that it is where the seller (or the first of all) is, and whose figures."""
    from quarterday.store.models import Seller as SellerRow
    from quarterday.store.queries.references import find_seller

    if code is not None:
        row = find_seller(code)
        return day_in(row.time_zone, read_clock()), [row.id]
    first = SellerRow.objects.order_by("id").first()
    return day_in(first.time_zone if first else "UTC", read_clock()), None


def _content(report: Report, result: ReportResult, form: Format) -> bytes:
    """A result in one of the forms that are for programs; a table is written as CSV."""
    import json

    from quarterday.cli.output import to_plain
    from quarterday.services.reports.show_cells import to_data
    from quarterday.services.reports.to_file import to_csv, to_xlsx

    if form is Format.JSON:
        text = json.dumps(to_data(report, result), indent=2, ensure_ascii=False, default=to_plain)
        return f"{text}\n".encode()
    return to_xlsx(report, result) if form is Format.XLSX else to_csv(result).encode()


def _print(report: Report, result: ReportResult) -> None:
    from quarterday.services.reports.show_cells import RIGHT, show_cell

    asked = ", ".join(f"{key} {value}" for key, value in result.values.items() if value)
    say(f"{report.question} ({asked})" if asked else report.question)
    say()
    used = [
        column
        for column in result.columns
        if any(row.cells.get(column.name) not in (None, "") for row in result.rows)
    ]
    if not used:
        say("Nothing is there.")
    rows = [[show_cell(column, row.cells) for column in used] for row in result.rows]
    for cells in result.totals:
        line = [show_cell(column, cells) for column in used]
        rows.append(line if not used or line[0] else ["Total", *line[1:]])
    if rows and used:
        print_table([Column(one.title, right=one.kind in RIGHT) for one in used], rows)
    for text in result.notes:
        note(text)


@command(group, "schedule")
def schedule(
    name: Name,
    recipients: Annotated[
        list[str], typer.Option("--mail", metavar="EMAIL", help="Who gets it; may be repeated.")
    ],
    cadence: Annotated[
        str, typer.Option("--every", help="daily, weekly (Mondays) or monthly (on the first).")
    ] = "monthly",
    file_type: Annotated[str, typer.Option("--as", help="xlsx or csv.")] = "xlsx",
    seller: Seller = None,
    more: More = None,
    as_json: Json = False,
) -> None:
    """Mail a report by itself: of the day, week or month before, with the file attached."""
    from quarterday.cli.inputs import ACTOR
    from quarterday.services.reports.schedule_report import schedule_report
    from quarterday.store.queries.references import find_seller

    row, now = find_seller(seller), read_clock()
    made = schedule_report(
        seller=row,
        report=name,
        cadence=cadence,
        file_type=file_type,
        recipients=recipients,
        options=parse_more(more),
        today=day_in(row.time_zone, now),
        now=now,
        actor=ACTOR,
    )
    if as_json:
        print_json(_record(made))
    else:
        say(f"Schedule {made.public_id}: {name} is mailed {cadence}, next on {made.next_on}.")


@command(group, "schedules")
def schedules(seller: Seller = None, as_json: Json = False) -> None:
    """List what is mailed by itself, and when next."""
    from quarterday.store.models import ReportSchedule
    from quarterday.store.queries.references import find_seller

    rows = ReportSchedule.objects.select_related("seller").order_by("seller__code", "id")
    if seller is not None:
        rows = rows.filter(seller=find_seller(seller))
    shown = "schedule seller report every as recipients next_on last_on state"
    print_list([_record(row) for row in rows], shown, as_json=as_json)


@command(group, "unschedule")
def unschedule(
    schedule_id: Annotated[
        str, typer.Argument(metavar="SCHEDULE", help="Its id, as `reports schedules` shows it.")
    ],
    as_json: Json = False,
) -> None:
    """Stop mailing a report."""
    from quarterday.cli.inputs import ACTOR
    from quarterday.services.reports.end_schedule import end_schedule
    from quarterday.store.models import ReportSchedule

    row = ReportSchedule.objects.filter(public_id=schedule_id).first()
    if row is None:
        raise BillingError(f"there is no schedule {schedule_id!r}; see `reports schedules`")
    ended = end_schedule(schedule=row, now=read_clock(), actor=ACTOR)
    if as_json:
        print_json(_record(ended))
    else:
        say(f"Report {ended.report} is not mailed any more.")


def _record(row: object) -> dict[str, object]:
    from quarterday.store.models import ReportSchedule

    assert isinstance(row, ReportSchedule)
    return {
        "schedule": row.public_id,
        "seller": row.seller.code,
        "report": row.report,
        "every": row.cadence,
        "as": row.file_type,
        "recipients": ", ".join(row.recipients),
        "next_on": row.next_on,
        "last_on": row.last_on,
        "state": row.error or ("on" if row.is_enabled else "ended"),
    }
