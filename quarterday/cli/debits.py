"""``quarterday debits``: what is collected by direct debit, and the files that say so to banks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_amount
from quarterday.cli.options import (
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
    from quarterday.store.models import Debit, DebitBatch

group = make_group("Collect by SEPA direct debit, with files for your bank.")
File = Annotated[
    str, typer.Argument(metavar="FILE", help="The file, by its name at the bank or public id.")
]
Through = Annotated[date | None, day_option("--through", text="Those of this day and before.")]


@command(group, "due")
def due(
    through: Through = None, seller: SellerCode = None, limit: Limit = 100, as_json: Json = False
) -> None:
    """List debits that are in no file yet, the next first."""
    from quarterday.store.queries.debits import list_due
    from quarterday.store.queries.references import find_seller

    rows = list_due(find_seller(seller), through=through, limit=limit)
    shown = "debit account collect_on amount+ mandate announced_on"
    print_list([_debit_record(one) for one in rows], shown, limit, as_json)


@command(group, "make-file")
def make_file(
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FOLDER", file_okay=False, help="Write the files there, too."),
    ] = None,
    through: Through = None,
    name: Annotated[
        str, typer.Option(help="Your own name for it; asked again, it is the same file.")
    ] = "",
    scheme: Annotated[str, typer.Option(help="CORE or B2B; by default a file of each.")] = "",
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Put what is due into a file for the bank; each debit is in one of them."""
    from quarterday.services.debits.make_batch import make_batch
    from quarterday.services.inputs import check_word
    from quarterday.store.models import MandateScheme
    from quarterday.store.queries.references import find_seller

    owner, now = find_seller(seller), read_clock()
    chosen = [check_word(MandateScheme, scheme.upper(), "scheme")] if scheme else [*MandateScheme]
    if name and not scheme:
        raise typer.BadParameter("a file with a name is of one scheme; give --scheme CORE or B2B")
    made: list[DebitBatch] = []
    for one in chosen:
        batch = make_batch(
            seller=owner,
            today=today_of(owner, today, now),
            now=now,
            scheme=one,
            through=through,
            name=name,
            actor=ACTOR,
        )
        if batch is not None:
            made.append(batch)
    paths = {one.id: _write(one, to) for one in made} if to else {}
    if as_json:
        records = [_batch_record(one) for one in made]
        for batch, record in zip(made, records, strict=True):
            record["path"] = str(paths[batch.id]) if batch.id in paths else None
        print_json(records)
        return
    for batch in made:
        total = money(batch.total_minor, batch.currency)
        where = f" in {paths[batch.id]}" if batch.id in paths else ""
        say(f"File {batch.message_id} of {_count(batch.count)}, {total}, is made{where}.")
    if not made:
        say(
            "No debit is due in the next days that is not in a file already: `debits due` lists "
            "what waits, which --through takes sooner, and `debits list` the files."
        )


@command(group, "list")
def list_files(
    open_only: Annotated[
        bool, typer.Option("--open", help="Only those that were not sent.")
    ] = False,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List files for the bank, the newest first."""
    from quarterday.store.queries.debits import list_batches
    from quarterday.store.queries.references import find_seller

    rows = list_batches(find_seller(seller), open_only=open_only, limit=limit)
    shown = "file status count total+ made_on sent_on"
    print_list([_batch_record(one) for one in rows], shown, limit, as_json)


@command(group, "download")
def download(
    file: File,
    to: Annotated[
        Path, typer.Option("--to", metavar="FOLDER", file_okay=False, help="Write it there.")
    ],
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Write a file again, just as it was made. It names bank accounts: delete it afterwards."""
    from quarterday.store.queries.debits import find_batch
    from quarterday.store.queries.references import find_seller

    batch = find_batch(file, find_seller(seller))
    path = _write(batch, to)
    if as_json:
        print_json(_batch_record(batch) | {"path": str(path)})
    else:
        say(f"File {batch.message_id} is in {path}.")


@command(group, "sent")
def sent(file: File, seller: SellerCode = None, as_json: Json = False) -> None:
    """Write down that a file was given to the bank."""
    from quarterday.services.debits.mark_sent import mark_sent
    from quarterday.store.queries.debits import find_batch
    from quarterday.store.queries.references import find_seller

    batch = find_batch(file, find_seller(seller))
    _tell(mark_sent(batch=batch, now=read_clock(), actor=ACTOR), as_json)


@command(group, "drop")
def drop(
    file: File,
    refused: Annotated[
        bool, typer.Option("--refused", help="It was sent, and the bank refused all of it.")
    ] = False,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Drop a file that the bank does not get; its debits go into the next one."""
    from quarterday.services.debits.drop_batch import drop_batch
    from quarterday.store.queries.debits import find_batch
    from quarterday.store.queries.references import find_seller

    batch = find_batch(file, find_seller(seller))
    _tell(drop_batch(batch=batch, now=read_clock(), is_refused=refused, actor=ACTOR), as_json)


@command(group, "settle")
def settle(
    file: File,
    on: Annotated[date | None, day_option("--on", text="The value date; by default today.")] = None,
    group_name: Annotated[
        str, typer.Option("--group", help="Only the sum with this payment information id.")
    ] = "",
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Record that the bank collected a file, where its statement is not imported."""
    from quarterday.services.debits.find_debits import find_groups
    from quarterday.services.debits.settle_debits import settle_debits
    from quarterday.store.queries.debits import find_batch
    from quarterday.store.queries.references import find_seller

    owner, now = find_seller(seller), read_clock()
    batch = find_batch(file, owner)
    groups = find_groups(owner, message_id=batch.message_id)
    debits = [one for part in groups for one in part.debits]
    if group_name:
        debits = [one for one in debits if one.payment_group == group_name]
    day = on or today_of(owner, today, now)
    paid = settle_debits(debits=debits, received_on=day, now=now, actor=ACTOR)
    total = sum(one.amount_minor for one in paid)
    if as_json:
        total_text = exact_amount(total, batch.currency)
        print_json({"file": batch.message_id, "payments": len(paid), "total": total_text})
    else:
        say(f"{len(paid)} debits of file {batch.message_id}, {money(total, batch.currency)}, came.")


@command(group, "return")
def give_back(
    debit: Annotated[str, typer.Argument(metavar="DEBIT", help="The end-to-end id.")],
    code: Annotated[str, typer.Option(help="The bank's reason, such as AM04 or MD06.")],
    fee: Annotated[str, typer.Option(metavar="AMOUNT", help="What the bank asks for it.")] = "0",
    before: Annotated[
        bool, typer.Option("--before", help="It was refused before any money moved.")
    ] = False,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Record that the bank gave a debit back, where its statement is not imported."""
    from quarterday.core.errors import BillingError
    from quarterday.services.debits.find_debits import find_debit
    from quarterday.services.debits.return_debit import return_debit
    from quarterday.store.queries.references import find_seller

    owner, now = find_seller(seller), read_clock()
    row = find_debit(owner, debit)
    if row is None:
        raise BillingError(f"there is no debit {debit!r}; the bank calls it the end-to-end id")
    dispute = return_debit(
        debit=row,
        code=code,
        today=today_of(owner, today, now),
        now=now,
        key=f"return {row.end_to_end_id}",
        is_money_moved=not before,
        fee_minor=parse_amount(fee, row.attempt.currency),
        actor=ACTOR,
    )
    row.mandate.refresh_from_db()
    if as_json:
        data = {"debit": row.end_to_end_id, "dispute": dispute.public_id if dispute else None}
        print_json(data | {"mandate": row.mandate.reference, "status": str(row.mandate.status)})
    else:
        what = "came back and is owed again" if dispute else "was refused"
        say(f"Debit {row.end_to_end_id} {what}; its mandate is {row.mandate.status}.")


def _count(number: int) -> str:
    return "1 debit" if number == 1 else f"{number:,} debits"


def _write(batch: DebitBatch, folder: Path) -> Path:
    """For the eyes of whoever runs the command alone: the file names bank accounts."""
    import os

    from quarterday.services.debits.read_batch import read_batch

    content = read_batch(batch=batch, now=read_clock(), actor=ACTOR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{batch.public_id}.xml"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(content)
    return path


def _tell(batch: DebitBatch, as_json: bool) -> None:
    if as_json:
        print_json(_batch_record(batch))
    else:
        say(f"File {batch.message_id} is {batch.status}.")


def _debit_record(row: Debit) -> dict[str, Any]:
    return {
        "debit": row.end_to_end_id,
        "attempt": row.attempt.public_id,
        "account": str(row.attempt.account),
        "collect_on": row.collect_on.isoformat(),
        "currency": row.attempt.currency,
        "amount": exact_amount(row.attempt.amount_minor, row.attempt.currency),
        "mandate": row.mandate.reference,
        "announced_on": row.announced_on.isoformat() if row.announced_on else None,
    }


def _batch_record(row: DebitBatch) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "file": row.message_id,
        "status": str(row.status),
        "count": row.count,
        "currency": row.currency,
        "total": exact_amount(row.total_minor, row.currency),
        "made_on": row.made_at.date().isoformat(),
        "sent_on": row.sent_at.date().isoformat() if row.sent_at else None,
    }
