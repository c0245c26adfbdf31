"""Accept a quote: it becomes an order."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from quarterday.core.cart import BadCart
from quarterday.services.accounts.claim_row import claim_row
from quarterday.services.errors import Conflict
from quarterday.services.events.record_event import record_event
from quarterday.services.orders.place_order import Terms, write_order
from quarterday.services.quotes.quote_items import quoted_discounts, read_quoted
from quarterday.store.models import Order, Quote, QuoteStatus


def accept_quote(
    *,
    quote: Quote,
    today: date,
    now: datetime,
    terms: Terms | None = None,
    actor: str = "system",
) -> Order:
    """Order what a quote offers, which begins today; accepted again, it is the order it became.

    Two at once make one order. Raises `Conflict` for a quote that was declined, withdrawn or has
    passed, and `BadCart` when a price that it offered was retired since.
    """
    with transaction.atomic():
        account, quote = claim_row(quote)
        if quote.status == QuoteStatus.ACCEPTED and quote.order is not None:
            return quote.order
        if quote.status != QuoteStatus.OPEN:
            raise Conflict(f"quote {quote.label} was {quote.status}; ask for a new one")
        if today > quote.valid_through:
            raise Conflict(
                f"quote {quote.label} was good until {quote.valid_through}; ask for a new one"
            )
        chosen = read_quoted(quote)
        for one in chosen:
            for price in (*one.prices, *(each.price for each in one.additions)):
                if price.retired_on is not None and price.retired_on <= today:
                    raise BadCart("a price of the quote was retired; ask for a new quote", "gone")
        order = write_order(
            account=account,
            chosen=chosen,
            discounts=quoted_discounts(quote),
            terms=terms or Terms(),
            today=today,
            now=now,
            actor=actor,
            quote=quote,
        )
        rows = Quote.objects.filter(id=quote.id, status=QuoteStatus.OPEN)
        if rows.update(status=QuoteStatus.ACCEPTED, order=order) != 1:
            raise Conflict(f"quote {quote.label} was changed by somebody else; look again")
        record_event(
            kind="quote.accepted",
            subject=quote.public_id,
            seller_id=account.seller_id,
            account_id=account.id,
            actor=actor,
            now=now,
            data={"label": quote.label, "order": order.public_id},
        )
    return order
