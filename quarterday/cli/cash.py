"""``quarterday cash``: the desk where people pay in cash, by cheque or by card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_amount
from quarterday.cli.options import (
    AccountArgument,
    ExternalId,
    Json,
    SellerCode,
    Today,
    read_clock,
    today_of,
)
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import money, print_facts, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import Cashier, Till, TillEntry, User

group = make_group("Take money at the desk: tills, cashiers, and what each day closed with.")
Code = Annotated[str, typer.Argument(metavar="CODE", help="Small letters and digits.")]
CashLimit = Annotated[
    str | None, typer.Option("--limit", metavar="AMOUNT", help="The most cash in the till.")
]
UserEmail = Annotated[
    str | None,
    typer.Option("--user", metavar="EMAIL", help="Who of the staff uses it in the console."),
]
CashierCode = Annotated[
    str, typer.Option("--cashier", metavar="CODE", help="Who stands at the till.")
]
Amount = Annotated[str, typer.Argument(metavar="AMOUNT", help="In the till's currency.")]


@command(group, "add-cashier")
def add(
    code: Code,
    name: Annotated[str, typer.Option(help="Who it is.")],
    limit: CashLimit = None,
    user: UserEmail = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Let somebody take money, and do nothing else."""
    from quarterday.services.tills.add_cashier import add_cashier
    from quarterday.store.queries.references import find_seller

    owner = find_seller(seller)
    minor = None if limit is None else parse_amount(limit, owner.currency)
    row = add_cashier(
        seller=owner,
        code=code,
        name=name,
        limit_minor=minor,
        user=_find_user(user),
        now=read_clock(),
        actor=ACTOR,
    )
    _tell_cashier(row, as_json)


@command(group, "change-cashier")
def change(
    code: Code,
    limit: CashLimit = None,
    user: UserEmail = None,
    is_active: Annotated[
        bool | None,
        typer.Option("--active/--gone", help="Whether they may take money; by default as it is."),
    ] = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Say who uses a till in the console, its limit, or that somebody takes no money any more."""
    from quarterday.services.tills.add_cashier import change_cashier

    row = _find(code, seller)
    changed = change_cashier(
        cashier=row,
        limit_minor=None if limit is None else parse_amount(limit, row.seller.currency),
        is_active=is_active,
        user=_find_user(user),
        now=read_clock(),
        actor=ACTOR,
    )
    _tell_cashier(changed, as_json)


@command(group, "open")
def open_one(
    cashier: CashierCode,
    cash: Annotated[
        str | None,
        typer.Option(metavar="AMOUNT", help="What is in it; by default what it closed with last."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="By default the seller's.")
    ] = None,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Open a cashier's till for the day."""
    from quarterday.services.tills.open_till import open_till

    row, now = _find(cashier, seller), read_clock()
    till = open_till(
        cashier=row,
        today=today_of(row.seller, today, now),
        now=now,
        opening_minor=None if cash is None else parse_amount(cash, currency or row.seller.currency),
        currency=currency,
        actor=f"cashier {row.code}",
    )
    if as_json:
        print_json(_till_record(till))
    else:
        there = money(till.opening_minor, till.currency)
        say(f"Till {till.number} of {row.code} is open with {there}.")


@command(group, "find")
def find(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A number, name or invoice.")],
    cashier: CashierCode,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Find who stands at the desk, and what they owe."""
    from quarterday.services.tills.find_payers import find_payers

    rows = find_payers(cashier=_find(cashier, seller), text=text)
    records = [
        {
            "account": one.number,
            "name": one.name,
            "currency": one.currency,
            "open": exact_amount(one.open_minor, one.currency),
            "invoices": list(one.invoices),
        }
        for one in rows
    ]
    if not as_json:
        records = [one | {"invoices": ", ".join(one["invoices"])} for one in records]
    print_list(records, "account name open+ invoices", 0, as_json)


@command(group, "take")
def take(
    account: AccountArgument,
    amount: Amount,
    cashier: CashierCode,
    by: Annotated[str, typer.Option("--by", help="cash, cheque or card.")] = "cash",
    invoice: Annotated[
        list[str] | None,
        typer.Option(metavar="INVOICE", help="What it is for; by default the oldest due first."),
    ] = None,
    as_credit: Annotated[bool, typer.Option("--credit", help="All of it is credit.")] = False,
    reference: Annotated[str, typer.Option(help="The cheque's number, or the slip's.")] = "",
    external_id: ExternalId = None,
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Take money; the customer gets the receipt."""
    from quarterday.services.inputs import check_word
    from quarterday.services.tills.take_payment import Means, take_payment
    from quarterday.store.queries.references import find_account, find_invoice

    row, now = _find(cashier, seller), read_clock()
    payer = find_account(account, row.seller.code)
    if as_credit and invoice:
        raise typer.BadParameter("--credit pays no --invoice; leave one of them out")
    named = [find_invoice(name, row.seller.code).public_id for name in invoice or ()]
    entry = take_payment(
        cashier=row,
        account=payer,
        amount_minor=parse_amount(amount, payer.currency),
        means=check_word(Means, by, "by"),
        today=today_of(row.seller, today, now),
        now=now,
        invoices=named if named or as_credit else None,
        reference=reference,
        key=external_id,
    )
    _tell(entry, payer.currency, f"is taken from account {payer}; {_say_use(entry)}", as_json)


@command(group, "cancel")
def cancel(
    entry: Annotated[int, typer.Argument(metavar="ENTRY", help="Its number in the till.")],
    cashier: CashierCode,
    reason: Annotated[str, typer.Option(help="Why, for your own records.")],
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Undo a payment of the same day, as when the wrong customer was chosen."""
    from quarterday.services.tills.cancel_entry import cancel_entry
    from quarterday.store.queries.tills import find_entry, find_till

    row, now = _find(cashier, seller), read_clock()
    till = find_till(row)
    undone = cancel_entry(
        cashier=row,
        entry=find_entry(till, entry),
        reason=reason,
        today=today_of(row.seller, today, now),
        now=now,
    )
    _tell(undone, till.currency, f"undoes entry {entry}", as_json)


@command(group, "bank")
def bank(
    amount: Amount,
    cashier: CashierCode,
    slip: Annotated[str, typer.Option(help="The number of the deposit slip.")],
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Bring cash to the bank; it is awaited there until the statement shows it."""
    from quarterday.services.tills.bank_cash import bank_cash
    from quarterday.store.queries.tills import find_till

    row, now = _find(cashier, seller), read_clock()
    code = find_till(row).currency
    entry = bank_cash(
        cashier=row,
        amount_minor=parse_amount(amount, code),
        note=slip,
        today=today_of(row.seller, today, now),
        now=now,
    )
    _tell(entry, code, "went to the bank", as_json)


@command(group, "close")
def close(
    counted: Annotated[str, typer.Argument(metavar="COUNTED", help="The cash that is there.")],
    cashier: CashierCode,
    reason: Annotated[
        str, typer.Option("--note", help="How a difference may have come; needed for one.")
    ] = "",
    seller: SellerCode = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    """Count a till and close its day; what differs is posted."""
    from quarterday.services.tills.close_till import close_till
    from quarterday.store.queries.tills import find_till

    row, now = _find(cashier, seller), read_clock()
    till = close_till(
        cashier=row,
        counted_minor=parse_amount(counted, find_till(row).currency),
        today=today_of(row.seller, today, now),
        now=now,
        note=reason,
    )
    _print(till, as_json)


@command(group, "report")
def report(
    cashier: CashierCode,
    till: Annotated[int | None, typer.Option(metavar="NUMBER", help="By default the last.")] = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Show a till's day: by means, how often and how much, and what was counted."""
    from quarterday.store.queries.tills import find_till

    _print(find_till(_find(cashier, seller), till), as_json)


def _find(code: str, seller: str | None) -> Cashier:
    from quarterday.store.queries.references import find_seller
    from quarterday.store.queries.tills import find_cashier

    return find_cashier(code, find_seller(seller))


def _find_user(email: str | None) -> User | None:
    from quarterday.store.queries.people import find_user

    return find_user(email) if email else None


def _tell_cashier(row: Cashier, as_json: bool) -> None:
    email = row.user.email if row.user else ""
    if as_json:
        who = {"id": row.public_id, "cashier": row.code, "name": row.name}
        print_json(who | {"user": email, "is_active": row.is_active})
        return
    where = f", in the console as {email}" if email else ""
    says = f"may take money{where}" if row.is_active else "takes no money any more"
    say(f"Cashier {row.code} {says}.")


def _say_use(entry: TillEntry) -> str:
    """Which invoices a payment settles, and what of it is credit."""
    if entry.payment is None:
        return "it is no payment"
    code = entry.payment.currency
    rows = entry.payment.allocations.select_related("invoice").order_by("id")
    parts = [f"{one.invoice.label} {money(one.amount_minor, code)}" for one in rows]
    left = entry.payment.amount_minor - sum(one.amount_minor for one in rows)
    return ", ".join([*parts, *([f"credit {money(left, code)}"] if left else [])])


def _tell(entry: TillEntry, code: str, text: str, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "entry": entry.number,
                "till": entry.till.number,
                "kind": str(entry.kind),
                "by": entry.means,
                "currency": code,
                "amount": exact_amount(entry.amount_minor, code),
                "payment": entry.payment.public_id if entry.payment else None,
            }
        )
    else:
        say(f"Entry {entry.number}: {money(abs(entry.amount_minor), code)} {text}.")


def _print(till: Till, as_json: bool) -> None:
    from quarterday.store.queries.tills import list_sums, sum_cash

    sums = list_sums(till)
    if as_json:
        parts = [
            {
                "by": one.means,
                "kind": one.kind,
                "count": one.entries,
                "amount": exact_amount(one.amount_minor, till.currency),
            }
            for one in sums
        ]
        print_json(_till_record(till) | {"sums": parts})
        return
    facts: list[tuple[str, object]] = [
        ("till", f"{till.number} of {till.cashier.code}, {till.opened_on}"),
        ("opened with", money(till.opening_minor, till.currency)),
    ]
    for one in sums:
        total = money(one.amount_minor, till.currency)
        facts.append((f"{one.means} {one.kind}", f"{one.entries}: {total}"))
    if till.closed_at is None:
        facts.append(("cash that should be there", money(sum_cash(till), till.currency)))
    else:
        facts.append(("cash expected", money(till.expected_minor, till.currency)))
        facts.append(("cash counted", money(till.counted_minor, till.currency)))
        if till.note:
            facts.append(("note", till.note))
    print_facts(facts)


def _till_record(till: Till) -> dict[str, Any]:
    def show(minor: int | None) -> str | None:
        return None if minor is None else exact_amount(minor, till.currency)

    return {
        "till": till.number,
        "cashier": till.cashier.code,
        "opened_on": till.opened_on.isoformat(),
        "is_open": till.closed_at is None,
        "currency": till.currency,
        "opening": show(till.opening_minor),
        "expected": show(till.expected_minor),
        "counted": show(till.counted_minor),
        "note": till.note,
    }
