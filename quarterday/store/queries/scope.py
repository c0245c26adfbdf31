"""Limiting what is looked at to some accounts or sellers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Scope(NamedTuple):
    """Keys of the accounts and sellers that something is limited to; None is for all of them."""

    accounts: Sequence[int] | None = None
    sellers: Sequence[int] | None = None

    def sql(self, column: str) -> str:
        """The condition on a column with keys of accounts, to follow others; empty for all.

        >>> Scope(sellers=[7]).sql("account_id")
        ' AND account_id IN (SELECT id FROM store_account WHERE seller_id IN (7))'
        """
        found = ""
        if self.accounts is not None:
            found += f" AND {column} IN ({_listed(self.accounts)})"
        if self.sellers is not None:
            sellers = f"SELECT id FROM store_account WHERE seller_id IN ({_listed(self.sellers)})"
            found += f" AND {column} IN ({sellers})"
        return found


EVERYTHING = Scope()


def _listed(keys: Sequence[int]) -> str:
    """Keys as SQL, which is safe because they are integers; none of them match no row."""
    return ",".join(str(int(key)) for key in keys) or "NULL"
