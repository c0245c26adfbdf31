"""What drafting takes and gives: the state of an account, its drafts, and how its items move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from quarterday.core.invoice import Charge, Draft, DraftLine
from quarterday.core.period import Period
from quarterday.services.invoicing.catalog import PriceInfo
from quarterday.store.queries.billing import (
    AccountRow,
    DiscountRow,
    ItemRow,
    LineTaxRow,
    PendingRow,
)


class ChargeKey(NamedTuple):
    """What a charge came from, for the writer. ``revision`` tells lines of one period apart."""

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


class UsedDiscount(NamedTuple):
    """How often a discount was used, before and after; its last use reaches ``used_through``."""

    row_id: int
    old: int
    new: int
    used_through: date


@dataclass(slots=True)
class AccountState:
    """One account with all that is not yet billed of it.

    ``credited_taxes`` are the taxes of lines that pending charges give back. ``earlier`` are
    lines that a simulation has drafted and not written.
    """

    account: AccountRow
    items: Sequence[ItemRow]
    pending: Sequence[PendingRow] = ()
    discounts: dict[int, list[DiscountRow]] = field(default_factory=dict)
    credited_taxes: Mapping[int, LineTaxRow] = field(default_factory=dict)
    earlier: Sequence[DraftLine] = ()


class GroupKey(NamedTuple):
    """What shares an invoice: one due date, and one subscription when billed separately."""

    due_on: date
    subscription_id: int | None
    tax_per_line: bool


Groups = dict[GroupKey, list[Charge]]


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
    used_discounts: list[UsedDiscount]
    usage_ids: list[int]
    bill_on: date | None


class ItemCharges(NamedTuple):
    """The charges of one item, with the usage that they settle."""

    charges: list[Charge]
    usage_ids: list[int]


Pieces = Sequence[tuple[Period, Period]]


class UsageRater(Protocol):
    """Rates metered items and minimum commitments; reads the usage it needs."""

    def charge_usage(
        self, state: AccountState, item: ItemRow, price: PriceInfo, pieces: Pieces
    ) -> ItemCharges:
        """Charges of a metered item: the periods that ended, and what came late for others."""

    def charge_commitment(
        self,
        state: AccountState,
        item: ItemRow,
        price: PriceInfo,
        pieces: Pieces,
        drafted: Sequence[DraftLine],
    ) -> list[Charge]:
        """What is missing to the minimum commitment of the periods that ended."""
