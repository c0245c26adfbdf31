"""A life of sixty payments as a gateway tells it, and what it comes down to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Sum

from quarterday.ports.outcomes import (
    AttemptNews,
    DeclineCode,
    Declined,
    DisputeNews,
    DisputeState,
    KeptMethod,
    MethodNews,
    News,
    OtherNews,
    PayoutNews,
    PayoutPart,
    PayoutState,
    Pending,
    RefundNews,
    Succeeded,
)
from quarterday.services.gateway_events.process_events import process_events
from quarterday.services.gateway_events.store_events import store_events
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.services.payments.start_refund import start_refund
from quarterday.store.models import (
    Brand,
    Collection,
    CreditGrant,
    Dispute,
    GatewayEvent,
    Invoice,
    Payment,
    PaymentAttempt,
    PaymentMethod,
    Payout,
    PayoutItem,
    Posting,
    RefundAttempt,
)
from tests.services.till import DAY, NOW, Shop

GATEWAY = "sandbox"
KINDS = 15
ATTEMPTS = 60


@dataclass
class Life:
    """What the gateway would send, in order."""

    shop: Shop
    news: list[News] = field(default_factory=list)
    parts: list[PayoutPart] = field(default_factory=list)

    def tell(self, kind: type[Any], *facts: Any, **more: Any) -> None:
        self.news.append(kind(f"evt_{len(self.news):04}", *facts, **more))


def make_life(shop: Shop) -> Life:
    """Twelve accounts with five invoices each, an attempt for every one, and all that follows."""
    gateways = {GATEWAY: {"is_enabled": True, "hook_secret": "only for tests"}}
    Brand.objects.create(seller=shop.seller, data={"gateways": gateways})
    life = Life(shop)
    accounts = [shop.account, *(shop.open_account(f"A{number}") for number in range(2, 13))]
    for number in range(ATTEMPTS // len(accounts)):
        for account in accounts:
            shop.charge(10000 + number, account=account)
        shop.bill()
    for number, invoice in enumerate(Invoice.objects.order_by("id")):
        _live(life, _start(invoice), number % KINDS)
    life.tell(OtherNews, "balance.available")
    for state in (PayoutState.ANNOUNCED, PayoutState.ARRIVED):
        gross = sum(one.gross_minor for one in life.parts)
        parts = tuple(life.parts)
        life.tell(PayoutNews, "po_1", state, "EUR", gross, 900, gross - 900, DAY, parts)
    return life


def _start(invoice: Invoice) -> PaymentAttempt:
    return start_attempt(
        account=invoice.account,
        gateway=GATEWAY,
        choice="sepa_debit",
        amount_minor=invoice.open_minor,
        invoices=[invoice.public_id],
        now=NOW,
    )


def _live(life: Life, attempt: PaymentAttempt, kind: int) -> None:
    does = "ok" if kind == 10 else "debit"
    reference = f"sbx.{does}.sepa_debit.3000..{attempt.public_id}"
    amount, name = attempt.amount_minor, attempt.public_id
    attempt = finish_attempt(attempt=attempt, outcome=Pending(reference), today=DAY, now=NOW)
    if kind in (12, 13):
        _refund_ours(life, attempt, reference, kind)
        return
    if kind == 1:
        life.tell(AttemptNews, Declined(DeclineCode.REFUSED, reference), name, reference)
    if kind == 2:
        life.tell(AttemptNews, Pending(reference, method=_method(name)), name, reference)
    kept = _method(name) if kind in (2, 11) else None
    paid = amount + 500 if kind == 14 else None
    outcome = None if kind == 10 else Succeeded(reference, method=kept, amount_minor=paid)
    life.tell(AttemptNews, outcome, name, reference)
    life.parts.append(PayoutPart("payment", reference, paid or amount, 15))
    if kind in (3, 4, 9, 14):
        _refund_there(life, reference, kind)
    if kind in (5, 6, 7, 8, 9):
        _dispute(life, reference, amount, kind)
    if kind == 11:
        life.tell(MethodNews, kept.token if kept else "", None)


def _method(name: str) -> KeptMethod:
    return KeptMethod(f"tok-{name}", "sepa_debit", "IBAN 3000")


def _refund_ours(life: Life, attempt: PaymentAttempt, reference: str, kind: int) -> None:
    """Booked before; only what the gateway says of it is to come."""
    attempt = finish_attempt(attempt=attempt, outcome=Succeeded(reference), today=DAY, now=NOW)
    assert attempt.payment is not None
    refund = start_refund(
        payment=attempt.payment, amount_minor=5000, reopen=True, today=DAY, now=NOW
    )
    there = f"re-{refund.public_id}"
    life.tell(RefundNews, reference, there, 5000, Pending(there), refund.public_id)
    life.tell(RefundNews, reference, there, 5000, Succeeded(there), refund.public_id)
    if kind == 13:
        outcome = Declined(DeclineCode.REFUSED, there)
        life.tell(RefundNews, reference, there, 5000, outcome, refund.public_id)


def _refund_there(life: Life, reference: str, kind: int) -> None:
    """Made by hand, where we did not see it."""
    there = f"re-{reference}"
    life.tell(RefundNews, reference, there, 3000, Pending(there))
    life.tell(RefundNews, reference, there, 3000, Succeeded(there))
    if kind == 4:
        life.tell(RefundNews, reference, there, 3000, Declined(DeclineCode.REFUSED, there))
    else:
        life.parts.append(PayoutPart("refund", there, -3000))


def _dispute(life: Life, reference: str, amount: int, kind: int) -> None:
    there = f"dp-{reference}"
    amount = {7: 4000, 9: amount - 3000}.get(kind, amount)
    states = {
        5: (DisputeState.OPENED, DisputeState.WON),
        6: (DisputeState.OPENED, DisputeState.LOST),
        7: (DisputeState.OPENED, DisputeState.LOST, DisputeState.WON),
        8: (DisputeState.RETURNED,),
        9: (DisputeState.OPENED, DisputeState.WON),
    }[kind]
    for state in states:
        life.tell(DisputeNews, reference, there, state, amount, "fraudulent", fee_minor=1500)
    life.parts.append(PayoutPart("dispute", there, -amount, 1500))


def repeat(news: list[News], count: int, seed: int) -> list[News]:
    """So many deliveries in any order: each at least once, and the same fact by other names."""
    dice = Random(seed)
    extra = dice.choices(news, k=count - len(news))
    renamed = [
        replace(one, event_id=f"{one.event_id}-{number}") if dice.random() < 0.12 else one
        for number, one in enumerate(extra)
    ]
    found = news + renamed
    dice.shuffle(found)
    return found


def deliver(shop: Shop, news: list[News], seed: int = 0) -> datetime:
    """Deliver in small heaps while the job runs now and then, until nothing waits; when that was."""
    now, dice = NOW, Random(seed)
    for heap in _heaps(news, dice):
        store_events(seller=shop.seller, gateway=GATEWAY, news=heap, now=now)
        now += timedelta(seconds=dice.randint(1, 20))
        if dice.random() < 0.5:
            process_events(now=now)
    while GatewayEvent.objects.filter(status__in=("received", "failed")).exists():
        process_events(now=now)
        now += timedelta(minutes=30)
    return now


def _heaps(news: list[News], dice: Random) -> Iterator[list[News]]:
    rest = list(news)
    while rest:
        size = dice.randint(1, 40)
        yield rest[:size]
        del rest[:size]


def comes_to() -> dict[str, Any]:
    """All that matters of the books, without the names and days that differ each time."""
    sums = Posting.objects.values_list("account_id", "ledger_account__code")
    grants = CreditGrant.objects.values_list("account_id").annotate(sum=Sum("open_minor"))
    return {
        "ledger": {key[:2]: key[2] for key in sums.annotate(sum=Sum("amount_minor")) if key[2]},
        "invoices": list(Invoice.objects.order_by("id").values_list("status", "open_minor")),
        "credit": {key: minor for key, minor in grants if minor},
        "attempts": list(PaymentAttempt.objects.order_by("id").values_list("status", flat=True)),
        "money": sorted(Payment.objects.values_list("account_id", "kind", "amount_minor")),
        "refunds": sorted(
            RefundAttempt.objects.values_list("gateway_reference", "status", "refund__amount_minor")
        ),
        "disputes": sorted(
            Dispute.objects.values_list(
                "reference", "status", "fee_minor", "refund__amount_minor", "restored__amount_minor"
            )
        ),
        "methods": {one.token: one.removed_at is None for one in PaymentMethod.objects.all()},
        "collected": dict(Collection.objects.values_list("invoice_id", "status")),
        "payouts": list(Payout.objects.values_list("status", "gross_minor", "fee_minor")),
        "linked": PayoutItem.objects.exclude(payment=None, refund=None, dispute=None).count(),
    }
