"""``quarterday mandates``: what permits a seller to debit bank accounts."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.errors import ExitCode
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import (
    AccountOption,
    Json,
    Limit,
    SellerCode,
    Today,
    parse_day,
    read_clock,
    today_of,
)
from quarterday.cli.output import note, print_facts, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import Mandate

group = make_group("Mandates for SEPA direct debits.")
Reference = Annotated[str, typer.Argument(metavar="MANDATE", help="By reference or public id.")]
_NEEDED = ("account", "reference", "holder", "iban", "signed_on")


@command(group, "list")
def list_all(
    account: AccountOption = None,
    status: Annotated[str, typer.Option(help="active, revoked or expired.")] = "",
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List mandates, the newest first; of the account's number, only the last digits."""
    from quarterday.store.queries.debits import list_mandates
    from quarterday.store.queries.references import find_account, find_seller

    row = find_account(account, seller) if account else None
    found = list_mandates(
        row.seller if row else find_seller(seller), account=row, status=status, limit=limit
    )
    shown = "reference account holder last_digits scheme status signed_on last_used_on"
    print_list([_record(one) for one in found], shown, limit, as_json)


@command(group, "show")
def show(mandate: Reference, seller: SellerCode = None, as_json: Json = False) -> None:
    """Show a mandate, and how it was given."""
    from quarterday.store.queries.debits import find_mandate
    from quarterday.store.queries.references import find_seller

    row = find_mandate(mandate, find_seller(seller))
    data = _record(row) | {"evidence": row.evidence}
    if as_json:
        print_json(data)
        return
    facts = [(name.replace("_", " "), data[name]) for name in data if name != "evidence"]
    print_facts([*facts, *((name.replace("_", " "), row.evidence[name]) for name in row.evidence)])


@command(group, "revoke")
def revoke(
    mandate: Reference, seller: SellerCode = None, today: Today = None, as_json: Json = False
) -> None:
    """End a mandate: nothing is collected by it any more, and its way to pay is removed."""
    from quarterday.services.debits.end_mandate import end_mandate
    from quarterday.store.queries.debits import find_mandate
    from quarterday.store.queries.references import find_seller

    row, now = find_mandate(mandate, find_seller(seller)), read_clock()
    day = today_of(row.account.seller, today, now)
    row = end_mandate(mandate=row, today=day, now=now, actor=ACTOR)
    if as_json:
        print_json(_record(row))
    else:
        say(f"Mandate {row.reference} is {row.status}.")


@command(group, "import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="CSV with a heading."),
    ],
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Take over mandates: account, reference, holder, iban, signed_on; bic, scheme, last_used_on.

    Each row is taken or refused by itself; what is there already stays as it is.
    """
    from quarterday.core.errors import BillingError
    from quarterday.services.debits.add_mandate import add_mandate
    from quarterday.store.queries.references import find_account, find_seller

    owner, now = find_seller(seller), read_clock()
    taken: list[Mandate] = []
    refused: list[dict[str, Any]] = []
    for number, row in enumerate(_read(file), 2):
        try:
            used = row.get("last_used_on", "")
            mandate = add_mandate(
                account=find_account(row["account"], owner.code),
                reference=row["reference"],
                holder=row["holder"],
                iban=row["iban"],
                signed_on=parse_day(row["signed_on"]),
                today=today_of(owner, today, now),
                now=now,
                bic=row.get("bic", ""),
                scheme=row.get("scheme", "") or "CORE",
                last_used_on=parse_day(used) if used else None,
                actor=ACTOR,
            )
            taken.append(mandate)
        except (BillingError, typer.BadParameter) as error:
            refused.append({"line": number, "error": str(error)})
    if as_json:
        print_json({"taken": [_record(one) for one in taken], "refused": refused})
    else:
        say(f"{len(taken)} mandates are there.")
        for one in refused:
            note(f"line {one['line']}: {one['error']}")
    if refused:
        raise typer.Exit(ExitCode.INCOMPLETE)


def _read(file: Path) -> list[dict[str, str]]:
    if not file.is_file():
        raise typer.BadParameter(f"there is no file {file}")
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = csv.DictReader(handle)
        missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
        if missing:
            raise typer.BadParameter(f"{file} has no column {', '.join(missing)}; add it")
        return [{name: (row[name] or "").strip() for name in row if name} for row in rows]


def _record(row: Mandate) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "reference": row.reference,
        "account": str(row.account),
        "holder": row.holder,
        "last_digits": row.last_digits,
        "scheme": str(row.scheme),
        "status": str(row.status),
        "signed_on": row.signed_on.isoformat(),
        "last_used_on": row.last_used_on.isoformat() if row.last_used_on else None,
        "ended_on": row.ended_on.isoformat() if row.ended_on else None,
    }
