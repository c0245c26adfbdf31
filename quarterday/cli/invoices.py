"""``quarterday invoices``: what was billed, and how it is corrected."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_lines
from quarterday.cli.invoice_page import print_document
from quarterday.cli.options import (
    AccountOption,
    InvoiceArgument,
    Json,
    Limit,
    SellerCode,
    Today,
    day_option,
    read_clock,
    today_of,
)
from quarterday.cli.output import money, print_json, print_list, say
from quarterday.cli.records import credit_note_record, invoice_record
from quarterday.core.lifecycle import InvoiceState

if TYPE_CHECKING:
    from quarterday.store.models import CreditNote

group = make_group("See invoices, and correct them by credit notes.")

_ALL = 1_000_000_000
Reason = Annotated[str, typer.Option(help="Why; it stands on the credit note.")]


@command(group, "list")
def list_all(
    account: AccountOption = None,
    seller: SellerCode = None,
    status: Annotated[InvoiceState | None, typer.Option(help="Only those in this state.")] = None,
    first: Annotated[date | None, day_option("--from", text="Issued on this day or later.")] = None,
    last: Annotated[date | None, day_option("--to", text="Issued on this day or before.")] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those that should have been paid by now.")
    ] = False,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List invoices, the newest first."""
    from quarterday.store.queries.documents import page_invoices
    from quarterday.store.queries.references import find_account, find_seller

    page = page_invoices(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        status=status,
        first=first,
        last=last,
        overdue_on=read_clock().date() if overdue else None,
        limit=limit or _ALL,
    )
    shown = "label account seller status issued_on due_on total+ open+"
    print_list([invoice_record(row) for row in page.invoices], shown, limit, as_json)


@command(group, "show")
def show(invoice: InvoiceArgument, seller: SellerCode = None, as_json: Json = False) -> None:
    """Show an invoice or credit note: lines, taxes, and what settled it."""
    from quarterday.store.queries.references import find_document

    print_document(find_document(invoice, seller), as_json)


@command(group, "void")
def void(
    invoice: InvoiceArgument,
    reason: Reason,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Void an invoice of which nothing is paid; a credit note takes all of it back.

    The days stay billed: charge them again by a new item or a one-off charge.
    """
    from quarterday.services.invoicing.void_invoice import void_invoice
    from quarterday.store.queries.references import find_invoice

    row, now = find_invoice(invoice, seller), read_clock()
    day = today_of(row.seller, today, now)
    note = void_invoice(invoice=row, today=day, now=now, reason=reason, actor=ACTOR)
    _tell(note, as_json, f"Invoice {row.label} is void.")


@command(group, "credit")
def credit(
    invoice: InvoiceArgument,
    reason: Reason,
    line: Annotated[
        list[str] | None,
        typer.Option(
            "--line",
            metavar="LINE[=AMOUNT]",
            help="A line by its place, and how much of it; repeatable. By default all of them.",
        ),
    ] = None,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Credit an invoice, all that is left of it or some lines; issues a credit note.

    It settles what is open of the invoice; what is beyond that becomes credit of the account.
    """
    from quarterday.services.invoicing.credit_invoice import credit_invoice
    from quarterday.store.queries.references import find_invoice

    row, now = find_invoice(invoice, seller), read_clock()
    note = credit_invoice(
        invoice=row,
        today=today_of(row.seller, today, now),
        now=now,
        reason=reason,
        lines=parse_lines(line, row.currency),
        actor=ACTOR,
    )
    _tell(note, as_json, f"Invoice {row.label} is credited.")


@command(group, "write-off")
def write_off(
    invoice: InvoiceArgument,
    reason: Reason,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Give up what is open of an invoice; it becomes a loss in the book."""
    from quarterday.services.invoicing.write_off_invoice import write_off_invoice
    from quarterday.store.queries.references import find_invoice

    row, now = find_invoice(invoice, seller), read_clock()
    day, lost = today_of(row.seller, today, now), money(row.open_minor, row.currency)
    row = write_off_invoice(invoice=row, today=day, now=now, reason=reason, actor=ACTOR)
    if as_json:
        print_json(invoice_record(find_invoice(row.public_id)))
    else:
        say(f"Invoice {row.label} is written off; {lost} is a loss.")


def _tell(note: CreditNote, as_json: bool, text: str) -> None:
    from quarterday.store.queries.references import find_credit_note

    if as_json:
        print_json(credit_note_record(find_credit_note(note.public_id)))
    else:
        total = money(note.total_minor, note.currency)
        say(f"{text} Credit note {note.label} over {total} was issued.")
