"""What a batch of charges is to be, checked row by row before anything is ordered."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from quarterday.core.approval import ApprovalKind, read_approval_limits
from quarterday.core.errors import BillingError
from quarterday.core.limits import check_minor
from quarterday.core.money import currency, parse_minor
from quarterday.services.inputs import check_text
from quarterday.store.models import Account, AccountStatus, Product, Seller
from quarterday.store.queries.paying import read_brand

MOST_ROWS = 20_000
_COLUMNS = ("account", "product", "description", "amount")


class Asked(NamedTuple):
    """A charge as somebody wrote it; ``where`` says so in an error, such as ``row 3``."""

    where: str
    account: str
    product: str
    description: str
    amount: str


@dataclass(slots=True)
class ChargePlan:
    """Rows as a run takes them, their sums by currency in minor units before tax, and errors."""

    rows: list[list[object]] = field(default_factory=list)
    sums: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    @property
    def accounts(self) -> list[int]:
        """The keys of the accounts, each once."""
        return sorted({int(str(row[0])) for row in self.rows})


def read_rows(text: str) -> list[Asked]:
    r"""The charges of a CSV file with a header; comma or semicolon, columns in any order.

    Raises `BillingError` when a column is missing or there are too many rows.

    >>> read_rows("account;product;description;amount\nA1;web;Visit;12.50\n")[0].amount
    '12.50'
    """
    lines = text.lstrip("\ufeff").splitlines()
    first = lines[0] if lines else ""
    reader = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=";" if ";" in first else ",")
    names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    if missing := [name for name in _COLUMNS if name not in names]:
        raise BillingError(
            f"the file has no column {missing[0]}; its first line must name {', '.join(_COLUMNS)}"
        )
    found = []
    for row in reader:
        cells = [(row[names[name]] or "").strip() for name in _COLUMNS]
        if any(cells):
            found.append(Asked(f"row {reader.line_num}", *cells))
    if len(found) > MOST_ROWS:
        raise BillingError(f"the file has {len(found):,} rows; split it, at most {MOST_ROWS:,}")
    return found


def plan_charges(seller: Seller, asked: Sequence[Asked]) -> ChargePlan:
    """Check charges against the accounts and products of a seller.

    Every row that cannot be charged is named with its reason; the others stand in the plan. What
    is below zero gives money like credit does, so more of it than one person may give is refused.
    """
    plan = ChargePlan()
    limits = read_approval_limits(read_brand(seller).get("approvals", {}))
    products = {one.code: one for one in Product.objects.filter(seller=seller)}
    accounts = _find_accounts(seller, {one.account for one in asked})
    for one in asked:
        try:
            account = accounts.get(one.account)
            if account is None:
                raise BillingError(f"there is no account {one.account!r}")
            row = _check(account, products, one)
            minor = int(str(row[3]))
            if minor < 0 and ApprovalKind.CREDIT in limits.limits:
                # Slices of many orders would pass the limit together.
                raise BillingError(
                    f"credit has a limit here, so account {account} is not given less to pay by a "
                    "charge; credit its invoice, or give it credit"
                )
            plan.rows.append(row)
            plan.sums[account.currency] += minor
        except BillingError as error:
            plan.errors.append(f"{one.where}: {error}")
    return plan


def _check(account: Account, products: dict[str, Product], one: Asked) -> list[object]:
    if account.status == AccountStatus.CLOSED:
        raise BillingError(f"account {account} is closed; open it again to charge it")
    product = products.get(one.product)
    if product is None:
        known = ", ".join(sorted(products)[:8])
        raise BillingError(f"there is no product {one.product!r}; there are {known}")
    minor = parse_minor(one.amount, currency(account.currency))
    if not minor:
        raise BillingError("the amount is 0; give what to charge, or below 0 to reduce by")
    check_minor(minor, "amount")
    return [account.id, product.id, check_text(one.description, "description", 500), minor]


def _find_accounts(seller: Seller, names: Iterable[str]) -> dict[str, Account]:
    """Accounts by the names given: external ids, or public ids."""
    wanted, found = sorted(names), {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        for column in ("public_id", "external_id"):
            for row in Account.objects.filter(seller=seller, **{f"{column}__in": part}):
                found[str(getattr(row, column))] = row
    return found
