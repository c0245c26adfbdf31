"""How an amount fits what an account owes: exactly, in part, or with a difference that explains."""

from __future__ import annotations

from typing import NamedTuple

from quarterday.core.matching_clues import Clues
from quarterday.core.matching_index import DebtIndex
from quarterday.core.matching_sums import find_sum
from quarterday.core.matching_types import BankText, Debt, Reason
from quarterday.core.money import currency

_DISCOUNTS = (2, 3)
# Banks abroad keep up to so many units of the currency, and not more than a tenth.
_MOST_CHARGES = 30


class Fit(NamedTuple):
    """Invoices that an amount may be for, in their order, and how well it fits.

    ``is_exact`` says that it is to the cent what they leave open, or an agreed part of it, or
    what was promised; ``is_only`` that nothing else of the account makes that amount.
    """

    invoices: tuple[str, ...]
    reasons: tuple[Reason, ...]
    is_exact: bool = False
    is_only: bool = False
    promise: str = ""


def list_fits(account: str, line: BankText, clues: Clues, index: DebtIndex) -> list[Fit]:
    """What an amount may be for, given an account; the better ones first.

    >>> from datetime import date
    >>> from quarterday.core.matching_types import Payer
    >>> debt = Debt("inv_1", "A1", "INV-000007", 7, "INV-", 6, 1200, "EUR", date(2026, 1, 1))
    >>> index = DebtIndex([debt], [Payer("A1", "Jörg Müller", "EUR")])
    >>> line = BankText("L1", 1176, "EUR", date(2026, 1, 9))
    >>> list_fits("A1", line, Clues(), index)[0].reasons[0].code
    'discount'
    """
    debts = index.list_open(account)
    fits = _keep_promises(account, line.amount_minor, index)
    told = {debt.key for debt in (*clues.referred, *clues.named, *clues.bare)}
    alike = {debt.key for debt in clues.alike}
    named = [debt for debt in debts if debt.key in told]
    named = named or [debt for debt in debts if debt.key in alike]
    if named:
        fits += _fit_named(named, debts, line.amount_minor, index)
    fits += _fit_any(debts, line.amount_minor, index)
    if not debts:
        fits.append(Fit((), (Reason("nothing_open"),)))
    elif not fits:
        fits.append(_fit_roughly(debts, line, index))
    return fits


def _keep_promises(account: str, amount: int, index: DebtIndex) -> list[Fit]:
    """The transfers of this amount that the account said it would make."""
    found = []
    for one in index.promises.get(account, ()):
        left = [index.open_minor.get(key, 0) for key in one.invoices]
        if one.amount_minor == amount and (not one.invoices or sum(left) == amount):
            found.append(Fit(one.invoices, (Reason("amount"),), True, False, one.key))
    return found


def _fit_named(named: list[Debt], debts: list[Debt], amount: int, index: DebtIndex) -> list[Fit]:
    """The debts that the line names, and what may have been paid with them."""
    keys = tuple(debt.key for debt in named)
    left = [index.open_minor[key] for key in keys]
    if sum(left) == amount:
        return [Fit(keys, (Reason("amount" if len(keys) == 1 else "sum"),), True)]
    if len(named) == 1 and amount == next(iter(_parts_to_come(named[0], index)), 0):
        return [Fit(keys, (Reason("instalment"),), True)]
    if amount > sum(left):
        rest = [debt for debt in debts if debt.key not in keys]
        places, is_only = find_sum(
            [index.open_minor[debt.key] for debt in rest], amount - sum(left)
        )
        if places is not None:
            more = tuple(rest[place].key for place in places)
            reasons = (Reason("sum_found"), *(() if is_only else (Reason("other_sums"),)))
            return [Fit(keys + more, reasons)]
        return [Fit(keys, _explain(sum(left), amount, index, named[0]))]
    places, is_only = find_sum(left, amount)
    if places is not None:
        reasons = (Reason("sum_found"), *(() if is_only else (Reason("other_sums"),)))
        return [Fit(tuple(keys[place] for place in places), reasons)]
    return [Fit(keys, _explain(sum(left), amount, index, named[0]))]


def _fit_any(debts: list[Debt], amount: int, index: DebtIndex) -> list[Fit]:
    """Debts that nobody named and that make the amount exactly."""
    left = [index.open_minor[debt.key] for debt in debts]
    same = [debt for debt, minor in zip(debts, left, strict=True) if minor == amount]
    places, is_only = find_sum(left, amount)
    found = []
    if same:
        reasons = (Reason("amount"), *(() if len(same) == 1 else (Reason("same_amount"),)))
        found.append(Fit((same[0].key,), reasons, True, len(same) == 1 and is_only))
    elif places is not None:
        code = "sum" if len(places) == len(debts) else "sum_found"
        reasons = (Reason(code), *(() if is_only else (Reason("other_sums"),)))
        chosen = tuple(debts[place].key for place in places)
        found.append(Fit(chosen, reasons, True, is_only))
    for debt in debts:
        if not found and amount == next(iter(_parts_to_come(debt, index)), 0):
            found.append(Fit((debt.key,), (Reason("instalment"),), True))
    return found


def _fit_roughly(debts: list[Debt], line: BankText, index: DebtIndex) -> Fit:
    """No debts make the amount: the one that it nearly is, or else the oldest ones."""
    amount = line.amount_minor
    for debt in debts:
        reasons = _explain(index.open_minor[debt.key], amount, index, debt)
        if reasons[0].code in ("discount", "charges", "slip"):
            return Fit((debt.key,), reasons)
    total = sum(index.open_minor[debt.key] for debt in debts)
    reasons = _explain(total, amount, index, debts[0])
    chosen, left = [], amount
    for debt in debts:
        if left > 0:
            chosen.append(debt.key)
            left -= index.open_minor[debt.key]
    return Fit(tuple(chosen), reasons)


def _parts_to_come(debt: Debt, index: DebtIndex) -> list[int]:
    """The agreed parts of a debt that are not paid yet, the next one first."""
    left, parts = index.open_minor[debt.key], []
    for part in reversed(debt.instalments):
        if left >= part:
            parts.append(part)
            left -= part
    return parts[::-1]


def _explain(owed: int, amount: int, index: DebtIndex, debt: Debt) -> tuple[Reason, ...]:
    """Why an amount may differ from what is owed."""
    difference = owed - amount
    if difference > 0:
        for percent in _DISCOUNTS:
            if abs(owed * percent - difference * 100) <= 100:
                return (Reason("discount", f"{percent} %"),)
    if _is_slip(str(owed), str(amount)):
        return (Reason("slip"),)
    most = min(_MOST_CHARGES * 10 ** currency(debt.currency).exponent, owed // 10)
    if 0 < difference <= most:
        return (Reason("charges"),)
    return (Reason("part" if difference > 0 else "more"),)


def _is_slip(owed: str, amount: str) -> bool:
    """Whether an amount is another by one wrong or swapped digit."""
    if len(owed) != len(amount):
        return False
    off = [place for place, (a, b) in enumerate(zip(owed, amount, strict=True)) if a != b]
    if len(off) == 1:
        return True
    if len(off) != 2 or off[1] - off[0] != 1:
        return False
    return owed[off[0]] == amount[off[1]] and owed[off[1]] == amount[off[0]]
