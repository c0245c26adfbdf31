"""Claim several accounts of a seller for the rest of a transaction, in one order for everybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quarterday.services.errors import NotFound
from quarterday.store.models import Account, BillingDue, Seller

TOGETHER = 500


def claim_accounts(seller: Seller, account_ids: Sequence[int]) -> dict[int, str]:
    """Lock accounts as `claim_account` does, lowest key first; their public ids by key.

    Raises `NotFound` when one is not of the seller.
    """
    rows = BillingDue.objects.select_for_update().filter(account_id__in=account_ids)
    claimed = [row.account_id for row in rows.order_by("account_id")]
    own = Account.objects.filter(id__in=claimed, seller=seller).order_by("id")
    found = dict(own.values_list("id", "public_id"))
    if missing := set(account_ids) - found.keys():
        raise NotFound(f"{len(missing)} of the accounts are not of seller {seller.code}")
    return found


def in_parts(account_ids: Sequence[int], size: int = TOGETHER) -> Iterator[list[int]]:
    """The keys, each once and in order, in parts that one transaction takes.

    >>> list(in_parts([3, 1, 3, 2], size=2))
    [[1, 2], [3]]
    """
    keys = sorted(set(account_ids))
    return (keys[start : start + size] for start in range(0, len(keys), size))
