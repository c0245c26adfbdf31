"""``quarterday inbox``: money and reports of money that match nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_amount
from quarterday.cli.options import Json, Limit, SellerCode, Today, read_clock, today_of
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import money, print_facts, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.queries.inbox_item import InboxItem

group = make_group("See money that nobody could place, and say whose it is.")
Item = Annotated[str, typer.Argument(metavar="ITEM", help="As `inbox list` calls it.")]


@command(group, "list")
def list_all(
    source: Annotated[str | None, typer.Option(help="Of this source alone.")] = None,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List what stands in the inbox, the oldest first."""
    from quarterday.store.queries.inbox import list_inbox
    from quarterday.store.queries.references import find_seller

    rows = list_inbox(seller=find_seller(seller) if seller else None, source=source, limit=limit)
    shown = "id at what amount+ reference problem"
    print_list([_record(row) for row in rows], shown, limit, as_json)


@command(group, "show")
def show(item: Item, as_json: Json = False) -> None:
    """Show all that is known of an item, and whose it may be."""
    from quarterday.store.queries.inbox import find_item

    row = find_item(item)
    record = _record(row)
    if as_json:
        print_json(record | {"data": row.data})
        return
    print_facts(
        (name.replace("_", " "), value) for name, value in record.items() if name != "suggestion"
    )
    if row.suggestion is None:
        say("Nothing says whose it is.")
        return
    about = f", invoice {row.suggestion.invoice}" if row.suggestion.invoice else ""
    say(f"Probably of account {row.suggestion.account}{about} ({row.suggestion.percent} %):")
    for reason in row.suggestion.reasons:
        say(f"  {reason}")


@command(group, "assign")
def assign(
    item: Item,
    account: Annotated[
        str | None, typer.Option(metavar="ACCOUNT", help="Whose money it is, if it came in.")
    ] = None,
    invoice: Annotated[
        list[str] | None, typer.Option(metavar="INVOICE", help="What it is for; else credit.")
    ] = None,
    payment: Annotated[
        str | None, typer.Option(metavar="PAYMENT", help="Which payment went back, if one did.")
    ] = None,
    amount: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Where the gateway did not say it.")
    ] = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Say whose money it is; the payment is recorded, once however often you say it."""
    from quarterday.core.errors import BillingError
    from quarterday.services.gateway_events.assign_event import assign_event
    from quarterday.store.queries.references import find_account, find_invoice, find_payment
    from quarterday.store.queries.unmatched_events import find_event

    if not item.startswith("gev_"):
        raise BillingError(f"{item} is a line of a bank; `matches` books those")
    event, now = find_event(item), read_clock()
    assert event.seller is not None, "only events of sellers are found"
    code = event.seller.code
    invoices = [find_invoice(name, code) for name in invoice or ()]
    owner = find_account(account, code) if account else invoices[0].account if invoices else None
    found = assign_event(
        event=event,
        account=owner,
        invoices=invoices,
        payment=find_payment(payment) if payment else None,
        amount_minor=parse_amount(amount, owner.currency) if amount and owner else None,
        today=today_of(event.seller, today, now),
        now=now,
        actor=ACTOR,
    )
    if as_json:
        data = {"id": item, "payment": found.public_id, "account": str(found.account)}
        print_json(data | {"amount": exact_amount(found.amount_minor, found.currency)})
    else:
        paid = money(found.amount_minor, found.currency)
        say(f"It is payment {found.public_id} of {paid} of account {found.account}.")


@command(group, "ignore")
def ignore(
    item: Item,
    reason: Annotated[str, typer.Option(help="Why, for your own records.")],
    as_json: Json = False,
) -> None:
    """Take an item out of the inbox that is nobody's business here."""
    from quarterday.core.errors import BillingError
    from quarterday.services.gateway_events.ignore_event import ignore_event
    from quarterday.store.queries.unmatched_events import find_event

    if not item.startswith("gev_"):
        raise BillingError(f"{item} is a line of a bank; `matches` ignores those")
    event = ignore_event(event=find_event(item), reason=reason, now=read_clock(), actor=ACTOR)
    if as_json:
        print_json({"id": item, "status": str(event.status), "reason": reason})
    else:
        say(f"{item} is ignored.")


def _record(row: InboxItem) -> dict[str, Any]:
    known = row.amount_minor is not None and row.currency
    suggested = row.suggestion
    return {
        "id": row.id,
        "source": row.source,
        "seller": row.seller,
        "at": row.at,
        "what": row.what,
        "currency": row.currency,
        "amount": exact_amount(row.amount_minor or 0, row.currency) if known else "",
        "reference": row.reference,
        "problem": row.problem,
        "suggestion": {
            "account": suggested.account,
            "invoice": suggested.invoice,
            "percent": suggested.percent,
            "reasons": list(suggested.reasons),
        }
        if suggested
        else None,
    }
