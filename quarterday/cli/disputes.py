"""``quarterday disputes``: payments that somebody takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.options import AccountOption, Json, Limit, SellerCode
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import print_facts, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import Dispute, Invoice

group = make_group("See payments that payers or banks take back.")


@command(group, "list")
def list_all(
    account: AccountOption = None,
    seller: SellerCode = None,
    status: Annotated[
        str | None, typer.Option(help="opened, won, lost or returned; by default all.")
    ] = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List disputes, the newest first."""
    from quarterday.store.queries.disputes import list_disputes
    from quarterday.store.queries.references import find_account, find_seller

    rows = list_disputes(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        status=status,
        limit=limit,
    )
    shown = "id account gateway opened_on status amount+ answer_by reason"
    print_list([_record(row) for row in rows], shown, limit, as_json)


@command(group, "show")
def show(
    dispute: Annotated[
        str, typer.Argument(metavar="DISPUTE", help="By public id, or what the gateway calls it.")
    ],
    as_json: Json = False,
) -> None:
    """Show a dispute, how it stands in the book, and what it leaves open."""
    from quarterday.store.models import Invoice
    from quarterday.store.queries.disputes import find_dispute

    row = find_dispute(dispute)
    invoices = Invoice.objects.filter(account=row.account, public_id__in=row.invoices)
    owed = [_invoice(one) for one in invoices.order_by("due_on", "id")]
    record = _record(row)
    if as_json:
        print_json(record | {"invoices": owed})
        return
    print_facts((name.replace("_", " "), value) for name, value in record.items())
    for one in owed:
        say(f"invoice {one['invoice']}: {one['status']}, {one['open']} {row.currency} open")


def _invoice(row: Invoice) -> dict[str, Any]:
    left = exact_amount(row.open_minor, row.currency)
    return {"invoice": row.label, "status": str(row.status), "open": left}


def _record(row: Dispute) -> dict[str, Any]:
    from quarterday.store.queries.disputes import sum_booked

    restored = row.restored.amount_minor if row.restored else 0
    return {
        "id": row.public_id,
        "account": str(row.account),
        "seller": row.account.seller.code,
        "gateway": row.gateway,
        "reference": row.reference,
        "payment": row.payment.external_id or row.payment.public_id,
        "status": str(row.status),
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "answer_by": row.answer_by,
        "currency": row.currency,
        "amount": exact_amount(row.amount_minor, row.currency),
        "booked_out": exact_amount(sum_booked(row), row.currency),
        "restored": exact_amount(restored, row.currency),
        "fee": exact_amount(row.fee_minor, row.currency),
        "reason": row.reason,
    }
