"""The payments of the sample: who pays which invoice when, and how much of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from quarterday.core.money import currency
from quarterday.services.demo.act import Moment
from quarterday.services.demo.habits import Habit
from quarterday.services.payments.record_payment import record_payment
from quarterday.store.models import Invoice

_METHODS = ("transfer", "transfer", "direct_debit")


@dataclass(slots=True)
class Payers:
    """Plans a payment when an invoice is issued, and makes it when its day has come."""

    habits: Mapping[str, Habit]
    rng: Random
    last_invoice: int = 0
    # By day: the key of the invoice, and the share of what is open then, in percent.
    plans: dict[date, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def see_invoices(self) -> None:
        """Decide about every invoice that was issued since the last time."""
        rows = Invoice.objects.filter(id__gt=self.last_invoice).order_by("id")
        for key, due_on, account in rows.values_list("id", "due_on", "account__external_id"):
            self.last_invoice = key
            habit = self.habits[str(account)]
            if habit in (Habit.PROMPT, Habit.OVER):
                day = due_on - timedelta(days=self.rng.randint(1, 9))
                self.plans[day].append((key, 100 if habit is Habit.PROMPT else 110))
            elif habit in (Habit.LATE, Habit.PREPAID):
                self.plans[due_on + timedelta(days=self.rng.randint(2, 24))].append((key, 100))
            elif habit is Habit.CARD:
                # Where the card does not do, somebody pays in the end.
                self.plans[due_on + timedelta(days=self.rng.randint(6, 20))].append((key, 100))
            elif habit is Habit.PARTIAL:
                self.plans[due_on].append((key, 50))
                self.plans[due_on + timedelta(days=18)].append((key, 100))

    def pay(self, moment: Moment) -> tuple[int, dict[str, int]]:
        """Make the payments of a day: how many, and the sum in minor units by currency."""
        count, sums = 0, defaultdict[str, int](int)
        for key, percent in self.plans.pop(moment.today, ()):
            invoice = Invoice.objects.select_related("account").get(id=key)
            if invoice.status != "open" or not invoice.open_minor:
                continue
            amount = _round_up(invoice.open_minor * percent // 100, invoice.currency, percent)
            record_payment(
                account=invoice.account,
                amount_minor=max(1, amount),
                method=self.rng.choice(_METHODS),
                reference=invoice.label,
                external_id=f"{invoice.label}-{percent}-{moment.today}",
                invoices=[invoice] if percent == 50 else None,
                **moment._asdict(),
            )
            count += 1
            sums[invoice.currency] += max(1, amount)
        return count, dict(sums)


def _round_up(amount: int, code: str, percent: int) -> int:
    """Those who pay too much pay whole units."""
    if percent <= 100:
        return amount
    scale = currency(code).scale
    return -(-amount // scale) * scale
