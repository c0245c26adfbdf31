"""The quick way for what a list of new customers is made of: many accounts and contracts at once.

It takes rows in which every record is an account that is not known yet, or a first contract of
one. All others go record by record through the services for one of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from quarterday.core.loading.record import Record
from quarterday.services.accounts.open_account import make_account
from quarterday.services.accounts.open_accounts import open_accounts
from quarterday.services.imports.context import Context
from quarterday.services.imports.load_contracts import make_contract
from quarterday.services.imports.load_parties import account_fields
from quarterday.services.imports.read_rows import LoadRow
from quarterday.services.imports.report import Outcome
from quarterday.services.subscriptions.plan_contract import Planned, plan_contract
from quarterday.services.subscriptions.start_subscriptions import start_subscriptions

Name = tuple[str, str]


def group_rows(rows: Sequence[LoadRow], context: Context) -> Iterator[tuple[bool, list[LoadRow]]]:
    """The rows in their order, in groups of those that the quick way takes and those that not."""
    accounts: set[Name] = set()
    contracts: set[tuple[Name, str]] = set()

    def is_quick(row: LoadRow) -> bool:
        if not row.records:
            return False
        mine: set[Name] = set()
        for record in row.records:
            if record.type not in ("account", "subscription"):
                return False
            name = _owner(record)
            if record.type == "account":
                if name in accounts or not _is_new(record, context):
                    return False
                mine.add(name)
            elif name not in accounts | mine or (name, record.values["external_id"]) in contracts:
                return False
        accounts.update(mine)
        contracts.update(
            (_owner(one), one.values["external_id"])
            for one in row.records
            if one.type == "subscription"
        )
        return True

    for is_all, some in groupby(rows, is_quick):
        yield is_all, list(some)


def open_customers(rows: Sequence[LoadRow], context: Context) -> list[list[tuple[str, Outcome]]]:
    """Open the accounts of some rows, and start their contracts; what became of each row.

    Raises `BillingError` when any of them is refused: it is for the caller to find out which.
    """
    records = [record for row in rows for record in row.records]
    accounts = [
        make_account(seller=context.seller(one), **account_fields(one, context))
        for one in records
        if one.type == "account"
    ]
    open_accounts(accounts, now=context.now, actor=context.actor)
    for account in accounts:
        context.keep_account(account, is_new=True)
    planned = [_plan(one, context) for one in records if one.type == "subscription"]
    start_subscriptions(planned, now=context.now, actor=context.actor, catalog=context.catalog)
    for one in planned:
        context.keep_subscription(one.subscription.account, one.subscription)
    return [[(record.type, Outcome.CREATED) for record in row.records] for row in rows]


def _plan(record: Record, context: Context) -> Planned:
    today = context.today(context.seller(record))
    return plan_contract(context.account(record), make_contract(record, context), today)


def _owner(record: Record) -> Name:
    field = "external_id" if record.type == "account" else "account"
    return record.values.get("seller", ""), record.values[field]


def _is_new(record: Record, context: Context) -> bool:
    seller = context.known_seller(record.values.get("seller", ""))
    return seller is not None and not context.known_account(seller, record.values["external_id"])
