"""The billing run: all that is due, each service day once, whatever interrupts it (rule 10).

Accounts are read in batches in order of due day and key. Each batch is one transaction: its
accounts are claimed, drafted in memory, and their items moved by compare-and-set together with
everything that is written. A run that dies leaves whole batches; the next one goes on from there.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.credit.apply_due_credit import apply_due_credit
from quarterday.services.credit.expire_credit import expire_credit
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.draft_account import draft_account
from quarterday.services.invoicing.drafts import AccountDrafts, AccountState
from quarterday.services.invoicing.note_problems import note_problems
from quarterday.services.invoicing.rate_usage import StoredUsage
from quarterday.services.invoicing.summary import RunSummary, Skipped
from quarterday.services.invoicing.write_batch import BatchWriter, LostRace
from quarterday.services.subscriptions.advance_states import advance_states
from quarterday.store.queries.billing import (
    DueRow,
    find_due,
    load_accounts,
    load_discounts,
    load_grants,
    load_items,
    load_line_taxes,
    load_pending,
)
from quarterday.store.queries.usage import load_unbilled_days

BATCH = 2000
_TRIES = 5

Progress = Callable[[date, int], None]


@dataclass(slots=True)
class _Run:
    """One day of a run. ``failed`` are accounts that could not be billed, for not trying twice."""

    today: date
    now: datetime
    catalog: Catalog
    accounts: Sequence[int] | None
    sellers: Sequence[int] | None
    batch: int
    failed: set[int] = field(default_factory=set)
    summary: RunSummary = field(default_factory=RunSummary)


def run_billing(
    *,
    first: date,
    last: date,
    now: datetime,
    accounts: Sequence[int] | None = None,
    sellers: Sequence[int] | None = None,
    batch: int = BATCH,
    progress: Progress = lambda day, count: None,
) -> RunSummary:
    """Bill every day from ``first`` to ``last``, both included, as if it were that day.

    What was missed before ``first`` is caught up on that day. ``accounts`` and ``sellers`` limit
    the run to some of them. ``progress`` is told of each batch how many accounts it billed.
    Running again writes nothing that stands already.
    """
    summary, catalog, day = RunSummary(), Catalog(), first
    # Millions of short-lived tuples make the cycle collector run often and find nothing.
    gc.disable()
    try:
        while day <= last:
            summary.add(_run_day(_Run(day, now, catalog, accounts, sellers, batch), progress))
            day += timedelta(days=1)
    finally:
        gc.enable()
    return summary


def _run_day(run: _Run, progress: Progress) -> RunSummary:
    """One day: states and credit first, then batch after batch."""
    advance_states(run.today, now=run.now)
    expire_credit(today=run.today, now=run.now)
    run.summary.days = 1
    for wait in (False, True):
        after: DueRow | None = None
        while (found := _run_batch(run, after, wait)) is not None:
            after, count = found
            progress(run.today, count)
    apply_due_credit(today=run.today, now=run.now)
    return run.summary


def _run_batch(run: _Run, after: DueRow | None, wait: bool) -> tuple[DueRow, int] | None:
    """Bill the next batch; None when nothing is due. Starts anew when somebody else was faster."""
    for _ in range(_TRIES):
        try:
            return _try_batch(run, after, wait)
        except LostRace:
            for seller in run.catalog.sellers.values():
                seller.ledger.forget()
    raise BillingError(f"the accounts due after {after} keep changing; run again when it is quiet")


def _try_batch(run: _Run, after: DueRow | None, wait: bool) -> tuple[DueRow, int] | None:
    """One transaction: claim, draft, write. The second pass waits for accounts that others held."""
    with transaction.atomic():
        rows = find_due(
            run.today,
            after,
            run.batch,
            claim=True,
            wait=wait,
            accounts=run.accounts,
            sellers=run.sellers,
        )
        if not rows:
            return None
        ids = [row.account_id for row in rows if row.account_id not in run.failed]
        batch, skipped = draft_batch(ids, run.today, run.catalog)
        summary = RunSummary()
        if batch:
            grants = load_grants([drafts.account.id for drafts in batch])
            summary = BatchWriter(run.today, run.now, run.catalog).write(batch, grants)
        note_problems(run.today, [drafts.account.id for drafts in batch], skipped)
    run.failed.update(key for key, _ in skipped)
    summary.accounts = len(batch)
    summary.skipped = [one for _, one in skipped]
    run.summary.add(summary)
    return rows[-1], len(rows)


def draft_batch(
    ids: Sequence[int], today: date, catalog: Catalog
) -> tuple[list[AccountDrafts], list[tuple[int, Skipped]]]:
    """Drafts of accounts in the order given, and those that cannot be billed with the reason."""
    states = load_states(ids)
    load_prices(states, catalog)
    usage = make_usage(states, catalog)
    drafts, skipped = [], []
    for state in states:
        try:
            drafts.append(draft_account(state, today, catalog, usage))
        except BillingError as error:
            account = state.account
            skipped.append((account.id, Skipped(account.label, today, str(error))))
    return drafts, skipped


def load_states(ids: Sequence[int]) -> list[AccountState]:
    """All that is to be known of accounts to bill them, in the order given."""
    accounts, items, pending = load_accounts(ids), load_items(ids), load_pending(ids)
    discounts = load_discounts(ids)
    credited = [
        row.source_line_id for rows in pending.values() for row in rows if row.source_line_id
    ]
    taxes = load_line_taxes(credited)
    states = []
    for key in ids:
        own, waiting = items.get(key, ()), pending.get(key, ())
        state = AccountState(accounts[key], own, waiting)
        if discounts:
            state.discounts = {
                one: discounts[one]
                for one in (row.subscription_id for row in (*own, *waiting))
                if one in discounts
            }
        if waiting:
            state.credited_taxes = taxes
        states.append(state)
    return states


def load_prices(states: Sequence[AccountState], catalog: Catalog) -> None:
    """Read the prices that the accounts of a batch are charged by."""
    wanted = {item.price_id for state in states for item in state.items}
    wanted |= {row.price_id for state in states for row in state.pending if row.price_id}
    catalog.load_prices(wanted)


def make_usage(states: Sequence[AccountState], catalog: Catalog) -> StoredUsage:
    """The rater of usage for a batch; it asks for usage only where something is metered."""
    metered = [
        state.account.id
        for state in states
        for item in state.items
        if (price := catalog.prices.get(item.price_id)) and price.meter_id is not None
    ]
    return StoredUsage(catalog, load_unbilled_days(metered) if metered else {})
