"""What must be true of everybody, worked out from the documents alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from tests.stories.year.panel import Panel

# A customer may be suspended so many days after the due date, and has to be a few days later: the
# customer is warned first, and only in daytime.
_SUSPENDED_AFTER, _SLACK = 5, 4
# A call that failed is repaired by the next tick, or the one after.
_PATIENCE_DAYS = 2


@dataclass(slots=True)
class Judge:
    """Looks at every contract every day, and remembers since when something is wrong."""

    panel: Panel
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)
    worst: list[tuple[date, str, str]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def look(self, today: date) -> None:
        """Compare what the panel serves with what was paid."""
        from quarterday.store.models import Dispute, DunningHold, InvoiceLine, Subscription

        open_lines = InvoiceLine.objects.filter(invoice__status="open", subscription_id__gt=0)
        owed: dict[int, date] = {}
        for key, due_on in open_lines.values_list("subscription_id", "invoice__due_on"):
            owed[key] = min(due_on, owed.get(key, due_on))
        excused = set(
            DunningHold.objects.filter(ended_at=None).values_list("account_id", flat=True)
        ) | set(Dispute.objects.filter(status="opened").values_list("account_id", flat=True))
        faults = set()
        for contract in Subscription.objects.filter(start_on__lte=today):
            name = str(contract.external_id)
            state = self.panel.states.get(name, "none")
            due_on = owed.get(contract.id)
            late = (today - due_on).days if due_on else -1
            runs = contract.status in ("active", "cancelling")
            self.seen[state] += 1
            if runs and late <= _SUSPENDED_AFTER - 1 and state != "active":
                faults.add((name, f"{state} though nothing is long overdue"))
            is_long = late > _SUSPENDED_AFTER + _SLACK and contract.account_id not in excused
            if is_long and state == "active":
                faults.add((name, "served though long overdue"))
            if contract.status in ("cancelled", "ended") and state not in ("terminated", "none"):
                faults.add((name, f"{state} though it is over"))
        self.wrong = Counter({fault: self.wrong[fault] + 1 for fault in faults})
        for (name, what), days in self.wrong.items():
            if days > _PATIENCE_DAYS:
                self.worst.append((today, name, what))
