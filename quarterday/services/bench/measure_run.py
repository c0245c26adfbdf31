"""Time the billing run against the physical limit, turn by turn in one process.

The limit is the very same rows, made beforehand, written by bare COPY or executemany into the
same tables with the same keys and indexes. Both take turns batch by batch, so that a machine that
slows down slows both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from time import perf_counter

from django.db import transaction

from quarterday.services.invoicing.batch_rows import BatchRows
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.run_billing import BATCH, draft_batch, run_billing
from quarterday.services.invoicing.write_batch import BatchWriter
from quarterday.store.bulk import copy_rows, execute_each, is_postgresql
from quarterday.store.models import Account, BillingDue


@dataclass(slots=True)
class Measured:
    """Seconds and invoices of both, batch by batch."""

    run_seconds: list[float] = field(default_factory=list)
    run_invoices: int = 0
    limit_seconds: list[float] = field(default_factory=list)
    limit_invoices: int = 0

    @property
    def run_rate(self) -> float:
        """Invoices per second of the billing run."""
        return self.run_invoices / sum(self.run_seconds)

    @property
    def limit_rate(self) -> float:
        """Invoices per second of bare writing; 0 when it was not measured."""
        return self.limit_invoices / sum(self.limit_seconds) if self.limit_seconds else 0.0


def set_aside(seller_id: int) -> list[int]:
    """Take a seller's accounts out of the run, to use their rows for the limit."""
    keys = list(Account.objects.filter(seller_id=seller_id).order_by("id").values_list("id"))
    BillingDue.objects.filter(account__seller_id=seller_id).update(bill_on=None)
    return [key for (key,) in keys]


def measure_run(
    today: date,
    now: datetime,
    *,
    limit_accounts: Sequence[int] = (),
    accounts: int,
    progress: Callable[[int], None] = lambda count: None,
) -> Measured:
    """Bill all that is due today, with a batch of the limit after each so many batches."""
    measured, catalog = Measured(), Catalog()
    aside = iter(limit_accounts)
    every = max(1, round(accounts / max(1, len(limit_accounts))))
    started = perf_counter()
    turn = 0

    def batch_done(_: date, count: int) -> None:
        nonlocal started, turn
        measured.run_seconds.append(perf_counter() - started)
        measured.run_invoices += count
        turn += 1
        if turn % every == 0 and (keys := list(islice(aside, BATCH))):
            rows = make_rows(keys, today, now, catalog)
            before = perf_counter()
            with transaction.atomic():
                rows.insert(copy_rows if is_postgresql() else execute_each)
            measured.limit_seconds.append(perf_counter() - before)
            measured.limit_invoices += len(keys)
        progress(count)
        started = perf_counter()

    run_billing(first=today, last=today, now=now, progress=batch_done)
    return measured


def make_rows(keys: Sequence[int], today: date, now: datetime, catalog: Catalog) -> BatchRows:
    """The rows that the run would write for accounts, numbered but not written."""
    with transaction.atomic():
        batch, _ = draft_batch(keys, today, catalog)
        return BatchWriter(today, now, catalog).gather(batch, {})
