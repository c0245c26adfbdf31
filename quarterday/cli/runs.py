"""``quarterday runs``: see what a run would do, order runs, and hold accounts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import Json, Limit, SellerCode, day_option, read_clock, today_of
from quarterday.cli.output import amount, print_facts, print_json, print_list, say, tell
from quarterday.cli.run_accounts import AccountFile, Accounts, Country, Plan, choose_keys

if TYPE_CHECKING:
    from quarterday.store.models import ScheduledRun

group = make_group("See what a billing run would do, order runs for now or a day, hold accounts.")
_SUMS = ("invoiced", "last", "credited", "credit_applied")
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="The run, by its public id.")]


@command(group, "preview")
def preview(
    on: Annotated[date | None, day_option("--on", text="The day; tomorrow by default.")] = None,
    seller: SellerCode = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """Foresee a run: sums, and the accounts that differ most from their last bill, with why."""
    from quarterday.services.runs.order_run import order_run
    from quarterday.services.runs.work_at import work_at
    from quarterday.store.models import Foreseen, RunKind
    from quarterday.store.queries.references import find_seller

    one, now = find_seller(seller), read_clock()
    day = on or today_of(one, None, now) + timedelta(days=1)
    scope = {"on": day.isoformat()}
    run = order_run(seller=one, kind=RunKind.PREVIEW, now=now, scope=scope, actor=ACTOR)
    work_at(read_clock, run)
    run.refresh_from_db()
    rows = Foreseen.objects.filter(run=run).exclude(change="same").select_related("account")
    shown = rows.order_by("-size_minor", "id")[: limit or None]
    differences = [
        {
            "account": str(row.account),
            "change": row.change,
            "total": amount(row.total_minor, row.currency),
            "last": None if row.last_minor is None else amount(row.last_minor, row.currency),
            "currency": row.currency,
            "reason": row.reason,
        }
        for row in shown
    ]
    data = {"on": day, **_summarize(run), "differences": differences}
    if as_json:
        print_json(data)
        return
    print_facts(_facts(data))
    if differences:
        say()
        print_list(differences, "account change total+ reason")


@command(group, "now")
def order_now(
    account: Accounts = None,
    file: AccountFile = None,
    plan: Plan = "",
    country: Country = "",
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Bill what is due today, of all accounts or of some, and wait until it is done."""
    from quarterday.services.runs.order_run import order_run
    from quarterday.services.runs.work_at import work_at
    from quarterday.store.queries.references import find_seller

    one = find_seller(seller)
    keys = choose_keys(one, account, file, plan, country)
    scope = {} if keys is None else {"accounts": keys}
    run = order_run(seller=one, kind="billing", now=read_clock(), scope=scope, actor=ACTOR)
    work_at(read_clock, run)
    run.refresh_from_db()
    data = _record(run) | _summarize(run)
    if as_json:
        print_json(data)
    else:
        print_facts(_facts(data))


@command(group, "schedule")
def schedule(
    on: Annotated[date, day_option("--on", text="The day of the run.")],
    account: Accounts = None,
    file: AccountFile = None,
    plan: Plan = "",
    country: Country = "",
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Order a billing run for a day; a worker does it."""
    from quarterday.services.runs.order_on_day import order_on_day
    from quarterday.store.queries.references import find_seller

    one = find_seller(seller)
    keys = choose_keys(one, account, file, plan, country)
    run = order_on_day(
        seller=one,
        kind="billing",
        on=on,
        now=read_clock(),
        scope={} if keys is None else {"accounts": keys},
        total=len(keys or ()),
        actor=ACTOR,
    )
    tell(_record(run), f"{run.public_id} will run on {on}.", as_json)


@command(group, "list")
def list_all(
    seller: SellerCode = None,
    waiting: Annotated[
        bool, typer.Option("--open", help="Only those that wait or are being done.")
    ] = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List runs that were ordered, the latest first."""
    from quarterday.store.models import ScheduledRun
    from quarterday.store.queries.references import find_seller

    rows = ScheduledRun.objects.select_related("seller").order_by("-id")
    if seller is not None:
        rows = rows.filter(seller=find_seller(seller))
    if waiting:
        rows = rows.filter(status__in=("waiting", "running"))
    records = [_record(run) for run in rows[: limit or None]]
    print_list(records, "run seller kind start_at status done total error", limit, as_json)


@command(group, "cancel")
def cancel(run: RunArgument, as_json: Json = False) -> None:
    """Stop a run that waits, or one that is being done after its batch; what it did stands."""
    from quarterday.services.errors import NotFound
    from quarterday.services.runs.stop_run import stop_run
    from quarterday.store.models import ScheduledRun

    found = ScheduledRun.objects.select_related("seller").filter(public_id=run).first()
    if found is None:
        raise NotFound(f"there is no run {run!r}; quarterday runs list shows them")
    stop_run(run=found, now=read_clock(), actor=ACTOR)
    tell(_record(found), f"{found.public_id} is stopped; what it has done stands.", as_json)


def _record(run: ScheduledRun) -> dict[str, Any]:
    return {
        "run": run.public_id,
        "seller": run.seller.code,
        "kind": str(run.kind),
        "start_at": f"{run.start_at:%Y-%m-%d %H:%M}",
        "status": str(run.status),
        "done": run.done,
        "total": run.total,
        "error": run.error,
    }


def _summarize(run: ScheduledRun) -> dict[str, Any]:
    """What a run counted, amounts in currency units as text."""
    found: dict[str, Any] = {}
    for name, value in run.summary.items():
        if name in _SUMS:
            found[name] = {code: amount(minor, code) for code, minor in sorted(value.items())}
        elif name != "after":
            found[name] = value
    return found


def _facts(data: dict[str, Any]) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = []
    for name, value in data.items():
        if name == "differences":
            continue
        if name == "errors":
            facts += [("skipped", f"{who}: {why}") for who, why in value]
        elif name in _SUMS:
            facts += [
                (name.replace("_", " "), f"{number} {code}") for code, number in value.items()
            ]
        elif isinstance(value, dict):
            facts.append((name, ", ".join(f"{count} {key}" for key, count in value.items())))
        else:
            facts.append((name.replace("_", " "), value))
    return facts
