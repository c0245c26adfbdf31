"""``quarterday hooks``: other systems that are told what happens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import Json, Limit, SellerCode, read_clock
from quarterday.cli.output import note, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import WebhookEndpoint

group = make_group("Tell other systems what happens, by signed webhooks.")

Endpoint = Annotated[
    str, typer.Argument(metavar="ENDPOINT", help="By its id (whe_…) or its address.")
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="A kind such as invoice.paid or service.*; without it, all."),
]
_SHOWN = "id url seller kinds state waiting failed"


@command(group, "list")
def list_all(seller: SellerCode = None, as_json: Json = False) -> None:
    """List endpoints, and how much waits for them."""
    from quarterday.store.queries.hooks import list_endpoints
    from quarterday.store.queries.references import find_seller

    rows = list_endpoints(find_seller(seller) if seller else None)
    print_list([_record(row) for row in rows], _SHOWN, 0, as_json)


@command(group, "add")
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="The https address to tell.")],
    kind: Kinds = None,
    secret: Annotated[
        str, typer.Option(help="The variable of its secret, as env:NAME; without it, one is made.")
    ] = "",
    every: Annotated[
        bool, typer.Option("--every-seller", help="Of all sellers, and alerts of the system.")
    ] = False,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Tell an address what happens from now on; the secret is shown this once."""
    from quarterday.services.hooks.add_endpoint import add_endpoint
    from quarterday.store.queries.references import find_seller

    row, shown = add_endpoint(
        seller=None if every else find_seller(seller),
        url=url,
        kinds=kind or [],
        secret=secret,
        now=read_clock(),
        actor=ACTOR,
    )
    if as_json:
        print_json(_record(row) | {"secret": shown})
        return
    say(f"{row.url} is told as {row.public_id}.")
    if shown:
        say(f"Its secret, which is not shown again:\n{shown}")


@command(group, "change")
def change(endpoint: Endpoint, kind: Kinds = None, as_json: Json = False) -> None:
    """Tell an endpoint these kinds only; without any, all."""
    _change(endpoint, as_json, kinds=kind or [])


@command(group, "enable")
def enable(endpoint: Endpoint, as_json: Json = False) -> None:
    """Tell an endpoint again what happens from now on."""
    _change(endpoint, as_json, is_enabled=True)


@command(group, "disable")
def disable(endpoint: Endpoint, as_json: Json = False) -> None:
    """Tell an endpoint nothing until it is enabled."""
    _change(endpoint, as_json, is_enabled=False)


@command(group, "remove")
def remove(endpoint: Endpoint, as_json: Json = False) -> None:
    """Forget an endpoint and what waits for it."""
    from quarterday.services.hooks.change_endpoint import remove_endpoint
    from quarterday.store.queries.hooks import find_endpoint

    row = find_endpoint(endpoint)
    record = _record(row)
    remove_endpoint(endpoint=row, now=read_clock(), actor=ACTOR)
    if as_json:
        print_json(record)
    else:
        say(f"{record['url']} is told nothing any more.")


@command(group, "test")
def send_test(endpoint: Endpoint, as_json: Json = False) -> None:
    """Send a ping now, and say what was answered."""
    from quarterday.services.hooks.ping_endpoint import ping_endpoint
    from quarterday.services.hooks.send_delivery import send_delivery
    from quarterday.store.queries.hooks import find_endpoint

    row = ping_endpoint(endpoint=find_endpoint(endpoint), now=read_clock())
    is_taken = send_delivery(row, now=read_clock())
    row.refresh_from_db()
    if as_json:
        print_json({"taken": is_taken, "answer": row.answer, "error": row.error})
    elif is_taken:
        say(f"It answered {row.answer}: all is well.")
    else:
        say(f"It was not taken: {row.error}")


@command(group, "replay")
def replay(
    endpoint: Endpoint,
    hours: Annotated[int, typer.Option(min=1, max=720, help="As far back as this.")] = 24,
    failed: Annotated[bool, typer.Option("--failed", help="Only what was given up.")] = False,
    as_json: Json = False,
) -> None:
    """Tell an endpoint again what it was told, with the same ids."""
    from quarterday.services.hooks.change_endpoint import replay_events
    from quarterday.store.queries.hooks import find_endpoint

    now = read_clock()
    since = now - timedelta(hours=hours)
    count = replay_events(
        endpoint=find_endpoint(endpoint), since=since, now=now, failed_only=failed, actor=ACTOR
    )
    if as_json:
        print_json({"queued": count})
    else:
        say(f"{count:,} go out again within seconds, where `serve` or `work` runs.")


@command(group, "log")
def log(endpoint: Endpoint, limit: Limit = 20, as_json: Json = False) -> None:
    """Show what an endpoint was told last, and what it answered."""
    from quarterday.store.queries.hooks import find_endpoint, list_deliveries

    rows = [
        {
            "id": one.public_id,
            "kind": one.kind,
            "status": str(one.status),
            "tries": one.tries,
            "answer": one.answer,
            "at": one.created_at.isoformat(timespec="seconds"),
            "next_at": one.next_at.isoformat(timespec="seconds"),
            "error": one.error,
        }
        for one in list_deliveries(find_endpoint(endpoint), limit or 1_000_000)
    ]
    print_list(rows, "id kind status tries answer at error", limit, as_json)


def _change(name: str, as_json: bool, **changes: Any) -> None:
    from quarterday.services.hooks.change_endpoint import change_endpoint
    from quarterday.store.queries.hooks import find_endpoint

    row = change_endpoint(endpoint=find_endpoint(name), now=read_clock(), actor=ACTOR, **changes)
    if as_json:
        print_json(_record(row))
        return
    state = "is told " + (", ".join(row.kinds) or "everything")
    say(f"{row.url} {state if row.is_enabled else 'is told nothing until it is enabled'}.")
    if changes.get("is_enabled"):
        note("What happened in between is not told.")


def _record(row: WebhookEndpoint) -> dict[str, Any]:
    failing = f"failing since {row.failing_since:%Y-%m-%d %H:%M}" if row.failing_since else "on"
    return {
        "id": row.public_id,
        "url": row.url,
        "seller": row.seller.code if row.seller else "",
        "kinds": " ".join(row.kinds),
        "state": failing if row.is_enabled else "disabled",
        "waiting": getattr(row, "waiting", 0),
        "failed": getattr(row, "failed", 0),
    }
