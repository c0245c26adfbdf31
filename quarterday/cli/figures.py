"""``quarterday figures``: figures of days, as Home of the console shows them."""

from __future__ import annotations

from typing import Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.options import Json, SellerCode, read_clock
from quarterday.cli.output import amount, print_json, print_list, say

group = make_group("Add up what the console shows of days and months.")


@command(group, "rebuild")
def rebuild(seller: SellerCode = None, as_json: Json = False) -> None:
    """Add all figures up again from the documents; needed only when a figure is doubted."""
    from quarterday.services.figures.refresh_figures import refresh_figures
    from quarterday.store.models import Seller
    from quarterday.store.queries.references import find_seller

    sellers = [find_seller(seller)] if seller else list(Seller.objects.order_by("id"))
    now = read_clock()
    written = sum(refresh_figures(seller=one, now=now, is_whole=True) for one in sellers)
    if as_json:
        print_json({"sellers": len(sellers), "figures": written})
    else:
        say(f"{written:,} figures of {len(sellers):,} sellers written.")


@command(group, "list")
def list_all(
    seller: SellerCode = None,
    months: Annotated[int, typer.Option(min=1, max=240, help="How many months back.")] = 14,
    as_json: Json = False,
) -> None:
    """List what was invoiced, collected and lost by month, and what recurs."""
    from quarterday.core.figures import Figure, months_through
    from quarterday.core.period import local_date
    from quarterday.store.models import Seller
    from quarterday.store.queries.figures.read import read_months
    from quarterday.store.queries.references import find_seller

    records = []
    for one in [find_seller(seller)] if seller else Seller.objects.order_by("id"):
        parts = months_through(local_date(read_clock(), one.time_zone), months)
        found = read_months(one, tuple(Figure), parts.bounds[0])
        for code in sorted(found.currencies):
            for name, start in zip(parts.names, parts.bounds, strict=False):
                shown = {
                    str(figure): amount(found.of(figure, code, start).minor, code)
                    for figure in Figure
                    if figure not in (Figure.SENT, Figure.BOUNCED)
                }
                records.append({"seller": one.code, "month": name, "currency": code, **shown})
    print_list(
        records,
        "seller month currency invoiced credited collected refunded failed mrr",
        as_json=as_json,
    )
