"""What is left for the staff to do."""

from __future__ import annotations

from quarterday.store.models import Account, Seller, Task, TaskStatus
from quarterday.store.queries.references import NotThere


def list_tasks(
    seller: Seller | None = None,
    *,
    account: Account | None = None,
    status: str | None = TaskStatus.OPEN,
    kind: str | None = None,
    limit: int = 0,
) -> list[Task]:
    """Tasks, what is due first before the others; 0 is no limit."""
    rows = Task.objects.select_related("seller", "account", "assigned_to")
    if seller is not None:
        rows = rows.filter(seller=seller)
    if account is not None:
        rows = rows.filter(account=account)
    if status is not None:
        rows = rows.filter(status=status)
    if kind is not None:
        rows = rows.filter(kind=kind)
    rows = rows.order_by("due_on", "id")
    return list(rows[:limit] if limit else rows)


def find_task(name: str) -> Task:
    """A task by its public id; raises `BillingError`."""
    row = Task.objects.select_related("seller", "account").filter(public_id=name).first()
    if row is None:
        raise NotThere(f"there is no task {name!r}; quarterday tasks list shows them")
    return row
