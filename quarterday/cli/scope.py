"""Which accounts and which days a run, a dry run or a forecast is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import typer

from quarterday.cli.options import day_in


class Part(NamedTuple):
    """Days from ``first`` to ``last``, both included, for some sellers or for all."""

    first: date
    last: date
    sellers: Sequence[int] | None


def choose_accounts(
    account: str | None, seller: str | None
) -> tuple[list[int] | None, list[int] | None]:
    """The keys of the accounts and of the sellers that are meant; None for all."""
    from quarterday.store.queries.references import find_account, find_seller

    if account is not None:
        row = find_account(account, seller)
        return [row.id], [row.seller_id]
    return None, None if seller is None else [find_seller(seller).id]


def choose_days(
    on: date | None,
    first: date | None,
    last: date | None,
    sellers: Sequence[int] | None,
    now: datetime,
) -> list[Part]:
    """One day, a range, or without either today where each seller is."""
    if on is not None:
        if first or last:
            raise typer.BadParameter("give --on, or --from and --to, not both")
        return [Part(on, on, sellers)]
    if first is None and last is None:
        return choose_todays(sellers, now)
    if first is None or last is None:
        raise typer.BadParameter("--from and --to go together; --on is for a single day")
    if last < first:
        raise typer.BadParameter(f"--to {last} comes before --from {first}")
    return [Part(first, last, sellers)]


def choose_todays(sellers: Sequence[int] | None, now: datetime) -> list[Part]:
    """Today where each seller is, the earlier day first; mostly it is one day for all of them."""
    from quarterday.store.models import Seller

    by_day: dict[date, list[int]] = {}
    rows = Seller.objects.all() if sellers is None else Seller.objects.filter(id__in=sellers)
    for key, zone in rows.order_by("id").values_list("id", "time_zone"):
        by_day.setdefault(day_in(zone, now), []).append(key)
    if len(by_day) == 1:
        (day,) = by_day
        return [Part(day, day, sellers)]
    return [Part(day, day, keys) for day, keys in sorted(by_day.items())]
