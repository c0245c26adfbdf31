"""All that decides what is to be done about the open invoices of accounts, read in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from quarterday.core.dunning import HOLDS, DunningPolicy, DunningSetup, Taken
from quarterday.core.dunning.days import IsWorking
from quarterday.core.instalments import Part, oldest_open, owed_by
from quarterday.core.lifecycle import InvoiceState, SubscriptionState
from quarterday.core.period import local_date
from quarterday.store.models import (
    Account,
    Dunning,
    DunningHold,
    DunningStep,
    Invoice,
    InvoiceLine,
    Message,
    PaymentMethod,
    Seller,
    ServiceHold,
    ServiceHoldCause,
    StepOutcome,
    Subscription,
)
from quarterday.store.queries.collecting import read_parts
from quarterday.store.queries.dunning_calendar import find_working, find_zone
from quarterday.store.queries.dunning_pauses import Pause, find_pauses
from quarterday.store.queries.dunning_policies import (
    choose_code,
    list_policies,
    read_dunning_setup,
)
from quarterday.store.queries.dunning_reach import find_unreached

MOST_INVOICES = 2000
_OVER = (SubscriptionState.CANCELLED, SubscriptionState.ENDED)
AnyRow = TypeVar("AnyRow")


@dataclass(slots=True)
class Case:
    """One open invoice. ``due_on`` is the day by which to pay next: of the oldest instalment that
    is open, where it is paid in parts, and ``owed_minor`` is what is due by then, or by today;
    ``suffix`` keeps the steps of one part from those of others. ``history`` is that of this part.
    """

    invoice: Invoice
    row: Dunning | None
    code: str
    level: str
    policy: DunningPolicy | None
    due_on: date
    owed_minor: int
    suffix: str
    history: list[Taken]
    steps: list[DunningStep]
    subscriptions: list[Subscription]
    is_fee: bool
    pause: Pause | None


@dataclass(slots=True)
class AccountCase:
    """One account with its open invoices, the first due first. ``day`` is the day that it is for
    the seller, or the day before where that has not begun yet for the customer.
    """

    account: Account
    setup: DunningSetup
    zone: str
    is_working: IsWorking
    day: date
    cases: list[Case] = field(default_factory=list)
    holds: list[DunningHold] = field(default_factory=list)
    has_method: bool = False
    is_told_today: bool = False


def load_cases(
    seller: Seller, accounts: Iterable[int], *, today: date, now: datetime
) -> list[AccountCase]:
    """What is open of accounts, by their keys; the number of queries does not grow with them."""
    keys = sorted(set(accounts))
    setup, policies = read_dunning_setup(seller), list_policies(seller)
    rows = Account.objects.filter(id__in=keys, seller=seller).select_related("group")
    found = {one.id: _begin(one, seller, setup, today, now) for one in rows.order_by("id")}
    invoices = _read_invoices(seller, setup, list(found))
    facts = _Facts(invoices, setup)
    holds = _group(_open_holds(list(found)), lambda one: one.account_id)
    pauses = find_pauses(invoices, holds, setup, today=today, now=now)
    for one in invoices:
        case = facts.make(seller, found[one.account_id].account, policies, one, today)
        case.pause = pauses.get(one.id)
        found[one.account_id].cases.append(case)
    for key, rows_of in holds.items():
        found[key].holds = rows_of
    _note_accounts(found)
    return list(found.values())


def _note_accounts(found: Mapping[int, AccountCase]) -> None:
    kept = PaymentMethod.objects.filter(account__in=list(found), removed_at=None)
    for key in kept.values_list("account_id", flat=True).distinct():
        found[key].has_method = True
    said = [name_occasion(day) for day in {one.day for one in found.values()}]
    told = Message.objects.filter(account__in=list(found), occasion__in=said)
    for key, occasion in told.values_list("account_id", "occasion").distinct():
        assert key is not None
        found[key].is_told_today |= occasion == name_occasion(found[key].day)


def name_occasion(day: date) -> str:
    """What tells the messages of dunning of one day from those of others."""
    return f"dunning {day}"


def load_case(invoice: Invoice, *, today: date, now: datetime) -> tuple[AccountCase, Case | None]:
    """What decides about one invoice; nothing for one that is not open."""
    seller = invoice.seller
    (account,) = load_cases(seller, [invoice.account_id], today=today, now=now)
    return account, next((one for one in account.cases if one.invoice.id == invoice.id), None)


def _begin(
    account: Account, seller: Seller, setup: DunningSetup, today: date, now: datetime
) -> AccountCase:
    account.seller = seller
    zone = find_zone(account, seller)
    # A day that was asked for holds as it is; today has to have begun for both.
    is_now = today == local_date(now, seller.time_zone)
    day = min(today, local_date(now, zone)) if is_now else today
    return AccountCase(account, setup, zone, find_working(account, seller), day)


def _read_invoices(seller: Seller, setup: DunningSetup, keys: Sequence[int]) -> list[Invoice]:
    rows = Invoice.objects.filter(account__in=keys, status=InvoiceState.OPEN, open_minor__gt=0)
    if setup.since is not None:
        rows = rows.filter(due_on__gte=setup.since)
    taken: dict[int, int] = defaultdict(int)
    found = []
    for one in rows.order_by("due_on", "id"):
        taken[one.account_id] += 1
        if taken[one.account_id] <= MOST_INVOICES:
            one.seller = seller
            found.append(one)
    return found


def _open_holds(keys: Sequence[int]) -> list[DunningHold]:
    rows = DunningHold.objects.filter(account__in=keys, ended_at=None)
    return list(rows.select_related("invoice").order_by("id"))


def _group(rows: Iterable[AnyRow], key: Callable[[AnyRow], int]) -> dict[int, list[AnyRow]]:
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


class _Facts:
    """What is known of invoices, in a query for each kind of thing."""

    def __init__(self, invoices: Sequence[Invoice], setup: DunningSetup) -> None:
        ids = [one.id for one in invoices]
        self.rows = {one.invoice_id: one for one in Dunning.objects.filter(invoice__in=ids)}
        steps = DunningStep.objects.filter(invoice__in=ids).order_by("id")
        self.steps = _group(steps, lambda one: one.invoice_id)
        self.unreached = find_unreached(steps)
        self.parts: Mapping[int, Sequence[Part]] = read_parts(ids)
        self.subscriptions, self.fees = _read_lines(ids, setup.fee_product)
        self.held = _read_held(invoices)

    def make(
        self,
        seller: Seller,
        account: Account,
        policies: Mapping[str, DunningPolicy],
        invoice: Invoice,
        today: date,
    ) -> Case:
        """What decides about one invoice, but for pauses."""
        invoice.account = account
        row = self.rows.get(invoice.id)
        contracts = self.subscriptions.get(invoice.id, [])
        chosen = choose_code(seller, account, contracts, row.policy if row else "")
        parts = self.parts.get(invoice.id, ())
        part = oldest_open(parts, invoice.open_minor)
        suffix = f"@{part.due_on}" if part else ""
        owed = invoice.open_minor
        if part:
            owed = owed_by(parts, owed, max(today, part.due_on))
        steps = self.steps.get(invoice.id, [])
        # What was held may run again although money went back since; then it is held anew.
        lifted_at = None if row is None or invoice.public_id in self.held else row.resumed_at
        return Case(
            invoice=invoice,
            row=row,
            code=chosen.code,
            level=chosen.level,
            policy=policies.get(chosen.code),
            due_on=part.due_on if part else invoice.due_on,
            owed_minor=owed,
            suffix=suffix,
            history=read_history(steps, suffix, lifted_at, self.unreached),
            steps=steps,
            subscriptions=[one for one in contracts if one.status not in _OVER],
            is_fee=invoice.id in self.fees,
            pause=None,
        )


def read_history(
    steps: Iterable[DunningStep],
    suffix: str,
    lifted_at: datetime | None = None,
    unreached: Collection[str] = (),
) -> list[Taken]:
    """The steps that were taken, for one part of an invoice, as the core knows them.

    Services that were held before ``lifted_at`` run again: what was said of it stands, but the
    step may come once more, and its row then has a number (``suspend#2``). What nobody got, or a
    message of ``unreached`` said, was not said.
    """
    found = []
    for one in steps:
        named, sign, part = one.step.partition("@")
        if sign + part != suffix:
            continue
        key = named.partition("#")[0]
        is_hold = one.action in HOLDS and one.outcome == StepOutcome.DONE
        if is_hold and lifted_at is not None and one.taken_at < lifted_at:
            key = f"{named}#lifted"
        on = date.fromisoformat(one.data["on"]) if "on" in one.data else one.planned_on
        is_said = one.data.get("message", "?") not in ("", *unreached)
        template = str(one.data.get("template", "")) if is_said else ""
        found.append(Taken(key, one.action, on, one.outcome, template))
    return found


def name_row(case: Case, key: str) -> str:
    """What a step is kept as: its key, which time it is where not the first, and the part."""
    known = {one.step for one in case.steps}
    name, times = f"{key}{case.suffix}", 1
    while name in known:
        times += 1
        name = f"{key}#{times}{case.suffix}"
    return name


def _read_held(invoices: Sequence[Invoice]) -> set[str]:
    """The invoices, by their public ids, that services are held for at present."""
    rows = ServiceHold.objects.filter(
        account__in={one.account_id for one in invoices},
        cause=ServiceHoldCause.UNPAID,
        ended_at=None,
    )
    return set(rows.values_list("subject", flat=True))


def _read_lines(
    ids: Sequence[int], fee_product: str
) -> tuple[dict[int, list[Subscription]], set[int]]:
    """The contracts on invoices, and which invoices are late fees and nothing else."""
    rows = list(
        InvoiceLine.objects.filter(invoice__in=ids)
        .values("invoice_id", "subscription_id", "product__code")
        .distinct()
        .order_by("invoice_id", "subscription_id")
    )
    keys = {one["subscription_id"] for one in rows if one["subscription_id"]}
    contracts = {
        one.id: one
        for one in Subscription.objects.filter(id__in=keys).select_related("plan__product")
    }
    found: dict[int, dict[int, Subscription]] = defaultdict(dict)
    for one in rows:
        if key := one["subscription_id"]:
            found[one["invoice_id"]][key] = contracts[key]
    others = {one["invoice_id"] for one in rows if one["product__code"] != fee_product}
    fees = {one["invoice_id"] for one in rows} - others
    return {key: list(by_id.values()) for key, by_id in found.items()}, fees
