"""``quarterday payments attempts``: payments that were begun, and ways to pay that are kept."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_amount
from quarterday.cli.options import (
    AccountArgument,
    AccountOption,
    Json,
    Limit,
    SellerCode,
    Today,
    day_option,
    read_clock,
    today_of,
)
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import money, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import PaymentAttempt, PaymentMethod

group = make_group("Merged into the payments group.")
Attempt = Annotated[
    str, typer.Argument(metavar="ATTEMPT", help="By public id (att_…), as `attempts` lists it.")
]


@command(group, "attempts")
def list_attempts(
    account: AccountOption = None,
    seller: SellerCode = None,
    open_only: Annotated[
        bool, typer.Option("--open", help="Only those that have not come to an end.")
    ] = False,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List payments that were begun, the newest first, whatever became of them."""
    from quarterday.store.queries.open_attempts import list_attempts as find_attempts
    from quarterday.store.queries.references import find_account, find_seller

    rows = find_attempts(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        is_open=open_only,
        limit=limit,
    )
    shown = "attempt account gateway started_on status amount+ error"
    print_list([_record(row) for row in rows], shown, limit, as_json)


@command(group, "settle")
def settle(
    attempt: Attempt,
    amount: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="What came in; by default what was asked.")
    ] = None,
    received_on: Annotated[
        date | None, day_option("--received-on", text="When it came in; by default today.")
    ] = None,
    reference: Annotated[str, typer.Option(help="What the payer wrote.")] = "",
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Record that the money of an attempt came in, such as when the bank shows a transfer.

    It settles the invoices that the attempt was for; what they do not take becomes credit.
    """
    from quarterday.core.errors import BillingError
    from quarterday.ports.outcomes import Succeeded
    from quarterday.services.payments.finish_attempt import finish_attempt
    from quarterday.store.queries.open_attempts import find_attempt

    row, now = find_attempt(attempt), read_clock()
    if row.payment_id is not None:
        raise BillingError(f"attempt {attempt} is settled already; nothing was changed")
    minor = None if amount is None else parse_amount(amount, row.currency)
    row = finish_attempt(
        attempt=row,
        outcome=Succeeded(reference or row.gateway_reference, amount_minor=minor),
        today=received_on or today_of(row.account.seller, today, now),
        now=now,
        actor=ACTOR,
    )
    if as_json:
        print_json(_record(row))
    elif row.payment is not None:
        came = money(row.payment.amount_minor, row.currency)
        say(f"Payment {row.payment.public_id} of {came} is recorded.")


@command(group, "settle-sandbox")
def settle_sandbox(
    account: AccountOption = None,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Let the days pass that test debits take: each succeeds or fails, as its number says."""
    from quarterday.ports.gateway import ask
    from quarterday.services.payments.finish_attempt import finish_attempt
    from quarterday.services.payments.make_intent import make_intent
    from quarterday.store.queries.open_attempts import list_attempts as find_attempts
    from quarterday.store.queries.references import find_account, find_seller

    rows = find_attempts(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        is_open=True,
        limit=0,
    )
    ended: list[PaymentAttempt] = []
    for row in rows:
        now = read_clock()
        gateway, intent = make_intent(row, now=now, fields={"days_passed": "yes"})
        if not gateway.is_test or row.status != "pending":
            continue
        outcome = ask(gateway.start, intent)
        day = today_of(row.account.seller, today, now)
        ended.append(finish_attempt(attempt=row, outcome=outcome, today=day, now=now, actor=ACTOR))
    if as_json:
        print_json([_record(row) for row in ended])
        return
    for row in ended:
        say(f"{row.public_id} of {money(row.amount_minor, row.currency)}: {row.status}")
    if not ended:
        say("No test payment is waiting.")


@command(group, "methods")
def list_kept(account: AccountArgument, seller: SellerCode = None, as_json: Json = False) -> None:
    """List the ways to pay that an account keeps, the one that is charged first."""
    from quarterday.store.queries.paying import list_methods
    from quarterday.store.queries.references import find_account

    rows = list_methods(find_account(account, seller))
    shown = "id label gateway kind expires_on default"
    print_list([_method_record(row) for row in rows], shown, 0, as_json)


def _record(row: PaymentAttempt) -> dict[str, Any]:
    return {
        "attempt": row.public_id,
        "account": str(row.account),
        "seller": row.account.seller.code,
        "gateway": row.gateway,
        "purpose": str(row.purpose),
        "status": str(row.status),
        "started_on": row.created_at.date().isoformat(),
        "currency": row.currency,
        "amount": exact_amount(row.amount_minor, row.currency),
        "invoices": row.invoices,
        "reference": row.gateway_reference,
        "error": row.error.replace("_", " "),
        "payment": row.payment.public_id if row.payment else None,
    }


def _method_record(row: PaymentMethod) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "label": row.label,
        "gateway": row.gateway,
        "kind": row.kind,
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        "default": row.is_default,
    }
