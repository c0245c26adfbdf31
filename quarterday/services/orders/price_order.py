"""What an order costs, today and later, by the very functions that will bill it.

The rows that ordering would write are made and not written; the billing run's own drafting turns
them into an invoice. So the cart, the invoice and its explanation agree to the cent, and looking
at a cart writes nothing and locks nobody out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from quarterday.core.invoice import DraftLine
from quarterday.core.money import plain
from quarterday.core.period import Period
from quarterday.core.tax import TaxAmount
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.draft_account import draft_account
from quarterday.services.invoicing.drafts import AccountState
from quarterday.services.invoicing.rate_usage import StoredUsage
from quarterday.services.invoicing.simulate import SimulatedInvoice, simulate_account
from quarterday.services.orders.choose_items import Chosen
from quarterday.services.orders.plan_order import PlannedOrder, plan_order
from quarterday.store.fields import dump_data
from quarterday.store.models import Account, Discount, PendingCharge
from quarterday.store.queries.billing import (
    AccountRow,
    DiscountRow,
    PendingRow,
    read_settings,
)

# Far enough to see a yearly plan recur after a long trial.
_HORIZON = 800


class PricedLine(NamedTuple):
    """A line of the invoice to come. Amounts as its price says: with tax inside, or without."""

    key: str
    kind: str
    description: str
    period: Period
    quantity: str
    gross_minor: int
    discount_minor: int
    inclusive: bool
    explanation: str
    unit_price: str = "0"
    tax_code: str = ""
    base_minor: int = 0


class Coming(NamedTuple):
    """An invoice to come: when, how much, and the first day that it pays for."""

    issue_on: date
    due_on: date
    begins_on: date
    total_minor: int


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """What is billed at once, and what comes next. Minor units of the currency."""

    currency: str
    lines: tuple[PricedLine, ...]
    taxes: tuple[TaxAmount, ...]
    net_minor: int
    tax_minor: int
    total_minor: int
    due_on: date | None
    used: frozenset[str]
    coming: tuple[Coming, ...]

    @property
    def gross_minor(self) -> int:
        """All lines before discounts."""
        return sum(line.gross_minor for line in self.lines)

    @property
    def discount_minor(self) -> int:
        """What promotions take off."""
        return sum(line.discount_minor for line in self.lines)

    @property
    def is_inclusive(self) -> bool:
        """Whether tax is inside all amounts of the lines."""
        return bool(self.lines) and all(line.inclusive for line in self.lines)


def price_order(
    account: Account, chosen: Sequence[Chosen], discounts: Sequence[Discount], today: date
) -> PricedOrder:
    """What an account, opened or not, will be billed for an order that is placed today."""
    planned = plan_order(account, chosen, discounts, today)
    catalog = Catalog()
    state = _make_state(planned, account, catalog, discounts, today)
    usage = StoredUsage(catalog, {})
    drafts = draft_account(state, today, catalog, usage)
    lines = [
        _line(line, base, planned)
        for due in drafts.drafts
        for line, base in zip(due.draft.lines, due.draft.income_minor, strict=True)
    ]
    return PricedOrder(
        account.currency,
        tuple(lines),
        tuple(tax for due in drafts.drafts for tax in due.draft.taxes),
        sum(due.draft.net_minor for due in drafts.drafts),
        sum(due.draft.tax_minor for due in drafts.drafts),
        sum(due.draft.total_minor for due in drafts.drafts),
        min((due.due_on for due in drafts.drafts), default=None),
        frozenset(code for due in drafts.drafts for code in due.draft.used),
        tuple(_coming(state, catalog, usage, today)),
    )


def _make_state(
    planned: PlannedOrder,
    account: Account,
    catalog: Catalog,
    discounts: Sequence[Discount],
    today: date,
) -> AccountState:
    """The state in which the billing run would find the account, and nothing else of it."""
    for price in planned.prices:
        catalog.keep_price(price)
    row = AccountRow(
        account.id or -1,
        account.public_id,
        account.seller_id,
        str(account),
        account.currency,
        account.country,
        account.region,
        bool(account.tax_id_evidence.get("valid")),
        account.tax_exempt_reason,
        read_settings(dump_data(account.settings)),
        account.snapshot_id,
    )
    items, charges = planned.rows(catalog, row)
    grants = {
        subscription.id: [
            DiscountRow(place * 100 + index, subscription.id, one.id, today, None, 0, None)
            for index, one in enumerate(discounts)
        ]
        for place, subscription in enumerate(planned.subscriptions)
    }
    # What is metered is billed when its period has ended, by what was used until then; what is
    # missing to a commitment is told as if nothing were used.
    recurring = [
        one
        for one in items
        if catalog.price(one.price_id).meter_id is None or one.role == "commitment"
    ]
    pending = [_pending_row(-index, one) for index, one in enumerate(charges, 1)]
    return AccountState(row, recurring, pending, grants if discounts else {})


def _pending_row(key: int, charge: PendingCharge) -> PendingRow:
    """A charge as the billing run would read it."""
    item = charge.item
    assert item is not None
    return PendingRow(
        key,
        item.account_id or -1,
        item.subscription_id,
        item.id,
        charge.product_id,
        charge.kind,
        charge.description,
        charge.period_start,
        charge.period_end,
        charge.quantity,
        charge.unit_code,
        charge.unit_price,
        charge.currency,
        charge.amount_minor,
        charge.tax_inclusive,
        charge.tax_on,
        charge.bill_on,
        dump_data(charge.explanation),
        None,
        item.price_id,
        item.role,
        read_settings(dump_data(item.subscription.settings)),
        0,
    )


def _line(line: DraftLine, base_minor: int, planned: PlannedOrder) -> PricedLine:
    charge = line.charge
    return PricedLine(
        planned.keys[charge.key.subscription_id],
        charge.kind,
        charge.description,
        charge.period,
        str(charge.quantity),
        charge.amount.minor,
        line.discount_minor,
        charge.inclusive,
        line.explanation,
        plain(charge.amount.unit_price),
        line.tax_code,
        base_minor,
    )


def _coming(state: AccountState, catalog: Catalog, usage: StoredUsage, today: date) -> list[Coming]:
    """The next three invoices after today's."""
    found: list[Coming] = []
    last = today + timedelta(days=_HORIZON)
    for one in simulate_account(state, today, today, last, catalog, usage):
        if one.issue_on > today and one.lines and one.skipped is None:
            found.append(_describe(one))
        if len(found) == 3:
            break
    return found


def _describe(one: SimulatedInvoice) -> Coming:
    recurring = [line.period.start for line in one.lines if line.kind == "recurring"]
    begins_on = min(recurring or [line.period.start for line in one.lines])
    return Coming(one.issue_on, one.due_on, begins_on, one.total_minor)
