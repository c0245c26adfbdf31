"""``quarterday collect``: charge what is due by itself, and say what comes next and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_doing_group, prepare
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import (
    AccountOption,
    InvoiceArgument,
    Json,
    SellerCode,
    Today,
    read_clock,
    today_of,
)
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import print_facts, print_json, print_list, say, tell

if TYPE_CHECKING:
    from datetime import date

    from quarterday.store.models import Account, Seller
    from quarterday.store.queries.collecting import Outlook

group = make_doing_group("Charge what is due, to the methods that accounts keep.")
_COUNTED = {
    "paid": "charged",
    "waiting": "under way",
    "declined": "declined",
    "broken": "could not be tried and will be by the next run",
}
_SHOWN = "account seller invoice due_on charge_on method amount+ why"


@group.callback()
def collect(
    context: typer.Context,
    account: AccountOption = None,
    seller: SellerCode = None,
    today: Today = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only show what would be charged, and why not.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Charge what is due, to the methods that accounts keep; the daily job does it by itself.

    What was asked for and never answered is looked up first. Called again, it charges nothing
    twice.
    """
    if context.invoked_subcommand is not None:
        return
    prepare(True)
    if preview:
        rows = [_record(*found) for found in _foresee(account, seller, today)]
        print_list(rows, _SHOWN, 0, as_json)
        return
    from quarterday.services.collection.collect_due import collect_due

    done = {}
    for one, chosen in _choose(account, seller):
        now = read_clock()
        day = today_of(one, today, now)
        keys = None if chosen is None else [chosen.id]
        summary = collect_due(seller=one, today=day, now=now, accounts=keys, actor=ACTOR)
        done[one.code] = summary.to_data()
    if as_json:
        print_json(done)
        return
    for code, counts in done.items():
        said = ", ".join(f"{count} {_COUNTED[name]}" for name, count in counts.items())
        say(f"{code}: {said or 'nothing was due'}")


@command(group, "show")
def show(
    invoice: InvoiceArgument,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Show what was tried for an invoice, what comes next, and why."""
    from quarterday.store.queries.collecting import foresee
    from quarterday.store.queries.references import find_invoice

    row = find_invoice(invoice, seller)
    day = today_of(row.seller, today, read_clock())
    data: dict[str, Any] = {"invoice": row.label, "status": str(row.status)}
    found = foresee(row.account, day, [row]) if row.status == "open" else []
    for one in found:
        data |= _record(row.account, one)
    data["tries"] = _list_tries(row)
    if as_json:
        print_json(data)
        return
    shown = data | {"amount": f"{data['amount']} {data['currency']}"} if found else data
    print_facts((name.replace("_", " "), shown.get(name)) for name in (
        "invoice", "status", "account", "due_on", "charge_on", "method", "amount", "why",
        "instalment",
    ) if shown.get(name))  # fmt: skip
    if data["tries"]:
        say()
        print_list(data["tries"], "on method said attempt")


@command(group, "stop")
def stop(
    invoice: InvoiceArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; staff reads it.")],
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Keep an invoice from being charged by itself, until it is resumed."""
    from quarterday.services.collection.stop_collection import stop_collection
    from quarterday.store.queries.references import find_invoice

    row, now = find_invoice(invoice, seller), read_clock()
    day = today_of(row.seller, today, now)
    stop_collection(invoice=row, reason=reason, today=day, now=now, actor=ACTOR)
    tell({"invoice": row.label, "status": "stopped"}, f"{row.label} is left alone.", as_json)


@command(group, "resume")
def resume(
    invoice: InvoiceArgument,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Charge an invoice by itself again: stopped, given up, or paid and taken back."""
    from quarterday.services.collection.resume_collection import resume_collection
    from quarterday.store.queries.references import find_invoice

    row, now = find_invoice(invoice, seller), read_clock()
    day = today_of(row.seller, today, now)
    done = resume_collection(invoice=row, today=day, now=now, actor=ACTOR)
    said = {"invoice": row.label, "status": str(done.status), "next_on": done.next_on}
    following = f"next on {done.next_on}" if done.next_on else done.reason.replace("_", " ")
    tell(said, f"{row.label} is collected again: {following}.", as_json)


def _choose(account: str | None, seller: str | None) -> Iterator[tuple[Seller, Account | None]]:
    from quarterday.store.models import Seller as Sellers
    from quarterday.store.queries.references import find_account, find_seller

    if account is not None:
        row = find_account(account, seller)
        yield row.seller, row
        return
    rows = [find_seller(seller)] if seller else Sellers.objects.order_by("id")
    for one in rows:
        yield one, None


def _foresee(
    account: str | None, seller: str | None, today: date | None
) -> Iterator[tuple[Account, Outlook]]:
    from quarterday.store.queries.collecting import foresee, group_due, read_collection_policy
    from quarterday.store.queries.collecting_due import iterate_owing

    for one, chosen in _choose(account, seller):
        now = read_clock()
        day = today_of(one, today, now)
        for owing in iterate_owing(one, chosen):
            found = foresee(owing, day)
            # Marks what is too small for a charge of its own.
            group_due(found, read_collection_policy(one), day, now)
            for outlook in found:
                yield owing, outlook


def _record(account: Account, one: Outlook) -> dict[str, Any]:
    from quarterday.store.queries.collecting import explain

    is_charged = one.block is None and one.plan.on is not None
    return {
        "account": str(account),
        "seller": account.seller.code,
        "invoice": one.invoice.label,
        "due_on": one.invoice.due_on.isoformat(),
        "charge_on": one.plan.on.isoformat() if is_charged and one.plan.on else None,
        "method": one.method.label if is_charged and one.method else None,
        "currency": one.invoice.currency,
        "amount": exact_amount(one.amount_minor, one.invoice.currency),
        "instalment": one.part or None,
        "why": explain(one),
    }


def _list_tries(invoice: Any) -> list[dict[str, Any]]:
    """What was tried, the first first, those from before a new start too."""
    from quarterday.store.models import Collection, PaymentMethod

    row = Collection.objects.filter(invoice=invoice).first()
    if row is None:
        return []
    tries = [*row.data.get("past", ()), *row.data.get("tries", ())]
    rows = PaymentMethod.objects.filter(public_id__in=[one["method"] for one in tries])
    labels = dict(rows.values_list("public_id", "label"))
    return [
        {
            "on": one["on"],
            "method": labels.get(one["method"], one["method"]),
            "said": one["code"].replace("_", " "),
            "attempt": one["attempt"],
        }
        for one in tries
    ]
