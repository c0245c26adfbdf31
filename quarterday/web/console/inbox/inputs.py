"""What staff fill in: an account by number or name, invoices, an amount."""

from __future__ import annotations

import re
from collections.abc import Sequence

from quarterday.core.errors import BillingError
from quarterday.core.money import currency as find_currency
from quarterday.core.money import parse_minor
from quarterday.store.models import Account, Invoice, Seller
from quarterday.store.queries.references import NotThere, find_invoice
from quarterday.store.queries.search import find_accounts

_SHOWN = 5


def read_account(seller: Seller, text: str) -> Account:
    """An account by its number, or by a name that only one has. Raises `BillingError`."""
    text = text.strip()
    if not text:
        raise BillingError("say which account; type a part of its name to see who there is")
    by_number = Account.objects.filter(seller=seller)
    exact = by_number.filter(external_id=text).first() or by_number.filter(public_id=text).first()
    if exact is not None:
        return exact
    rows = list(find_accounts(seller, text)[: _SHOWN + 1])
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise BillingError(f"there is no account {text!r}")
    names = "; ".join(f"{one} {one.name}" for one in rows[:_SHOWN])
    more = " and others" if len(rows) > _SHOWN else ""
    raise BillingError(f"{text!r} may be {names}{more}; give the number")


def read_invoices(account: Account, text: str) -> Sequence[Invoice]:
    """Invoices of an account by the numbers on them, separated by commas or spaces."""
    names = [one for one in re.split(r"[,;\s]+", text.strip()) if one]
    found = [find_invoice(name, account.seller.code) for name in names]
    for one in found:
        if one.account_id != account.id:
            raise NotThere(f"account {account} has no invoice {one.label}")
    return found


def read_amount(text: str, currency: str, otherwise: int) -> int:
    """An amount such as 12.50 as minor units; ``otherwise`` where nothing was filled in."""
    text = text.strip().replace(",", ".") if text.count(",") == 1 and "." not in text else text
    return parse_minor(text.strip(), find_currency(currency)) if text.strip() else otherwise
