"""Which account and item a measurement belongs to; one that belongs to none would be lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from quarterday.services.usage.usage_input import Bad, Checked
from quarterday.store.queries.metered import (
    MeteredItem,
    claim_due,
    find_account_keys,
    find_subscription_owners,
    load_metered_items,
)


@dataclass(slots=True)
class Places:
    """The accounts and metered items that a batch is about, claimed for the transaction.

    ``items`` are by account, meter, and each id of the subscription, or "" for any.
    """

    accounts: dict[str, int]
    owners: dict[str, int]
    due: dict[int, date | None]
    items: dict[tuple[int, int, str], list[MeteredItem]] = field(default_factory=dict)

    def account_of(self, event: Checked) -> int:
        """The key of the account that an event is about; raises `Bad`."""
        sent = event.sent
        named = self.accounts.get(sent.account) if sent.account else None
        if sent.account and named is None:
            raise Bad("account", sent.account, "name an account of the seller")
        owner = self.owners.get(sent.subscription) if sent.subscription else None
        if named is None and owner is None:
            if sent.subscription:
                remedy = "name a subscription by its public id, or by its external id and account"
                raise Bad("subscription", sent.subscription, remedy)
            raise Bad("subscription", "", "say which subscription or account it is about")
        if named is not None and owner is not None and named != owner:
            raise Bad("account", sent.account, "name the account of the subscription, or none")
        return owner if named is None and owner is not None else named or 0

    def candidates(self, event: Checked, account_id: int) -> list[MeteredItem]:
        """The items of an account that measure the meter of an event; raises `Bad` for none."""
        sent, name = event.sent, event.sent.subscription
        found = self.items.get((account_id, event.meter_id, name))
        if not found:
            named = ("subscription", name) if name else ("account", sent.account)
            raise Bad(*named, f"nothing in it measures {sent.meter}; add such an item first")
        return found

    def place(self, event: Checked, account_id: int) -> MeteredItem:
        """The item on whose days an event lies; raises `Bad` for none, or for several."""
        found = self.candidates(event, account_id)
        holding = [one for one in found if one.holds(event.on)]
        if not holding:
            spans = "; ".join(f"{one.start_on} to {one.end_on or 'now'}" for one in found)
            raise Bad(
                "at", event.sent.at, f"{event.on} is on none of the days that are charged: {spans}"
            )
        if len({one.subscription_id for one in holding}) > 1:
            names = ", ".join(one.external_id or one.subscription for one in holding)
            raise Bad("subscription", "", f"several measure it; name one of {names}")
        return holding[0]


def find_places(seller_id: int, events: Iterable[Checked]) -> Places:
    """Find and claim the accounts of a batch, then read their metered items."""
    sent = [event.sent for event in events]
    accounts = find_account_keys(seller_id, {one.account for one in sent if one.account})
    subscriptions = {one.subscription for one in sent if one.subscription}
    owners = find_subscription_owners(seller_id, subscriptions)
    due = claim_due({*accounts.values(), *owners.values()})
    places = Places(accounts, owners, due)
    items: dict[tuple[int, int, str], list[MeteredItem]] = defaultdict(list)
    for item in load_metered_items(list(due)):
        for name in {"", item.subscription, item.external_id or ""}:
            items[item.account_id, item.meter_id, name].append(item)
    places.items = items
    return places
