"""``quarterday messages addresses``: who gets no more mail, and text messages."""

from __future__ import annotations

from typing import Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import AccountArgument, Json, Limit, SellerCode, read_clock
from quarterday.cli.output import print_list, tell

group = make_group("Addresses that get no more mail, and numbers that get text messages.")

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The mail address.")]


@command(group, "list")
def list_all(limit: Limit = 100, as_json: Json = False) -> None:
    """List the addresses that no mail goes to, and why."""
    from quarterday.store.queries.messages import list_marks

    records = [
        {"address": row.address, "reason": row.reason, "since": row.at, "detail": row.detail}
        for row in list_marks(limit)
    ]
    print_list(records, "address reason since detail", limit, as_json)


@command(group, "block")
def block(address: Address, as_json: Json = False) -> None:
    """Let no mail go to an address."""
    from quarterday.services.messages.mark_address import mark_address
    from quarterday.services.users.add_user import check_email

    mark_address(address=check_email(address), reason="by_hand", detail=ACTOR, now=read_clock())
    tell({"address": address, "blocked": True}, f"No mail goes to {address} any more.", as_json)


@command(group, "clear")
def clear(address: Address, as_json: Json = False) -> None:
    """Let mail go to an address again that had bounced, complained or was blocked."""
    from quarterday.services.messages.mark_address import clear_mark

    clear_mark(address=address, now=read_clock(), actor=ACTOR)
    tell({"address": address, "blocked": False}, f"Mail goes to {address} again.", as_json)


@command(group, "route")
def route(
    account: AccountArgument,
    channel: Annotated[str, typer.Argument(help="sms or chat.")],
    address: Annotated[str, typer.Argument(help="The number, such as +4930123456, or the chat.")],
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="A kind or topic that goes there; repeatable. None ends it."),
    ] = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Send kinds of message of an account to a number or a chat, besides mail."""
    from quarterday.services.messages.route_messages import route_messages
    from quarterday.store.queries.references import find_account

    row = find_account(account, seller)
    route_messages(
        account=row,
        channel=channel,
        address=address,
        kinds=kind or (),
        now=read_clock(),
        actor=ACTOR,
    )
    record = {"account": str(row), "channel": channel, "address": address, "kinds": kind or []}
    words = ", ".join(kind or ()) or "nothing"
    tell(record, f"{address} gets {words} of account {row}.", as_json)
