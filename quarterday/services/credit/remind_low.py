"""Tell customers who pay in advance that their credit runs low."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max, Sum

from quarterday.core.funds import read_limits
from quarterday.services.credit.credit_kinds import PAID
from quarterday.services.messages.queue_message import queue_message
from quarterday.store.models import Account, AccountStatus, CreditGrant, Seller
from quarterday.store.queries.paying import read_brand

_BATCH = 500


def remind_low(*, seller: Seller, now: datetime) -> int:
    """Queue a message for each account whose credit is below the seller's mark; how many there are.

    Only who once had more than that in credit is told, and once for each time that some was added,
    however often this runs: the latest grant is the message's occasion.
    """
    found = 0
    for code in read_brand(seller).get("add_funds", {}):
        low_minor = read_limits(read_brand(seller)["add_funds"], code).low_minor
        if not low_minor:
            continue
        grants = CreditGrant.objects.filter(account__seller=seller, currency=code, kind__in=PAID)
        accounts = grants.values("account_id").annotate(
            latest=Max("public_id"), had=Sum("amount_minor"), left=Sum("open_minor")
        )
        low = accounts.filter(left__lt=low_minor, had__gte=low_minor)
        latest = dict(low.values_list("account_id", "latest"))
        keys = sorted(latest)
        for start in range(0, len(keys), _BATCH):
            found += _tell(keys[start : start + _BATCH], latest, now)
    return found


def _tell(keys: list[int], latest: dict[int, str], now: datetime) -> int:
    accounts = Account.objects.filter(id__in=keys, status=AccountStatus.OPEN)
    with transaction.atomic():
        for account in accounts:
            queue_message(
                kind="credit_low",
                account=account,
                subject=account.public_id,
                occasion=latest[account.id],
                now=now,
            )
    return len(accounts)
