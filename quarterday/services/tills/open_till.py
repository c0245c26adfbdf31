"""Open a cashier's till for a day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.access import StaffPermission, StaffRole
from quarterday.core.errors import BillingError
from quarterday.core.ledger import post_till
from quarterday.core.limits import check_minor
from quarterday.core.money import currency as find_currency
from quarterday.services.errors import Conflict
from quarterday.services.ledger.post_entry import post_entry
from quarterday.services.staff.check_staff import check_staff
from quarterday.services.tills.claim_till import need_active
from quarterday.services.tills.record_till import record_till
from quarterday.store.models import Cashier, Till


def open_till(
    *,
    cashier: Cashier,
    today: date,
    now: datetime,
    opening_minor: int | None = None,
    currency: str | None = None,
    role: str = StaffRole.CASHIER,
    actor: str = "system",
) -> Till:
    """The open till; ``opening_minor`` is the cash in it, by default what the last one closed with.

    More or less than that was put in or taken out, which the book says. Opening it again on the
    same day answers the open one; `Conflict` while one of another day, or with other cash, is open.
    """
    check_staff(role, StaffPermission.TAKE_MONEY)
    code = find_currency(currency or cashier.seller.currency).code
    if opening_minor is not None and check_minor(opening_minor, "opening_minor") < 0:
        raise BillingError(f"opening_minor must be at least 0, not {opening_minor}")
    with transaction.atomic():
        # Locked, so that two who open at once do not both begin from the last one.
        Cashier.objects.select_for_update(no_key=True).get(id=cashier.id)
        need_active(cashier)
        tills = Till.objects.filter(cashier=cashier)
        if known := tills.filter(closed_at=None).first():
            return _same(known, cashier, today, opening_minor, code)
        latest = tills.order_by("-number").first()
        closed = tills.filter(currency=code).order_by("-number").first()
        left = (closed.counted_minor or 0) if closed else 0
        opening = left if opening_minor is None else opening_minor
        till = Till.objects.create(
            cashier=cashier,
            number=latest.number + 1 if latest else 1,
            currency=code,
            opened_on=today,
            opened_at=now,
            opening_minor=opening,
        )
        if opening != left:
            entry = post_till(
                "till_float",
                on=today,
                reference=f"{cashier.code} {till.number}",
                cashier=cashier.code,
                currency=code,
                amount_minor=opening - left,
            )
            post_entry(entry, seller_id=cashier.seller_id, source=till.public_id)
        record_till(till, cashier, "till.opened", now, actor)
    return till


def _same(
    known: Till, cashier: Cashier, today: date, opening_minor: int | None, currency: str
) -> Till:
    if (known.opened_on, known.currency) != (today, currency):
        raise Conflict(
            f"cashier {cashier} has an open till of {known.opened_on}, in {known.currency}; count "
            "and close it first"
        )
    if opening_minor not in (None, known.opening_minor):
        raise Conflict(f"the till of cashier {cashier} is open with other cash; close it first")
    return known
