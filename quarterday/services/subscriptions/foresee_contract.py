"""What contracts will be billed next, each seen alone, by the drafting of the billing run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from quarterday.core.invoice import Charge, DraftLine
from quarterday.services.invoicing.catalog import Catalog, PriceInfo
from quarterday.services.invoicing.drafts import AccountState, ItemCharges, Pieces
from quarterday.services.invoicing.rate_usage import StoredUsage
from quarterday.services.invoicing.run_billing import load_prices, load_states, make_usage
from quarterday.services.invoicing.simulate import SimulatedInvoice, simulate_account
from quarterday.store.models import BillingDue
from quarterday.store.queries.billing import ItemRow


class UnknownUsage(StoredUsage):
    """Leaves usage out, and reads nothing: for lists, where what recurs is to be said."""

    def charge_usage(
        self, state: AccountState, item: ItemRow, price: PriceInfo, pieces: Pieces
    ) -> ItemCharges:
        """Nothing."""
        return ItemCharges([], [])

    def charge_commitment(
        self,
        state: AccountState,
        item: ItemRow,
        price: PriceInfo,
        pieces: Pieces,
        drafted: Sequence[DraftLine],
    ) -> list[Charge]:
        """Nothing: what is missing to it shows when the usage is known."""
        return []


def foresee_account(account_id: int, *, today: date) -> tuple[SimulatedInvoice, ...]:
    """What an account would be billed if it were looked at today, due or not: what came late for
    a period that was billed waits for the next invoice, whatever brings that about.
    """
    catalog, states = Catalog(), load_states([account_id])
    load_prices(states, catalog)
    usage = make_usage(states, catalog)
    return tuple(simulate_account(states[0], today, today, today, catalog, usage))


def foresee_contract(
    account_id: int, subscription_id: int, *, first: date, last: date
) -> Iterator[SimulatedInvoice]:
    """What a contract alone is billed from ``first`` to ``last``, with the usage stored so far.

    It begins when the account is next to be billed: what came late waits for that day.
    """
    due = BillingDue.objects.filter(account_id=account_id).values_list("bill_on", flat=True).first()
    catalog, states = Catalog(), load_states([account_id])
    load_prices(states, catalog)
    usage = make_usage(states, catalog)
    state = _only(states[0], subscription_id)
    yield from simulate_account(state, due, first, last, catalog, usage)


def foresee_next(
    account_id: int, subscription_ids: Sequence[int], *, first: date, last: date
) -> dict[int, SimulatedInvoice]:
    """The next invoice of each contract with what recurs on it; reads once, however many."""
    catalog, states = Catalog(), load_states([account_id])
    load_prices(states, catalog)
    found = {}
    for key in subscription_ids:
        state = _only(states[0], key)
        if not (state.items or state.pending):
            continue
        usage = UnknownUsage(catalog)
        coming = simulate_account(state, first, first, last, catalog, usage)
        one = next((one for one in coming if one.lines or one.skipped), None)
        if one is not None:
            found[key] = one
    return found


def _only(state: AccountState, subscription_id: int) -> AccountState:
    """An account with nothing but one contract."""
    return replace(
        state,
        items=[item for item in state.items if item.subscription_id == subscription_id],
        pending=[one for one in state.pending if one.subscription_id == subscription_id],
    )
