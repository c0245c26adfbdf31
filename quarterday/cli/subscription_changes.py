"""The commands of ``quarterday subscriptions`` that change what a contract has."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import parse_quantity
from quarterday.cli.options import AccountOption, Json, Today
from quarterday.cli.subscription_page import open_subscription, print_subscription
from quarterday.cli.subscriptions import (
    On,
    PlanArgument,
    PriceCodes,
    Quantity,
    SubscriptionArgument,
)

Item = Annotated[
    str | None,
    typer.Option("--item", metavar="CODE", help="The item, by the code of its price or product."),
]

group = make_group("Merged into the subscriptions group.")


@command(group, "change-plan")
def change_plan(
    subscription: SubscriptionArgument,
    plan: PlanArgument,
    on: On = None,
    price: PriceCodes = None,
    quantity: Quantity = None,
    account: AccountOption = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Move a subscription to another plan; days billed at the old one are credited."""
    from quarterday.services.subscriptions.change_plan import change_plan as change
    from quarterday.store.queries.references import find_plan, find_prices

    row, details = open_subscription(subscription, account, today)
    chosen = find_plan(plan, row.account.seller)
    prices = find_prices(price, chosen, row.account.currency) if price else None
    change(plan=chosen, prices=prices, quantity=quantity, on=on, **details)
    print_subscription(row, as_json)


@command(group, "change-quantity")
def change_quantity(
    subscription: SubscriptionArgument,
    quantity: Annotated[
        Decimal, typer.Argument(parser=parse_quantity, metavar="NUMBER", help="How many.")
    ],
    item: Item = None,
    on: On = None,
    account: AccountOption = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Give an item another quantity: the base item, unless you name another."""
    from quarterday.services.subscriptions.change_quantity import change_quantity as change
    from quarterday.store.queries.references import find_item

    row, details = open_subscription(subscription, account, today)
    key = find_item(row, item).id if item else None
    change(quantity=quantity, item_id=key, on=on, **details)
    print_subscription(row, as_json)


@command(group, "add-addon")
def add_addon(
    subscription: SubscriptionArgument,
    plan: PlanArgument,
    on: On = None,
    price: Annotated[
        str | None, typer.Option(metavar="CODE", help="Needed where the plan has several.")
    ] = None,
    quantity: Quantity = None,
    account: AccountOption = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Add an add-on from a day on; its first days are prorated."""
    from quarterday.services.subscriptions.add_addon import add_addon as add
    from quarterday.store.queries.references import find_only_price, find_plan

    row, details = open_subscription(subscription, account, today)
    chosen = find_plan(plan, row.account.seller)
    found = find_only_price(price, chosen, row.account.currency)
    add(price=found, quantity=Decimal(1) if quantity is None else quantity, on=on, **details)
    print_subscription(row, as_json)


@command(group, "remove-addon")
def remove_addon(
    subscription: SubscriptionArgument,
    item: Annotated[
        str, typer.Argument(metavar="ITEM", help="By the code of its price or product.")
    ],
    on: On = None,
    account: AccountOption = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Take an add-on out from a day on; days billed beyond it are credited."""
    from quarterday.services.subscriptions.remove_addon import remove_addon as remove
    from quarterday.store.queries.references import find_item

    row, details = open_subscription(subscription, account, today)
    remove(item_id=find_item(row, item).id, on=on, **details)
    print_subscription(row, as_json)
