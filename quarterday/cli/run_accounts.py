"""``quarterday runs hold`` and its like, and how accounts are named to them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import Json, Limit, SellerCode, day_option, read_clock, today_of
from quarterday.cli.output import print_list, tell
from quarterday.core.errors import BillingError

if TYPE_CHECKING:
    from quarterday.store.models import Seller

group = make_group("Hold accounts.")
Accounts = Annotated[
    list[str] | None,
    typer.Option("--account", metavar="ACCOUNT", help="This account, by its id; repeatable."),
]
AccountFile = Annotated[
    Path | None,
    typer.Option("--file", help="A list of accounts, one a line."),
]
Plan = Annotated[
    str, typer.Option("--plan", metavar="PRODUCT/PLAN", help="Accounts that have this plan.")
]
Country = Annotated[str, typer.Option("--country", metavar="CODE", help="Accounts of a country.")]


def choose_keys(
    seller: Seller, names: list[str] | None, file: Path | None, plan: str, country: str
) -> list[int] | None:
    """The keys of the accounts that are meant; None where nothing was said.

    Raises `BillingError` for names that nobody has.
    """
    from quarterday.store.queries.account_choice import Common, find_named, keys_of, read_names

    common = Common(country=country, plan=plan)
    if names is None and file is None:
        return None if common.is_empty() else list(keys_of(seller, common))
    listed = [*(names or ()), *(read_names(_read(file)) if file else ())]
    named = find_named(seller, listed)
    if named.unknown:
        some = ", ".join(named.unknown[:10])
        raise BillingError(f"{len(named.unknown)} of the accounts are not there: {some}")
    if common.is_empty():
        return named.keys
    return sorted({*named.keys} & {*keys_of(seller, common)})


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BillingError(f"{file} cannot be read as text ({error}); check its name") from None


def _must_choose(
    seller: Seller, names: list[str] | None, file: Path | None, plan: str, country: str
) -> list[int]:
    keys = choose_keys(seller, names, file, plan, country)
    if keys is None:
        raise typer.BadParameter("say which accounts: --account, --file, --plan or --country")
    return keys


@command(group, "hold")
def hold(
    reason: Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; staff reads it.")],
    account: Accounts = None,
    file: AccountFile = None,
    plan: Plan = "",
    country: Country = "",
    until: Annotated[
        date | None, day_option("--until", text="The last day of the hold; else until released.")
    ] = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Let billing pass accounts over; what falls due meanwhile is caught up on afterwards."""
    from quarterday.services.runs.hold_billing import hold_billing
    from quarterday.store.queries.references import find_seller

    one, now = find_seller(seller), read_clock()
    keys = _must_choose(one, account, file, plan, country)
    changed = hold_billing(
        seller=one,
        account_ids=keys,
        reason=reason,
        until=until,
        today=today_of(one, None, now),
        now=now,
        actor=ACTOR,
    )
    through = f"through {until}" if until else "until released"
    tell({"accounts": len(keys), "held": changed}, f"{changed:,} held {through}.", as_json)


@command(group, "release")
def release(
    account: Accounts = None,
    file: AccountFile = None,
    plan: Plan = "",
    country: Country = "",
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Let billing go on for accounts; the next run catches up."""
    from quarterday.services.runs.release_billing import release_billing
    from quarterday.store.queries.references import find_seller

    one = find_seller(seller)
    keys = _must_choose(one, account, file, plan, country)
    lifted = release_billing(seller=one, account_ids=keys, now=read_clock(), actor=ACTOR)
    data = {"accounts": len(keys), "released": lifted}
    tell(data, f"{lifted:,} released; the next run catches up.", as_json)


@command(group, "holds")
def holds(seller: SellerCode = None, limit: Limit = 100, as_json: Json = False) -> None:
    """List the accounts that billing passes over."""
    from quarterday.store.models import BillingHold
    from quarterday.store.queries.references import find_seller

    rows = BillingHold.objects.select_related("account__seller").order_by("account_id")
    if seller is not None:
        rows = rows.filter(account__seller=find_seller(seller))
    records = [
        {
            "account": str(row.account),
            "seller": row.account.seller.code,
            "name": row.account.name,
            "until": row.until,
            "reason": row.reason,
            "since": f"{row.held_at:%Y-%m-%d}",
            "by": row.actor,
        }
        for row in rows[: limit or None]
    ]
    print_list(records, "account seller name until reason since by", limit, as_json)
