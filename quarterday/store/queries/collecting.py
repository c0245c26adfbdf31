"""What of an account is charged by itself: how much, when, by which method, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Prefetch

from quarterday.core.charging import Timing
from quarterday.core.collection import (
    CollectionPolicy,
    DeclineClass,
    KeptWay,
    Plan,
    Reason,
    Try,
    classify,
    plan_next,
    read_policy,
)
from quarterday.core.instalments import Part, stand
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.settings import Resolved, Settings, resolve
from quarterday.ports.gateway import Ability, TakesDays
from quarterday.store.models import (
    Account,
    AttemptStatus,
    Collection,
    CollectionStatus,
    Dispute,
    DisputeStatus,
    Instalment,
    InstalmentPlan,
    Invoice,
    PaymentAttempt,
    PaymentMethod,
    Seller,
)
from quarterday.store.queries.paying import (
    list_live_attempts,
    list_methods,
    list_offered,
    open_gateway_of,
    read_brand,
)

_MOST, _DAY = 500, timedelta(days=1)


class Block(StrEnum):
    """Why a debt is not charged by itself, whatever the plan says."""

    OFF = "off"
    STOPPED = "stopped"
    DISPUTED = "disputed"
    COMING = "on_its_way"
    PROMISED = "promised"
    PAYER = "payer_confirms"
    LEAST = "below_least"
    REOPENED = "opened_again"


@dataclass(slots=True)
class Outlook:
    """What will become of one open invoice by itself.

    ``amount_minor`` is what the next charge takes, ``part`` which instalment it reaches, from 1;
    0 is an invoice without a plan, and ``later_on`` is when the next one is charged. Nothing is
    charged while there is a ``block``. ``days`` is how long the method takes until money moves.
    """

    invoice: Invoice
    row: Collection | None
    amount_minor: int
    part: int
    charge_on: date
    plan: Plan
    block: Block | None
    method: PaymentMethod | None
    later_on: date | None = None
    days: int = 0

    def is_due(self, today: date, now: datetime) -> bool:
        """Whether it is charged now."""
        if self.block or self.plan.on is None or self.plan.on > today or not self.amount_minor:
            return False
        until = read_data(self.row).get("not_before")
        return until is None or datetime.fromisoformat(until) <= now


def read_collection_policy(seller: Seller) -> CollectionPolicy:
    """How a seller collects."""
    return read_policy(read_brand(seller).get("collection", {}))


def read_account_settings(account: Account) -> Resolved:
    """The settings of an account, as its seller and itself set them."""
    levels = (Settings.from_data(account.seller.settings), Settings.from_data(account.settings))
    return resolve(Timing.ADVANCE, *levels)


def list_chargeable(account: Account) -> list[PaymentMethod]:
    """The kept methods that can be charged with nobody there, the one in use first."""
    offered = {one.code: one.gateway for one in list_offered(account.seller, account.currency)}
    able = {
        code
        for code, gateway in offered.items()
        for one in gateway.list_choices(account.currency)
        if Ability.CHARGE in one.abilities
    }
    return [one for one in list_methods(account) if one.gateway in able]


def fingerprint(method: PaymentMethod) -> str:
    """What changes when the bank or the payer renews a method: one declined may work again."""
    return f"{method.expires_on or ''} {method.added_at.isoformat()}"


def find_refused(account: Account, methods: Sequence[PaymentMethod]) -> set[str]:
    """Public ids of the methods that were declined for good with nobody there, for any debt."""
    prints = {one.id: fingerprint(one) for one in methods}
    if not prints:
        return set()
    rows = PaymentAttempt.objects.filter(
        account=account, method__in=list(prints), is_automatic=True, status=AttemptStatus.FAILED
    )
    names = {one.id: one.public_id for one in methods}
    return {
        names[int(key or 0)]
        for key, error, data in rows.values_list("method_id", "error", "data")
        if classify(error) is DeclineClass.HARD and data.get("fingerprint") == prints[int(key or 0)]
    }


def read_data(row: Collection | None) -> Mapping[str, Any]:
    """What the collection of an invoice remembers."""
    return {} if row is None else row.data


def read_tries(row: Collection | None, part: int | None = None) -> list[Try]:
    """The tries of an invoice, or of one of its instalments, in their order."""
    return [
        Try(date.fromisoformat(one["on"]), one["method"], one["code"], bool(one.get("final")))
        for one in read_data(row).get("tries", ())
        if part is None or one.get("part", 0) == part
    ]


def foresee(
    account: Account, today: date, invoices: Sequence[Invoice] | None = None
) -> list[Outlook]:
    """What will become by itself of the open invoices of an account, the first due first.

    The number of queries does not grow with them. ``account.seller.brand`` should be there.
    """
    if invoices is None:
        rows = Invoice.objects.filter(account=account, status=InvoiceState.OPEN, open_minor__gt=0)
        invoices = list(rows.order_by("due_on", "id")[:_MOST])
    if not invoices:
        return []
    facts = _read_facts(account, invoices)
    return [_foresee_one(facts, one, today) for one in invoices]


@dataclass(slots=True)
class _Facts:
    """All that is to be known of an account to say what becomes of its invoices."""

    policy: CollectionPolicy
    settings: Resolved
    methods: dict[str, PaymentMethod]
    refused: set[str]
    rows: dict[int, Collection]
    parts: dict[int, list[Part]]
    live: list[PaymentAttempt]
    days_before: int
    days: Mapping[str, int]
    disputed: set[str]


def _read_facts(account: Account, invoices: Sequence[Invoice]) -> _Facts:
    ids = [one.id for one in invoices]
    methods = list_chargeable(account)
    disputes = Dispute.objects.filter(account=account, status=DisputeStatus.OPENED)
    settings = read_account_settings(account)
    days = _read_days(account, methods)
    ahead = days[methods[0].gateway] if methods else 0
    return _Facts(
        policy=read_collection_policy(account.seller),
        settings=settings,
        methods={one.public_id: one for one in methods},
        refused=find_refused(account, methods),
        rows={
            one.invoice_id: one
            for one in Collection.objects.filter(invoice__in=ids).select_related("attempt__method")
        },
        parts=read_parts(ids),
        live=list_live_attempts(account),
        days_before=max(settings.collect_days_before, ahead),
        days=days,
        disputed={
            str(name) for names in disputes.values_list("invoices", flat=True) for name in names
        },
    )


def _read_days(account: Account, methods: Sequence[PaymentMethod]) -> dict[str, int]:
    """How much earlier charges are begun, by gateway, so that the money is there when due."""
    days = {}
    for code in {one.gateway for one in methods}:
        gateway: object = open_gateway_of(account.seller, code)
        days[code] = gateway.days_ahead if isinstance(gateway, TakesDays) else 0
    return days


def read_parts(invoice_ids: Iterable[int]) -> dict[int, list[Part]]:
    """The instalments of invoices that have a plan now, by invoice."""
    plans = InstalmentPlan.objects.filter(invoice__in=list(invoice_ids), ended_at=None)
    plans = plans.prefetch_related(Prefetch("instalments", Instalment.objects.order_by("number")))
    return {
        plan.invoice_id: [Part(one.due_on, one.amount_minor) for one in plan.instalments.all()]
        for plan in plans
    }


def _foresee_one(facts: _Facts, invoice: Invoice, today: date) -> Outlook:
    row = facts.rows.get(invoice.id)
    before = timedelta(days=facts.days_before)
    parts = facts.parts.get(invoice.id, [])
    due_on, amount, part = _find_debt(invoice, parts, before, today)
    tries = read_tries(row)
    refused = facts.refused | {one.method for one in tries if one.decline is DeclineClass.HARD}
    ways = [KeptWay(name, one.expires_on, name in refused) for name, one in facts.methods.items()]
    plan = plan_next(facts.policy, due_on - before, read_tries(row, part), ways, today)
    method = facts.methods.get(plan.method)
    coming = [one for one in facts.live if invoice.public_id in one.invoices]
    return Outlook(
        invoice=invoice,
        row=row,
        amount_minor=amount,
        part=part,
        charge_on=due_on - before,
        plan=plan,
        block=_find_block(facts, invoice, row, coming),
        method=method,
        later_on=parts[part].due_on - before if 0 < part < len(parts) else None,
        days=0 if method is None else facts.days[method.gateway],
    )


def _find_debt(
    invoice: Invoice, parts: Sequence[Part], before: timedelta, today: date
) -> tuple[date, int, int]:
    """The day on which the next charge's debt is due, how much it is, and which instalment.

    Instalments that are late are charged together with the one that is due.
    """
    if not parts:
        return invoice.due_on, invoice.open_minor, 0
    standing = list(enumerate(stand(parts, invoice.open_minor), start=1))
    opened = [(number, one) for number, one in standing if one.open_minor]
    due = [(number, one) for number, one in opened if one.part.due_on - before <= today]
    number, last = due[-1] if due else opened[0]
    amount = sum(one.open_minor for _, one in due) if due else last.open_minor
    return last.part.due_on, amount, number


def _find_block(
    facts: _Facts, invoice: Invoice, row: Collection | None, coming: Sequence[PaymentAttempt]
) -> Block | None:
    """The first that applies; one that was paid before, and whose money went back, is not taken a
    second time unasked.
    """
    status = None if row is None else row.status
    blocks = {
        Block.PROMISED: any(one.is_promise for one in coming),
        Block.PAYER: any(one.status == AttemptStatus.ACTION for one in coming),
        Block.COMING: bool(coming),
        Block.STOPPED: status == CollectionStatus.STOPPED,
        Block.DISPUTED: invoice.public_id in facts.disputed,
        Block.REOPENED: status == CollectionStatus.DONE,
        Block.OFF: not facts.settings.autopay,
    }
    return next((block for block, applies in blocks.items() if applies), None)


def find_to_confirm(invoice: Invoice) -> PaymentMethod | None:
    """The kept method whose bank wants the payer to confirm a charge of the invoice, if any."""
    rows = Collection.objects.filter(invoice=invoice, status=CollectionStatus.ACTION)
    row = rows.select_related("attempt__method").first()
    method = row.attempt.method if row is not None and row.attempt is not None else None
    return method if method is not None and method.removed_at is None else None


def group_due(
    found: Sequence[Outlook], policy: CollectionPolicy, today: date, now: datetime
) -> list[list[Outlook]]:
    """What is charged now, each group by one payment; those too small wait for more to be due."""
    groups: dict[tuple[str, int], list[Outlook]] = {}
    for place, one in enumerate(found):
        if one.is_due(today, now):
            groups.setdefault((one.plan.method, 0 if policy.together else place), []).append(one)
    ready = []
    for group in groups.values():
        least = policy.least.get(group[0].invoice.currency, 0)
        if sum(one.amount_minor for one in group) >= least:
            ready.append(group)
            continue
        for one in group:
            one.block = Block.LEAST
    return ready


def find_next(one: Outlook, today: date) -> tuple[CollectionStatus, date | None]:
    """What becomes of a collection: its status, and the day on which it is looked at again.

    One that is given up waits for the next instalment; one without a method for a new one.
    """
    if one.plan.on is None:
        if one.later_on is not None:
            return CollectionStatus.WAITING, max(one.later_on, today + _DAY)
        waits = one.plan.reason is Reason.NO_METHOD
        return (CollectionStatus.WAITING if waits else CollectionStatus.EXHAUSTED), None
    asks = one.plan.reason is Reason.ACTION
    return (CollectionStatus.ACTION if asks else CollectionStatus.WAITING), one.plan.on


_BLOCKED = {
    Block.OFF: "paying automatically is switched off",
    Block.STOPPED: "somebody stopped it",
    Block.DISPUTED: "a payment for it is disputed",
    Block.COMING: "a payment is on its way",
    Block.PROMISED: "the payer has promised a transfer",
    Block.PAYER: "the payer is confirming a payment",
    Block.LEAST: "the amount waits for more to be due",
    Block.REOPENED: "it was paid, and the money went back; resume it to charge it again",
}
_PLANNED = {
    Reason.DUE: "it is due",
    Reason.SOFT: "it was declined, and is tried again",
    Reason.PAYDAY: "there was not enough money, so it is tried on a payday",
    Reason.ACTION: "the bank wants the payer to confirm it; otherwise it is tried again",
    Reason.FALL_BACK: "another method takes over",
    Reason.UNAVAILABLE: "the payment service was out of reach, so it is tried soon",
    Reason.NO_METHOD: "no method that can be charged is kept",
    Reason.REFUSED: "every kept method was declined for good",
    Reason.EXHAUSTED: "it was tried as often as the policy says",
}


def explain(one: Outlook) -> str:
    """Why a charge comes on its day or none comes, in words for staff."""
    if one.block is Block.STOPPED and one.row is not None:
        return f"{_BLOCKED[Block.STOPPED]}: {one.row.reason}"
    if one.block is not None:
        return _BLOCKED[one.block]
    said = _PLANNED[one.plan.reason]
    if one.part:
        said = f"instalment {one.part}: {said}"
    return f"{said}, but then the next instalment" if one.plan.on is None and one.later_on else said
