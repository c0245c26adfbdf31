"""``quarterday credit``: what accounts have to their credit."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

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
    StaffRoleOption,
    Today,
    day_option,
    read_clock,
    today_of,
)
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import money, print_json, print_list, say
from quarterday.cli.records import grant_record
from quarterday.cli.scope import choose_todays

group = make_group("Grant credit, use it, take it back, and see it.")


@command(group, "list")
def list_all(
    account: AccountOption = None,
    seller: SellerCode = None,
    open_only: Annotated[
        bool, typer.Option("--open", help="Only those with something left.")
    ] = False,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List credit grants, the newest first."""
    from quarterday.store.queries.lists import list_grants
    from quarterday.store.queries.references import find_account, find_seller

    rows = list_grants(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        open_only=open_only,
        limit=limit,
    )
    shown = "grant account seller kind granted_on expires_on amount+ open+ reason"
    print_list([grant_record(row) for row in rows], shown, limit, as_json)


@command(group, "grant")
def grant(
    account: AccountArgument,
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="In the account's currency, such as 12.50.")
    ],
    kind: Annotated[
        Literal["deposit", "promotional", "goodwill"],
        typer.Option(help="A deposit is money that came in; the others are gifts."),
    ],
    method: Annotated[str, typer.Option(help="How a deposit was paid.")] = "",
    expires_on: Annotated[
        date | None, day_option("--expires-on", text="First day on which it is gone.")
    ] = None,
    priority: Annotated[
        int | None, typer.Option(help="Low ones are used first; gifts 50, deposits 100.")
    ] = None,
    use: Annotated[
        Literal["any", "orders", "renewals"], typer.Option("--for", help="What it may pay for.")
    ] = "any",
    product: Annotated[
        list[str] | None,
        typer.Option("--product", metavar="CODE", help="Only this product; may be repeated."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, for your own records.")] = "",
    external_id: ExternalId = None,
    role: StaffRoleOption = "owner",
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Give an account credit: a deposit, or a gift."""
    from quarterday.services.credit.grant_credit import grant_credit
    from quarterday.store.queries.references import find_account

    row, now = find_account(account, seller), read_clock()
    found = grant_credit(
        account=row,
        kind=kind,
        amount_minor=parse_amount(amount, row.currency),
        today=today_of(row.seller, today, now),
        now=now,
        method=method,
        expires_on=expires_on,
        priority=priority,
        scope={"use": use, "products": product or []},
        reason=reason,
        external_id=external_id,
        role=role,
        actor=ACTOR,
    )
    if as_json:
        print_json(grant_record(found))
    else:
        left = money(found.open_minor, found.currency)
        say(f"Credit {found.public_id} is granted to account {row}; {left} is open.")


@command(group, "apply")
def apply(
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="The invoice to settle.")],
    amount: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="By default as much as there is.")
    ] = None,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Settle an invoice from its account's credit."""
    from quarterday.services.credit.apply_credit import apply_credit
    from quarterday.store.queries.references import find_invoice

    row, now = find_invoice(invoice, seller), read_clock()
    found = apply_credit(
        invoice=row,
        today=today_of(row.seller, today, now),
        now=now,
        amount_minor=None if amount is None else parse_amount(amount, row.currency),
        actor=ACTOR,
    )
    applied = sum(one.amount_minor for one in found)
    row = find_invoice(row.public_id)
    if as_json:
        data = {"invoice": row.label, "currency": row.currency}
        data["applied"] = exact_amount(applied, row.currency)
        data["open"] = exact_amount(row.open_minor, row.currency)
        print_json(data)
    else:
        left = money(row.open_minor, row.currency)
        say(f"{money(applied, row.currency)} settles invoice {row.label}; {left} is open.")


@command(group, "expire")
def expire(
    on: Annotated[date | None, day_option("--on", text="As of this day; by default today.")] = None,
    as_json: Json = False,
) -> None:
    """Let all credit expire whose day has come; the billing run does it as well."""
    from quarterday.services.credit.expire_credit import expire_credit

    now = read_clock()
    # The earliest of the sellers' days, so that nothing goes before its day has come.
    day = on or min((part.first for part in choose_todays(None, now)), default=now.date())
    found = [
        {
            "id": one.grant.public_id,
            "grant": one.grant.external_id or one.grant.public_id,
            "account": str(one.grant.account),
            "currency": one.grant.currency,
            "amount": exact_amount(one.amount_minor, one.grant.currency),
        }
        for one in expire_credit(today=day, now=now)
    ]
    print_list(found, "grant account amount+", 0, as_json)


@command(group, "reverse")
def reverse(
    grant: Annotated[str, typer.Argument(metavar="CREDIT", help="By public id or external id.")],
    reason: Annotated[str, typer.Option(help="Why it is taken back.")],
    role: StaffRoleOption = "owner",
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Take back what is left of a grant that was a mistake."""
    from quarterday.services.credit.reverse_credit import reverse_credit
    from quarterday.store.queries.references import find_grant

    row, now = find_grant(grant), read_clock()
    day = today_of(row.account.seller, today, now)
    taken = reverse_credit(grant=row, today=day, now=now, reason=reason, role=role, actor=ACTOR)
    if as_json:
        print_json(grant_record(find_grant(row.public_id)))
    else:
        say(f"{money(taken.amount_minor, row.currency)} of credit {row.public_id} is taken back.")
