"""What a load has found so far, so that each row costs few queries and memory stays flat.

Catalogue rows are kept for the whole load; accounts and contracts for the batch that names them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Model

from quarterday.core.loading.record import Record
from quarterday.core.period import local_date
from quarterday.services.invoicing.catalog import Catalog
from quarterday.store.models import (
    Account,
    Discount,
    Meter,
    Plan,
    Price,
    Product,
    Seller,
    Subscription,
)

AnyRow = TypeVar("AnyRow", bound=Model)
_ABSENT = object()


@dataclass(slots=True)
class Context:
    """Finds what records refer to; raises `BadValue` naming the column when it is not there."""

    now: datetime
    actor: str
    catalog: Catalog = field(default_factory=Catalog)
    _kept: dict[tuple[object, ...], object] = field(default_factory=dict)
    _batch: dict[tuple[object, ...], object] = field(default_factory=dict)
    _prices: dict[tuple[int, str], dict[str, Price]] = field(default_factory=dict)
    # Accounts that were opened in this batch: nothing else can be known of them yet.
    _new: set[int] = field(default_factory=set)

    def forget(self) -> None:
        """Forget all, after a rollback: what was found may never have been there."""
        self.catalog = Catalog()
        self._kept.clear()
        self._batch.clear()
        self._prices.clear()
        self._new.clear()

    def begin_batch(self, records: Iterable[Record]) -> None:
        """Read the accounts and contracts that a batch names, in two queries for each seller."""
        self._batch.clear()
        self._new.clear()
        accounts: dict[str, set[str]] = defaultdict(set)
        contracts: dict[str, set[str]] = defaultdict(set)
        for record in records:
            values, code = record.values, record.values.get("seller", "")
            if name := values.get("external_id" if record.type == "account" else "account"):
                accounts[code].add(name)
            name = values.get("external_id" if record.type == "subscription" else "subscription")
            if name and record.type in ("subscription", "addon"):
                contracts[code].add(name)
        for code, names in accounts.items():
            if seller := self.known_seller(code):
                self._read_batch(seller, names, contracts[code])

    def _read_batch(self, seller: Seller, names: set[str], contracts: set[str]) -> None:
        found = {}
        for account in Account.objects.filter(seller=seller, external_id__in=names):
            account.seller = seller
            found[account.external_id] = account
        for name in names:
            self._batch["account", seller.id, name] = found.get(name)
        if not found or not contracts:
            return
        rows = Subscription.objects.filter(
            account__in=[account.id for account in found.values()], external_id__in=contracts
        ).select_related("plan__product")
        for row in rows.prefetch_related("items__price"):
            self._batch["subscription", row.account_id, row.external_id] = row

    def today(self, seller: Seller) -> date:
        """What day it is for a seller (rule 1)."""
        return local_date(self.now, seller.time_zone)

    def known_seller(self, code: str) -> Seller | None:
        """The seller of a code; without one, the only seller there is."""
        key = ("seller", code)
        if key not in self._kept:
            rows = list((Seller.objects.filter(code=code) if code else Seller.objects.all())[:2])
            if len(rows) != 1:
                return None
            self._kept[key] = rows[0]
        found = self._kept[key]
        return found if isinstance(found, Seller) else None

    def seller(self, record: Record) -> Seller:
        """The seller of a record."""
        code = record.values.get("seller", "")
        found = self.known_seller(code)
        if found is None and code:
            raise record.refuse("seller", f"there is no seller {code}", "load it first")
        if found is None:
            raise record.refuse(
                "seller", "it is not clear whose this is", "name the code of its seller"
            )
        return found

    def product(self, record: Record) -> Product:
        """The product that a record names."""
        return self._find(Product, record, "product")

    def meter(self, record: Record) -> Meter:
        """The meter that a record names."""
        return self._find(Meter, record, "meter")

    def discounts(self, record: Record) -> list[Discount]:
        """The discounts that a record names."""
        codes = record.values.get("discounts", ())
        return [self._find(Discount, record, "discounts", code) for code in codes]

    def plan(self, record: Record) -> Plan:
        """The plan that a record names as ``product/plan``."""
        seller, name = self.seller(record), record.values["plan"]
        key = ("plan", seller.id, name)
        if key not in self._kept:
            product, _, code = name.partition("/")
            rows = Plan.objects.filter(product__seller=seller, product__code=product, code=code)
            row = rows.select_related("product").first()
            if row is None:
                raise record.refuse(
                    "plan", f"seller {seller} has no plan {name}", "name it as product/plan"
                )
            self._kept[key] = row
        return _cast(Plan, self._kept[key])

    def price(self, record: Record, plan: Plan, code: str, field: str = "prices") -> Price:
        """A price of a plan in the currency of the account of a record."""
        unit = self.account(record).currency
        found = self.known_price(plan, code, unit)
        if found is None:
            codes = Price.objects.filter(plan=plan, currency=unit).values_list("code", flat=True)
            known = ", ".join(codes.order_by("code")[:10]) or "none at all"
            raise record.refuse(
                field, f"plan {plan} has no price {code} in {unit}", f"use one of: {known}"
            )
        return found

    def known_price(self, plan: Plan, code: str, currency: str) -> Price | None:
        """A price of a plan, if there is one. All that a plan has are read at once."""
        key = plan.id, currency
        if key not in self._prices:
            rows = list(Price.objects.filter(plan=plan, currency=currency))
            for row in rows:
                row.plan = plan
            self._prices[key] = {row.code: row for row in rows}
        return self._prices[key].get(code)

    def keep_price(self, price: Price) -> None:
        """Keep a price that was published just now."""
        self._prices.setdefault((price.plan_id, price.currency), {})[price.code] = price
        self.catalog.keep_price(price)

    def known_account(self, seller: Seller, external_id: str) -> Account | None:
        """The account of a seller with an external id, if there is one."""
        key = ("account", seller.id, external_id)
        found = self._batch.get(key, _ABSENT)
        if found is _ABSENT:
            rows = Account.objects.filter(seller=seller, external_id=external_id)
            found = self._batch[key] = rows.first()
        return found if isinstance(found, Account) else None

    def account(self, record: Record) -> Account:
        """The account that a record names."""
        seller, name = self.seller(record), record.values["account"]
        found = self.known_account(seller, name)
        if found is None:
            raise record.refuse(
                "account", f"seller {seller} has no account {name}", "load the account first"
            )
        return found

    def keep_account(self, account: Account, *, is_new: bool = False) -> None:
        """Keep an account that was opened or changed, for the rest of the batch."""
        self._batch["account", account.seller_id, account.external_id] = account
        if is_new:
            self._new.add(account.id)

    def known_subscription(self, account: Account, external_id: str) -> Subscription | None:
        """The subscription of an account with an external id, with its items, if there is one."""
        key = ("subscription", account.id, external_id)
        found = self._batch.get(key, _ABSENT)
        if found is _ABSENT and account.id not in self._new:
            rows = Subscription.objects.filter(account=account, external_id=external_id)
            rows = rows.select_related("plan__product").prefetch_related("items__price")
            found = rows.first()
        return found if isinstance(found, Subscription) else None

    def keep_subscription(self, account: Account, row: Subscription) -> None:
        """Keep a subscription that was started just now."""
        self._batch["subscription", account.id, row.external_id] = row

    def forget_subscription(self, account: Account, external_id: str) -> None:
        """Read a subscription again when it is next asked for."""
        self._batch.pop(("subscription", account.id, external_id), None)
        self._new.discard(account.id)

    def subscription(self, record: Record) -> Subscription:
        """The subscription that a record names, of the account that it names."""
        account, name = self.account(record), record.values["subscription"]
        found = self.known_subscription(account, name)
        if found is None:
            raise record.refuse(
                "subscription",
                f"account {account} has no subscription {name}",
                "load the subscription first",
            )
        return found

    def _find(
        self, model: type[AnyRow], record: Record, field: str, code: str | None = None
    ) -> AnyRow:
        """A row of the seller's catalogue by its code."""
        seller = self.seller(record)
        code = record.values[field] if code is None else code
        key = (model, seller.id, code)
        if key not in self._kept:
            row = model._default_manager.filter(seller=seller, code=code).first()
            if row is None:
                noun = field.removesuffix("s")
                raise record.refuse(
                    field, f"seller {seller} has no {noun} {code}", f"load the {noun} first"
                )
            self._kept[key] = row
        return _cast(model, self._kept[key])


def _cast(model: type[AnyRow], row: object) -> AnyRow:
    assert isinstance(row, model)
    return row
