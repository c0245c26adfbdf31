"""A month of bank lines with the truth kept aside, for the bench of matching.

What is the truth was decided before the line was written, and nothing here asks the matching. A
line is ``findable`` when somebody with the same books and the statement could say what it is for:
not when a stranger pays without a word, or one of two namesakes without any sign of which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from quarterday.core.creditor_reference import make_creditor_reference
from quarterday.core.matching_types import BankText
from quarterday.services.bench.bank_noise import (
    IDLE_TEXTS,
    break_reference,
    break_text,
    spoil_digits,
    spoil_name,
    write_alike,
    write_around,
    write_number,
    write_reference,
)
from quarterday.services.bench.bank_world import (
    FIRST_DAY,
    Bill,
    Customer,
    World,
    make_iban,
    make_name,
    make_world,
)


class Truth(NamedTuple):
    """What a line is for: the number of a customer and those of invoices; 0 is nobody of ours."""

    customer: int
    invoices: frozenset[int]
    scenario: str
    is_findable: bool


@dataclass(slots=True)
class Month:
    """Lines in the order of the statement, and the truth by the key of a line."""

    world: World
    lines: list[BankText]
    truth: dict[str, Truth]


# How often each happens, out of a thousand lines.
_SHARES: dict[str, int] = {
    "reference": 250,
    "reference in text": 80,
    "broken reference": 25,
    "reference without RF": 15,
    "number": 230,
    "number with a slip": 35,
    "letters for digits": 20,
    "name and amount": 60,
    "known IBAN, no name": 20,
    "listed together": 45,
    "together, not listed": 25,
    "somebody else, number": 30,
    "somebody else, reference": 20,
    "somebody else, no word": 10,
    "charges deducted": 12,
    "discount taken": 8,
    "amount with a slip": 12,
    "a part": 12,
    "too much": 8,
    "family with a number": 12,
    "family without": 8,
    "paid twice": 10,
    "not ours": 53,
}


# Another mix, in other words and through other banks, which nothing was fitted to.
_SECOND_SHARES = _SHARES | {
    "reference": 120,
    "reference in text": 90,
    "broken reference": 35,
    "number": 290,
    "number with a slip": 45,
    "name and amount": 90,
    "listed together": 60,
    "together, not listed": 35,
    "charges deducted": 20,
    "a part": 18,
    "paid twice": 14,
}


class _Writer:
    """Writes lines for the bills of a world, each paid once unless it is paid twice."""

    def __init__(self, rng: Random, world: World, is_second: bool) -> None:
        self.rng, self.world, self.is_second = rng, world, is_second
        self.lines: list[tuple[BankText, Truth]] = []
        family = {id(one) for pair in world.families for one in pair}
        self.unpaid = [one for one in world.customers if id(one) not in family]
        self.families = [pair for pair in world.families if all(one.invoices for one in pair)]
        rng.shuffle(self.unpaid)
        self.paid: list[tuple[BankText, Bill]] = []

    def write(self, scenario: str) -> None:
        """One line of a kind."""
        rng = self.rng
        if scenario == "not ours":
            self._write_foreign()
        elif scenario == "paid twice" and self.paid:
            line, bill = rng.choice(self.paid)
            again = line._replace(on=line.on + timedelta(days=rng.randrange(0, 6)))
            # Settled by the first, so what is right is the customer, and its credit.
            self._keep(again, Truth(bill.customer.number, frozenset(), scenario, True))
        elif scenario.startswith("family"):
            self._write_family(scenario)
        elif "together" in scenario:
            self._write_joint(scenario)
        else:
            self._write_single(scenario)

    def _write_single(self, scenario: str) -> None:
        rng = self.rng
        needs_known = scenario == "known IBAN, no name"
        customer = self._take(lambda one: not needs_known or one.is_known)
        bill = rng.choice(customer.invoices)
        if scenario in ("name and amount", "known IBAN, no name"):
            # Without a word people pay what is oldest.
            bill = min(customer.invoices, key=lambda one: one.due_on)
        label = self.world.style.label(bill.number)
        line = self._start(customer, _pay_amount(rng, scenario, bill.amount_minor))
        text, stated = self._say(scenario, bill, label)
        line = line._replace(text=text, creditor_reference=stated)
        if scenario.startswith("somebody else"):
            line = line._replace(name=make_name(rng), iban=make_iban(rng))
        if needs_known:
            line = line._replace(name=rng.choice(("", "Gemeinschaftskonto", "NOT PROVIDED")))
        is_findable = scenario != "somebody else, no word"
        truth = Truth(customer.number, frozenset({bill.number}), scenario, is_findable)
        self._keep(line, truth)
        if scenario in ("reference", "number") and len(customer.invoices) == 1:
            self.paid.append((line, bill))

    def _say(self, scenario: str, bill: Bill, label: str) -> tuple[str, str]:
        """The text and the structured reference of a line."""
        rng, style = self.rng, self.world.style
        if scenario in ("reference", "somebody else, reference"):
            return "", make_creditor_reference(label)
        if scenario in ("name and amount", "known IBAN, no name", "somebody else, no word"):
            return rng.choice(IDLE_TEXTS), ""
        if scenario == "broken reference" and rng.random() < 0.5:
            return "", break_reference(rng, label)
        if scenario == "reference in text":
            words = write_reference(rng, label)
        elif scenario == "broken reference":
            words = break_reference(rng, label)
        elif scenario == "reference without RF":
            words = make_creditor_reference(label)[2:]
        elif scenario == "number with a slip":
            words = style.prefix + spoil_digits(rng, f"{bill.number:0{style.digits}d}")
        elif scenario == "letters for digits":
            words = write_alike(rng, style, bill.number)
        else:
            words = write_number(rng, style, bill.number)
        return self._around(words, bill.amount_minor, bill.customer.external_id), ""

    def _around(self, words: str, amount_minor: int, customer: str) -> str:
        text = write_around(self.rng, words, amount_minor, customer, is_second=self.is_second)
        return break_text(self.rng, text) if self.is_second else text

    def _write_joint(self, scenario: str) -> None:
        rng = self.rng
        customer = self._take(lambda one: len(one.invoices) > 1)
        bills = sorted(customer.invoices, key=lambda one: one.due_on)
        if scenario == "listed together":
            bills = sorted(rng.sample(bills, rng.randrange(2, min(5, len(bills)) + 1)), key=_number)
            words = [write_number(rng, self.world.style, one.number) for one in bills]
            text = write_around(
                rng, rng.choice((", ", " ", " und ", " + ", "/")).join(words), 0, ""
            )
        else:
            text = rng.choice(IDLE_TEXTS)
        line = self._start(customer, sum(one.amount_minor for one in bills))
        numbers = frozenset(one.number for one in bills)
        self._keep(line._replace(text=text), Truth(customer.number, numbers, scenario, True))

    def _write_family(self, scenario: str) -> None:
        rng = self.rng
        pair = self.families.pop(rng.randrange(len(self.families)))
        customer = rng.choice(pair)
        bill = min(customer.invoices, key=lambda one: one.due_on)
        other = pair[0] if customer is pair[1] else pair[1]
        line = self._start(customer, bill.amount_minor)
        text = rng.choice(IDLE_TEXTS)
        if scenario == "family with a number":
            number = write_number(rng, self.world.style, bill.number)
            text = self._around(number, bill.amount_minor, "")
        elif rng.random() < 0.5:
            # One pays from the account of the other.
            line = line._replace(iban=other.iban)
        truth = Truth(
            customer.number, frozenset({bill.number}), scenario, scenario.endswith("number")
        )
        self._keep(line._replace(text=text), truth)

    def _write_foreign(self) -> None:
        """Rent, tax, fees, refunds of suppliers with numbers of their own, and our own money."""
        rng = self.rng
        label = self.world.style.label(rng.randrange(1, 60_000))
        name, text, sign = rng.choice(
            (
                ("Example Landlord", "Miete Okt. 2026 Objekt 4711", -1),
                ("Finanzamt Beispielstadt", f"USt 09/2026 STNR 12/345/{rng.randrange(10**5)}", -1),
                ("", "Kontoführung, Entgelt 10/2026", -1),
                ("Example Supplier AG", f"Gutschrift {label} Kd 88{rng.randrange(10**6)}", 1),
                ("Example Supplier AG", f"refund order {rng.randrange(10**7)}", 1),
                ("Example Bench Ltd", "Umbuchung 30.09.2026", 1),
                ("Example Insurance SE", f"Schaden {rng.randrange(10**9)} Erstattung", 1),
                ("STRIPE PAYMENTS", f"STRIPE PAYOUT po-{rng.randrange(10**9)}", 1),
            )
        )
        amount = sign * rng.choice((995, 1190, 4900, rng.randrange(500, 200_000)))
        line = BankText("", amount, "EUR", self._day(), text, name, make_iban(rng))
        self._keep(line, Truth(0, frozenset(), "not ours", True))

    def _take(self, is_fit: Callable[[Customer], bool]) -> Customer:
        for place, one in enumerate(self.unpaid):
            if one.invoices and is_fit(one):
                return self.unpaid.pop(place)
        raise RuntimeError("there are too few customers for so many lines")

    def _start(self, customer: Customer, amount_minor: int) -> BankText:
        rng = self.rng
        name = spoil_name(rng, customer.name)
        iban = customer.iban if customer.is_known or rng.random() < 0.9 else ""
        return BankText("", amount_minor, "EUR", self._day(), "", name, iban)

    def _day(self) -> date:
        return FIRST_DAY + timedelta(days=self.rng.randrange(31))

    def _keep(self, line: BankText, truth: Truth) -> None:
        self.lines.append((line, truth))


def make_month(seed: int, lines: int, *, is_second: bool = False) -> Month:
    """A month of so many lines; the same seed makes the same month.

    The second noise has another mix of what goes wrong, other words, and other banks.
    """
    rng = Random(seed)
    world = make_world(rng, lines + lines // 4 + 60)
    writer = _Writer(rng, world, is_second)
    for scenario, share in (_SECOND_SHARES if is_second else _SHARES).items():
        for _ in range(max(1, lines * share // 1000)):
            writer.write(scenario)
    ordered = sorted(enumerate(writer.lines), key=lambda one: (one[1][0].on, one[0]))
    month = Month(world, [], {})
    for place, (_, (line, truth)) in enumerate(ordered):
        key = f"line-{place:06d}"
        month.lines.append(line._replace(key=key))
        month.truth[key] = truth
    return month


def _pay_amount(rng: Random, scenario: str, owed: int) -> int:
    if scenario == "charges deducted":
        return owed - min(rng.choice((150, 500, 750, 1250)), owed // 10)
    if scenario == "discount taken":
        return owed - round(owed * rng.choice((2, 3)) / 100)
    if scenario == "amount with a slip":
        spoiled = int(spoil_digits(rng, str(owed)))
        return spoiled if spoiled > 0 else owed + 100
    if scenario == "a part":
        return max(1, owed * rng.choice((25, 33, 50)) // 100)
    if scenario == "too much":
        return owed + rng.choice((100, 500, 1000, 1))
    return owed


def _number(bill: Bill) -> int:
    return bill.number
