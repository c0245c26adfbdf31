"""``quarterday orders``: what was ordered, and what waits."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import (
    AccountOption,
    Json,
    Limit,
    SellerCode,
    Today,
    read_clock,
    today_of,
)
from quarterday.cli.output import amount, print_facts, print_json, print_list, say
from quarterday.cli.records import invoice_record, subscription_record

group = make_group("See orders, start those that wait for a hand, and cancel those that wait.")

OrderArgument = Annotated[
    str, typer.Argument(metavar="ORDER", help="The order, by its number or public id.")
]


@command(group, "list")
def list_all(
    account: AccountOption = None,
    status: Annotated[
        Literal["pending", "active", "cancelled"] | None, typer.Option(help="Only these.")
    ] = None,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List orders, the newest first."""
    from quarterday.store.queries.orders import list_orders
    from quarterday.store.queries.references import find_account, find_seller

    rows = list_orders(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        status=status,
        limit=limit,
    )
    shown = "order seller account status activation placed_at invoice total+"
    print_list([_record(row) for row in rows], shown, limit, as_json)


@command(group, "show")
def show(order: OrderArgument, seller: SellerCode = None, as_json: Json = False) -> None:
    """Show an order with its contracts and invoices."""
    from quarterday.store.queries.orders import list_order_parts

    row = _find(order, seller)
    contracts, invoices = list_order_parts(row)
    record = _record(row) | {
        "terms_version": row.terms_version,
        "terms_accepted_at": _instant(row.terms_accepted_at),
        "activated_at": _instant(row.activated_at),
        "promotions": row.data.get("promotions", []),
        "subscriptions": [subscription_record(one) for one in contracts],
        "invoices": [invoice_record(one) for one in invoices],
    }
    if as_json:
        print_json(record)
        return
    parts = ("subscriptions", "invoices")
    facts = [(name.replace("_", " "), value) for name, value in record.items()]
    print_facts([(name, str(value)) for name, value in facts if value and name not in parts])
    say()
    print_list(record["subscriptions"], "subscription plan status start_on trial_end")
    say()
    print_list(record["invoices"], "label status due_on total+ open+")


@command(group, "activate")
def activate(
    order: OrderArgument, seller: SellerCode = None, today: Today = None, as_json: Json = False
) -> None:
    """Start the services of an order now; days that passed while it waited are credited."""
    from quarterday.services.orders.activate_order import activate_order

    row, now = _find(order, seller), read_clock()
    day = today_of(row.seller, today, now)
    done = activate_order(order=row, today=day, now=now, actor=ACTOR)
    _tell(done.public_id, as_json, f"Order {done.label} is active.")


@command(group, "cancel")
def cancel(
    order: OrderArgument,
    reason: Annotated[str, typer.Option(help="Why, for your own records.")],
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Cancel an order that waits: its invoice is void, its contracts never began."""
    from quarterday.services.orders.cancel_order import cancel_order

    row, now = _find(order, seller), read_clock()
    day = today_of(row.seller, today, now)
    done = cancel_order(order=row, today=day, now=now, reason=reason, actor=ACTOR)
    _tell(done.public_id, as_json, f"Order {done.label} is cancelled.")


def _find(name: str, seller: str | None) -> Any:
    from quarterday.store.queries.orders import find_order
    from quarterday.store.queries.references import find_seller

    return find_order(name, find_seller(seller) if seller else None)


def _tell(public_id: str, as_json: bool, text: str) -> None:
    if as_json:
        print_json(_record(_find(public_id, None)))
    else:
        say(text)


def _instant(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def _record(row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "order": row.label,
        "seller": row.seller.code,
        "account": str(row.account),
        "status": str(row.status),
        "activation": str(row.activation),
        "placed_at": row.placed_at.isoformat(timespec="minutes"),
        "invoice": row.invoice.label if row.invoice else None,
        "currency": row.account.currency,
        "total": amount(row.data.get("total_minor", 0), row.account.currency),
    }
