"""An invented seller's debtors for the bench of matching: who owes what, and who paid before.

Names are made of words for things, so that they are nobody's; but as with people, some first and
last names are much more frequent than others, and a few customers share both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

FIRST_DAY = date(2026, 10, 1)
_FIRST = (
    "Amber Birch Cobalt Dune Ember Fern Granit Hafen Indigo Juno Kestrel Lantern Maple Nimbus "
    "Orchid Pebble Quarz Raven Saffron Thistle Umber Violet Willow Yarrow Zephyr Opal Linde "
    "Jörk Änne Bärbe Élan Núria Çelin Søri Brise Flint Hazel Ivory Jade Lark Moss Onyx Rowan"
).split()
_HEADS = (
    "Moos Grün Silber Stein Möwen Nebel Regen Sand Wolken Honig Küsten Apfel Birken Ufer Wiesen "
    "Über Klee Distel Farn Hasel Kupfer Zinn Rüben Öl Tau Hügel Schiefer Kiesel Wald Winter"
).split()
_TAILS = (
    "brück hafen türm steg mühl acker weide quell tor bach ring dorn feld grund halm kamm laub "
    "pfad rain saum zaun höh egge krug luft netz ofen rost seil tuch"
).split()
_TRADES = (
    "Bakery Bicycles Books Ceramics Cinema Clinic Coffee Design Farm Florist Forge Gallery Garage "
    "Glass Hotel Library Logistics Media Music Optics Press School Studio Tailors Tea Theatre"
).split()
_FORMS = ("GmbH", "GmbH & Co. KG", "e.K.", "Ltd", "S.A.", "SL", "Lda", "UG (haftungsbeschränkt)")
_PRICES = (595, 999, 1190, 1487, 1990, 2499, 2975, 4900, 5950, 9900, 11900, 23800)


@dataclass(slots=True)
class Customer:
    """A customer; ``iban`` is where they pay from, and ``is_known`` that they did before."""

    number: int
    name: str
    iban: str
    is_known: bool
    invoices: list[Bill] = field(default_factory=list)

    @property
    def external_id(self) -> str:
        """The customer's number at the seller."""
        return f"K{self.number:05d}"


@dataclass(slots=True)
class Bill:
    """An open invoice."""

    number: int
    amount_minor: int
    issued_on: date
    due_on: date
    customer: Customer


@dataclass(frozen=True, slots=True)
class Style:
    """How a seller writes its numbers."""

    prefix: str
    digits: int

    def label(self, number: int) -> str:
        """The label of an invoice."""
        return f"{self.prefix}{number:0{self.digits}d}"


STYLES = (Style("INV-", 6), Style("RE2026-", 5), Style("R-", 7), Style("F", 8))


@dataclass(slots=True)
class World:
    """All of it, and the families: pairs of customers of one name."""

    style: Style
    customers: list[Customer]
    families: list[tuple[Customer, Customer]]

    def list_bills(self) -> list[Bill]:
        """All open invoices by their number."""
        bills = [bill for one in self.customers for bill in one.invoices]
        return sorted(bills, key=lambda one: one.number)


def make_world(rng: Random, customers: int) -> World:
    """Customers who owe one to three invoices each, every twentieth one up to nine."""
    style = rng.choice(STYLES)
    people = [
        Customer(number, make_name(rng), make_iban(rng), rng.random() < 0.35)
        for number in range(10_001, 10_001 + customers)
    ]
    families = []
    for place in range(0, customers - 1, 60):
        people[place + 1].name = people[place].name
        families.append((people[place], people[place + 1]))
    owners = [one for one in people for _ in range(_count(rng))]
    rng.shuffle(owners)
    # Lower numbers are those of invoices that were paid before.
    first = customers + rng.randrange(2_000, 20_000)
    for number, owner in enumerate(owners, first):
        issued = FIRST_DAY - timedelta(days=60 - 60 * (number - first) // len(owners))
        amount = rng.choice(_PRICES) if rng.random() < 0.6 else rng.randrange(500, 90_000)
        owner.invoices.append(Bill(number, amount, issued, issued + timedelta(days=14), owner))
    return World(style, people, families)


def make_name(rng: Random) -> str:
    """A name of a person, or of every fourth a business."""
    last = _pick(rng, _HEADS) + rng.choice(_TAILS)
    if rng.random() < 0.25:
        return f"Example {last} {rng.choice(_TRADES)} {rng.choice(_FORMS)}"
    second = f" {rng.choice(_FIRST)}" if rng.random() < 0.1 else ""
    return f"{_pick(rng, _FIRST)}{second} {last}"


def make_iban(rng: Random) -> str:
    """An account at no bank, with right check digits."""
    body = f"{rng.randrange(10**18):018d}"
    check = 98 - int(f"{body}131400") % 97
    return f"DE{check:02d}{body}"


def _count(rng: Random) -> int:
    return rng.randrange(4, 10) if rng.random() < 0.05 else rng.choice((1, 1, 1, 2, 2, 3))


def _pick(rng: Random, words: list[str] | tuple[str, ...]) -> str:
    """One of some words; the first are far more frequent."""
    return words[min(int(rng.expovariate(4 / len(words))), len(words) - 1)]
