"""Do what is due about the unpaid invoices of accounts, in one transaction.

Whoever dies in it has done nothing. Two at once never take a step each: the accounts are claimed
first, and each step of an invoice is unique. A payment that arrives meanwhile waits for the end,
and then finds, and ends, what was done here; one that came before has settled the invoice, which
is read only after the claim.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from quarterday.core.dunning import HOLDS, Action, Due, StepsDue, first_moment, next_moment, tone_of
from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_accounts import claim_accounts
from quarterday.services.dunning.act_on_services import plan_holds
from quarterday.services.dunning.end_holds import end_lapsed
from quarterday.services.dunning.save_rows import Standing, end_others, save_standings
from quarterday.services.dunning.take_step import Result, take_step, tell_acted
from quarterday.services.dunning.tell_customer import Outbox, tell_customer
from quarterday.services.provisioning.hold_services import Hold, hold_services
from quarterday.services.tasks.open_task import open_task
from quarterday.store.models import DunningStatus, DunningStep, Seller, StepOutcome, Subscription
from quarterday.store.queries.dunning_cases import AccountCase, Case, load_cases, name_row
from quarterday.store.queries.dunning_plan import plan_case, watch_charges

_DAY = timedelta(days=1)


@dataclass(slots=True)
class Done:
    """What was done: actions by their names, messages, and accounts to charge afterwards."""

    actions: list[str] = field(default_factory=list)
    messages: int = 0
    to_charge: list[int] = field(default_factory=list)


def dun_accounts(
    *,
    seller: Seller,
    accounts: Iterable[int],
    today: date,
    now: datetime,
    any_hour: bool = False,
    actor: str = "system",
) -> Done:
    """Take what is due of a seller's accounts, by their keys; again takes nothing twice.

    Each gets at most one message a day, of the firmest tone that is due. Outside of the hours in
    which its customer is written to, nothing is taken unless at ``any_hour``.
    """
    done = Done()
    with transaction.atomic():
        keys = claim_accounts(accounts)
        standings: list[Standing] = []
        steps: list[DunningStep] = []
        holds: list[Hold] = []
        outbox = Outbox(seller, keys, today)
        for account in load_cases(seller, keys, today=today, now=now):
            visit = _Visit(account, outbox, now, any_hour, actor)
            visit.visit()
            standings += visit.standings
            steps += visit.steps
            holds += visit.holds
            done.actions += visit.actions
            done.messages += visit.messages
            if Action.CHARGE in visit.actions:
                done.to_charge.append(account.account.id)
        outbox.write()
        hold_services(holds, seller=seller, now=now, actor=actor)
        save_standings(standings, steps, now=now)
        end_others(keys, [one.case.invoice.id for one in standings], now=now)
    return done


class _Visit:
    """What is done about the invoices of one account at one time."""

    def __init__(
        self, account: AccountCase, outbox: Outbox, now: datetime, any_hour: bool, actor: str
    ) -> None:
        self.account, self.outbox, self.now, self.actor = account, outbox, now, actor
        hours, zone = account.setup.hours, account.zone
        self.is_open = any_hour or next_moment(now, zone, hours) <= now
        self.standings: list[Standing] = []
        self.steps: list[DunningStep] = []
        self.holds: list[Hold] = []
        self.only_holds = False
        self.actions: list[str] = []
        self.messages = 0
        self.taken: list[tuple[Case, Due, Result]] = []
        self.waiting: dict[int, list[Due]] = {}
        self.reason = ""
        self.tells = False

    def visit(self) -> None:
        """Plan, take, tell, and note when to look again."""
        end_lapsed(self.account, now=self.now, actor=self.actor)
        will_charge = watch_charges(self.account)
        plans: list[tuple[Case, StepsDue]] = []
        for case in self.account.cases:
            if case.policy is None or case.pause is not None:
                self.leave(case)
            else:
                plans.append((case, plan_case(self.account, case, will_charge)))
        due = [one for _, plan in plans for one in plan.take]
        # Whatever else is done may settle an invoice or end a service, and has to find the holds.
        self.only_holds = all(one.step.kind == "message" or one.step.action in HOLDS for one in due)
        self.tells = not self.account.is_told_today and any(one.step.template for one in due)
        for case, plan in plans:
            self.waiting[case.invoice.id] = self.take(case, plan)
        self.tell()
        for case, plan in plans:
            self.note(case, plan)

    def leave(self, case: Case) -> None:
        """Nothing is done about what has no policy, or is paused."""
        if case.pause is None:
            reason = f"there is no policy {case.code!r}" if case.code != "none" else "no policy"
            self.standings.append(Standing(case, DunningStatus.ENDED, None, reason))
            return
        until = case.pause.until
        day = max(self.account.day, until) + _DAY if until else self.account.day + _DAY
        self.standings.append(
            Standing(case, DunningStatus.PAUSED, self.moment(day), case.pause.reason)
        )

    def take(self, case: Case, plan: StepsDue) -> list[Due]:
        """Take the steps of an invoice; those that have to wait are returned."""
        if not self.is_open:
            return list(plan.take)
        waiting = []
        for passed in plan.passed:
            self.write(case, passed.due, StepOutcome.PASSED, {"why": passed.why})
        for due in plan.take:
            if due.step.template and self.account.is_told_today:
                waiting.append(due)
                continue
            if due.step.kind == "message":
                self.taken.append((case, due, Result()))
                continue
            if self.only_holds:
                holds = plan_holds(case, due.step.action)
                self.holds += holds
                self.taken.append((case, due, tell_acted([one.subscription for one in holds])))
                continue
            try:
                with transaction.atomic():
                    result = take_step(
                        self.account,
                        case,
                        due,
                        now=self.now,
                        is_told=self.tells,
                        actor=self.actor,
                    )
            except BillingError as error:
                self.ask_staff(case, due, error)
                waiting.append(due)
                continue
            self.taken.append((case, due, result))
        return waiting

    def tell(self) -> None:
        """Queue the firmest message that is due, which stands for all of them."""
        said = [
            one for one in self.taken if one[1].step.template and one[2].outcome == StepOutcome.DONE
        ]
        message = ""
        if said:
            # Of equally firm ones, that of the invoice that was due first.
            case, due, _ = max(said, key=lambda one: tone_of(one[1].step.template))
            same = [one for one in said if one[1].step.template == due.step.template]
            services = {one.id: one for _, _, result in same for one in result.services}
            message = tell_customer(
                self.outbox,
                self.account,
                case,
                due,
                list[Subscription](services.values()),
                now=self.now,
                actor=self.actor,
            )
            self.messages += bool(message)
        for case, due, result in self.taken:
            if due.step.kind == "message" and not message:
                # Nobody was told, so nothing may follow from it; tried again tomorrow.
                self.waiting[case.invoice.id].append(due)
                self.reason = "nobody gets its reminders; add a contact whose address takes mail"
                continue
            if due.step.template and result.outcome == StepOutcome.DONE:
                result.data["message"] = message
            self.write(case, due, result.outcome, result.data)

    def note(self, case: Case, plan: StepsDue) -> None:
        """When to look at an invoice again; never, where nothing more comes."""
        waiting = self.waiting[case.invoice.id]
        days = [plan.next_on] if plan.next_on is not None else []
        if waiting:
            days.append(self.account.day + _DAY)
        at = self.moment(min(days)) if days else None
        if not self.is_open and waiting:
            at = next_moment(self.now, self.account.zone, self.account.setup.hours)
        status = DunningStatus.RUNNING if at else DunningStatus.ENDED
        reason = (self.reason if waiting else "") if at else "all steps of the policy were taken"
        self.standings.append(Standing(case, status, at, reason))

    def moment(self, day: date) -> datetime:
        """When a day begins for an account, as far as it is written to."""
        seller, setup = self.account.account.seller, self.account.setup
        return first_moment(day, seller.time_zone, self.account.zone, setup.hours)

    def write(self, case: Case, due: Due, outcome: StepOutcome, data: dict[str, object]) -> None:
        """Keep what came of a step."""
        said = {"template": due.step.template} if due.step.template else {}
        self.steps.append(
            DunningStep(
                invoice=case.invoice,
                step=name_row(case, due.key),
                action=due.step.action,
                policy=case.code,
                policy_version=case.policy.version if case.policy else 0,
                planned_on=due.on,
                taken_at=self.now,
                outcome=outcome,
                data={"on": self.account.day.isoformat(), **said, **data},
            )
        )
        if outcome != StepOutcome.PASSED:
            self.actions.append(str(due.step.action))

    def ask_staff(self, case: Case, due: Due, error: BillingError) -> None:
        """What cannot be done is tried again tomorrow, and somebody sees why."""
        row = self.account.account
        open_task(
            seller=row.seller,
            key=f"dunning failed {case.invoice.public_id} {due.key}{case.suffix}",
            kind="dunning",
            title=f"A reminder step of {case.invoice.label} fails: {due.step.action}",
            text=str(error),
            subject=case.invoice.public_id,
            account=row,
            due_on=self.account.day,
            now=self.now,
            actor=self.actor,
        )
