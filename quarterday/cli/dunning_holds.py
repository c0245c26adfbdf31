"""``quarterday dunning hold``, ``release`` and ``promise``: pauses of reminding."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import (
    AccountOption,
    Json,
    SellerCode,
    Today,
    day_option,
    parse_day,
    read_clock,
    today_of,
)
from quarterday.cli.output import print_list, tell

if TYPE_CHECKING:
    from quarterday.store.models import Account, DunningHold, Invoice

OneInvoice = Annotated[
    str | None, typer.Option("--invoice", metavar="INVOICE", help="Of one invoice alone.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; staff reads it.")]


def hold(
    account: AccountOption = None,
    invoice: OneInvoice = None,
    until: Annotated[
        date | None, day_option("--until", text="The last day; without it, until released.")
    ] = None,
    reason: Reason = "",
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Pause the reminding of an account, or of one invoice."""
    from quarterday.services.dunning.hold_dunning import hold_dunning

    owner, row = _find(account, invoice, seller)
    made = hold_dunning(
        account=owner, invoice=row, until=until, reason=reason, now=read_clock(), actor=ACTOR
    )
    tell(_record(made), f"{made.public_id}: {_say(made)}.", as_json)


def promise(
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="By when they promised to pay.")
    ],
    account: AccountOption = None,
    invoice: OneInvoice = None,
    reason: Reason = "",
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Note a promise to pay; nothing is done until that day has passed."""
    from quarterday.services.dunning.promise_payment import promise_payment

    owner, row = _find(account, invoice, seller)
    now = read_clock()
    made = promise_payment(
        account=owner,
        invoice=row,
        until=parse_day(until),
        today=today_of(owner.seller, today, now),
        reason=reason,
        now=now,
        actor=ACTOR,
    )
    tell(_record(made), f"{made.public_id}: {_say(made)}.", as_json)


def release(
    name: Annotated[str, typer.Argument(metavar="HOLD", help="The hold, by its id.")],
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """End a pause; what had come due is caught up on with one message."""
    from quarterday.services.dunning.release_dunning import release_dunning
    from quarterday.store.models import DunningHold as Row
    from quarterday.store.queries.references import NotThere

    row = Row.objects.filter(public_id=name).first()
    if row is None:
        raise NotThere(f"there is no hold {name!r}; quarterday dunning holds shows them")
    done = release_dunning(hold=row, reason=reason, now=read_clock(), actor=ACTOR)
    tell(_record(done), f"{done.public_id} has ended.", as_json)


def holds(account: AccountOption = None, seller: SellerCode = None, as_json: Json = False) -> None:
    """List pauses that have not ended."""
    from quarterday.store.models import DunningHold as Row
    from quarterday.store.queries.references import find_account, find_seller

    rows = Row.objects.filter(ended_at=None).select_related("account", "invoice").order_by("id")
    if account:
        rows = rows.filter(account=find_account(account, seller))
    elif seller:
        rows = rows.filter(account__seller=find_seller(seller))
    shown = "hold account invoice cause until reason"
    print_list([_record(row) for row in rows], shown, 0, as_json)


def add_to(group: typer.Typer) -> None:
    """Put these commands into the group of reminding."""
    command(group, "hold")(hold)
    command(group, "holds")(holds)
    command(group, "promise")(promise)
    command(group, "release")(release)


def _find(
    account: str | None, invoice: str | None, seller: str | None
) -> tuple[Account, Invoice | None]:
    from quarterday.store.queries.references import find_account, find_invoice

    if invoice:
        row = find_invoice(invoice, seller)
        return row.account, row
    if not account:
        raise typer.BadParameter("give --account or --invoice")
    return find_account(account, seller), None


def _say(row: DunningHold) -> str:
    what = f"invoice {row.invoice}" if row.invoice else f"account {row.account}"
    until = f"through {row.until}" if row.until else "until it is released"
    return f"{what} is left alone {until}"


def _record(row: DunningHold) -> dict[str, Any]:
    return {
        "hold": row.public_id,
        "account": str(row.account),
        "invoice": str(row.invoice) if row.invoice else None,
        "cause": row.cause,
        "until": row.until.isoformat() if row.until else None,
        "reason": row.reason,
        "ended": row.ended_at is not None,
    }
