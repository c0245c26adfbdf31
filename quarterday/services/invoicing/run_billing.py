"""The billing run: all that is due, each service day once, whatever interrupts it (rule 10).

Accounts are read in batches in order of due day and key. Each batch is one transaction: its
accounts are claimed, drafted in memory, and their items moved by compare-and-set together with
everything that is written. A run that dies leaves whole batches; the next one goes on from there.
A batch that cannot be written is tried again in smaller ones, until the account that is to blame
stands alone and is skipped.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import DataError, IntegrityError, OperationalError, transaction

from quarterday.core.errors import BillingError
from quarterday.services.credit.apply_due_credit import apply_due_credit
from quarterday.services.credit.expire_credit import expire_credit
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.draft_account import draft_account
from quarterday.services.invoicing.drafts import AccountDrafts, AccountState
from quarterday.services.invoicing.note_problems import forget_problems, note_problems
from quarterday.services.invoicing.rate_usage import StoredUsage
from quarterday.services.invoicing.summary import RunSummary, Skipped
from quarterday.services.invoicing.write_batch import BatchWriter, LostRace
from quarterday.services.subscriptions.advance_states import advance_states
from quarterday.store.models import Account
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
from quarterday.store.queries.scope import Scope
from quarterday.store.queries.usage import load_unbilled_days

BATCH = 2000
_TRIES = 5
# What stops a batch because of one of its accounts; SQLite cannot even be handed huge numbers.
_STOPPED = (
    LostRace,
    BillingError,
    IntegrityError,
    DataError,
    OperationalError,
    OverflowError,
)

Progress = Callable[[date, int], None]
Record = Callable[[RunSummary, int], None]


@dataclass(slots=True)
class _Run:
    """One day of a run. ``failed`` are accounts that could not be billed, for not trying twice.

    ``limit`` is how many accounts are tried at once: fewer after a batch could not be written.
    ``tried`` are those of the last batch.
    """

    today: date
    now: datetime
    catalog: Catalog
    scope: Scope
    batch: int
    record: Record
    limit: int = 0
    tried: list[DueRow] = field(default_factory=list)
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
    record: Record = lambda summary, count: None,
) -> RunSummary:
    """Bill every day from ``first`` to ``last``, both included, as if it were that day.

    What was missed before ``first`` is caught up on that day. ``accounts`` and ``sellers`` limit
    the run to some of them. ``progress`` is told of each batch how many accounts it billed;
    ``record`` is told what a batch did, and of how many accounts, within its transaction: what it
    raises undoes the batch and ends the run.
    Running again writes nothing that stands already.
    """
    summary, catalog, day = RunSummary(), Catalog(), first
    # Millions of short-lived tuples make the cycle collector run often and find nothing.
    gc.disable()
    try:
        while day <= last:
            run = _Run(day, now, catalog, Scope(accounts, sellers), batch, record)
            summary.add(_run_day(run, progress))
            day += timedelta(days=1)
    finally:
        gc.enable()
    return summary


def _run_day(run: _Run, progress: Progress) -> RunSummary:
    """One day: states and credit first, then batch after batch."""
    advance_states(run.today, now=run.now, scope=run.scope)
    expire_credit(today=run.today, now=run.now, scope=run.scope)
    run.summary.days, run.limit = 1, run.batch
    _run_pass(run, progress, wait=False)
    # While it waits for accounts that others hold, their due days may change, and with them the
    # order in which accounts are read: only a pass that finds nothing has seen them all.
    while _run_pass(run, progress, wait=True):
        pass
    forget_problems(run.today)
    apply_due_credit(today=run.today, now=run.now, scope=run.scope)
    return run.summary


def _run_pass(run: _Run, progress: Progress, wait: bool) -> int:
    """Once through all accounts that are due; how many were billed."""
    billed = run.summary.accounts
    after: DueRow | None = None
    while (found := _run_batch(run, after, wait)) is not None:
        after, count = found
        progress(run.today, count)
    return run.summary.accounts - billed


def _run_batch(run: _Run, after: DueRow | None, wait: bool) -> tuple[DueRow, int] | None:
    """Bill the next batch; None when nothing is due.

    Starts anew when somebody else was faster; a batch that cannot be billed is made smaller.
    """
    tries = 0
    while True:
        try:
            done = _try_batch(run, after, wait)
            run.limit = min(2 * run.limit, run.batch)
            return done
        except _STOPPED as error:
            if isinstance(error, OperationalError) and not _is_deadlock(error):
                raise
            for seller in run.catalog.sellers.values():
                seller.ledger.forget()
            tries += 1
            if isinstance(error, LostRace | OperationalError) and tries < _TRIES:
                continue
            if len(run.tried) == 1:
                return _skip_account(run, error)
            run.limit, tries = max(1, len(run.tried) // 2), 0


def _is_deadlock(error: OperationalError) -> bool:
    """Whether PostgreSQL ended one of two transactions that waited for each other."""
    return getattr(error.__cause__, "sqlstate", "") == "40P01"


def _skip_account(run: _Run, error: Exception) -> tuple[DueRow, int]:
    """Leave out the account that was tried alone and cannot be billed, and remember why."""
    (row,) = run.tried
    with transaction.atomic():
        label = str(Account.objects.get(id=row.account_id))
        skipped = Skipped(label, run.today, _reason(error))
        note_problems(run.today, [], [(row.account_id, skipped)])
        summary = RunSummary(skipped=[skipped])
        run.record(summary, 1)
    run.failed.add(row.account_id)
    run.summary.add(summary)
    return row, 1


def _reason(error: Exception) -> str:
    """Why an account cannot be billed, in one line."""
    said = str(error).strip().splitlines()[0]
    if isinstance(error, LostRace | OperationalError):
        return f"it keeps changing ({said}); run again when it is quiet"
    return said if isinstance(error, BillingError) else f"it cannot be written: {said}"


def _try_batch(run: _Run, after: DueRow | None, wait: bool) -> tuple[DueRow, int] | None:
    """One transaction: claim, draft, write. The second pass waits for accounts that others held."""
    with transaction.atomic():
        rows = find_due(
            run.today,
            after,
            run.limit,
            claim=True,
            wait=wait,
            accounts=run.scope.accounts,
            sellers=run.scope.sellers,
        )
        run.tried = rows
        if not rows:
            return None
        ids = [row.account_id for row in rows if row.account_id not in run.failed]
        batch, skipped = draft_batch(ids, run.today, run.catalog)
        summary = RunSummary()
        if batch:
            grants = load_grants([drafts.account.id for drafts in batch])
            summary = BatchWriter(run.today, run.now, run.catalog).write(batch, grants)
        note_problems(run.today, [drafts.account.id for drafts in batch], skipped)
        summary.accounts = len(batch)
        summary.skipped = [one for _, one in skipped]
        run.record(summary, len(ids))
    run.failed.update(key for key, _ in skipped)
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
