"""Run the engine forward without writing: for the dry run and the forecast.

Account by account, each from its next billing day to the last day asked for, with the very same
drafting as the billing run; only what would be written is kept in memory instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from quarterday.core.errors import BillingError
from quarterday.core.invoice import DraftLine
from quarterday.core.period import Period
from quarterday.core.tax import TaxAmount
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.draft_account import draft_account
from quarterday.services.invoicing.drafts import AccountDrafts, AccountState, ChargeKey
from quarterday.services.invoicing.rate_usage import StoredUsage
from quarterday.services.invoicing.run_billing import (
    BATCH,
    load_prices,
    load_states,
    make_usage,
)
from quarterday.store.queries.billing import DueRow, find_due, load_held


class SimulatedLine(NamedTuple):
    """A line to come, in minor units before tax (or with tax inside, as its price says).

    ``explanation`` is the data that the line will keep, as JSON text; the keys say what it is of.
    """

    description: str
    period: Period
    quantity: str
    net_minor: int
    kind: str = ""
    gross_minor: int = 0
    discount_minor: int = 0
    inclusive: bool = False
    explanation: str = "{}"
    subscription_id: int | None = None
    item_id: int | None = None
    pending_id: int | None = None


class SimulatedInvoice(NamedTuple):
    """An invoice to come (a credit note when below zero), or why there is none."""

    account: str
    seller: str
    issue_on: date
    due_on: date
    currency: str
    net_minor: int = 0
    tax_minor: int = 0
    total_minor: int = 0
    lines: tuple[SimulatedLine, ...] = ()
    taxes: tuple[TaxAmount, ...] = ()
    skipped: str | None = None


def simulate(
    *,
    first: date,
    last: date,
    accounts: Sequence[int] | None = None,
    sellers: Sequence[int] | None = None,
) -> Iterator[SimulatedInvoice]:
    """What `run_billing` would issue for the days from ``first`` to ``last``, both included.

    Accounts come in the order of their next billing day; each one's invoices in order of time.
    Usage that is not yet known is not guessed; open credit is not taken into account.
    """
    catalog, after = Catalog(), None
    while rows := find_due(last, after, BATCH, accounts=accounts, sellers=sellers):
        for _, found in simulate_rows(rows, first=first, last=last, catalog=catalog):
            yield from found
        after = rows[-1]


def simulate_rows(
    rows: Sequence[DueRow], *, first: date, last: date, catalog: Catalog
) -> Iterator[tuple[int, Iterator[SimulatedInvoice]]]:
    """The same for accounts that `find_due` gave, each by its key."""
    keys = [row.account_id for row in rows]
    states = load_states(keys)
    load_prices(states, catalog)
    usage, held = make_usage(states, catalog), load_held(keys)
    for row, state in zip(rows, states, strict=True):
        begin = _free_on(held.get(row.account_id), first)
        found = simulate_account(state, row.bill_on, begin, last, catalog, usage)
        yield row.account_id, found


def _free_on(until: date | None, first: date) -> date:
    """The day on which an account can first be billed."""
    return first if until is None else max(first, until + timedelta(days=1))


def simulate_account(
    state: AccountState,
    bill_on: date | None,
    first: date,
    last: date,
    catalog: Catalog,
    usage: StoredUsage,
) -> Iterator[SimulatedInvoice]:
    """One account, day after day, from its next billing day until nothing more falls due.

    The state may be of an account that nobody has opened yet, such as that of a cart.
    """
    seller = catalog.seller(state.account.seller_id)
    due = bill_on
    while due is not None and due <= last:
        today = max(due, first)
        try:
            drafts = draft_account(state, today, catalog, usage)
        except BillingError as error:
            account = state.account
            yield SimulatedInvoice(
                account.label, seller.code, today, today, account.currency, skipped=str(error)
            )
            return
        yield from _invoices(drafts, seller.code, today)
        state = _moved(state, drafts)
        for item in state.items:
            meter = catalog.price(item.price_id).meter_id
            if meter is not None:
                usage.unbilled.pop((item.subscription_id, meter), None)
        due = drafts.bill_on


def _invoices(drafts: AccountDrafts, seller: str, today: date) -> Iterator[SimulatedInvoice]:
    account = drafts.account
    for due_on, draft in drafts.drafts:
        yield SimulatedInvoice(
            account.label,
            seller,
            today,
            due_on,
            account.currency,
            draft.net_minor,
            draft.tax_minor,
            draft.total_minor,
            tuple(_line(line) for line in draft.lines),
            draft.taxes,
        )


def _line(line: DraftLine) -> SimulatedLine:
    charge = line.charge
    key: ChargeKey = charge.key
    return SimulatedLine(
        charge.description,
        charge.period,
        str(charge.quantity),
        line.net_minor,
        charge.kind,
        charge.amount.minor,
        line.discount_minor,
        charge.inclusive,
        line.explanation,
        key.subscription_id,
        key.item_id,
        key.pending_id,
    )


def _moved(state: AccountState, drafts: AccountDrafts) -> AccountState:
    """The account as it will be when the drafts have been issued."""
    reached = {move.item_id: move.new for move in drafts.moves}
    used = {one.row_id: one for one in drafts.used_discounts}
    billed = set(drafts.pending_ids)
    return replace(
        state,
        items=[
            item._replace(billed_through=reached.get(item.id, item.billed_through))
            for item in state.items
        ],
        pending=[one for one in state.pending if one.id not in billed],
        discounts={
            key: [
                one._replace(used=used[one.id].new, used_through=used[one.id].used_through)
                if one.id in used
                else one
                for one in rows
            ]
            for key, rows in state.discounts.items()
        },
        earlier=[
            *state.earlier,
            *(line for due in drafts.drafts for line in due.draft.lines),
        ]
        if any(item.role == "commitment" for item in state.items)
        else (),
    )
