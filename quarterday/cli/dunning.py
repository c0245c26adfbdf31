"""``quarterday dunning``: what is done about unpaid invoices, when, and why."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import (
    AccountOption,
    InvoiceArgument,
    Json,
    SellerCode,
    Today,
    day_option,
    read_clock,
    today_of,
)
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import note, print_facts, print_json, print_list, say, tell

if TYPE_CHECKING:
    from quarterday.store.models import Seller
    from quarterday.store.queries.dunning import TimelineEntry
    from quarterday.store.queries.dunning_preview import Foreseen

group = make_group("Remind of what is unpaid, with consequences; see what comes, and pause it.")
Policy = Annotated[str, typer.Argument(metavar="POLICY", help="The code of a policy.")]


@command(group, "policies")
def policies(seller: SellerCode = None, as_json: Json = False) -> None:
    """List the policies that there are, and which one the seller has chosen."""
    from quarterday.store.queries.dunning_policies import list_policies, read_dunning_setup

    row = _find_seller(seller)
    chosen = row.settings.get("dunning") or read_dunning_setup(row).policy
    records = [
        {
            "policy": one.code,
            "name": one.name,
            "version": one.version or "built in",
            "steps": len(one.steps),
            "chosen": "yes" if one.code == chosen else "",
        }
        for one in list_policies(row).values()
    ]
    print_list(records, "policy name version steps chosen", 0, as_json)


@command(group, "show")
def show(policy: Policy, seller: SellerCode = None, as_json: Json = False) -> None:
    """Show the steps of a policy; with --json, as `save` takes it."""
    from quarterday.core.dunning import step_to_data, to_data

    found = _find_policy(policy, _find_seller(seller))
    if as_json:
        print_json(to_data(found))
        return
    say(f"{found.code}: {found.name}")
    always = ("key", "offset", "unit", "action", "template")
    print_list(
        [
            {
                "when": f"{step.offset:+d} {step.unit.replace('_', ' ')}",
                "step": step.key,
                "action": str(step.action),
                "sends": step.template,
                "options": ", ".join(
                    f"{name} {_plain(value)}"
                    for name, value in step_to_data(step).items()
                    if name not in always
                ),
            }
            for step in found.steps
        ],
        "when step action sends options",
    )
    say(
        f"A consequence is announced {found.notice_days} days before it at least, the end of a "
        f"service {found.end_notice_days}."
    )


@command(group, "set")
def set_(
    policy: Annotated[
        str, typer.Argument(metavar="POLICY", help="A policy, none, or default for that above.")
    ],
    seller: SellerCode = None,
    group_code: Annotated[
        str | None, typer.Option("--group", metavar="CODE", help="Of a group of accounts.")
    ] = None,
    account: AccountOption = None,
    subscription: Annotated[
        str | None, typer.Option("--subscription", help="Of what is billed for a subscription.")
    ] = None,
    invoice: Annotated[str | None, typer.Option("--invoice", help="Of one invoice alone.")] = None,
    as_json: Json = False,
) -> None:
    """Set the policy of a seller, or of a group, an account, a subscription, an invoice."""
    from quarterday.services.dunning.choose_policy import choose_policy

    level, what = _find_level(seller, group_code, account, subscription, invoice)
    code = None if policy == "default" else policy
    choose_policy(level=level, policy=code, now=read_clock(), actor=ACTOR)
    said = "what stands above it says" if code is None else code
    tell({"level": what, "policy": code}, f"What is unpaid of {what} follows: {said}.", as_json)


@command(group, "save")
def save_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy as TOML or JSON.")],
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Save a policy of your own; what is open follows it from now on."""
    from quarterday.core.errors import BillingError
    from quarterday.services.dunning.save_policy import save_policy

    try:
        text = file.read_text(encoding="utf-8")
        data = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise BillingError(f"{file} cannot be read: {error}") from None
    row = save_policy(seller=_find_seller(seller), data=data, now=read_clock(), actor=ACTOR)
    found = {"policy": row.code, "version": row.version, "steps": len(row.steps)}
    tell(found, f"{row.code} is version {row.version}, with {len(row.steps)} steps.", as_json)


@command(group, "run")
def run(
    seller: SellerCode = None,
    account: AccountOption = None,
    today: Today = None,
    any_hour: Annotated[
        bool, typer.Option("--any-hour", help="Even at night; customers are written to at once.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Do what is due now, as the job does every few minutes; again does nothing twice."""
    from quarterday.services.dunning.take_due import take_due
    from quarterday.store.queries.references import find_account

    chosen = find_account(account, seller) if account else None
    done = {}
    for row in _choose_sellers(seller, chosen.seller.code if chosen else None):
        now = read_clock()
        summary = take_due(
            seller=row,
            today=today_of(row, today, now),
            now=now,
            accounts=[chosen.id] if chosen else None,
            any_hour=any_hour,
            actor=ACTOR,
        )
        done[row.code] = summary.to_data()
    if as_json:
        print_json(done)
        return
    for code, counts in done.items():
        said = ", ".join(f"{count} × {name}" for name, count in counts.items())
        say(f"{code}: {said or 'nothing was due'}")


@command(group, "preview")
def preview(
    on: Annotated[
        date | None, day_option("--on", text="From this day on; today by default.")
    ] = None,
    seller: SellerCode = None,
    account: AccountOption = None,
    due: Annotated[bool, typer.Option("--due", help="Only what is to be done that day.")] = False,
    as_json: Json = False,
) -> None:
    """Show what would be done about what is unpaid, when and why, account by account."""
    records = list(_foresee(seller, account, on, due))
    print_list(records, "account seller invoice due_on open+ policy next next_on why", 0, as_json)


@command(group, "timeline")
def timeline(
    invoice: InvoiceArgument,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Show what was done about an invoice, what comes, and why nothing is if it is paused."""
    from quarterday.store.queries.dunning import read_timeline
    from quarterday.store.queries.references import find_invoice

    row, now = find_invoice(invoice, seller), read_clock()
    found = read_timeline(row, today=today_of(row.seller, today, now), now=now)
    entries = [_show_entry(one) for one in found.entries]
    if as_json:
        facts = {
            "invoice": row.label,
            "policy": found.policy,
            "level": found.level,
            "status": found.status,
            "reason": found.reason,
            "next_on": found.next_on.isoformat() if found.next_on else None,
        }
        print_json(facts | {"entries": entries})
        return
    named = f"{found.policy}, set for the {found.level}" if found.policy else ""
    print_facts(
        [
            ("Invoice", row.label),
            ("Policy", named),
            ("Status", found.status),
            ("Why", found.reason),
        ]
    )
    print_list(entries, "on what step sends why came_of_it")


@command(group, "handed-over")
def handed_over(seller: SellerCode = None, as_json: Json = False) -> None:
    """List open invoices that were handed to collections, as whoever collects them needs it."""
    from quarterday.store.queries.dunning_preview import list_handed_over

    records = []
    for step, _ in list_handed_over(_find_seller(seller)):
        row = step.invoice
        records.append(
            {
                "handed_over_on": step.data["on"],
                "account": str(row.account),
                "name": row.account.name,
                "address": ", ".join(str(part) for part in row.account.address.values() if part),
                "country": row.account.country,
                "invoice": row.label,
                "issued_on": row.issued_on.isoformat(),
                "due_on": row.due_on.isoformat(),
                "currency": row.currency,
                "total": exact_amount(row.total_minor, row.currency),
                "open": exact_amount(row.open_minor, row.currency),
            }
        )
    shown = "handed_over_on account name address country invoice due_on total+ open+"
    print_list(records, shown, 0, as_json)


def _find_seller(code: str | None) -> Seller:
    from quarterday.store.models import Seller as Row
    from quarterday.store.queries.references import find_seller

    return Row.objects.select_related("brand").get(id=find_seller(code).id)


def _choose_sellers(code: str | None, other: str | None) -> Iterator[Seller]:
    from quarterday.store.models import Seller as Row

    if code or other:
        yield _find_seller(code or other)
        return
    yield from Row.objects.select_related("brand").order_by("id")


def _find_policy(code: str, seller: Seller) -> Any:
    from quarterday.core.errors import BillingError
    from quarterday.store.queries.dunning_policies import list_policies

    found = list_policies(seller)
    if code not in found:
        raise BillingError(f"there is no policy {code!r}; there are {', '.join(sorted(found))}")
    return found[code]


def _find_level(
    seller: str | None,
    group_code: str | None,
    account: str | None,
    subscription: str | None,
    invoice: str | None,
) -> tuple[Any, str]:
    from quarterday.core.errors import BillingError
    from quarterday.store.queries.references import (
        find_account,
        find_invoice,
        find_subscription,
    )

    if invoice:
        row = find_invoice(invoice, seller)
        return row, f"invoice {row.label}"
    owner = find_account(account, seller) if account else None
    if subscription:
        contract = find_subscription(subscription, owner)
        return contract, f"subscription {contract.external_id or contract.public_id}"
    if owner is not None:
        return owner, f"account {owner}"
    found = _find_seller(seller)
    if not group_code:
        return found, f"seller {found}"
    chosen = found.account_groups.filter(code=group_code).first()
    if chosen is None:
        raise BillingError(f"seller {found} has no group {group_code!r} of accounts")
    return chosen, f"group {chosen}"


def _foresee(
    seller: str | None, account: str | None, on: date | None, due: bool
) -> Iterator[dict[str, Any]]:
    from quarterday.store.queries.dunning_policies import is_anything_chosen
    from quarterday.store.queries.dunning_preview import foresee_dunning
    from quarterday.store.queries.references import find_account

    chosen = find_account(account, seller) if account else None
    for row in _choose_sellers(seller, chosen.seller.code if chosen else None):
        if not is_anything_chosen(row):
            note(
                f"seller {row} has chosen no policy; quarterday dunning set standard --seller "
                f"{row} does"
            )
        now = read_clock()
        today = today_of(row, None, now)
        for one in foresee_dunning(row, today=today, now=now, account=chosen):
            steps = [step for step in one.coming if step.on >= (on or today)]
            if not due:
                yield _show_foreseen(one, steps[0] if steps else None, row)
                continue
            for step in steps:
                if step.on == (on or today) and not one.reason:
                    yield _show_foreseen(one, step, row)


def _show_foreseen(one: Foreseen, step: TimelineEntry | None, seller: Seller) -> dict[str, Any]:
    invoice = one.invoice
    comes = step if step is not None and not one.reason else None
    return {
        "account": str(one.account),
        "seller": seller.code,
        "invoice": invoice.label,
        "due_on": one.due_on.isoformat(),
        "currency": invoice.currency,
        "open": exact_amount(invoice.open_minor, invoice.currency),
        "policy": one.policy,
        "level": one.level,
        "next": f"{comes.action} {comes.template}".strip() if comes is not None else "",
        "next_on": comes.on.isoformat() if comes is not None else "",
        "why": one.reason or (comes.why if comes is not None else ""),
        "coming": [_show_entry(each) for each in one.coming],
    }


def _show_entry(one: TimelineEntry) -> dict[str, Any]:
    said = ", ".join(f"{name} {_plain(value)}" for name, value in one.data.items() if value)
    return {
        "on": one.on.isoformat(),
        "what": one.kind,
        "step": one.step,
        "action": one.action,
        "sends": one.template,
        "why": one.why,
        "came_of_it": said,
    }


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name} {part}" for name, part in value.items())
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
