"""Progress bars: on stderr, on a terminal only, and gone when the work is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)


def make_bar(*columns: TextColumn, quiet: bool) -> Progress:
    """A bar with the share done and the time left, and further columns."""
    console = Console(stderr=True)
    return Progress(
        # A file may be called "[/red].csv", which is no markup.
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )


@contextmanager
def run_progress(first: date, last: date, quiet: bool) -> Iterator[Callable[[date, int], None]]:
    """The bar of a billing run: over the accounts due, or over the days of a range."""
    from quarterday.store.queries.billing import count_due

    bar = make_bar(TextColumn("{task.fields[rate]}"), quiet=quiet)
    if bar.disable:
        yield lambda day, count: None
        return
    days = (last - first).days + 1
    total = days if days > 1 else count_due(first)
    with bar:
        task = bar.add_task(f"Billing {first}", total=total, rate="")
        billed = 0

        def advance(day: date, count: int) -> None:
            nonlocal billed
            billed += count
            done = (day - first).days if days > 1 else min(billed, total)
            seconds = bar.tasks[0].elapsed or 0
            rate = f"{billed:,} accounts"
            if seconds:
                rate += f", {billed / seconds:,.0f} a second"
            bar.update(task, completed=done, description=f"Billing {day}", rate=rate)

        yield advance


@contextmanager
def step_progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """The bar of work in named steps: told each before it begins, its number and how many."""
    bar = make_bar(quiet=quiet)
    bar.columns = (*bar.columns[:3], MofNCompleteColumn())
    with bar:
        task = bar.add_task("", total=1)
        yield lambda name, number, count: bar.update(
            task, description=name, completed=number - 1, total=count
        )
