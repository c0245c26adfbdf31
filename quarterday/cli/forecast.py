"""``quarterday forecast``: what will be invoiced, by month and by account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from quarterday.cli.options import AccountOption, Json, SellerCode, day_option, read_clock
from quarterday.cli.output import Column, amount, money, print_json, print_table, say
from quarterday.cli.scope import choose_accounts, choose_todays
from quarterday.cli.simulated import Totals, simulate_parts

Key = tuple[str, ...]


@dataclass(slots=True)
class Sum:
    """What shares a key, in minor units of its currency, which is the last part of the key."""

    invoices: int = 0
    net_minor: int = 0
    tax_minor: int = 0
    total_minor: int = 0


def forecast_command(
    until: Annotated[date, day_option("--until", text="The last day to look at.")],
    account: AccountOption = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Show the invoices to come, by month and by account.

    Nothing is written. It is the billing run itself, run forward from today: prices, discounts,
    trials and changes that are agreed count, usage that nobody has measured yet does not.
    """
    keys, sellers = choose_accounts(account, seller)
    parts = [part._replace(last=until) for part in choose_todays(sellers, read_clock())]
    totals = Totals()
    months: dict[Key, Sum] = {}
    accounts: dict[Key, Sum] = {}
    for one in totals.pass_on(simulate_parts(parts, keys)):
        for sums, key in (
            (months, (f"{one.issue_on:%Y-%m}", one.currency)),
            (accounts, (one.account, one.seller, one.currency)),
        ):
            found = sums.setdefault(key, Sum())
            found.invoices += 1
            found.net_minor += one.net_minor
            found.tax_minor += one.tax_minor
            found.total_minor += one.total_minor
    if as_json:
        by_month = _to_data(("month", "currency"), months)
        by_account = _to_data(("account", "seller", "currency"), accounts)
        data = {"until": until, "by_month": by_month, "by_account": by_account}
        print_json(data | totals.to_data())
    elif months:
        say(f"Invoices to come until {until}, by month:")
        _print(("Month",), sorted(months.items()))
        say("\nBy account:")
        _print(("Account", "Seller"), accounts.items())
        totals.print_skipped()
    else:
        say(f"Nothing is due until {until}.")
        totals.print_skipped()
    totals.finish()


def _print(names: Sequence[str], sums: Iterable[tuple[Key, Sum]]) -> None:
    numbers = (Column(name, right=True) for name in ("Invoices", "Net", "Tax", "Total"))
    print_table(
        (*map(Column, names), *numbers),
        (
            (
                *key[:-1],
                f"{one.invoices:,}",
                money(one.net_minor, key[-1]),
                money(one.tax_minor, key[-1]),
                money(one.total_minor, key[-1]),
            )
            for key, one in sums
        ),
    )


def _to_data(names: Sequence[str], sums: Mapping[Key, Sum]) -> list[dict[str, Any]]:
    return [
        dict(zip(names, key, strict=True))
        | {
            "invoices": one.invoices,
            "net": amount(one.net_minor, key[-1]),
            "tax": amount(one.tax_minor, key[-1]),
            "total": amount(one.total_minor, key[-1]),
        }
        for key, one in sorted(sums.items())
    ]
