"""``quarterday quotes``: offers to one account."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_pairs, parse_quantity
from quarterday.cli.options import (
    AccountArgument,
    AccountOption,
    Json,
    Limit,
    SellerCode,
    Today,
    day_option,
    read_clock,
    today_of,
)
from quarterday.cli.output import amount, money, print_json, print_list, say

group = make_group("Offer something to an account, see what is offered, and take it back.")
_DAYS = 30


@command(group, "make")
def make(
    account: AccountArgument,
    plan: Annotated[
        list[str],
        typer.Option("--plan", metavar="PLAN[=N]", help="A plan and how many; repeat it."),
    ],
    add: Annotated[
        list[str] | None,
        typer.Option("--add", metavar="PLAN[=N]", help="What is added to the first plan."),
    ] = None,
    discount: Annotated[
        list[str] | None, typer.Option("--discount", metavar="CODE", help="A discount on it.")
    ] = None,
    valid_through: Annotated[
        date | None, day_option("--valid-through", text="Its last day; by default in 30 days.")
    ] = None,
    intro: Annotated[str, typer.Option(help="A sentence to begin with.")] = "",
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Make a quote and mail it; accepting it places the order."""
    from quarterday.services.quotes.make_quote import make_quote
    from quarterday.services.quotes.quote_items import QuoteItem
    from quarterday.store.queries.references import find_account, find_discounts, find_plan

    row, now = find_account(account, seller), read_clock()
    day = today_of(row.seller, today, now)
    plans = [(find_plan(name, row.seller), count) for name, count in _read(plan)]
    additions = [(find_plan(name, row.seller), count) for name, count in _read(add or [])]
    items = [
        QuoteItem(one, count, additions if place == 0 else [])
        for place, (one, count) in enumerate(plans)
    ]
    quote = make_quote(
        account=row,
        items=items,
        discounts=find_discounts(discount or [], row.seller),
        valid_through=valid_through or day + timedelta(days=_DAYS),
        intro=intro,
        today=day,
        now=now,
        actor=ACTOR,
    )
    if as_json:
        print_json(_record(quote))
    else:
        total = money(quote.total_minor, quote.currency)
        say(f"Quote {quote.label} over {total} is good until {quote.valid_through}.")


@command(group, "list")
def list_all(
    account: AccountOption = None,
    status: Annotated[
        Literal["open", "accepted", "declined", "withdrawn"] | None,
        typer.Option(help="Only these."),
    ] = None,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List quotes, the newest first."""
    from quarterday.store.queries.orders import list_quotes
    from quarterday.store.queries.references import find_account, find_seller

    rows = list_quotes(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        status=status,
        limit=limit,
    )
    shown = "quote seller account status issued_on valid_through total+ order"
    print_list([_record(row) for row in rows], shown, limit, as_json)


@command(group, "withdraw")
def withdraw(
    quote: Annotated[
        str, typer.Argument(metavar="QUOTE", help="The quote, by its number or public id.")
    ],
    reason: Annotated[str, typer.Option(help="Why, for your own records.")] = "",
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Take back a quote that nobody accepted yet."""
    from quarterday.services.quotes.close_quote import withdraw_quote
    from quarterday.store.queries.orders import find_quote
    from quarterday.store.queries.references import find_seller

    row = find_quote(quote, find_seller(seller) if seller else None)
    withdraw_quote(quote=row, now=read_clock(), reason=reason, actor=ACTOR)
    if as_json:
        print_json(_record(find_quote(row.public_id)))
    else:
        say(f"Quote {row.label} is withdrawn.")


def _read(texts: list[str]) -> list[tuple[str, Any]]:
    """``web/pro=2`` is two of a plan; without a number it is one."""
    pairs = parse_pairs([text if "=" in text else f"{text}=1" for text in texts])
    return [(name, parse_quantity(count)) for name, count in pairs.items()]


def _record(row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "quote": row.label,
        "seller": row.seller.code,
        "account": str(row.account),
        "status": str(row.status),
        "issued_on": row.issued_on,
        "valid_through": row.valid_through,
        "currency": row.currency,
        "net": amount(row.net_minor, row.currency),
        "tax": amount(row.tax_minor, row.currency),
        "total": amount(row.total_minor, row.currency),
        "order": row.order.label if row.order else None,
    }
