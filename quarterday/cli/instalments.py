"""``quarterday instalments``: agreements to pay an invoice in parts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_amount
from quarterday.cli.options import (
    InvoiceArgument,
    Json,
    SellerCode,
    Today,
    day_option,
    parse_day,
    read_clock,
    today_of,
)
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import print_json, print_list, tell

group = make_group("Agree that an invoice is paid in parts.")


@command(group, "agree")
def agree(
    invoice: InvoiceArgument,
    count: Annotated[
        int | None, typer.Option("--count", min=2, help="So many equal parts.")
    ] = None,
    first_on: Annotated[
        date | None, day_option("--first-on", text="When the first is due; by default today.")
    ] = None,
    every: Annotated[str, typer.Option(help="How often, such as '2 weeks'.")] = "1 month",
    part: Annotated[
        list[str] | None,
        typer.Option(metavar="DATE=AMOUNT", help="A part of its own, instead; once for each."),
    ] = None,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Agree instalments for what is open of an invoice; each is charged on its day."""
    from quarterday.core.instalments import Part, split_amount
    from quarterday.services.collection.agree_instalments import agree_instalments
    from quarterday.store.queries.references import find_invoice

    row, now = find_invoice(invoice, seller), read_clock()
    day = today_of(row.seller, today, now)
    if bool(count) == bool(part):
        raise typer.BadParameter("give either --count or --part for each part")
    if part:
        pairs = [one.partition("=") for one in part]
        parts: Any = [
            Part(parse_day(on), parse_amount(text, row.currency)) for on, _, text in pairs
        ]
    else:
        parts = split_amount(row.open_minor, count or 0, first_on or day, every)
    agree_instalments(invoice=row, parts=parts, today=day, now=now, actor=ACTOR)
    show(invoice, seller, today, as_json)


@command(group, "show")
def show(
    invoice: InvoiceArgument,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Show the instalments of an invoice, and how far each is paid."""
    from quarterday.store.queries.instalments import read_plan
    from quarterday.store.queries.references import find_invoice

    row = find_invoice(invoice, seller)
    sheet = read_plan(row, today_of(row.seller, today, read_clock()))
    parts = [
        {
            "number": number,
            "due_on": one.part.due_on.isoformat(),
            "currency": row.currency,
            "amount": exact_amount(one.part.amount_minor, row.currency),
            "open": exact_amount(one.open_minor, row.currency),
        }
        for number, one in enumerate(sheet.standing if sheet else (), start=1)
    ]
    if as_json:
        owed = exact_amount(sheet.owed_minor, row.currency) if sheet else None
        print_json({"invoice": row.label, "owed_now": owed, "instalments": parts})
        return
    print_list(parts, "number due_on amount+ open+")


@command(group, "end")
def end(
    invoice: InvoiceArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; staff reads it.")],
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """End the instalments of an invoice: what is open is due as the invoice says."""
    from quarterday.services.collection.end_instalments import end_instalments
    from quarterday.store.queries.references import find_invoice

    row, now = find_invoice(invoice, seller), read_clock()
    day = today_of(row.seller, today, now)
    plan = end_instalments(invoice=row, reason=reason, today=day, now=now, actor=ACTOR)
    data = {"invoice": row.label, "plan": plan.public_id, "status": "ended"}
    tell(data, f"{row.label} is due on {row.due_on} again, all of it.", as_json)
