"""``quarterday credit deduct`` and others: credit that goes, and that comes by itself."""

from __future__ import annotations

from typing import Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_amount
from quarterday.cli.options import (
    AccountArgument,
    Json,
    SellerCode,
    StaffRoleOption,
    Today,
    read_clock,
    today_of,
)
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import money, print_json, print_list, say

group = make_group("Merged into the credit group.")


@command(group, "history")
def history(account: AccountArgument, seller: SellerCode = None, as_json: Json = False) -> None:
    """List all that moved an account's credit, the oldest first, with what was left after it."""
    from quarterday.store.queries.portal.credit import iterate_credit
    from quarterday.store.queries.references import find_account

    row = find_account(account, seller)
    rows = [
        {
            "on": move.on,
            "what": move.sort or move.kind,
            "document": move.label or move.document,
            "reason": move.reason,
            "currency": row.currency,
            "amount": exact_amount(move.amount_minor, row.currency),
            "balance": exact_amount(move.balance_minor, row.currency),
        }
        for move in iterate_credit(row.id)
    ]
    print_list(rows, "on what document amount+ balance+ reason", 0, as_json)


@command(group, "deduct")
def deduct(
    account: AccountArgument,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="In the account's currency.")],
    reason: Annotated[str, typer.Option(help="Why; the customer sees it.")],
    method: Annotated[
        str, typer.Option(help="How you paid it out; without one it is given up.")
    ] = "",
    role: StaffRoleOption = "owner",
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Take an amount from credit: paid out by hand, or given up."""
    from quarterday.services.credit.deduct_credit import deduct_credit
    from quarterday.store.queries.references import find_account

    row, now = find_account(account, seller), read_clock()
    found = deduct_credit(
        account=row,
        amount_minor=parse_amount(amount, row.currency),
        today=today_of(row.seller, today, now),
        now=now,
        reason=reason,
        method=method,
        role=role,
        actor=ACTOR,
    )
    taken = sum(one.amount_minor for one in found)
    if as_json:
        data = {"account": str(row), "currency": row.currency, "method": method, "reason": reason}
        print_json(data | {"amount": exact_amount(taken, row.currency)})
    else:
        how = f"paid out by {method}" if method else "given up"
        say(f"{money(taken, row.currency)} of the credit of account {row} is {how}.")


@command(group, "refund")
def refund(
    account: AccountArgument,
    amount: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="By default all that may go back.")
    ] = None,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Give unspent deposits back by the gateways that they came by, as the seller's policy says.

    What came otherwise is paid out by hand: `credit deduct --method`.
    """
    from quarterday.services.credit.refund_deposit import refund_deposit
    from quarterday.store.queries.references import find_account

    row, now = find_account(account, seller), read_clock()
    found = refund_deposit(
        account=row,
        amount_minor=None if amount is None else parse_amount(amount, row.currency),
        today=today_of(row.seller, today, now),
        now=now,
        actor=ACTOR,
    )
    rows = [
        {
            "refund": one.refund.public_id,
            "gateway": one.gateway,
            "status": str(one.status),
            "currency": row.currency,
            "amount": exact_amount(one.refund.amount_minor, row.currency),
        }
        for one in found
    ]
    print_list(rows, "refund gateway status amount+", 0, as_json)


@command(group, "top-up")
def top_up(
    account: AccountArgument,
    below: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Top up when credit is below this.")
    ] = None,
    amount: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="How much to add each time.")
    ] = None,
    method: Annotated[
        str | None, typer.Option(metavar="METHOD", help="A kept way to pay; else the default.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Top up no more.")] = False,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Show an account's automatic top-up, set it with --below and --amount, or switch it --off."""
    from quarterday.services.credit.set_top_up import set_top_up, stop_top_up
    from quarterday.store.queries.paying import list_methods
    from quarterday.store.queries.references import find_account
    from quarterday.store.queries.top_ups import find_top_up

    row, now = find_account(account, seller), read_clock()
    if off:
        stop_top_up(account=row, now=now, actor=ACTOR)
    elif below is not None or amount is not None:
        if below is None or amount is None:
            raise typer.BadParameter("give both --below and --amount")
        kept = [one for one in list_methods(row) if method in (None, one.public_id)]
        if not kept:
            raise typer.BadParameter(f"account {row} keeps no such way to pay")
        set_top_up(
            account=row,
            below_minor=parse_amount(below, row.currency),
            amount_minor=parse_amount(amount, row.currency),
            method=kept[0],
            now=now,
            consent="set by staff",
            actor=ACTOR,
        )
    found = find_top_up(row)
    is_on = found is not None and found.is_enabled
    data = {"account": str(row), "is_enabled": is_on}
    if found is not None:
        data |= {
            "currency": row.currency,
            "below": exact_amount(found.below_minor, row.currency),
            "amount": exact_amount(found.amount_minor, row.currency),
            "method": found.method.label if found.method else None,
            "next_at": found.next_at.isoformat() if found.next_at else None,
        }
    if as_json:
        print_json(data)
    elif found is None or not is_on:
        say(f"Credit of account {row} is not topped up by itself.")
    else:
        added, mark = (money(one, row.currency) for one in (found.amount_minor, found.below_minor))
        say(f"{added} is added to the credit of account {row} when it is below {mark}.")
