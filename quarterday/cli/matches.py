"""``quarterday matches``: what bank lines were for, and what people decide about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.bank import BankAccountOption
from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_amount
from quarterday.cli.options import Json, Limit, SellerCode, Today, read_clock, today_of
from quarterday.cli.output import amount, money, print_json, print_list, say
from quarterday.core.errors import BillingError
from quarterday.core.matching_words import explain_reasons

if TYPE_CHECKING:
    from quarterday.store.models import BankLine, BankMatch

group = make_group("Decide what bank lines were for, where it is not certain.")
Match = Annotated[
    str,
    typer.Argument(metavar="MATCH", help="A match (mat_…), or a line (bln_…) for its best one."),
]
Line = Annotated[str, typer.Argument(metavar="LINE", help="The bank line (bln_…).")]
Reason = Annotated[str, typer.Option("--reason", metavar="WHY", help="Why, for the log.")]


@command(group, "list")
def list_all(
    status: Annotated[
        str, typer.Option(help="proposed, booked, rejected, undone, or open for lines without.")
    ] = "proposed",
    account: BankAccountOption = None,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List what is proposed, the best first of each line; or what became of lines otherwise."""
    from quarterday.store.queries.bank import find_bank_account
    from quarterday.store.queries.matches import list_matches, list_unmatched
    from quarterday.store.queries.references import find_seller

    bank = find_bank_account(account, seller) if account else None
    if status == "open":
        lines = [_line_record(row) for row in list_unmatched(bank, limit)]
        print_list(lines, "line bank booked_on amount+ name text", limit, as_json)
        return
    owner = find_seller(seller) if seller else None
    rows = list_matches(status=status, bank_account=bank, seller=owner, limit=limit)
    shown = "match line booked_on amount+ name percent kind for why"
    print_list([match_record(row) for row in rows], shown, limit, as_json)


@command(group, "accept")
def accept(
    matches: Annotated[
        list[str], typer.Argument(metavar="MATCH...", help="Matches, or lines for their best one.")
    ],
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Book what is proposed; the other proposals of the line are dropped."""
    from quarterday.services.bank.accept_match import accept_match
    from quarterday.store.queries.matches import find_match

    records = []
    for name in matches:
        row, now = find_match(name), read_clock()
        day = today_of(row.line.bank_account.seller, today, now)
        accept_match(match=row, today=day, now=now, actor=ACTOR)
        records.append(match_record(find_match(row.public_id)))
    if as_json:
        print_json(records)
        return
    for one in records:
        say(f"{one['line']} is booked: {one['for']}")


@command(group, "reject")
def reject(match: Match, as_json: Json = False) -> None:
    """Say that a line is not this; it is not proposed again."""
    from quarterday.services.bank.reject_match import reject_match
    from quarterday.store.queries.matches import find_match

    row = reject_match(match=find_match(match), now=read_clock(), actor=ACTOR)
    _tell(row, f"{row.line.public_id} is not this; it will not be proposed again.", as_json)


@command(group, "undo")
def undo(match: Match, reason: Reason, today: Today = None, as_json: Json = False) -> None:
    """Take a booked match back by a reversing entry; the line is open again."""
    from quarterday.services.bank.undo_match import undo_match
    from quarterday.store.models import MatchStatus
    from quarterday.store.queries.matches import find_match

    row, now = find_match(match, MatchStatus.BOOKED), read_clock()
    day = today_of(row.line.bank_account.seller, today, now)
    row = undo_match(match=row, today=day, now=now, reason=reason, actor=ACTOR)
    _tell(row, f"{row.line.public_id} is open again.", as_json)


@command(group, "split")
def split(
    line: Line,
    shares: Annotated[
        list[str],
        typer.Argument(
            metavar="ACCOUNT=AMOUNT...",
            help="Who paid how much of it; =AMOUNT may be left out for all that is open.",
        ),
    ],
    invoice: Annotated[
        list[str] | None,
        typer.Option(metavar="INVOICE", help="What it is for; by default the oldest due first."),
    ] = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Book a line by hand, for one account or split over several."""
    from quarterday.services.bank.split_line import Share, split_line
    from quarterday.store.queries.matches import find_line
    from quarterday.store.queries.references import find_account, find_invoice

    row, now = find_line(line), read_clock()
    seller = row.bank_account.seller
    named = [find_invoice(name, seller.code) for name in invoice or ()]
    parts = []
    for text in shares:
        name, sign, value = text.rpartition("=") if "=" in text else (text, "", "")
        owner = find_account(name, seller.code)
        minor = parse_amount(value, row.currency) if sign else row.open_minor
        mine = tuple(one for one in named if one.account_id == owner.id)
        parts.append(Share(owner, minor, mine))
    if strangers := {one.account_id for one in named} - {one.account.id for one in parts}:
        labels = [one.label for one in named if one.account_id in strangers]
        raise BillingError(f"invoice {labels[0]} is of none of these accounts")
    day = today_of(seller, today, now)
    booked = split_line(line=row, shares=parts, today=day, now=now, actor=ACTOR)
    if as_json:
        print_json([match_record(one) for one in booked])
        return
    for one in booked:
        say(f"{money(one.amount_minor, row.currency)} is booked for account {one.account}")
    row.refresh_from_db()
    if row.open_minor:
        say(f"{money(row.open_minor, row.currency)} of the line is still open.")


@command(group, "ignore")
def ignore(line: Line, reason: Reason, today: Today = None, as_json: Json = False) -> None:
    """Say that a line is no business of these books, such as rent; it can be undone."""
    from quarterday.services.bank.ignore_line import ignore_line
    from quarterday.store.queries.matches import find_line

    row, now = find_line(line), read_clock()
    day = today_of(row.bank_account.seller, today, now)
    match = ignore_line(line=row, today=day, now=now, reason=reason, actor=ACTOR)
    _tell(match, f"{line} is left to other books; `matches undo {match.public_id}`", as_json)


def match_record(row: BankMatch) -> dict[str, Any]:
    """A match, with its line."""
    line = row.line
    return {
        "match": row.public_id,
        **_line_record(line),
        "status": str(row.status),
        "kind": str(row.kind),
        "percent": row.confidence,
        "amount": amount(row.amount_minor, line.currency),
        "account": str(row.account) if row.account else None,
        "invoices": row.invoices,
        "for": describe(row),
        "payment": row.payment.public_id if row.payment else None,
        "payout": row.payout.reference if row.payout else None,
        "refund": row.refund.public_id if row.refund else None,
        "reasons": row.reasons,
        "why": "; ".join(explain_reasons(row.reasons)),
    }


def describe(row: BankMatch) -> str:
    """What a match says, in few words."""
    from quarterday.store.models import Invoice

    if row.payout is not None:
        return f"payout {row.payout.reference} of {row.payout.gateway}"
    if row.refund is not None:
        return f"refund {row.refund.public_id} of {row.account}"
    if row.account is None:
        return row.key if row.kind != "other" else "other books"
    if row.kind == "return":
        return f"debit of {row.account} that came back"
    labels = Invoice.objects.filter(public_id__in=row.invoices).order_by("due_on", "id")
    named = ", ".join(labels.values_list("label", flat=True))
    return f"{row.account}: {named or 'credit'}"


def _line_record(row: BankLine) -> dict[str, Any]:
    return {
        "line": row.public_id,
        "bank": row.bank_account.code,
        "booked_on": row.booked_on,
        "currency": row.currency,
        "amount": amount(row.open_minor, row.currency),
        "name": row.name,
        "text": row.text or row.creditor_reference,
    }


def _tell(row: BankMatch, text: str, as_json: bool) -> None:
    if as_json:
        print_json(match_record(row))
    else:
        say(text)
