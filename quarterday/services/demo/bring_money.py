"""What comes in next in the sample: kept cards that are charged, and a bank statement to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from random import Random
from typing import NamedTuple

from quarterday.core.money import currency, format_minor
from quarterday.ports.outcomes import KeptMethod
from quarterday.services.bank.add_bank_account import add_bank_account
from quarterday.services.demo.habits import Habit
from quarterday.services.payments.keep_method import keep_method
from quarterday.store.models import Account, Invoice, Seller

SELLER, BANK, IBAN = "hosting", "giro", "DE02120300000000202051"
_OPENING = 250_000
# What each card of the sandbox does when it is charged.
_CARDS = (
    ("ok", "visa", "4242", "Visa •••• 4242"),
    ("ok", "mastercard", "4444", "Mastercard •••• 4444"),
    ("insufficient_funds", "visa", "9995", "Visa •••• 9995"),
    ("expired", "visa", "0069", "Visa •••• 0069"),
    ("confirm", "visa", "3155", "Visa •••• 3155"),
)
_SHARES = (55, 32, 7, 3, 3)


class _Line(NamedTuple):
    amount_minor: int
    text: str
    name: str


def keep_cards(habits: Mapping[str, Habit], *, now: datetime, rng: Random) -> int:
    """Those who pay by card keep one of the sandbox, and a few of these fail; how many they are."""
    names = [name for name, habit in habits.items() if habit is Habit.CARD]
    for account in Account.objects.filter(external_id__in=names).order_by("id"):
        does, kind, last, label = rng.choices(_CARDS, _SHARES)[0]
        keep_method(
            account=account,
            gateway="sandbox",
            kept=KeptMethod(f"sbx.{does}.{kind}.{last}.203905", kind, label, date(2039, 5, 31)),
            now=now,
            actor="demo",
        )
    return len(names)


def write_statement(*, today: date, now: datetime) -> str:
    """A statement of the host's bank in MT940, with what a month of transfers looks like."""
    seller = Seller.objects.get(code=SELLER)
    add_bank_account(
        seller=seller, code=BANK, number=IBAN, currency=seller.currency, now=now, actor="demo"
    )
    lines = list(_invent(seller))
    closing = _OPENING + sum(line.amount_minor for line in lines)
    day = f"{today:%y%m%d}"
    blocks = [":20:DEMO", f":25:{IBAN}", ":28C:1/1", f":60F:{_balance(day, _OPENING, seller)}"]
    for number, line in enumerate(lines, 1):
        sign, amount = "D" if line.amount_minor < 0 else "C", abs(line.amount_minor)
        blocks.append(
            f":61:{day}{today:%m%d}{sign}{_write(amount, seller)}NTRFNONREF//DEMO-{number}"
        )
        blocks.append(f":86:166?00TRANSFER?20SVWZ+{line.text}?32{line.name[:27]}")
    return "\n".join([*blocks, f":62F:{_balance(day, closing, seller)}", "-", ""])


def _invent(seller: Seller) -> Iterator[_Line]:
    """As people transfer: exactly, carelessly, for two invoices, too little, and who knows what."""
    rows = Invoice.objects.filter(seller=seller, status="open").select_related("account")
    rows = rows.exclude(account__payment_methods__isnull=False).order_by("-due_on", "id")
    for number, invoice in enumerate(rows[:12]):
        name = invoice.account.name.upper()
        amount, text = invoice.open_minor, f"INVOICE {invoice.label} THANK YOU"
        if number % 4 == 1:
            text = f"RG {invoice.label.replace('-', ' ')}"
        elif number % 4 == 2:
            text = "HOSTING"
        elif number % 4 == 3:
            amount, text = max(1, amount // 2), f"FIRST HALF OF {invoice.label}"
        yield _Line(amount, text, name)
    yield _Line(-1290, "ACCOUNT FEES", "EXAMPLE BANK")
    yield _Line(4200, "BIRTHDAY", "AUNT EXAMPLE")


def _balance(day: str, minor: int, seller: Seller) -> str:
    return f"C{day}{seller.currency}{_write(minor, seller)}"


def _write(minor: int, seller: Seller) -> str:
    return format_minor(minor, currency(seller.currency)).replace(",", "").replace(".", ",")
