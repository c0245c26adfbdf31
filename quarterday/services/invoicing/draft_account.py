"""What one account is to be billed on a day: drafts, and how its items move.

Reads nothing but what it is given, so the run, the dry run, the forecast and a preview share it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol

from quarterday.core.charging import Timing, due_periods, next_bill_on
from quarterday.core.errors import BillingError
from quarterday.core.invoice import Amount, Charge, compute_invoice, rate_charge
from quarterday.core.money import Currency
from quarterday.core.period import Period, Schedule
from quarterday.core.settings import Grouping, Resolved, Settings, resolve
from quarterday.core.tax import TAXABLE, Treatment, TreatmentKind
from quarterday.services.invoicing.catalog import Catalog, PriceInfo, TaxAnswer
from quarterday.services.invoicing.check_amounts import check_amounts
from quarterday.services.invoicing.drafts import (
    AccountDrafts,
    AccountState,
    ChargeKey,
    DueDraft,
    GroupKey,
    Groups,
    Move,
    Pieces,
    UsageRater,
)
from quarterday.services.invoicing.use_discounts import use_discounts
from quarterday.store.queries.billing import AccountRow, ItemRow, LineTaxRow, PendingRow


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


class Charged(Protocol):
    """What settings are asked for: an item, or a pending charge of one."""

    @property
    def settings(self) -> Settings:
        """Those of the subscription."""

    @property
    def role(self) -> str:
        """What the item is to its subscription."""


def resolve_settings(
    catalog: Catalog, account: AccountRow, item: Charged | None, price: PriceInfo | None
) -> Resolved:
    """The settings that hold for an item, or for the account itself."""
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


def _resolve_pending(catalog: Catalog, account: AccountRow, row: PendingRow) -> Resolved:
    """The settings of a pending charge: those of its item, even if that has ended."""
    if row.price_id is not None:
        return resolve_settings(catalog, account, row, catalog.price(row.price_id))
    seller, product = catalog.seller(account.seller_id), catalog.product(row.product_id)
    levels = (seller.settings, product.settings, account.settings, row.settings)
    return resolve(Timing.ARREARS, *levels)


def item_timing(item: Charged, price: PriceInfo) -> Timing:
    """When an item is billed; a commitment can only be judged when its period has ended."""
    return Timing.ARREARS if item.role == "commitment" else price.terms.timing


@dataclass(slots=True)
class _Gathered:
    """What is found on the way through an account."""

    groups: Groups = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    usage_ids: list[int] = field(default_factory=list)
    following: list[date] = field(default_factory=list)
    commitments: list[tuple[ItemRow, PriceInfo, GroupKey, Pieces]] = field(default_factory=list)


def draft_account(
    state: AccountState, today: date, catalog: Catalog, usage: UsageRater
) -> AccountDrafts:
    """Everything of an account that is due today.

    Raises `BillingError` with the reason when the account cannot be billed; then nothing of it is.
    """
    found = _Gathered()
    for item in state.items:
        _add_item(found, state, item, today, catalog, usage)
    groups, unit = found.groups, catalog.currency(state.account.currency)
    pending_ids = _add_pending(found, state, today, catalog) if state.pending else []
    used = use_discounts(state, groups, catalog) if state.discounts else []
    if found.commitments:
        _add_commitments(found, state, unit, usage)
    drafts: list[DueDraft] = []
    for key, charges in groups.items():
        drafts += _draft_group(key, charges, unit)
    for due in drafts:
        check_amounts(state.account, due.draft)
    return AccountDrafts(
        state.account,
        drafts,
        found.moves,
        pending_ids,
        used,
        # Two items may be charged for the same measurements.
        list(dict.fromkeys(found.usage_ids)) if found.usage_ids else [],
        min(found.following, default=None),
    )


def _add_item(
    found: _Gathered,
    state: AccountState,
    item: ItemRow,
    today: date,
    catalog: Catalog,
    usage: UsageRater,
) -> None:
    """The charges of an item that are due; a commitment waits for those of all others."""
    account, price = state.account, catalog.price(item.price_id)
    settings = resolve_settings(catalog, account, item, price)
    pieces, reached, following = plan_item(
        item.schedule,
        item.start_on,
        item.end_on,
        item.billed_through,
        item_timing(item, price),
        today,
        settings.lead_days,
        settings.billing_day,
    )
    if following is not None:
        found.following.append(following)
    if pieces:
        found.moves.append(Move(item.id, item.billed_through, reached))
        _check_currency(account, price)
    if item.role == "commitment":
        found.commitments.append(
            (item, price, _group(settings, item.subscription_id, today), pieces)
        )
        return
    if price.meter_id is not None:
        charges, usage_ids = usage.charge_usage(state, item, price, pieces)
        found.usage_ids += usage_ids
    elif pieces:
        charges = _charge_periods(account, item, price, pieces, catalog)
    else:
        return
    if charges:
        group = _group(settings, item.subscription_id, today)
        found.groups.setdefault(group, []).extend(charges)


def _add_commitments(
    found: _Gathered, state: AccountState, unit: Currency, usage: UsageRater
) -> None:
    """What is missing to minimum commitments, seen from what everything else costs in the end."""
    lines = [
        line
        for charges in found.groups.values()
        for line in compute_invoice(charges, currency=unit).lines
    ]
    for item, price, group, pieces in found.commitments:
        charges = usage.charge_commitment(state, item, price, pieces, lines)
        if charges:
            found.groups.setdefault(group, []).extend(charges)


def _check_currency(account: AccountRow, price: PriceInfo) -> None:
    if price.terms.price.currency.code != account.currency:
        raise BillingError(
            f"price {price.terms.label} is in {price.terms.price.currency}, but account "
            f"{account.label} is billed in {account.currency}; "
            "give the subscription a price in its currency"
        )


def _draft_group(key: GroupKey, charges: list[Charge], currency: Currency) -> list[DueDraft]:
    """One draft; or, when credits outweigh the charges, an invoice and a credit note apart."""
    draft = compute_invoice(charges, currency=currency, tax_per_line=key.tax_per_line)
    if draft.total_minor >= 0:
        return [DueDraft(key.due_on, draft)]
    given_back = [charge for charge in charges if charge.amount.minor < 0]
    rest = [charge for charge in charges if charge.amount.minor >= 0]
    return [
        DueDraft(
            key.due_on, compute_invoice(part, currency=currency, tax_per_line=key.tax_per_line)
        )
        for part in (rest, given_back)
        if part
    ]


def _group(settings: Resolved, subscription_id: int | None, today: date) -> GroupKey:
    apart = settings.grouping is Grouping.SEPARATE
    due_on = _add_days(today, settings.terms_days)
    return GroupKey(due_on, subscription_id if apart else None, settings.tax_per_line)


@lru_cache(maxsize=64)
def _add_days(today: date, days: int) -> date:
    return today + timedelta(days=days)


def _charge_periods(
    account: AccountRow, item: ItemRow, price: PriceInfo, pieces: Pieces, catalog: Catalog
) -> list[Charge]:
    """The charges of a recurring item, one for each piece."""
    terms, product = price.terms, price.product
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
            )
        )
    return charges


def _add_pending(found: _Gathered, state: AccountState, today: date, catalog: Catalog) -> list[int]:
    """Put pending charges that are due on the invoice of their kind; note when others are."""
    billed, account = [], state.account
    for row in state.pending:
        if row.bill_on > today:
            found.following.append(row.bill_on)
            continue
        if row.currency != account.currency:
            raise BillingError(
                f"the charge {row.description!r} is in {row.currency}, but account "
                f"{account.label} is billed in {account.currency}; drop it and charge anew"
            )
        product = catalog.product(row.product_id)
        rates, treatment = _pending_tax(state, row, catalog)
        key = _group(_resolve_pending(catalog, account, row), row.subscription_id, today)
        found.groups.setdefault(key, []).append(
            Charge(
                ChargeKey(
                    row.subscription_id,
                    row.item_id,
                    row.id,
                    row.product_id,
                    product.income_code,
                    row.revision,
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
            )
        )
        billed.append(row.id)
    return billed


def _pending_tax(state: AccountState, row: PendingRow, catalog: Catalog) -> TaxAnswer:
    """The tax of a pending charge; what gives a line back gives its own tax back."""
    tax_class = catalog.product(row.product_id).tax_class
    known = state.credited_taxes.get(row.source_line_id or 0)
    if known is not None:
        seller = catalog.seller(state.account.seller_id)
        codes = known.tax_code.split("+")
        rates = tuple(
            rate
            for code in codes
            for rate in seller.rates
            if rate.code == code and rate.tax_class == tax_class and rate.holds(row.tax_on)
        )
        if len(rates) == len(codes):
            return rates, TAXABLE
        if known.category == known.tax_code:
            return (), _treatment(known)
    return catalog.tax(state.account, tax_class, row.tax_on)


@lru_cache(maxsize=64)
def _treatment(known: LineTaxRow) -> Treatment:
    """Why a line bore no tax, as its invoice says."""
    kind = _UNTAXED.get(known.category, TreatmentKind.EXEMPT)
    return Treatment(kind, known.category, known.reason_code, known.reason)


_UNTAXED = {
    "AE": TreatmentKind.REVERSE_CHARGE,
    "K": TreatmentKind.INTRA_COMMUNITY,
    "G": TreatmentKind.EXPORT,
    "O": TreatmentKind.OUTSIDE_SCOPE,
}
