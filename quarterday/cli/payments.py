"""``quarterday payments``: money that came in."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_amount
from quarterday.cli.options import (
    AccountArgument,
    AccountOption,
    ExternalId,
    Json,
    Limit,
    SellerCode,
    Today,
    day_option,
    read_clock,
    today_of,
)
from quarterday.cli.output import money, print_json, print_list, say
from quarterday.cli.records import payment_record

group = make_group("Record money that came in, and see it.")


@command(group, "list")
def list_all(
    account: AccountOption = None,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List payments, the newest first."""
    from quarterday.store.queries.lists import list_payments
    from quarterday.store.queries.references import find_account, find_seller

    rows = list_payments(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        limit=limit,
    )
    shown = "payment account seller received_on method status amount+ reference"
    print_list([payment_record(row) for row in rows], shown, limit, as_json)


@command(group, "record")
def record(
    account: AccountArgument,
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="In the account's currency, such as 12.50.")
    ],
    method: Annotated[str, typer.Option(help="How it was paid, such as transfer or cash.")],
    received_on: Annotated[
        date | None, day_option("--received-on", text="When it came in; by default today.")
    ] = None,
    invoice: Annotated[
        list[str] | None,
        typer.Option(metavar="INVOICE", help="What it is for; by default the oldest due first."),
    ] = None,
    reference: Annotated[str, typer.Option(help="What the payer wrote.")] = "",
    external_id: ExternalId = None,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Record a payment and settle invoices with it; what is left becomes credit."""
    from quarterday.services.payments.record_payment import record_payment
    from quarterday.store.queries.references import find_account, find_invoice

    row, now = find_account(account, seller), read_clock()
    invoices = [find_invoice(name, row.seller.code) for name in invoice or ()]
    payment = record_payment(
        account=row,
        amount_minor=parse_amount(amount, row.currency),
        method=method,
        today=today_of(row.seller, today, now),
        now=now,
        received_on=received_on,
        reference=reference,
        external_id=external_id,
        invoices=invoices or None,
        actor=ACTOR,
    )
    settled = [
        (one.invoice.label, one.amount_minor)
        for one in payment.allocations.select_related("invoice").order_by("id")
    ]
    credit = sum(grant.amount_minor for grant in payment.grants.all())
    if as_json:
        print_json(payment_record(payment) | _applied(settled, credit, row.currency))
        return
    say(f"Payment {payment.public_id} of {money(payment.amount_minor, row.currency)} is recorded.")
    for label, minor in settled:
        say(f"  {money(minor, row.currency)} settles invoice {label}")
    if credit:
        say(f"  {money(credit, row.currency)} becomes credit of account {row}")


def _applied(settled: list[tuple[str, int]], credit: int, code: str) -> dict[str, object]:
    from quarterday.cli.output import amount

    parts = [{"invoice": label, "amount": amount(minor, code)} for label, minor in settled]
    return {"settled": parts, "credit": amount(credit, code)}
