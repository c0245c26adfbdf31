"""Say which bank accounts a seller has."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from quarterday.core.bank_number import is_iban, same_account
from quarterday.core.errors import BillingError
from quarterday.core.money import currency as find_currency
from quarterday.services.compare import check_same
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.inputs import check_text
from quarterday.store.models import BankAccount, Seller

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


def add_bank_account(
    *,
    seller: Seller,
    code: str,
    number: str,
    currency: str,
    now: datetime,
    name: str = "",
    actor: str = "system",
) -> BankAccount:
    """Add a bank account; the same one again changes nothing.

    ``code`` is its name in the book (``assets:bank:<code>``), ``number`` its IBAN, or what the
    bank calls it. Raises `BillingError` for wrong check digits, and `Conflict` when the code or
    the number stands for another account already.
    """
    account = BankAccount(
        seller=seller,
        code=check_text(code, "code", 32).lower(),
        name=check_text(name, "name") if name.strip() else "",
        number=_check_number(number),
        currency=find_currency(currency.upper()).code,
    )
    if not set(account.code) <= _LETTERS:
        raise BillingError(
            f"code {code!r} names an account of the book; use small letters, digits, - and _"
        )
    with transaction.atomic():
        Seller.objects.select_for_update(no_key=True).get(id=seller.id)
        known = BankAccount.objects.filter(seller=seller, code=account.code).first()
        if known is not None:
            label = f"bank account {account.code} is known"
            remedy = "use another code for another bank account"
            return check_same(known, account, ["number", "currency"], label=label, remedy=remedy)
        for other in BankAccount.objects.filter(seller=seller, currency=account.currency):
            if same_account(account.number, other.number):
                raise Conflict(
                    f"{account.number} is bank account {other.code} already; a statement could "
                    "mean either of them"
                )
        try:
            with transaction.atomic():
                account.save(force_insert=True)
        except IntegrityError:
            raise Conflict(f"bank account {account.code} was just added; look at it") from None
        record_event(
            kind="bank_account.added",
            subject=account.public_id,
            seller_id=seller.id,
            actor=actor,
            now=now,
            data={"code": account.code, "number": account.number, "currency": account.currency},
        )
    return account


def _check_number(value: str) -> str:
    """An account number without spaces; what looks like an IBAN must be one."""
    number = "".join(check_text(value, "number", 64).split()).upper()
    looks = number[:2].isalpha() and number[2:4].isdigit() and len(number) >= 15
    if looks and number.isalnum() and not is_iban(number):
        raise BillingError(f"the IBAN {number} has wrong check digits; look it up again")
    return number
