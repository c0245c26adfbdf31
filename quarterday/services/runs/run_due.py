"""A run that bills what is due of a seller, of all its accounts or of some."""

from __future__ import annotations

from datetime import date
from typing import Any

from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.invoicing.summary import RunSummary
from quarterday.services.runs.work import RunWork, add_counts
from quarterday.store.queries.billing import count_due
from quarterday.store.queries.scope import Scope

# Small enough that progress is seen and stopping is quick; bigger batches save little.
_BATCH = 500


def run_due(work: RunWork) -> None:
    """Bill what is due today; ``accounts`` of the scope limits it to some keys."""
    run, today = work.run, work.today
    accounts = run.scope.get("accounts")
    scope = Scope(accounts, [run.seller_id])
    work.total = max(run.total, work.done + count_due(today, scope))
    bill_recorded(work, today, accounts)


def bill_recorded(work: RunWork, today: date, accounts: list[int] | None, step: int = 1) -> None:
    """Run billing, and count in the run what each batch did; each account counts ``step``."""

    def record(summary: RunSummary, count: int) -> None:
        work.beat(work.done + step * count, add_summary(work, summary))

    def progress(_: date, __: int) -> None:
        work.keep()

    run_billing(
        first=today,
        last=today,
        now=work.clock(),
        accounts=accounts,
        sellers=[work.run.seller_id],
        batch=_BATCH,
        record=record,
        progress=progress,
    )


def add_summary(work: RunWork, summary: RunSummary) -> dict[str, Any]:
    """The summary of a run with that of a batch."""
    found = add_counts(
        work.summary,
        {
            "accounts": summary.accounts,
            "invoices": summary.invoices,
            "lines": summary.lines,
            "credit_notes": summary.credit_notes,
        },
        {
            "invoiced": summary.invoiced,
            "credited": summary.credited,
            "credit_applied": summary.credit_applied,
        },
    )
    for one in summary.skipped:
        work.note_error(found, one.account, one.reason)
    return found
