"""What the customers do on each day: pay, object, change, cancel, and put money into the bank."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.stories.year.bank import Bank
from tests.stories.year.town import BIGGER, Customer, Habit, Town, keep_card

if TYPE_CHECKING:
    from quarterday.store.models import Account, Invoice, Subscription


@dataclass(slots=True)
class Life:
    """The customers of a town, each with its habit, and what is planned for which day."""

    town: Town
    bank: Bank
    rng: Random
    seen: Counter[str] = field(default_factory=Counter)
    plans: dict[date, list[tuple[Callable[..., object], tuple[Any, ...]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    known: int = 0

    def plan_changes(self, first: date, last: date) -> None:
        """Upgrades, cancellations and pauses, each of another customer that pays."""
        days = (last - first).days
        willing = [one for one in self.town.customers if one.habit in (Habit.CARD, Habit.PROMPT)]
        self.rng.shuffle(willing)
        for number, customer in enumerate(willing[:42]):
            on = max(first, customer.start_on) + timedelta(days=self.rng.randint(20, days - 120))
            deed = (self._upgrade, self._cancel, self._pause)[number % 3]
            self._plan(on, deed, customer)

    def live(self, today: date, now: datetime) -> None:
        """The day of all customers: they see what came, and do what they planned."""
        for invoice in self._see_invoices():
            self._plan_payment(invoice, today)
        for deed, what in self.plans.pop(today, ()):
            deed(*what, today, now)

    def _plan(self, on: date, deed: Callable[..., object], *what: Any) -> None:
        self.plans[on].append((deed, what))

    def _see_invoices(self) -> list[Invoice]:
        from quarterday.store.models import Invoice

        rows = list(
            Invoice.objects.filter(id__gt=self.known).select_related("account").order_by("id")
        )
        self.known = rows[-1].id if rows else self.known
        return rows

    def _plan_payment(self, invoice: Invoice, today: date) -> None:
        customer = self.town.customers[int(str(invoice.account.external_id)[1:]) - 1]
        due, habit = invoice.due_on, customer.habit
        if habit is Habit.PROMPT:
            self._transfer_on(due - timedelta(days=self.rng.randint(1, 6)), invoice, today)
        elif habit is Habit.LATE:
            self._transfer_on(due + timedelta(days=self.rng.randint(3, 25)), invoice, today)
        elif habit is Habit.WEAK_CARD:
            self._transfer_on(due + timedelta(days=self.rng.randint(2, 9)), invoice, today)
        elif habit is Habit.PARTS:
            self._transfer_on(due - timedelta(days=2), invoice, today, part=2)
            self._transfer_on(due + timedelta(days=self.rng.randint(2, 12)), invoice, today)
        elif habit is Habit.PROMISER:
            self._plan(max(due, today), self._promise, invoice.id)
            self._transfer_on(due + timedelta(days=9), invoice, today)
        elif habit is Habit.NEW_CARD:
            on = max(today, due) + timedelta(days=self.rng.randint(1, 8))
            self._plan(on, self._change_card, customer)
        elif habit is Habit.DISPUTER and self.rng.random() < 0.3:
            on = max(today, due) + timedelta(days=self.rng.randint(5, 30))
            self._plan(on, self._object, invoice.id)

    def _transfer_on(self, on: date, invoice: Invoice, today: date, part: int = 1) -> None:
        """A transfer of what is then open, or of a part; the reference is written as people do."""
        self._plan(max(on, today), self._transfer, invoice.id, part)

    def _transfer(self, key: int, part: int, today: date, now: datetime) -> None:
        from quarterday.store.models import Invoice

        invoice = Invoice.objects.select_related("account").get(id=key)
        if invoice.status != "open":
            return
        label = invoice.label
        words = (label, f"INVOICE {label}", f"RG {label.replace('-', ' ')} THANKS")
        text = self.rng.choice(words)
        self.bank.send(max(1, invoice.open_minor // part), text, invoice.account.name.upper())
        self.seen["transfers"] += 1

    def _promise(self, key: int, today: date, now: datetime) -> None:
        from quarterday.services.dunning.promise_payment import promise_payment
        from quarterday.store.models import Invoice

        invoice = Invoice.objects.select_related("account").get(id=key)
        if invoice.status == "open":
            promise_payment(
                account=invoice.account,
                invoice=invoice,
                until=max(today, invoice.due_on + timedelta(days=12)),
                today=today,
                now=now,
            )
            self.seen["promises"] += 1

    def _change_card(self, customer: Customer, today: date, now: datetime) -> None:
        """Whoever lost a card keeps another one, once."""
        from quarterday.store.models import PaymentMethod

        methods = PaymentMethod.objects.filter(account=customer.account)
        if not methods.filter(token__contains=".ok.").exists():
            keep_card(customer.account, "ok", now)
            self.seen["new cards"] += 1

    def _object(self, key: int, today: date, now: datetime) -> None:
        """The bank takes a payment back; weeks later somebody wins."""
        from quarterday.services.gateway_events.say_in_sandbox import say_in_sandbox
        from quarterday.store.models import Payment

        payment = Payment.objects.filter(
            allocations__invoice_id=key, method="sandbox", kind="received", status="succeeded"
        ).first()
        if payment is None:
            return
        said = {
            "kind": "dispute",
            "attempt": payment.external_id,
            "dispute": f"dp_{payment.public_id}",
            "amount_minor": payment.amount_minor,
            "fee_minor": 1500,
            "reason": "fraudulent",
        }
        say_in_sandbox(seller=self.town.seller, said={**said, "state": "opened"}, now=now)
        self.seen["disputes"] += 1
        end = {**said, "state": self.rng.choice(("won", "lost"))}
        self._plan(today + timedelta(days=self.rng.randint(20, 40)), self._say, end)

    def _say(self, said: dict[str, Any], today: date, now: datetime) -> None:
        from quarterday.services.gateway_events.say_in_sandbox import say_in_sandbox

        say_in_sandbox(seller=self.town.seller, said=said, now=now)

    def _upgrade(self, customer: Customer, today: date, now: datetime) -> None:
        from quarterday.services.subscriptions.change_plan import change_plan

        if found := self._running(customer.account):
            plan = self.town.plans[BIGGER[customer.plan]]
            change_plan(subscription_id=found.id, plan=plan, today=today, now=now)
            self.seen["upgrades"] += 1

    def _cancel(self, customer: Customer, today: date, now: datetime) -> None:
        from quarterday.services.subscriptions.cancel_subscription import cancel_subscription

        if found := self._running(customer.account):
            at_end = bool(self.rng.randrange(2))
            cancel_subscription(
                subscription_id=found.id, at_period_end=at_end, today=today, now=now
            )
            self.seen["cancellations"] += 1

    def _pause(self, customer: Customer, today: date, now: datetime) -> None:
        from quarterday.services.subscriptions.pause_subscription import pause_subscription

        if found := self._running(customer.account):
            pause_subscription(subscription_id=found.id, today=today, now=now)
            self._plan(today + timedelta(days=self.rng.randint(20, 50)), self._resume, found.id)
            self.seen["pauses"] += 1

    def _resume(self, key: int, today: date, now: datetime) -> None:
        from quarterday.services.subscriptions.resume_subscription import resume_subscription

        resume_subscription(subscription_id=key, today=today, now=now)

    def _running(self, account: Account) -> Subscription | None:
        return account.subscriptions.filter(status="active").first()
