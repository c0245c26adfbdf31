"""``quarterday tasks``: what is left for people to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import AccountOption, Json, Limit, SellerCode, read_clock
from quarterday.cli.output import print_list, tell

if TYPE_CHECKING:
    from quarterday.store.models import Task

group = make_group("See what is left for people to do, and say what was done.")
TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="The task, by its id.")]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="What came of it.")]


@command(group, "list")
def list_(
    seller: SellerCode = None,
    account: AccountOption = None,
    kind: Annotated[
        str | None, typer.Option(help="Only of a kind: dunning, collections, contact.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Those that are closed, too.")] = False,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List tasks that are open, those due first."""
    from quarterday.store.queries.references import find_account, find_seller
    from quarterday.store.queries.tasks import list_tasks

    rows = list_tasks(
        find_seller(seller) if seller else None,
        account=find_account(account, seller) if account else None,
        status=None if all_ else "open",
        kind=kind,
        limit=limit,
    )
    shown = "task seller due_on account title about status note"
    print_list([_record(row) for row in rows], shown, limit, as_json)


@command(group, "done")
def done(task: TaskArgument, note: Note = "", as_json: Json = False) -> None:
    """Say that a task was done."""
    _close(task, "done", note, as_json)


@command(group, "dismiss")
def dismiss(task: TaskArgument, note: Note = "", as_json: Json = False) -> None:
    """Say that a task need not be done."""
    _close(task, "dismissed", note, as_json)


def _close(name: str, status: str, note: str, as_json: bool) -> None:
    from quarterday.services.tasks.close_task import close_task
    from quarterday.store.models import TaskStatus
    from quarterday.store.queries.tasks import find_task

    row = close_task(
        task=find_task(name), status=TaskStatus(status), note=note, now=read_clock(), actor=ACTOR
    )
    tell(_record(row), f"{row.public_id} is {row.status}: {row.title}", as_json)


def _record(row: Task) -> dict[str, Any]:
    return {
        "task": row.public_id,
        "seller": row.seller.code,
        "kind": row.kind,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "account": str(row.account) if row.account else None,
        "title": row.title,
        "text": row.text,
        "about": row.subject,
        "status": row.status,
        "note": row.note,
    }
