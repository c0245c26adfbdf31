"""A contract on one page: shown when asked for, and after each change of it."""

from __future__ import annotations

from datetime import date
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
    print_facts((name.replace("_", " ").capitalize(), value) for name, value in record.items())
    say("\nItems:")
    print_list(items, "role plan price quantity start_on end_on billed_through")
    if charges:
        say("\nWaiting for the next invoice:")
        print_list(charges, "kind description period_start period_end bill_on amount+")
