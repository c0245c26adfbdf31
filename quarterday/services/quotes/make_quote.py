"""Make a quote: an offer to one account that holds until its last day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from quarterday.core.errors import BillingError
from quarterday.services.accounts.claim_account import claim_account
from quarterday.services.events.record_event import record_event
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.orders.take_order_number import take_order_number
from quarterday.services.quotes.price_quote import price_items
from quarterday.services.quotes.quote_items import QuoteItem, choose_quoted, items_to_data
from quarterday.services.subscriptions.plan_contract import check_open
from quarterday.store.models import Account, Discount, Quote


def make_quote(
    *,
    account: Account,
    items: Sequence[QuoteItem],
    valid_through: date,
    today: date,
    now: datetime,
    discounts: Sequence[Discount] = (),
    intro: str = "",
    actor: str = "system",
) -> Quote:
    """Offer plans to an account, priced as their first invoice would be if it began today.

    The account is told by mail, with a link to accept it. Raises `NotFound`, and `BillingError`
    for bad input and for what the account cannot buy.
    """
    if valid_through < today:
        raise BillingError(f"valid_through {valid_through} has passed; give today or a later day")
    if not items:
        raise BillingError("a quote needs something to offer; name a plan")
    with transaction.atomic():
        account = claim_account(account.id)
        check_open(account)
        chosen = choose_quoted(account, items, today)
        figures = price_items(account, chosen, discounts, today)
        quote = Quote.objects.create(
            seller=account.seller,
            account=account,
            label=take_order_number(account.seller_id, "quote", "Q-"),
            currency=account.currency,
            issued_on=today,
            valid_through=valid_through,
            items=items_to_data(chosen),
            data={
                "discounts": [one.code for one in discounts],
                "intro": intro.strip(),
                "taxes": figures.taxes,
                "coming": figures.coming,
            },
            lines=figures.lines,
            net_minor=figures.net_minor,
            tax_minor=figures.tax_minor,
            total_minor=figures.total_minor,
        )
        record_event(
            kind="quote.made",
            subject=quote.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"label": quote.label, "total_minor": quote.total_minor},
        )
        queue_message(kind="quote", account=account, subject=quote.public_id, now=now)
    return quote
