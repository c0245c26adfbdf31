"""Proofs of the books: each offence is named, and an empty answer says that everything agrees.

One file per kind of proof. All of them read one consistent view of the database with flat memory:
the database finds what does not agree, and only that comes back. Sums are of integers, so they
are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quarterday.store.queries.check.advances import check_advances
from quarterday.store.queries.check.allocations import check_allocations
from quarterday.store.queries.check.balances import check_balances
from quarterday.store.queries.check.bank import check_bank
from quarterday.store.queries.check.clearing import check_clearing
from quarterday.store.queries.check.collecting import check_collecting
from quarterday.store.queries.check.days import check_billed_through, check_days
from quarterday.store.queries.check.debits import check_debits
from quarterday.store.queries.check.due import check_due
from quarterday.store.queries.check.dunning import check_dunning
from quarterday.store.queries.check.entries import check_currencies, check_entries
from quarterday.store.queries.check.holds import check_holds
from quarterday.store.queries.check.matches import check_matches
from quarterday.store.queries.check.money_back import (
    check_disputes,
    check_payouts,
    check_refunds,
)
from quarterday.store.queries.check.movements import check_movements
from quarterday.store.queries.check.numbers import check_numbers
from quarterday.store.queries.check.offence import Offence
from quarterday.store.queries.check.owners import check_owners
from quarterday.store.queries.check.postings import check_postings
from quarterday.store.queries.check.promotions import check_promotions
from quarterday.store.queries.check.services import check_services
from quarterday.store.queries.check.tills import check_tills
from quarterday.store.queries.check.totals import check_totals
from quarterday.store.queries.stream import one_view

__all__ = ["PROOFS", "Offence", "check_books"]

Progress = Callable[[str, int, int], None]

# What each proof shows, in words for a progress bar, and the proof.
PROOFS: dict[str, Callable[[], Iterator[Offence]]] = {
    "every entry sums to zero": check_entries,
    "every currency sums to zero": check_currencies,
    "totals follow from lines and taxes": check_totals,
    "documents stand in the book": check_postings,
    "money and credit stand in the book": check_movements,
    "tax on credit is due once": check_advances,
    "rows belong together": check_owners,
    "numbers are gapless": check_numbers,
    "no day is billed twice or left out": check_days,
    "items are billed through their last line": check_billed_through,
    "nothing is settled twice": check_allocations,
    "balances are the open documents": check_balances,
    "money passes the account of its way": check_clearing,
    "refunds arrive, or come back": check_refunds,
    "disputes are booked as they stand": check_disputes,
    "payouts are the sum of their parts": check_payouts,
    "accounts are due when they should be": check_due,
    "nobody is billed while on hold": check_holds,
    "what is charged by itself hangs together": check_collecting,
    "nobody who has paid is reminded or held back": check_dunning,
    "services are wanted as their contracts say": check_services,
    "files of direct debits hold what they say": check_debits,
    "promotion codes count the orders that used them": check_promotions,
    "tills hold what the book says": check_tills,
    "the book has what the bank states": check_bank,
    "bank lines are used once, for what they are": check_matches,
}


def check_books(progress: Progress | None = None) -> Iterator[Offence]:
    """Every offence against the rules of the books, proof by proof.

    ``progress`` is told the name of each proof before it begins, its number from 1, and how many
    there are.
    """
    with one_view():
        for number, (name, prove) in enumerate(PROOFS.items(), 1):
            if progress is not None:
                progress(name, number, len(PROOFS))
            yield from prove()
