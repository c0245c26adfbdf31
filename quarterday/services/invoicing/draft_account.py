"""What one account is to be billed on a day: drafts, and how its items move.

Reads nothing but what it is given, so the run, the dry run, the forecast and a preview share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol

from quarterday.core.charging import Timing, due_periods, next_bill_on
from quarterday.core.discount import Discount, still_applies
from quarterday.core.errors import BillingError
from quarterday.core.invoice import Amount, Charge, Draft, compute_invoice, rate_charge
from quarterday.core.money import Currency
from quarterday.core.period import Period, Schedule
from quarterday.core.settings import Grouping, Resolved, resolve
from quarterday.services.invoicing.catalog import Catalog, PriceInfo
from quarterday.store.queries.billing import AccountRow, DiscountRow, ItemRow, PendingRow


class ChargeKey(NamedTuple):
    """What a charge came from, for the writer."""

    subscription_id: int | None
    item_id: int | None
    pending_id: int | None
    product_id: int
    income_code: str
    revision: int = 0


class Move(NamedTuple):
    """An item's ``billed_through`` from an old day to a new one."""

    item_id: int
    old: date
    new: date


@dataclass(slots=True)
class AccountState:
    """One account with all that is not yet billed of it.

    ``earlier`` are charges that a simulation has drafted for it and not written.
    """

    account: AccountRow
    items: Sequence[ItemRow]
    pending: Sequence[PendingRow] = ()
    discounts: dict[int, list[DiscountRow]] = field(default_factory=dict)
    earlier: Sequence[Charge] = ()


class GroupKey(NamedTuple):
    """What shares an invoice: one due date, and one subscription when billed separately."""

    due_on: date
    subscription_id: int | None
    tax_per_line: bool


class DueDraft(NamedTuple):
    """A draft with its due date; one below zero becomes a credit note."""

    due_on: date
    draft: Draft


@dataclass(slots=True)
class AccountDrafts:
    """What to write for an account, all or nothing."""

    account: AccountRow
    drafts: list[DueDraft]
    moves: list[Move]
    pending_ids: list[int]
    used_discounts: list[tuple[int, int]]
    usage_ids: list[int]
    bill_on: date | None


class ItemCharges(NamedTuple):
    """The charges of one item, with the usage that they settle."""

    charges: list[Charge]
    usage_ids: list[int]


class UsageRater(Protocol):
    """Rates metered items and minimum commitments; reads the usage it needs."""

    def charge_usage(
        self,
        state: AccountState,
        item: ItemRow,
        price: PriceInfo,
        pieces: Sequence[tuple[Period, Period]],
        discounts: tuple[Discount, ...],
    ) -> ItemCharges:
        """Charges of a metered item: the periods that ended, and what came late for others."""

    def charge_commitment(
        self,
        state: AccountState,
        item: ItemRow,
        price: PriceInfo,
        pieces: Sequence[tuple[Period, Period]],
        drafted: Sequence[Charge],
    ) -> ItemCharges:
        """What is missing to the minimum commitment of the periods that ended."""


class Plan(NamedTuple):
    """The pieces of an item to bill, where that moves it, and when it is due again."""

    pieces: tuple[tuple[Period, Period], ...]
    billed_through: date
    next_on: date | None


@lru_cache(maxsize=16384)
def plan_item(
    schedule: Schedule,
    start: date,
    end: date | None,
    billed_through: date,
    timing: Timing,
    today: date,
    lead_days: int,
    billing_day: int | None,
) -> Plan:
    """What of an item is due today; alike items share the answer."""
    pieces = due_periods(
        schedule,
        start=start,
        end=end,
        billed_through=billed_through,
        timing=timing,
        today=today,
        lead_days=lead_days,
        billing_day=billing_day,
    )
    reached = pieces[-1][0].end if pieces else billed_through
    following = next_bill_on(
        schedule,
        end=end,
        billed_through=reached,
        timing=timing,
        lead_days=lead_days,
        billing_day=billing_day,
    )
    return Plan(tuple(pieces), reached, following)


def resolve_settings(
    catalog: Catalog, account: AccountRow, item: ItemRow | None, price: PriceInfo | None
) -> Resolved:
    """The settings that hold for an item, or for a charge that has none."""
    own = account.settings
    key = (account.seller_id, id(own), 0, 0, "")
    if item is not None and price is not None:
        key = (account.seller_id, id(own), price.id, id(item.settings), item.role)
    found = catalog.resolved.get(key)
    if found is None:
        seller = catalog.seller(account.seller_id).settings
        if price is None or item is None:
            found = resolve(Timing.ARREARS, seller, own)
        else:
            product, plan = price.product.settings, price.plan_settings
            found = resolve(item_timing(item, price), seller, product, plan, own, item.settings)
        catalog.resolved[key] = found
    return found


def item_timing(item: ItemRow, price: PriceInfo) -> Timing:
    """When an item is billed; a commitment can only be judged when its period has ended."""
    return Timing.ARREARS if item.role == "commitment" else price.terms.timing


def draft_account(
    state: AccountState, today: date, catalog: Catalog, usage: UsageRater
) -> AccountDrafts:
    """Everything of an account that is due today.

    Raises `BillingError` with the reason when the account cannot be billed; then nothing of it is.
    """
    account = state.account
    groups: dict[GroupKey, list[Charge]] = {}
    moves: list[Move] = []
    usage_ids: list[int] = []
    following: list[date] = []
    for item in sorted(state.items, key=_commitments_last):
        price = catalog.price(item.price_id)
        settings = resolve_settings(catalog, account, item, price)
        plan = plan_item(
            item.schedule,
            item.start_on,
            item.end_on,
            item.billed_through,
            item_timing(item, price),
            today,
            settings.lead_days,
            settings.billing_day,
        )
        if plan.next_on is not None:
            following.append(plan.next_on)
        discounts = _discounts(state, item, today, catalog)
        if item.role == "commitment":
            drafted = [*state.earlier, *(one for group in groups.values() for one in group)]
            found = usage.charge_commitment(state, item, price, plan.pieces, drafted)
        elif price.meter_id is not None:
            found = usage.charge_usage(state, item, price, plan.pieces, discounts)
        else:
            found = _charge_periods(account, item, price, plan.pieces, discounts, catalog)
        usage_ids += found.usage_ids
        if found.charges:
            group = _group(settings, item.subscription_id, today)
            groups.setdefault(group, []).extend(found.charges)
        if plan.pieces:
            moves.append(Move(item.id, item.billed_through, plan.billed_through))
    pending_ids = _add_pending(state, today, catalog, groups, following) if state.pending else []
    drafts: list[DueDraft] = []
    for key, charges in groups.items():
        drafts += _draft_group(key, charges, catalog.currency(account.currency))
    used = _used_discounts(state, drafts, catalog) if state.discounts else []
    bill_on = min(following) if following else None
    return AccountDrafts(account, drafts, moves, pending_ids, used, usage_ids, bill_on)


def _draft_group(key: GroupKey, charges: list[Charge], currency: Currency) -> list[DueDraft]:
    """One draft; or, when credits outweigh the charges, an invoice and a credit note apart."""
    draft = compute_invoice(charges, currency=currency, tax_per_line=key.tax_per_line)
    if draft.total_minor >= 0:
        return [DueDraft(key.due_on, draft)]
    positive = [charge for charge in charges if charge.amount.minor >= 0]
    negative = [charge for charge in charges if charge.amount.minor < 0]
    return [
        DueDraft(
            key.due_on, compute_invoice(part, currency=currency, tax_per_line=key.tax_per_line)
        )
        for part in (positive, negative)
        if part
    ]


def _commitments_last(item: ItemRow) -> bool:
    """Commitments look at what the other items are charged."""
    return item.role == "commitment"


def _group(settings: Resolved, subscription_id: int | None, today: date) -> GroupKey:
    apart = settings.grouping is Grouping.SEPARATE
    due_on = _add_days(today, settings.terms_days)
    return GroupKey(due_on, subscription_id if apart else None, settings.tax_per_line)


@lru_cache(maxsize=64)
def _add_days(today: date, days: int) -> date:
    return today + timedelta(days=days)


def _charge_periods(
    account: AccountRow,
    item: ItemRow,
    price: PriceInfo,
    pieces: Sequence[tuple[Period, Period]],
    discounts: tuple[Discount, ...],
    catalog: Catalog,
) -> ItemCharges:
    """The charges of a recurring item, one for each piece."""
    terms, product = price.terms, price.product
    if pieces and terms.price.currency.code != account.currency:
        raise BillingError(
            f"price {terms.label} is in {terms.price.currency}, but account {account.label} "
            f"is billed in {account.currency}; give the subscription a price in its currency"
        )
    key = ChargeKey(item.subscription_id, item.id, None, product.id, product.income_code)
    charges = []
    for part, whole in pieces:
        rates, treatment = catalog.tax(account, product.tax_class, part.start)
        charges.append(
            Charge(
                key,
                "recurring",
                product.code,
                price.description,
                part,
                item.quantity,
                terms.price.unit_code,
                rate_charge(terms, item.quantity, part, whole),
                terms.inclusive,
                rates,
                treatment,
                discounts,
            )
        )
    return ItemCharges(charges, [])


def _discounts(
    state: AccountState, item: ItemRow, today: date, catalog: Catalog
) -> tuple[Discount, ...]:
    """The discounts of an item's subscription that still apply."""
    rows = state.discounts.get(item.subscription_id) if state.discounts else None
    if not rows:
        return ()
    return tuple(
        terms
        for row in rows
        if row.start_on <= today
        and (row.end_on is None or today < row.end_on)
        and still_applies(terms := catalog.discount(row.discount_id), row.used)
    )


def _used_discounts(
    state: AccountState, drafts: Sequence[DueDraft], catalog: Catalog
) -> list[tuple[int, int]]:
    """Which discounts counted on a draft, as (row, times used before), once per subscription."""
    counted = {
        (line.charge.key.subscription_id, discount.code)
        for due in drafts
        for line in due.draft.lines
        if line.discount_minor
        for discount in line.charge.discounts
        if discount.code in due.draft.used
    }
    return [
        (row.id, row.used)
        for rows in state.discounts.values()
        for row in rows
        if (row.subscription_id, catalog.discount(row.discount_id).code) in counted
    ]


def _add_pending(
    state: AccountState,
    today: date,
    catalog: Catalog,
    groups: dict[GroupKey, list[Charge]],
    following: list[date],
) -> list[int]:
    """Put pending charges that are due on the invoice of their kind; note when others are."""
    billed = []
    account = state.account
    for row in state.pending:
        if row.bill_on > today:
            following.append(row.bill_on)
            continue
        product = catalog.product(row.product_id)
        rates, treatment = catalog.tax(account, product.tax_class, row.tax_on)
        item = next((one for one in state.items if one.id == row.item_id), None)
        price = catalog.price(item.price_id) if item else None
        settings = resolve_settings(catalog, account, item, price)
        charge = Charge(
            ChargeKey(
                row.subscription_id, row.item_id, row.id, row.product_id, product.income_code
            ),
            row.kind,
            product.code,
            row.description,
            Period(row.period_start, row.period_end),
            row.quantity,
            row.unit_code,
            Amount(row.amount_minor, row.unit_price, row.explanation),
            row.tax_inclusive,
            rates,
            treatment,
            _discounts(state, item, today, catalog) if item and row.kind == "setup" else (),
        )
        key = _group(settings, row.subscription_id, today)
        groups.setdefault(key, []).append(charge)
        billed.append(row.id)
    return billed
