"""A run that publishes a new version of a price, and moves the contracts of the old one to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.catalog.publish_version import publish_version
from quarterday.services.runs.tell_price import Moved, list_quantities_of, tell_price
from quarterday.services.runs.work import MOST_ERRORS, RunWork
from quarterday.services.subscriptions.change_price import change_price
from quarterday.store.models import Price, Subscription, SubscriptionItem


def move_prices(work: RunWork) -> None:
    """Publish the version that the scope names, if it is not there yet, and move who is to move.

    The scope has ``old`` (a key), ``code`` and ``terms`` of the new one, whether to ``move``, and
    ``not_before``; with ``tell``, each customer is told. What a customer has moves in one
    transaction, in which their message is queued, too; what has moved is not found again, so going
    on after a crash is safe. Contracts that cannot be changed, such as those that end, keep their
    price and are named, and so are customers who pay another price and whom no mail reaches.
    """
    scope = work.run.scope
    old = Price.objects.select_related("plan__product__seller").get(
        id=scope["old"], plan__product__seller=work.run.seller_id
    )
    new = publish_version(
        old=old,
        code=scope["code"],
        terms=scope["terms"],
        today=work.today,
        now=work.clock(),
        actor=work.run.actor,
    )
    if not scope.get("move"):
        return
    begin = date.fromisoformat(scope["not_before"])
    after = work.summary.get("after_account", 0)
    accounts = {key: own for key, own in find_contracts(old).items() if key > after}
    work.total = work.done + sum(len(own) for own in accounts.values())
    for key, own in accounts.items():
        # Who moved is not met again, so what is said of them has to stand as surely as the move.
        summary = dict(work.summary)
        with transaction.atomic():
            claim_account(key)
            _move(work, summary, own, (old, new), begin)
            summary["after_account"] = key
            work.beat(min(work.done + len(own), work.total), summary)
        work.keep()


def find_contracts(price: Price) -> dict[int, list[int]]:
    """The keys of the subscriptions that have a price without an end, by account, in order."""
    rows = SubscriptionItem.objects.filter(price=price, end_on__isnull=True)
    pairs = rows.order_by("account_id", "subscription_id").distinct()
    found: dict[int, list[int]] = {}
    for account, subscription in pairs.values_list("account_id", "subscription_id"):
        found.setdefault(account, []).append(subscription)
    return found


def _move(
    work: RunWork,
    summary: dict[str, Any],
    contracts: list[int],
    prices: tuple[Price, Price],
    begin: date,
) -> None:
    """Move what one customer has, and tell them once of all of it.

    For what holds the transaction and the account.
    """
    old, new = prices
    moved = []
    for key in contracts:
        row = Subscription.objects.select_related("account__seller", "plan__product")
        quantities = list_quantities_of(key, old)
        try:
            on = change_price(
                subscription_id=key,
                old=old,
                new=new,
                not_before=begin,
                today=work.today,
                now=work.clock(),
                actor=work.run.actor,
            )
        except BillingError as error:
            work.note_error(summary, str(row.get(id=key)), str(error))
            continue
        if on is not None:
            moved.append(Moved(row.get(id=key), quantities, on))
    if not moved:
        return
    summary["moved"] = summary.get("moved", 0) + len(moved)
    account = moved[0].subscription.account
    if work.run.scope.get("tell") and not tell_price(
        account=account, moved=moved, old=old, new=new, now=work.clock()
    ):
        summary["unreached"] = summary.get("unreached", 0) + 1
        named = [*summary.get("unreached_names", ()), [account.public_id, account.name]]
        summary["unreached_names"] = named[:MOST_ERRORS]
