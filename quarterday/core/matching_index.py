"""The open debts that lines are compared with, found by everything that a line may name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quarterday.core.creditor_reference import make_creditor_reference
from quarterday.core.matching_names import NameFinder
from quarterday.core.matching_text import Number, Series, TextReader, squeeze
from quarterday.core.matching_types import Debt, Payer, Promise


class DebtIndex:
    """Debts, payers and promises. What a line takes from a debt is gone for the next line.

    >>> from datetime import date
    >>> debt = Debt("inv_1", "A1", "INV-000007", 7, "INV-", 6, 1200, "EUR", date(2026, 1, 1))
    >>> index = DebtIndex([debt], [Payer("A1", "Jörg Müller", "EUR")])
    >>> index.by_number["INV", 7] == [debt], index.references["RF04INV000007"]
    (True, ('debt', 'inv_1'))
    """

    def __init__(
        self,
        debts: Iterable[Debt],
        payers: Iterable[Payer],
        promises: Iterable[Promise] = (),
        series: Iterable[tuple[str, int]] = (),
    ) -> None:
        self.debts: dict[str, Debt] = {}
        self.open_minor: dict[str, int] = {}
        self.by_account: dict[str, list[Debt]] = {}
        self.by_number: dict[tuple[str, int], list[Debt]] = {}
        self.bare: dict[int, list[Debt]] = {}
        self.references: dict[str, tuple[str, str]] = {}
        self.payers: dict[str, Payer] = {}
        self.by_iban: dict[str, set[str]] = {}
        self.by_external: dict[str, set[str]] = {}
        self.promises: dict[str, list[Promise]] = {}
        self.names = NameFinder(())
        found = {Series(squeeze(prefix), digits) for prefix, digits in series}
        for payer in payers:
            self._add_payer(payer)
        for debt in sorted(debts, key=lambda one: (one.due_on, one.number, one.key)):
            self._add_debt(debt)
            found.add(Series(squeeze(debt.prefix), debt.digits))
        for promise in promises:
            self.promises.setdefault(promise.account, []).append(promise)
        self.reader = TextReader(list(found))

    def find_numbers(self, numbers: Sequence[Number]) -> tuple[list[Debt], bool]:
        """The debts that numbers name, each once, and whether all of the numbers are known."""
        found: dict[str, Debt] = {}
        is_all = True
        for one in numbers:
            debts = self.by_number.get((one.prefix, one.number), [])
            if not one.prefix:
                debts = self.bare.get(one.number, [])
            is_all = is_all and bool(debts)
            found |= {debt.key: debt for debt in debts}
        return list(found.values()), is_all

    def list_open(self, account: str) -> list[Debt]:
        """What an account still owes, the oldest due first."""
        debts = self.by_account.get(account, ())
        return [debt for debt in debts if self.open_minor[debt.key] > 0]

    def take(self, invoices: Sequence[str], amount_minor: int) -> None:
        """Settle debts in their order, as a booking will, so that no other line gets them."""
        for key in invoices:
            part = min(amount_minor, self.open_minor.get(key, 0))
            if part:
                self.open_minor[key] -= part
                amount_minor -= part

    def drop_promise(self, promise: str) -> None:
        """Forget a promise that was kept."""
        for known in self.promises.values():
            known[:] = [one for one in known if one.key != promise]

    def _add_payer(self, payer: Payer) -> None:
        self.payers[payer.key] = payer
        for name in (payer.name, *payer.names):
            self.names.add(payer.key, name)
        for iban in payer.ibans:
            self.by_iban.setdefault(squeeze(iban), set()).add(payer.key)
        external = squeeze(payer.external_id)
        if external:
            self.by_external.setdefault(external, set()).add(payer.key)
        self._refer(payer.external_id or payer.key, "account", payer.key)

    def _add_debt(self, debt: Debt) -> None:
        self.debts[debt.key] = debt
        self.open_minor[debt.key] = debt.open_minor
        self.by_account.setdefault(debt.account, []).append(debt)
        self.by_number.setdefault((squeeze(debt.prefix), debt.number), []).append(debt)
        self.bare.setdefault(debt.number, []).append(debt)
        digits = "".join(one for one in debt.label if one.isdecimal())
        if digits and int(digits) != debt.number:
            self.bare.setdefault(int(digits), []).append(debt)
        self._refer(debt.label, "debt", debt.key)

    def _refer(self, label: str, kind: str, key: str) -> None:
        if not squeeze(label):
            return
        reference = make_creditor_reference(label)
        known = self.references.get(reference)
        # Two things under one reference: it names neither.
        self.references[reference] = (kind, key) if known in (None, (kind, key)) else ("none", "")
