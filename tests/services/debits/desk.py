"""A seller that collects by direct debit, and customers who have given mandates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count

from quarterday.ports.gateway import Presence
from quarterday.services.debits.make_batch import make_batch
from quarterday.services.debits.mark_sent import mark_sent
from quarterday.services.payments.finish_attempt import finish_attempt
from quarterday.services.payments.make_intent import make_intent
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import (
    Account,
    AttemptPurpose,
    Debit,
    DebitBatch,
    Invoice,
    PaymentAttempt,
    PaymentMethod,
)
from tests.services.till import DAY, NOW, Shop

CREDITOR = "DE98ZZZ09999999999"
IBANS = ("AT611904300234573201", "DE02120300000000202051", "FR1420041010050500013M02606")
AT = date(2026, 3, 16)
_numbers = count(1)


class Desk:
    """What people do with direct debits, in short."""

    def __init__(self, shop: Shop, **settings: str) -> None:
        self.shop = shop
        options = {"creditor_id": CREDITOR, "iban": "DE89370400440532013000", "bic": "COBADEFFXXX"}
        data = {"gateways": {"sepa_debit": options | settings}}
        change_brand(seller=shop.seller, data=data, now=NOW)

    def save(self, account: Account | None = None, iban: str = IBANS[0]) -> PaymentMethod:
        """A mandate that the customer gives."""
        attempt = start_attempt(
            account=account or self.shop.account,
            gateway="sepa_debit",
            choice="debit",
            purpose=AttemptPurpose.SAVE,
            amount_minor=0,
            invoices=(),
            now=NOW,
        )
        found = self._ask(attempt, NOW, {"holder": "Zoë Müller & Söhne", "iban": iban})
        assert found.method is not None
        return found.method

    def charge(
        self, invoice: Invoice, method: PaymentMethod | None = None, now: datetime = NOW
    ) -> PaymentAttempt:
        """An invoice that is to be collected with nobody there, or of whom pays once."""
        attempt = start_attempt(
            account=invoice.account,
            gateway="sepa_debit",
            choice="" if method else "debit",
            method=method,
            amount_minor=invoice.open_minor,
            invoices=[invoice.public_id],
            now=now,
        )
        fields = {} if method else {"holder": "Once Only", "iban": IBANS[1]}
        return self._ask(attempt, now, fields)

    def debit(self, amount: int = 10000, method: PaymentMethod | None = None) -> Debit:
        """A debit of a new invoice."""
        invoice = self.shop.invoice(amount)
        attempt = self.charge(invoice, method or self.save())
        return Debit.objects.select_related("attempt__account__seller", "mandate").get(
            attempt=attempt
        )

    def file(self, today: date = AT, **terms: object) -> DebitBatch | None:
        """The file of a day."""
        return make_batch(seller=self.shop.seller, today=today, now=NOW, **terms)  # type: ignore[arg-type]

    def send(self, today: date = AT) -> DebitBatch:
        """The file of a day, given to the bank."""
        batch = self.file(today)
        assert batch is not None
        return mark_sent(batch=batch, now=NOW)

    def _ask(
        self, attempt: PaymentAttempt, now: datetime, fields: dict[str, str]
    ) -> PaymentAttempt:
        gateway, intent = make_intent(attempt, now=now, fields=fields, presence=Presence("::1"))
        outcome = gateway.start(intent)
        return finish_attempt(
            attempt=attempt, outcome=outcome, today=now.date(), now=now + timedelta(seconds=1)
        )


def new_account(shop: Shop) -> Account:
    """Another customer."""
    return shop.open_account(f"B{next(_numbers)}")


__all__ = ["AT", "CREDITOR", "DAY", "IBANS", "NOW", "Desk", "new_account"]
