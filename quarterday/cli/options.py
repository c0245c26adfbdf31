"""Options that several commands share, each with one name and one meaning."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from quarterday.core.errors import BillingError
from quarterday.core.limits import check_day
from quarterday.ports.clock import read_now

if TYPE_CHECKING:
    from quarterday.store.models import Seller


def parse_day(text: str | date) -> date:
    """A civil date such as 2026-01-31."""
    if isinstance(text, date):
        return text
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write one like 2026-01-31") from None
    try:
        return check_day(day)
    except BillingError as error:
        raise typer.BadParameter(str(error)) from None


def day_option(*names: str, text: str) -> Any:
    """An option that takes a date."""
    return typer.Option(*names, parser=parse_day, metavar="DATE", help=text)


Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
SellerCode = Annotated[
    str | None,
    typer.Option("--seller", metavar="CODE", help="The seller, where several share a name."),
]
InvoiceArgument = Annotated[
    str, typer.Argument(metavar="INVOICE", help="The invoice, by its number or public id.")
]
AccountOption = Annotated[
    str | None,
    typer.Option("--account", metavar="ACCOUNT", help="This account alone, by its id."),
]
ExternalId = Annotated[
    str | None,
    typer.Option(
        "--external-id", metavar="ID", help="Your own id for it; repeating it changes nothing."
    ),
]
AccountArgument = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="The account, by external id or public id.")
]
Limit = Annotated[
    int, typer.Option("--limit", min=0, help="Show at most so many; 0 shows all of them.")
]
Today = Annotated[
    date | None, day_option("--today", text="Do it as if it were this day where the seller is.")
]
StaffRoleOption = Annotated[
    str,
    typer.Option("--role", metavar="ROLE", help="The role of staff that does it: owner, finance."),
]


def read_clock() -> datetime:
    """The present instant."""
    return read_now()


def day_in(zone: str, now: datetime) -> date:
    """The civil day that it is in a time zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def today_of(seller: Seller, given: date | None, now: datetime) -> date:
    """The day to work as of: the one given, or today where the seller is (rule 1)."""
    return given or day_in(seller.time_zone, now)
