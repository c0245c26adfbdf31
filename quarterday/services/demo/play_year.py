"""A year of the sample, day by day: usage, wishes, the billing run, payments."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from quarterday.services.collection.collect_due import collect_due
from quarterday.services.demo.act import Moment, act
from quarterday.services.demo.bring_money import keep_cards
from quarterday.services.demo.habits import Action, choose_habits, plan_actions
from quarterday.services.demo.make_sample import SEED
from quarterday.services.demo.measure import measure_days
from quarterday.services.demo.pay import Payers
from quarterday.services.demo.sample import Record
from quarterday.services.demo.wisp import SELLER as WISP
from quarterday.services.dunning.take_due import take_due
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.invoicing.summary import RunSummary
from quarterday.services.provisioning.begin_call import begin_call
from quarterday.services.provisioning.claim_service import claim_service
from quarterday.services.usage.record_usage import record_usage
from quarterday.services.usage.usage_input import UsageInput
from quarterday.store.models import Seller, SubscriptionItem


@dataclass(slots=True)
class Month:
    """What happened in a month. Amounts are minor units by currency."""

    month: str
    billed: RunSummary = field(default_factory=RunSummary)
    payments: int = 0
    collected: int = 0
    reminders: int = 0
    paid: Counter[str] = field(default_factory=Counter)
    measurements: int = 0
    late: int = 0
    actions: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Year:
    """What is planned: wishes and measurements by the day on which they arrive."""

    rng: Random
    payers: Payers
    actions: Mapping[date, list[Action]]
    measured_through: date
    sellers: Sequence[Seller]
    usage: dict[date, list[UsageInput]] = field(default_factory=lambda: defaultdict(list))


def noon(day: date) -> datetime:
    """An instant that lies on a day from Denver to Tokyo."""
    return datetime.combine(day, time(12), UTC)


def local_noon(seller: Seller, day: date) -> datetime:
    """Noon of a day where the seller is."""
    return datetime.combine(day, time(12), ZoneInfo(seller.time_zone))


def play_year(
    records: Sequence[Record],
    *,
    first: date,
    last: date,
    seed: int = SEED,
    tell: Callable[[Month], None] = lambda month: None,
) -> list[Month]:
    """Live through the days of a sample that was loaded; ``tell`` is told of every month."""
    rng = Random(seed + 1)
    accounts = [record["external_id"] for record in records if record["type"] == "account"]
    habits = choose_habits(accounts, rng)
    actions = plan_actions(records, habits, rng, first, last)
    year = _Year(rng, Payers(habits, rng), actions, first, list(Seller.objects.order_by("id")))
    keep_cards(habits, now=noon(first), rng=rng)
    months: list[Month] = []
    day = first
    while day <= last:
        if not months or months[-1].month != f"{day:%Y-%m}":
            if months:
                tell(months[-1])
            months.append(Month(f"{day:%Y-%m}"))
        _play_day(year, months[-1], Moment(day, noon(day)))
        day += timedelta(days=1)
    tell(months[-1])
    return months


def _play_day(year: _Year, month: Month, moment: Moment) -> None:
    for action in year.actions.get(moment.today, ()):
        month.actions[action.kind] += act(action, moment)
    if moment.today.weekday() == 0 or moment.today.day == 1:
        _measure(year, moment.today)
    if events := year.usage.pop(moment.today, None):
        seller = Seller.objects.get(code=WISP)
        done = record_usage(seller=seller, events=events, now=moment.now, strict=True)
        month.measurements += done.recorded
        month.late += done.late
    month.billed.add(run_billing(first=moment.today, last=moment.today, now=moment.now))
    year.payers.see_invoices()
    count, sums = year.payers.pay(moment)
    month.payments += count
    month.paid.update(sums)
    for seller in year.sellers:
        month.collected += collect_due(seller=seller, **moment._asdict()).paid
        at = local_noon(seller, moment.today)
        month.reminders += take_due(seller=seller, today=moment.today, now=at).messages
    # Nothing outside is driven here: what is wanted of a service is so at once.
    while service := claim_service(now=moment.now):
        begin_call(service, now=moment.now)


def _measure(year: _Year, today: date) -> None:
    """Plan the arrival of what was measured since the last time, while contracts ran."""
    since = (today - year.measured_through).days
    days = [today - timedelta(days=back) for back in range(since, 0, -1)]
    year.measured_through = today
    items = SubscriptionItem.objects.filter(price__meter__isnull=False).order_by("id")
    rows = items.values_list(
        "subscription__external_id",
        "subscription__account__external_id",
        "price__meter__code",
        "start_on",
        "end_on",
    )
    for subscription, account, meter, start_on, end_on in rows:
        ran = [day for day in days if start_on <= day and (end_on is None or day < end_on)]
        if ran:
            found = measure_days(str(subscription), str(account), meter, ran, year.rng)
            for wait, event in found:
                year.usage[today + timedelta(days=wait)].append(event)
