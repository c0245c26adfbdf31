"""The accounts of a seller's book, opened when first used."""

from __future__ import annotations

from quarterday.store.models import LedgerAccount


class LedgerAccounts:
    """Codes to keys for one seller; an unknown code opens the account."""

    def __init__(self, seller_id: int) -> None:
        self._seller_id = seller_id
        self._keys: dict[str, int] = {}

    def key(self, code: str) -> int:
        """The key of the ledger account with a code.

        An account opened within a transaction that was rolled back must be looked up again:
        `forget` is called then.
        """
        found = self._keys.get(code)
        if found is None:
            account, _ = LedgerAccount.objects.get_or_create(seller_id=self._seller_id, code=code)
            found = self._keys[code] = account.id
        return found

    def forget(self) -> None:
        """Drop what is known, after a rollback."""
        self._keys.clear()
