"""``quarterday alerts``: what the staff must hear of."""

from __future__ import annotations

from typing import Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.options import Json, Limit, read_clock
from quarterday.cli.output import print_list, tell

group = make_group("What the staff must hear of: late or failed work, offences against the books.")


@command(group, "list")
def list_all(
    everything: Annotated[
        bool, typer.Option("--all", help="Those that are over too, the newest first.")
    ] = False,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List what is wrong."""
    from quarterday.store.models import Alert

    rows = Alert.objects.order_by("-id")
    if not everything:
        rows = rows.filter(resolved_at__isnull=True)
    records = [
        {
            "raised_at": one.raised_at,
            "kind": one.kind,
            "text": one.text,
            "told_at": one.told_at,
            "resolved_at": one.resolved_at,
        }
        for one in (rows[:limit] if limit else rows)
    ]
    print_list(records, "raised_at kind text told_at resolved_at", as_json=as_json)


@command(group, "test")
def test(as_json: Json = False) -> None:
    """Raise an alert and resolve it, to see that it arrives: a worker tells it in a minute."""
    from quarterday.services.alerts.raise_alert import raise_alert
    from quarterday.services.alerts.resolve_alert import resolve_alert

    now, key = read_clock(), "test"
    raise_alert(key=key, kind="test", text="This is a test: alerts arrive.", now=now)
    resolve_alert(key=key, now=now)
    tell({"key": key}, "A test alert is on its way; see: quarterday alerts list --all", as_json)
