"""The menu of the console: its rooms, grouped; each person sees what their role permits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from quarterday.core.access import StaffPermission as May


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: where it leads, its symbol (a name of Material Symbols), and who may go there."""

    label: str
    path: str
    icon: str
    needed: May


Group = tuple[str, tuple[Entry, ...]]

MENU: tuple[Group, ...] = (
    (
        "Today",
        (
            Entry("Home", "/console/", "home", May.FIND_PAYER),
            Entry("Inbox", "/console/inbox/", "inbox", May.SEE_MONEY),
            Entry("Tasks", "/console/tasks/", "task_alt", May.SEE_CUSTOMERS),
            Entry("Approvals", "/console/staff/approvals/", "approval", May.SEE_MONEY),
        ),
    ),
    (
        "Customers",
        (
            Entry("Accounts", "/console/lists/accounts/", "groups", May.SEE_CUSTOMERS),
            Entry("Subscriptions", "/console/lists/subscriptions/", "autorenew", May.SEE_CUSTOMERS),
            Entry("Messages", "/console/lists/messages/", "mail", May.SEE_CUSTOMERS),
        ),
    ),
    (
        "Billing",
        (
            Entry("Billing run", "/console/run/", "play_circle", May.SEE_MONEY),
            Entry("Invoices", "/console/lists/invoices/", "receipt_long", May.SEE_MONEY),
            Entry("Payments", "/console/lists/payments/", "payments", May.SEE_MONEY),
            Entry("Refunds", "/console/lists/refunds/", "undo", May.SEE_MONEY),
            Entry("Credit notes", "/console/lists/credit-notes/", "receipt", May.SEE_MONEY),
            Entry("Journal", "/console/lists/journal/", "menu_book", May.SEE_MONEY),
        ),
    ),
    (
        "Business",
        (
            Entry("Reports", "/console/reports/", "bar_chart", May.SEE_MONEY),
            Entry("Catalogue", "/console/catalogue/", "sell", May.SEE_SETTINGS),
            Entry("Messages & layout", "/console/edit/", "edit_document", May.SEE_SETTINGS),
        ),
    ),
    (
        "System",
        (
            Entry("Staff", "/console/staff/", "badge", May.SEE_SETTINGS),
            Entry("Audit log", "/console/staff/audit/", "history", May.SEE_SETTINGS),
            Entry("Services", "/console/system/services/", "dns", May.SEE_CUSTOMERS),
            Entry("Work and health", "/console/system/", "schedule", May.SEE_SETTINGS),
        ),
    ),
)


def menu_for(may: Callable[[May], bool], path: str) -> list[tuple[str, list[tuple[Entry, bool]]]]:
    """The groups with what somebody may see, each entry with whether it is where they are."""
    here = _current(path)
    groups = []
    for name, entries in MENU:
        seen = [(one, one is here) for one in entries if may(one.needed)]
        if seen:
            groups.append((name, seen))
    return groups


def _current(path: str) -> Entry | None:
    """The entry whose address is the longest beginning of a path; Home only for itself."""
    fits = [
        entry
        for _, entries in MENU
        for entry in entries
        if path == entry.path or (entry.path != "/console/" and path.startswith(entry.path))
    ]
    return max(fits, key=lambda entry: len(entry.path), default=None)
