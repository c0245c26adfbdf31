"""``quarterday subscriptions``: see contracts and start them; changes are a file of their own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_quantity
from quarterday.cli.options import (
    AccountArgument,
    AccountOption,
    ExternalId,
    Json,
    Limit,
    SellerCode,
    Today,
    day_option,
    read_clock,
    today_of,
)
from quarterday.cli.output import print_list
from quarterday.cli.records import subscription_record
from quarterday.cli.subscription_page import print_subscription
from quarterday.core.lifecycle import SubscriptionState

group = make_group("See, start, change, pause and cancel contracts.")

SubscriptionArgument = Annotated[
    str,
    typer.Argument(metavar="SUBSCRIPTION", help="By public id, or by external id."),
]
PlanArgument = Annotated[
    str, typer.Argument(metavar="PLAN", help="product/plan by their codes, as hosting/monthly.")
]
PriceCodes = Annotated[
    list[str] | None,
    typer.Option("--price", metavar="CODE", help="This price of the plan; by default all of it."),
]
On = Annotated[
    date | None, day_option("--on", text="The first day on which it counts; by default today.")
]
Quantity = Annotated[
    Decimal | None,
    typer.Option("--quantity", parser=parse_quantity, metavar="NUMBER", help="How many."),
]


@command(group, "list")
def list_all(
    account: AccountOption = None,
    seller: SellerCode = None,
    status: Annotated[
        SubscriptionState | None, typer.Option(help="Only those in this state.")
    ] = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List subscriptions."""
    from quarterday.store.queries.lists import list_subscriptions
    from quarterday.store.queries.references import find_account, find_seller

    rows = list_subscriptions(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        status=status,
        limit=limit,
    )
    shown = "subscription account seller plan status start_on end_on"
    print_list([subscription_record(row) for row in rows], shown, limit, as_json)


@command(group, "show")
def show(
    subscription: SubscriptionArgument, account: AccountOption = None, as_json: Json = False
) -> None:
    """Show a subscription with its items, and through which day each is billed."""
    from quarterday.store.queries.references import find_account, find_subscription

    row = find_subscription(subscription, find_account(account) if account else None)
    print_subscription(row, as_json)


@command(group, "start")
def start(
    account: AccountArgument,
    plan: PlanArgument,
    on: Annotated[
        date | None, day_option("--on", text="First day of service; by default today.")
    ] = None,
    price: PriceCodes = None,
    quantity: Quantity = None,
    trial_days: Annotated[
        int | None, typer.Option(min=0, help="By default what the plan says.")
    ] = None,
    discount: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="A discount; repeatable.")
    ] = None,
    external_id: ExternalId = None,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Start a subscription of a plan."""
    from quarterday.services.subscriptions.start_subscription import start_subscription
    from quarterday.store.queries.references import (
        find_account,
        find_discounts,
        find_plan,
        find_prices,
    )

    row, now = find_account(account, seller), read_clock()
    day, chosen = today_of(row.seller, today, now), find_plan(plan, row.seller)
    found = start_subscription(
        account_id=row.id,
        plan=chosen,
        start_on=on or day,
        today=day,
        now=now,
        prices=find_prices(price, chosen, row.currency) if price else None,
        quantity=Decimal(1) if quantity is None else quantity,
        trial_days=trial_days,
        discounts=find_discounts(discount or [], row.seller),
        external_id=external_id,
        actor=ACTOR,
    )
    print_subscription(found, as_json)
