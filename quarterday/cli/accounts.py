"""``quarterday accounts``: those who owe."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from quarterday.cli.account_page import print_account
from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, merge_settings, parse_pairs
from quarterday.cli.options import (
    AccountArgument,
    ExternalId,
    Json,
    Limit,
    SellerCode,
    read_clock,
)
from quarterday.cli.output import print_list, say
from quarterday.cli.records import account_record

group = make_group("See, open, change and close customer accounts.")

Text = str | None
Country = Annotated[Text, typer.Option(metavar="CODE", help="ISO 3166 code, such as DE.")]
Region = Annotated[Text, typer.Option(help="State or province, where tax depends on it.")]
Language = Annotated[Text, typer.Option(help="Language of documents, such as en.")]
TaxId = Annotated[Text, typer.Option("--tax-id", help="VAT number or other tax id.")]
TaxIdValid = Annotated[
    bool | None,
    typer.Option(
        "--tax-id-valid/--tax-id-invalid",
        help="You checked the VAT number today; only a valid one is billed by reverse charge.",
    ),
]
TaxExempt = Annotated[
    Text, typer.Option("--tax-exempt", metavar="REASON", help="Why no tax is due; '' ends it.")
]
Address = Annotated[
    list[str] | None,
    typer.Option("--address", metavar="NAME=VALUE", help="A part of the address; repeatable."),
]
Setting = Annotated[
    list[str] | None,
    typer.Option(
        "--setting", metavar="NAME=VALUE", help="A billing setting, such as terms_days=30."
    ),
]


@command(group, "list")
def list_all(
    seller: SellerCode = None,
    status: Annotated[
        Literal["open", "closed"] | None, typer.Option(help="Only those in this state.")
    ] = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List accounts with what they owe."""
    from quarterday.store.queries.balances import load_balances
    from quarterday.store.queries.lists import list_accounts
    from quarterday.store.queries.references import find_seller

    rows = list_accounts(seller=find_seller(seller) if seller else None, status=status, limit=limit)
    balances = load_balances([row.id for row in rows], read_clock().date())
    records = [account_record(row, balances[row.id]) for row in rows]
    print_list(records, "account name seller status owed+ overdue+ credit+", limit, as_json)


@command(group, "show")
def show(account: AccountArgument, seller: SellerCode = None, as_json: Json = False) -> None:
    """Show an account with its contracts and open invoices."""
    from quarterday.store.queries.references import find_account

    print_account(find_account(account, seller), as_json)


@command(group, "open")
def open_new(
    name: Annotated[str, typer.Argument(help="Name of the customer.")],
    country: Annotated[str, typer.Option(metavar="CODE", help="ISO 3166 code, such as DE.")],
    seller: SellerCode = None,
    external_id: ExternalId = None,
    currency: Annotated[Text, typer.Option(help="By default that of the seller.")] = None,
    region: Region = None,
    language: Language = None,
    tax_id: TaxId = None,
    tax_id_valid: TaxIdValid = None,
    tax_exempt: TaxExempt = None,
    address: Address = None,
    setting: Setting = None,
    as_json: Json = False,
) -> None:
    """Open an account."""
    from quarterday.services.accounts.open_account import open_account
    from quarterday.store.queries.references import find_seller

    row = open_account(
        seller=find_seller(seller),
        name=name,
        country=country,
        now=read_clock(),
        currency=currency,
        external_id=external_id,
        language=language,
        region=region or "",
        address=parse_pairs(address),
        tax_id=tax_id or "",
        tax_id_evidence=_evidence(tax_id_valid),
        tax_exempt_reason=tax_exempt or "",
        settings=merge_settings({}, setting),
        actor=ACTOR,
    )
    _tell(row.public_id, as_json, f"Account {row} is open; its id is {row.public_id}.")


@command(group, "change")
def change(
    account: AccountArgument,
    seller: SellerCode = None,
    name: Annotated[Text, typer.Option(help="Name of the customer.")] = None,
    country: Country = None,
    region: Region = None,
    language: Language = None,
    tax_id: TaxId = None,
    tax_id_valid: TaxIdValid = None,
    tax_exempt: TaxExempt = None,
    address: Address = None,
    setting: Setting = None,
    as_json: Json = False,
) -> None:
    """Change what is given of an account; documents that were issued stay as they are.

    Parts of the address and settings that are not named stay. NAME= without a value takes a
    setting away.
    """
    from quarterday.services.accounts.change_account import change_account
    from quarterday.store.queries.references import find_account

    row = find_account(account, seller)
    row = change_account(
        account_id=row.id,
        now=read_clock(),
        name=name,
        language=language,
        country=country,
        region=region,
        address={**row.address, **parse_pairs(address)} if address else None,
        tax_id=tax_id,
        tax_id_evidence=_evidence(tax_id_valid),
        tax_exempt_reason=tax_exempt,
        settings=merge_settings(row.settings, setting),
        actor=ACTOR,
    )
    _tell(row.public_id, as_json, f"Account {row} is as you asked.")


@command(group, "close")
def close(account: AccountArgument, seller: SellerCode = None, as_json: Json = False) -> None:
    """Close an account: no new contracts. What it still owes is billed and collected."""
    from quarterday.services.accounts.close_account import close_account
    from quarterday.store.queries.references import find_account

    row = close_account(account_id=find_account(account, seller).id, now=read_clock(), actor=ACTOR)
    _tell(row.public_id, as_json, f"Account {row} is closed; quarterday accounts reopen undoes it.")


@command(group, "reopen")
def reopen(account: AccountArgument, seller: SellerCode = None, as_json: Json = False) -> None:
    """Let a closed account have contracts again."""
    from quarterday.services.accounts.reopen_account import reopen_account
    from quarterday.store.queries.references import find_account

    row = reopen_account(account_id=find_account(account, seller).id, now=read_clock(), actor=ACTOR)
    _tell(row.public_id, as_json, f"Account {row} is open.")


def _evidence(valid: bool | None) -> dict[str, Any] | None:
    """What is kept of a check of a VAT number: its outcome and its day."""
    if valid is None:
        return None
    return {"valid": valid, "checked_on": read_clock().date().isoformat()}


def _tell(name: str, as_json: bool, text: str) -> None:
    from quarterday.store.queries.references import find_account

    if as_json:
        print_account(find_account(name), as_json)
    else:
        say(text)
