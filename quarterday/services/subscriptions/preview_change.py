"""What a change of a contract would cost, to the cent, before anybody agrees to it.

The change is made by the very services that make it, what the account is to be billed is drafted
by the very code of the billing run, and then all of it is rolled back. Nothing is estimated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.invoicing.simulate import SimulatedInvoice, SimulatedLine, simulate
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.services.subscriptions.foresee_contract import foresee_account, foresee_contract
from quarterday.services.subscriptions.make_change import Asked, Wish, make_change
from quarterday.store.fields import dump_data
from quarterday.store.models import PendingCharge, Subscription, SubscriptionItem

# Far enough to meet the next period of a yearly contract.
_HORIZON = timedelta(days=800)
_MOST = 6


class Preview(NamedTuple):
    """The effect of a change.

    ``on`` is the first day of the new state. ``now`` is what is issued at once (credit notes
    below zero), with everything else that is due then; ``instead`` is what would stand on it
    without the change. ``later`` are the next invoices of the contract, up to its first whole
    period. ``digest`` names these figures.
    """

    on: date
    currency: str
    now: tuple[SimulatedInvoice, ...]
    instead: tuple[SimulatedInvoice, ...]
    later: tuple[SimulatedInvoice, ...]
    is_change: bool
    digest: str

    @property
    def now_minor(self) -> int:
        """What is issued at once, all together; below zero it is given back."""
        return sum(one.total_minor for one in self.now)

    @property
    def effect_minor(self) -> int:
        """What the change itself adds to it, or takes off."""
        return self.now_minor - sum(one.total_minor for one in self.instead)


class _RolledBackError(Exception):
    """Carries the preview out of the transaction that it undoes."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


def preview_change(wish: Wish, asked: Asked) -> Preview:
    """Make a change, look what comes of it, and take it back.

    Raises what the change itself would raise, and `BillingError` when the account cannot be
    billed as it stands.
    """
    with transaction.atomic():
        account, _ = claim_subscription(asked.subscription_id)
        anyway = foresee_account(account.id, today=asked.today)
        before = _facts(account.id)
        try:
            with transaction.atomic():
                on = make_change(wish, asked)
                is_change = _facts(account.id) != before
                now = _due_now(account.id, asked.today)
                instead = anyway if now else ()
                later = tuple(_coming(account.id, asked))
                figures = (on, account.currency, now, instead, later)
                raise _RolledBackError(Preview(*figures, is_change, _digest(wish, *figures)))
        except _RolledBackError as done:
            return done.preview


def _due_now(account_id: int, today: date) -> tuple[SimulatedInvoice, ...]:
    """What the billing run would issue for an account today."""
    return tuple(map(_billable, simulate(first=today, last=today, accounts=[account_id])))


def _coming(account_id: int, asked: Asked) -> Iterator[SimulatedInvoice]:
    """What the contract alone is billed after today, until a whole period of it is."""
    last, found = asked.today + _HORIZON, 0
    for one in foresee_contract(account_id, asked.subscription_id, first=asked.today, last=last):
        if one.issue_on == asked.today or not _billable(one).lines:
            continue
        yield one
        found += 1
        if found == _MOST or any(map(_is_whole, one.lines)):
            return


def _is_whole(line: SimulatedLine) -> bool:
    return line.kind == "recurring" and '"factor":"1"' in line.explanation


def _billable(one: SimulatedInvoice) -> SimulatedInvoice:
    if one.skipped is not None:
        raise BillingError(one.skipped)
    return one


def _facts(account_id: int) -> list[object]:
    """All that a change can change of what is billed."""
    items = SubscriptionItem.objects.filter(account_id=account_id)
    charges = PendingCharge.objects.filter(account_id=account_id)
    contracts = Subscription.objects.filter(account_id=account_id)
    return [
        list(items.order_by("id").values_list("id", "end_on", "quantity", "price_id")),
        list(charges.order_by("id").values_list("id", "status", "amount_minor")),
        list(contracts.order_by("id").values_list("id", "status", "end_on")),
    ]


def added_lines(preview: Preview, invoice: SimulatedInvoice) -> Sequence[SimulatedLine]:
    """The lines of an invoice that would not be there without the change."""
    known = {_name(line) for one in preview.instead for line in one.lines}
    return [line for line in invoice.lines if _name(line) not in known]


def _name(line: SimulatedLine) -> tuple[object, ...]:
    return (line.kind, line.item_id, line.pending_id, line.period, line.net_minor)


def _digest(wish: Wish, on: date, currency: str, *parts: Sequence[SimulatedInvoice]) -> str:
    """The figures in one word. Keys of rows that were rolled back are left out of it."""
    said = [
        [one.issue_on, one.due_on, one.total_minor, [_said(line) for line in one.lines]]
        for part in parts
        for one in part
    ]
    text = dump_data([str(wish.verb), str(wish.when), str(on), currency, str(said)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _said(line: SimulatedLine) -> tuple[object, ...]:
    return (line.kind, line.description, str(line.period), line.quantity, line.net_minor)
