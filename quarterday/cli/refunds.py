"""``quarterday payments refund``: money that went back."""

from __future__ import annotations

from typing import Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_amount
from quarterday.cli.options import ExternalId, Json, Today, read_clock, today_of
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import money, print_json, say

group = make_group("Merged into the payments group.")


@command(group, "refund")
def refund(
    payment: Annotated[str, typer.Argument(metavar="PAYMENT", help="By public or external id.")],
    reason: Annotated[str, typer.Option(help="Why, for your own records.")],
    amount: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="By default all that is left of it.")
    ] = None,
    reopen: Annotated[
        bool, typer.Option("--reopen", help="Invoices that it settled are owed again.")
    ] = False,
    external_id: ExternalId = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Record that a payment was given back, all of it or a part.

    It is taken from credit that the payment or a credit note left, so credit the invoice first;
    or reopen the invoices that the payment settled. Quarterday moves no money itself.
    """
    from quarterday.services.payments.refund_payment import refund_payment
    from quarterday.store.queries.references import find_payment

    row, now = find_payment(payment), read_clock()
    found = refund_payment(
        payment=row,
        amount_minor=None if amount is None else parse_amount(amount, row.currency),
        today=today_of(row.account.seller, today, now),
        now=now,
        reopen=reopen,
        reason=reason,
        external_id=external_id,
        actor=ACTOR,
    )
    row = find_payment(row.public_id)
    if as_json:
        data = {"id": found.public_id, "external_id": found.external_id, "payment": payment}
        data |= {"account": str(row.account), "status": row.status, "currency": row.currency}
        data["refunded_on"] = found.refunded_on.isoformat()
        data["amount"] = exact_amount(found.amount_minor, row.currency)
        print_json(data | {"reason": found.reason})
    else:
        given = money(found.amount_minor, row.currency)
        say(f"{given} of payment {payment} is refunded to account {row.account}.")
