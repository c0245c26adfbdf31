"""The policies of a seller, and which of them an invoice follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from quarterday.core.dunning import (
    NONE,
    POLICIES,
    DunningPolicy,
    DunningSetup,
    read_policy,
    read_setup,
)
from quarterday.core.settings import DEFAULTS
from quarterday.store.models import Account, Seller, Subscription
from quarterday.store.models import DunningPolicy as PolicyRow
from quarterday.store.queries.paying import read_brand


class Chosen(NamedTuple):
    """Which policy, and which level chose it: seller, group, account, subscription or invoice."""

    code: str
    level: str


def list_policies(seller: Seller) -> dict[str, DunningPolicy]:
    """Those of the house and the seller's own by their codes; one query."""
    found = dict(POLICIES)
    rows = PolicyRow.objects.filter(seller=seller).order_by("version")
    newest = {row.code: row for row in rows}
    for code, row in newest.items():
        if row.retired_at is None:
            found[code] = read_row(row)
    return found


def read_row(row: PolicyRow) -> DunningPolicy:
    """A version that a seller has saved."""
    data = {"code": row.code, "name": row.name, "steps": row.steps, **row.data}
    return read_policy(data, version=row.version)


def read_dunning_setup(seller: Seller) -> DunningSetup:
    """What a seller sets besides the policy."""
    return read_setup(read_brand(seller).get("dunning", {}))


def choose_code(
    seller: Seller, account: Account, subscriptions: Sequence[Subscription], own: str = ""
) -> Chosen:
    """Which policy an invoice follows: the first level that says one, seen from the invoice.

    Of subscriptions on one invoice, all that name a policy must name the same; where they do not,
    the account's holds.
    """
    if own:
        return Chosen(own, "invoice")
    named = {one.settings["dunning"] for one in subscriptions if one.settings.get("dunning")}
    if len(named) == 1:
        return Chosen(str(named.pop()), "subscription")
    levels: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("account", account.settings),
        ("group", account.group.settings if account.group else {}),
        ("seller", seller.settings),
    )
    for level, settings in levels:
        if code := settings.get("dunning"):
            return Chosen(str(code), level)
    return Chosen(read_dunning_setup(seller).policy or DEFAULTS.dunning, "seller")


def is_anything_chosen(seller: Seller) -> bool:
    """Whether any level below a seller may name a policy although the seller does not."""
    own = seller.settings.get("dunning") or read_dunning_setup(seller).policy or NONE
    if own != NONE:
        return True
    said = {"settings__contains": '"dunning"'}
    return (
        seller.account_groups.filter(**said).exists()
        or Account.objects.filter(seller=seller, **said).exists()
        or Subscription.objects.filter(account__seller=seller, **said).exists()
    )
