"""``quarterday payouts``: what gateways send to the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.options import Json, Limit, SellerCode
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import money, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import Payout, PayoutItem

group = make_group("See what gateways pay out, and what is in it.")


@command(group, "list")
def list_all(
    gateway: Annotated[str | None, typer.Option(help="Of this gateway alone.")] = None,
    status: Annotated[
        str | None, typer.Option(help="announced, arrived or failed; by default all.")
    ] = None,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List payouts, the newest first."""
    from quarterday.store.queries.payouts import list_payouts
    from quarterday.store.queries.references import find_seller

    rows = list_payouts(
        seller=find_seller(seller) if seller else None, gateway=gateway, status=status, limit=limit
    )
    shown = "id gateway reference arrives_on status gross+ fee+ net+"
    print_list([_record(row) for row in rows], shown, limit, as_json)


@command(group, "show")
def show(
    payout: Annotated[
        str, typer.Argument(metavar="PAYOUT", help="By public id, or what the gateway calls it.")
    ],
    as_json: Json = False,
) -> None:
    """Show a payout part by part, with what of yours each part is."""
    from quarterday.store.queries.payouts import find_payout, list_items

    row = find_payout(payout)
    items = [_item(one, row.currency) for one in list_items(row)]
    if as_json:
        print_json(_record(row) | {"items": items})
        return
    gross, fee = money(row.gross_minor, row.currency), money(row.fee_minor, row.currency)
    net = money(row.net_minor, row.currency)
    say(f"{row.gateway} {row.reference}: {gross} less {fee} is {net}, {row.status}")
    for one in items:
        whose = one["of"] or "nothing that is known here"
        say(f"  {one['kind']} {one['reference']}: {one['gross']}, fee {one['fee']}, of {whose}")


def _record(row: Payout) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "seller": row.seller.code,
        "gateway": row.gateway,
        "reference": row.reference,
        "status": str(row.status),
        "arrives_on": row.arrives_on,
        "currency": row.currency,
        "gross": exact_amount(row.gross_minor, row.currency),
        "fee": exact_amount(row.fee_minor, row.currency),
        "net": exact_amount(row.net_minor, row.currency),
    }


def _item(row: PayoutItem, code: str) -> dict[str, Any]:
    linked = row.payment or row.refund or row.dispute
    return {
        "kind": str(row.kind),
        "reference": row.reference,
        "gross": exact_amount(row.gross_minor, code),
        "fee": exact_amount(row.fee_minor, code),
        "of": linked.public_id if linked else None,
        "account": str(linked.account) if linked else None,
    }
