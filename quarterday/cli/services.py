"""``quarterday services``: what customers' services are to be, and how they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import AccountOption, Json, Limit, SellerCode, read_clock
from quarterday.cli.output import print_facts, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import Account, ServiceHold, ServiceState

group = make_group("See, hold and release customers' services.")

Service = Annotated[
    str,
    typer.Argument(
        metavar="SERVICE", help="Its id (svc_…), or the id of its subscription, yours or ours."
    ),
]
Cause = Annotated[
    Literal["unpaid", "staff", "abuse", "customer"], typer.Option("--cause", help="Why.")
]
_SHOWN = "id account subscription place wanted condition status next_at error"


@command(group, "list")
def list_all(
    account: AccountOption = None,
    seller: SellerCode = None,
    status: Annotated[
        str | None, typer.Option(help="settled, due, manual or failed; by default all.")
    ] = None,
    place: Annotated[str | None, typer.Option(help="Those that run there.")] = None,
    held: Annotated[bool, typer.Option("--held", help="Only those that something holds.")] = False,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List services, the newest first."""
    from quarterday.store.queries.references import find_seller
    from quarterday.store.queries.services import list_services

    rows = list_services(
        account=_find_account(account, seller),
        seller=find_seller(seller) if seller else None,
        status=status,
        place=place,
        held=held,
        limit=limit,
    )
    print_list([_record(row) for row in rows], _SHOWN, limit, as_json)


@command(group, "show")
def show(
    service: Service,
    account: AccountOption = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Show a service, what holds it back, and what was asked of its place."""
    from quarterday.store.queries.services import find_service, list_calls, open_holds

    row = find_service(service, _find_account(account, seller))
    holds = [_hold(one) for one in open_holds(row.subscription)]
    calls = [
        {
            "at": one.started_at.isoformat(timespec="seconds"),
            "action": one.action,
            "outcome": str(one.outcome),
            "generation": one.generation,
            "error": one.error,
        }
        for one in list_calls(row)
    ]
    record = _record(row) | {"data": row.data}
    if as_json:
        print_json(record | {"holds": holds, "calls": calls})
        return
    print_facts((name.replace("_", " "), value) for name, value in record.items())
    for hold in holds:
        say(f"held since {hold['since']}: {hold['cause']} {hold['level']} {hold['about']}".rstrip())
    if calls:
        say()
        print_list(calls, "at action outcome error")


@command(group, "hold")
def hold(
    service: Service,
    cause: Annotated[
        Literal["staff", "abuse", "customer"], typer.Option("--cause", help="Why.")
    ] = "staff",
    reason: Annotated[str, typer.Option(help="What to write down about it.")] = "",
    restrict: Annotated[bool, typer.Option("--restrict", help="Let it run with less.")] = False,
    account: AccountOption = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Suspend a service, or restrict it, until it is released."""
    from quarterday.services.provisioning.hold_service import hold_service
    from quarterday.store.queries.references import find_subscription
    from quarterday.store.queries.services import find_service

    name = find_service(service).subscription.public_id if service.startswith("svc_") else service
    subscription = find_subscription(name, _find_account(account, seller))
    row = hold_service(
        subscription=subscription,
        cause=cause,
        level="restricted" if restrict else "suspended",
        reason=reason,
        now=read_clock(),
        actor=ACTOR,
    )
    if as_json:
        print_json(_hold(row))
        return
    say(f"{subscription} is held ({row.cause}, {row.level}) until it is released.")


@command(group, "release")
def release(
    service: Service,
    cause: Cause = "staff",
    about: Annotated[str, typer.Option(help="The invoice (inv_…) that it is about.")] = "",
    account: AccountOption = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """End a hold; the service runs again when nothing else holds it."""
    from quarterday.services.provisioning.release_service import release_service
    from quarterday.store.queries.services import find_service, open_holds

    row = find_service(service, _find_account(account, seller))
    ended = release_service(
        account=row.subscription.account,
        subscription=row.subscription,
        cause=cause,
        subject=about,
        now=read_clock(),
        actor=ACTOR,
    )
    left = [_hold(one) for one in open_holds(row.subscription)]
    if as_json:
        print_json({"ended": ended, "holds": left})
        return
    say("There was nothing to end." if not ended else "The hold has ended.")
    for one in left:
        say(f"It is still held: {one['cause']} {one['level']} {one['about']}".rstrip())


@command(group, "retry")
def retry(
    service: Annotated[
        str | None, typer.Argument(metavar="[SERVICE]", help="One service; without it, all.")
    ] = None,
    place: Annotated[str | None, typer.Option(help="All that were given up there.")] = None,
    account: AccountOption = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Try services again that were given up."""
    from quarterday.services.provisioning.retry_service import retry_service
    from quarterday.store.queries.references import find_seller
    from quarterday.store.queries.services import find_failed, find_service

    rows = (
        [find_service(service, _find_account(account, seller))]
        if service
        else list(find_failed(find_seller(seller) if seller else None, place))
    )
    done = [_record(retry_service(service=one, now=read_clock(), actor=ACTOR)) for one in rows]
    if as_json:
        print_json(done)
    else:
        say(f"{len(done):,} are tried again within seconds, where `serve` or `work` runs.")


@command(group, "done")
def done(
    service: Service,
    account: AccountOption = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Say that a service is as it is wanted, since somebody saw to it."""
    from quarterday.services.provisioning.mark_done import mark_done
    from quarterday.store.queries.services import find_service

    row = find_service(service, _find_account(account, seller))
    mark_done(service=row, now=read_clock(), actor=ACTOR)
    row.refresh_from_db()
    if as_json:
        print_json(_record(row))
    else:
        say(f"The service of {row.subscription} is {row.condition}.")


def _find_account(account: str | None, seller: str | None) -> Account | None:
    from quarterday.store.queries.references import find_account

    return find_account(account, seller) if account else None


def _record(row: ServiceState) -> dict[str, Any]:
    subscription = row.subscription
    return {
        "id": row.public_id,
        "seller": subscription.account.seller.code,
        "account": str(subscription.account),
        "subscription": str(subscription),
        "place": row.place,
        "wanted": str(row.wanted),
        "plan": str(row.wanted_plan) if row.wanted_plan else "",
        "condition": str(row.condition),
        "since": row.condition_at and row.condition_at.isoformat(timespec="seconds"),
        "status": str(row.status),
        "tries": row.tries,
        "next_at": row.next_at and row.next_at.isoformat(timespec="seconds"),
        "error": row.error,
    }


def _hold(one: ServiceHold) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "cause": str(one.cause),
        "level": str(one.level),
        "about": one.subject,
        "reason": one.reason,
        "since": one.started_at.isoformat(timespec="seconds"),
        "actor": one.actor,
    }
