"""What is due of an invoice, and what will come of it, as the rules of the core say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from quarterday.core.dunning import (
    BEFORE_DUE,
    ON_SERVICES,
    Action,
    Coming,
    Debt,
    Due,
    DunningPolicy,
    StepsDue,
    compute_fee,
    foresee_steps,
    steps_due,
)
from quarterday.core.period import local_date
from quarterday.store.models import DunningStatus, Invoice, StepOutcome
from quarterday.store.queries.collecting import foresee
from quarterday.store.queries.dunning_cases import AccountCase, Case

WillCharge = Callable[[Invoice], bool]


def plan_case(account: AccountCase, case: Case, will_charge: WillCharge) -> StepsDue:
    """What is to be done about an invoice on the account's day; pauses are the caller's."""
    if case.policy is None:
        return StepsDue()
    debt = make_debt(account, case, case.policy, will_charge)
    return steps_due(case.policy, debt, case.history, account.day, account.is_working)


def foresee_case(account: AccountCase, case: Case, will_charge: WillCharge) -> list[Coming]:
    """What will be done if it stays unpaid; for one that is paused, once the pause is over."""
    if case.policy is None:
        return []
    debt = make_debt(account, case, case.policy, will_charge)
    day = account.day
    if case.pause is not None and case.pause.until is not None:
        day = max(day, date.fromordinal(case.pause.until.toordinal() + 1))
    return foresee_steps(case.policy, debt, case.history, day, account.is_working)


def make_debt(
    account: AccountCase, case: Case, policy: DunningPolicy, will_charge: WillCharge
) -> Debt:
    """From what the days count, and which steps do not apply."""
    row, zone = case.row, account.account.seller.time_zone
    resumed = None
    if row is not None and row.resumed_at is not None:
        resumed = local_date(row.resumed_at, zone)
    was_paused = row is not None and row.status == DunningStatus.PAUSED
    if case.pause is not None or was_paused:
        resumed = account.day
    return Debt(
        due_on=case.due_on,
        first_seen=local_date(row.started_at, zone) if row is not None else account.day,
        resumed_on=resumed,
        without=_find_without(account, case, policy, will_charge),
    )


def _find_without(
    account: AccountCase, case: Case, policy: DunningPolicy, will_charge: WillCharge
) -> dict[str, str]:
    known = {one.key for one in case.history}
    found = {}
    for step in policy.steps:
        if step.action in ON_SERVICES and not case.subscriptions:
            found[step.key] = "no service is on the invoice"
        elif step.action is Action.FEE and case.is_fee:
            found[step.key] = "there is no fee on a fee"
        elif step.template in BEFORE_DUE and step.key not in known:
            if account.day > case.due_on:
                found[step.key] = "the invoice was due already"
            elif not step.even_if_charged and will_charge(case.invoice):
                found[step.key] = "it is charged by itself"
    return found


def watch_charges(account: AccountCase) -> WillCharge:
    """Whether invoices of an account are going to be charged by itself; read once, when asked."""
    found: set[int] | None = None

    def will_charge(invoice: Invoice) -> bool:
        nonlocal found
        if found is None:
            invoices = [one.invoice for one in account.cases] if account.has_method else []
            found = {
                one.invoice.id
                for one in foresee(account.account, account.day, invoices)
                if one.block is None and one.plan.on is not None and one.method is not None
            }
        return invoice.id in found

    return will_charge


def find_fee(case: Case, due: Due, on: date) -> int:
    """What a step charges for being late on a day, in minor units: of what is due by then, with
    interest since the due date or the last fee, within the caps of all fees.
    """
    fee, invoice, charged, since = due.step.fee, case.invoice, 0, case.due_on
    assert fee is not None, "a step that charges has its fee"
    for one in case.steps:
        if one.action == Action.FEE and one.outcome == StepOutcome.DONE:
            charged += int(one.data.get("amount_minor", 0))
            since = max(since, date.fromisoformat(one.data["on"]))
    return compute_fee(
        fee,
        invoice.currency,
        open_minor=case.owed_minor,
        total_minor=invoice.total_minor,
        charged_minor=charged,
        days=(on - since).days,
    )
