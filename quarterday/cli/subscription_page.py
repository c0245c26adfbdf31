"""A contract on one page: shown when asked for, and after each change of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import read_clock, today_of
from quarterday.cli.output import print_facts, print_json, print_list, say
from quarterday.cli.records import charge_record, item_record, subscription_record

if TYPE_CHECKING:
    from quarterday.store.models import Subscription


def open_subscription(
    name: str, account: str | None, today: date | None
) -> tuple[Subscription, dict[str, Any]]:
    """The subscription that is meant, and what every service that changes it wants to know."""
    from quarterday.store.queries.references import find_account, find_subscription

    now = read_clock()
    row = find_subscription(name, find_account(account) if account else None)
    day = today_of(row.account.seller, today, now)
    return row, {"subscription_id": row.id, "today": day, "now": now, "actor": ACTOR}


def print_subscription(row: Subscription, as_json: bool) -> None:
    """The subscription as it stands now, its items, and what waits for the next invoice."""
    from quarterday.store.queries.lists import list_charges, list_items
    from quarterday.store.queries.references import find_subscription

    row = find_subscription(row.public_id)
    record = subscription_record(row)
    items = [item_record(item) for item in list_items(row)]
    charges = [charge_record(charge) for charge in list_charges(row)]
    if as_json:
        more = {"data": row.data, "settings": row.settings, "items": items, "waiting": charges}
        print_json(record | more)
        return
    print_facts(
        [
            ("Subscription", row),
            ("Id", row.public_id),
            ("Account", f"{row.account} ({row.account.name})"),
            ("Seller", record["seller"]),
            ("Plan", record["plan"]),
            ("Status", row.status),
            ("Start on", row.start_on),
            ("Trial until", _last_day(row.trial_end)),
            ("Paused on", row.paused_on),
            ("End on", _end(row.end_on)),
        ]
    )
    say("\nItems:")
    print_list([_item(one) for one in items], "role plan price quantity from to billed_through")
    if charges:
        say("\nWaiting for the next invoice:")
        print_list([_charge(one) for one in charges], "kind description from to bill_on amount+")


def _last_day(end: date | None) -> date | None:
    """The last day before an exclusive end, as people say it; the data has the day after."""
    return end and end - timedelta(days=1)


def _end(end: date | None) -> str:
    return f"{end}, the first day without service" if end else ""


def _item(item: dict[str, Any]) -> dict[str, Any]:
    start, billed = item["start_on"], item["billed_through"]
    through = _last_day(billed) if billed > start else None
    return item | {"from": start, "to": _last_day(item["end_on"]), "billed_through": through}


def _charge(charge: dict[str, Any]) -> dict[str, Any]:
    start = charge["period_start"]
    return charge | {"from": start, "to": max(start, _last_day(charge["period_end"]) or start)}
