"""A host and two hundred customers of every kind, for a story of fourteen months."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Any

from quarterday.ports.outcomes import KeptMethod

if TYPE_CHECKING:
    from quarterday.store.models import Account, Plan, Seller

SELLER, BANK, IBAN = "host", "main", "DE02120300000000202051"


class Habit(StrEnum):
    """How a customer pays."""

    CARD = "a card that works"
    WEAK_CARD = "a card without funds, then a transfer"
    NEW_CARD = "a card that was lost, then another one"
    DISPUTER = "a card, and later an objection"
    PROMPT = "a transfer before it is due"
    LATE = "a transfer weeks after it was due"
    PROMISER = "a promise when it is due, and a transfer when promised"
    PARTS = "two transfers, the second one late"
    PREPAID = "credit that was paid in before"
    NEVER = "nothing"


SHARES = (
    (Habit.CARD, 50),
    (Habit.WEAK_CARD, 12),
    (Habit.NEW_CARD, 10),
    (Habit.DISPUTER, 8),
    (Habit.PROMPT, 60),
    (Habit.LATE, 24),
    (Habit.PROMISER, 8),
    (Habit.PARTS, 8),
    (Habit.PREPAID, 12),
    (Habit.NEVER, 8),
)
_CARDS = {
    Habit.CARD: "ok",
    Habit.DISPUTER: "ok",
    Habit.WEAK_CARD: "insufficient_funds",
    Habit.NEW_CARD: "lost_or_stolen",
}
# Plan, cadence, price, and how many of a hundred have it.
_PLANS = (
    ("monthly", "1 month", "12.90", 40),
    ("quarterly", "3 months", "33.00", 30),
    ("yearly", "1 year", "99.00", 30),
)
BIGGER = {"monthly": "large", "quarterly": "large-quarterly", "yearly": "large-yearly"}
_LARGE = (
    ("large", "1 month", "24.90"),
    ("large-quarterly", "3 months", "69.00"),
    ("large-yearly", "1 year", "249.00"),
)


@dataclass(slots=True)
class Customer:
    """One customer, and the contract that it began with."""

    account: Account
    habit: Habit
    email: str
    plan: str
    start_on: date
    promised: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Town:
    """The seller and its customers."""

    seller: Seller
    plans: dict[str, Plan]
    customers: list[Customer]


def build_town(*, now: datetime, today: date, size: int, rng: Random, panel: str) -> Town:
    """Everything as it is on the first day; ``panel`` is where services are made."""
    from quarterday.services.bank.add_bank_account import add_bank_account
    from quarterday.services.catalog.publish_tax_rate import publish_tax_rate
    from quarterday.services.sellers.change_brand import change_brand
    from quarterday.services.sellers.open_seller import open_seller

    seller = open_seller(
        code=SELLER,
        name="Example Hosting GmbH",
        country="DE",
        time_zone="Europe/Berlin",
        currency="EUR",
        address={"line1": "Beispielweg 1", "postcode": "00000", "city": "Musterstadt"},
        settings={"lead_days": 14, "terms_days": 14},
        now=now,
    )
    publish_tax_rate(seller=seller, code="vat", name="VAT", percent="19", country="DE", now=now)
    add_bank_account(seller=seller, code=BANK, number=IBAN, currency="EUR", now=now)
    data = {
        "iban": IBAN,
        "bank": "Example Bank",
        "gateways": {"sandbox": {"is_enabled": True}, "bank_transfer": {"is_enabled": True}},
        "provisioners": {"panel": {"kind": "webhook", "url": panel, "secret": "env:STORY_SECRET"}},
        "dunning": "standard",
    }
    change_brand(seller=seller, data=data, now=now)
    plans = _publish_plans(seller, now)
    habits = [habit for habit, share in SHARES for _ in range(share)]
    rng.shuffle(habits)
    customers = [
        _move_in(seller, plans, number, habit, rng, today=today, now=now)
        for number, habit in enumerate(habits[:size], 1)
    ]
    return Town(seller, plans, customers)


def _publish_plans(seller: Seller, now: datetime) -> dict[str, Plan]:
    from quarterday.services.catalog.publish_plan import publish_plan
    from quarterday.services.catalog.publish_price import publish_price
    from quarterday.services.catalog.publish_product import publish_product
    from quarterday.store.models import Provisioning

    product = publish_product(seller=seller, code="web", name="Web space", now=now)
    Provisioning.objects.create(product=product, place="panel", features=["mail"])
    found = {}
    for code, cadence, amount in [*((row[0], row[1], row[2]) for row in _PLANS), *_LARGE]:
        found[code] = publish_plan(
            product=product, code=code, name=f"Web space {code}", cadence=cadence, now=now
        )
        model = {"model": "flat", "amount": amount}
        publish_price(plan=found[code], code="v1", currency="EUR", model=model, now=now)
    return found


def _move_in(
    seller: Seller,
    plans: dict[str, Plan],
    number: int,
    habit: Habit,
    rng: Random,
    *,
    today: date,
    now: datetime,
) -> Customer:
    from quarterday.services.accounts.add_contact import add_contact
    from quarterday.services.accounts.open_account import open_account
    from quarterday.services.credit.grant_credit import grant_credit
    from quarterday.services.subscriptions.start_subscription import start_subscription

    email = f"c{number:03d}@customer.example"
    account = open_account(
        seller=seller,
        name=f"Example Customer {number:03d}",
        country="DE",
        external_id=f"C{number:03d}",
        now=now,
    )
    # Every other one wants to hear of nothing but what is about to happen.
    kinds = ("reminders", "services") if number % 2 else ()
    add_contact(account_id=account.id, email=email, kinds=kinds, now=now)
    names, weights = zip(*((row[0], row[3]) for row in _PLANS), strict=True)
    plan = rng.choices(names, weights)[0]
    # Most are there from the beginning, the others come in the course of the year.
    wait = rng.randint(0, 25) if rng.random() < 0.8 else rng.randint(30, 330)
    start_on = today + timedelta(days=wait)
    start_subscription(
        account_id=account.id,
        plan=plans[plan],
        start_on=start_on,
        external_id=f"C{number:03d}-1",
        today=today,
        now=now,
    )
    if habit in _CARDS:
        keep_card(account, _CARDS[habit], now)
    if habit is Habit.PREPAID:
        grant_credit(
            account=account,
            kind="deposit",
            amount_minor=50_000,
            method="transfer",
            external_id=f"C{number:03d}-deposit",
            today=today,
            now=now,
        )
    return Customer(account, habit, email, plan, start_on)


def keep_card(account: Account, does: str, now: datetime) -> Any:
    """A card of the sandbox that does something when it is charged."""
    from quarterday.services.payments.keep_method import keep_method

    kept = KeptMethod(f"sbx.{does}.visa.4242.203905", "visa", "Visa •••• 4242", date(2039, 5, 31))
    return keep_method(account=account, gateway="sandbox", kept=kept, now=now)
