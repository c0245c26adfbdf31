"""``quarterday refunds``: money that goes back, by the gateway that it came by or as credit."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_amount
from quarterday.cli.options import (
    AccountOption,
    ExternalId,
    Json,
    Limit,
    SellerCode,
    Today,
    read_clock,
    today_of,
)
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import money, print_facts, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import Refund

group = make_group("Give money back, and see what became of it.")


class Target(StrEnum):
    """Where refunded money goes."""

    SOURCE = "source"
    CREDIT = "credit"


@command(group, "make")
def make(
    payment: Annotated[str, typer.Argument(metavar="PAYMENT", help="By public or external id.")],
    reason: Annotated[str, typer.Option(help="Why, for your own records.")],
    amount: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="By default all that is left of it.")
    ] = None,
    to: Annotated[
        Target, typer.Option(help="Back by the gateway that it came by, or as credit here.")
    ] = Target.SOURCE,
    reopen: Annotated[
        bool, typer.Option("--reopen", help="Invoices that it settled are owed again.")
    ] = False,
    external_id: ExternalId = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Give a payment back, all of it or a part.

    To the source, the gateway is asked; what it gives back is taken from credit that the payment
    or a credit note left, so credit the invoice first, or reopen it. As credit, the invoices that
    it settled are credited as a whole, or owed again. For money that you gave back yourself, see
    `payments refund`.
    """
    from quarterday.services.payments.refund_by_gateway import refund_by_gateway
    from quarterday.services.payments.refund_to_credit import refund_to_credit
    from quarterday.store.queries.references import find_payment
    from quarterday.store.queries.refunds import find_refund

    row, now = find_payment(payment), read_clock()
    day = today_of(row.account.seller, today, now)
    minor = None if amount is None else parse_amount(amount, row.currency)
    terms: dict[str, Any] = {"payment": row, "amount_minor": minor, "reopen": reopen}
    terms |= {"reason": reason, "today": day, "now": now, "actor": ACTOR}
    if to is Target.CREDIT:
        given = refund_to_credit(**terms)
        data = {"payment": payment, "account": str(row.account), "currency": row.currency}
        if as_json:
            print_json(data | {"to": "credit", "amount": exact_amount(given, row.currency)})
        else:
            say(f"{money(given, row.currency)} is credit of account {row.account} now.")
        return
    attempt = refund_by_gateway(external_id=external_id, **terms)
    found = find_refund(attempt.public_id)
    if as_json:
        print_json(_record(found))
    else:
        given_back = money(found.amount_minor, found.currency)
        say(f"{given_back} of payment {payment}: {attempt.gateway} says {attempt.status}.")


@command(group, "list")
def list_all(
    account: AccountOption = None,
    seller: SellerCode = None,
    open_only: Annotated[
        bool, typer.Option("--open", help="Only those that a gateway has still to make.")
    ] = False,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List refunds, the newest first."""
    from quarterday.store.queries.references import find_account, find_seller
    from quarterday.store.queries.refunds import list_refunds

    rows = list_refunds(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        is_open=open_only,
        limit=limit,
    )
    shown = "id account payment refunded_on amount+ by status error"
    print_list([_record(row) for row in rows], shown, limit, as_json)


@command(group, "show")
def show(
    refund: Annotated[
        str, typer.Argument(metavar="REFUND", help="By public id (rfd_… or rat_…) or external id.")
    ],
    as_json: Json = False,
) -> None:
    """Show a refund, and what its gateway said."""
    from quarterday.store.queries.refunds import find_refund

    record = _record(find_refund(refund))
    if as_json:
        print_json(record)
        return
    print_facts((name.replace("_", " "), value) for name, value in record.items())


def _record(row: Refund) -> dict[str, Any]:
    """A refund; by hand there is no attempt, and what a dispute took is none of the seller's."""
    attempt, rest = getattr(row, "attempt", None), getattr(row, "dispute_rest", None)
    dispute = rest.dispute if rest else getattr(row, "dispute", None)
    by = attempt.gateway if attempt else "dispute" if dispute else "hand"
    returned = attempt.returned if attempt else None
    return {
        "id": row.public_id,
        "external_id": row.external_id,
        "attempt": attempt.public_id if attempt else None,
        "account": str(row.account),
        "seller": row.account.seller.code,
        "payment": (row.payment.external_id or row.payment.public_id) if row.payment else None,
        "refunded_on": row.refunded_on,
        "currency": row.currency,
        "amount": exact_amount(row.amount_minor, row.currency),
        "by": by,
        "status": str(attempt.status) if attempt else "succeeded",
        "reference": attempt.gateway_reference if attempt else "",
        "error": attempt.error if attempt else "",
        "returned": returned.public_id if returned else None,
        "dispute": dispute.public_id if dispute else None,
        "reason": row.reason,
    }
