"""The commands of ``quarterday subscriptions`` that pause a contract, resume it, or end it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.options import AccountOption, Json, Today, day_option
from quarterday.cli.subscription_page import open_subscription, print_subscription
from quarterday.cli.subscriptions import On, SubscriptionArgument

group = make_group("Merged into the subscriptions group.")


@command(group, "pause")
def pause(
    subscription: SubscriptionArgument,
    on: On = None,
    account: AccountOption = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Pause a subscription: nothing is billed until it resumes; unused days are credited."""
    from quarterday.services.subscriptions.pause_subscription import pause_subscription

    row, details = open_subscription(subscription, account, today)
    pause_subscription(on=on, **details)
    print_subscription(row, as_json)


@command(group, "resume")
def resume(
    subscription: SubscriptionArgument,
    on: On = None,
    account: AccountOption = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Resume a paused subscription with what it had."""
    from quarterday.services.subscriptions.resume_subscription import resume_subscription

    row, details = open_subscription(subscription, account, today)
    resume_subscription(on=on, **details)
    print_subscription(row, as_json)


@command(group, "cancel")
def cancel(
    subscription: SubscriptionArgument,
    on: Annotated[
        date | None, day_option("--on", text="First day without service; by default today.")
    ] = None,
    at_period_end: Annotated[
        bool, typer.Option("--at-period-end", help="Serve what is paid for, then end.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, for your own records.")] = "",
    account: AccountOption = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Cancel a subscription: today, on another day, or when its period ends."""
    from quarterday.services.subscriptions.cancel_subscription import cancel_subscription

    if on is not None and at_period_end:
        raise typer.BadParameter("give --on, or --at-period-end, not both")
    row, details = open_subscription(subscription, account, today)
    cancel_subscription(on=on, at_period_end=at_period_end, reason=reason, **details)
    print_subscription(row, as_json)


@command(group, "undo-cancel")
def undo_cancel(
    subscription: SubscriptionArgument,
    account: AccountOption = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Let a subscription go on that was to end on a day to come."""
    from quarterday.services.subscriptions.undo_cancel import undo_cancel as undo

    row, details = open_subscription(subscription, account, today)
    undo(**details)
    print_subscription(row, as_json)
