"""What gateways tell of that matches nothing: say whose it is, or set it aside."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.http import Http404

from quarterday.core.access import StaffPermission
from quarterday.core.errors import BillingError
from quarterday.core.period import local_date
from quarterday.ports.news_data import read_news
from quarterday.ports.outcomes import AttemptNews, DisputeNews, News, RefundNews
from quarterday.services.gateway_events.assign_event import assign_event
from quarterday.services.gateway_events.ignore_event import ignore_event
from quarterday.store.models import GatewayEvent, GatewayEventStatus, Payment, Seller
from quarterday.store.queries.inbox_item import InboxItem
from quarterday.store.queries.unmatched_events import find_unmatched, list_unmatched, read_money
from quarterday.web.console.door import Staff
from quarterday.web.console.inbox.inputs import read_account, read_amount, read_invoices
from quarterday.web.console.inbox.kinds import PAGE, Ask, Deed, Done, Field, Row, found
from quarterday.web.kit.words import format_day, format_money

_MAY = StaffPermission.BOOK_MONEY


class GatewayKind:
    """Reports of payments, refunds and disputes that nobody asked for here."""

    name: ClassVar[str] = "gateway"
    label: ClassVar[str] = "Gateways"
    empty: ClassVar[str] = "All that gateways have told of belongs to somebody."

    def list_rows(self, staff: Staff) -> list[Row]:
        """The oldest first."""
        return [_show(item, staff.seller) for item in list_unmatched(staff.seller, PAGE)]

    def find(self, staff: Staff, key: str) -> GatewayEvent:
        """An event of the seller's."""
        rows = GatewayEvent.objects.filter(seller=staff.seller, public_id=key)
        event: GatewayEvent = found(rows.select_related("seller").first())
        return event

    def show(self, staff: Staff, one: GatewayEvent) -> Row:
        """The event as a row."""
        item = find_unmatched(one.public_id)
        if item is not None:
            return _show(item, staff.seller)
        on = local_date(one.received_at, staff.seller.time_zone)
        return Row(one.public_id, f"{one.gateway}: {one.kind or 'a report'}", "Dealt with.", on=on)

    def list_facts(self, staff: Staff, one: GatewayEvent) -> list[tuple[str, Any]]:
        """What it says."""
        item = find_unmatched(one.public_id)
        facts: list[tuple[str, Any]] = [
            ("Gateway", one.gateway),
            ("Kind", one.kind),
            ("Received", format_day(local_date(one.received_at, staff.seller.time_zone))),
            ("Why it stands here", one.error),
        ]
        if item is not None:
            facts.insert(1, ("Reference", item.reference))
            if item.suggestion:
                facts += [("Why it is probably theirs", "; ".join(item.suggestion.reasons))]
        return facts

    def list_deeds(self, staff: Staff, one: GatewayEvent, today: date) -> list[Deed]:
        """Assign it as what it is, or ignore it."""
        if one.status != GatewayEventStatus.UNMATCHED:
            return []
        item, news = find_unmatched(one.public_id), _read(one)
        deeds = [] if item is None or news is None else _assign(item, news)
        return [*deeds, _IGNORE]

    def do(self, one: GatewayEvent, ask: Ask) -> Done:
        """Do one of these."""
        terms: dict[str, Any] = {"now": ask.now, "actor": ask.staff.actor}
        if ask.deed == "ignore":
            ignore_event(event=one, reason=ask.text("reason"), **terms)
            return Done("Set aside; nothing was booked.")
        if ask.deed == "assign":
            account = read_account(ask.staff.seller, ask.text("account"))
            said = ask.text("amount")
            payment = assign_event(
                event=one,
                account=account,
                invoices=read_invoices(account, ask.text("invoices")),
                amount_minor=read_amount(said, account.currency, 0) if said else None,
                today=ask.today,
                **terms,
            )
            return Done(f"{_amount(payment)} recorded as a payment of {account.name}.")
        if ask.deed == "name":
            payment = _find_payment(ask)
            assign_event(event=one, payment=payment, today=ask.today, **terms)
            return Done(f"Booked against the payment of {_amount(payment)}.")
        raise Http404


def _read(event: GatewayEvent) -> News | None:
    try:
        return read_news(event.news)
    except BillingError:
        return None


def _show(item: InboxItem, seller: Seller) -> Row:
    known = item.amount_minor is not None and item.currency
    amount = format_money(item.amount_minor or 0, item.currency) if known else ""
    best = item.suggestion
    note = item.problem
    if best is not None:
        note = f"Probably {best.account}{f', {best.invoice}' if best.invoice else ''}"
    title = f"{item.what[:1].upper()}{item.what[1:]}"
    return Row(
        item.id,
        title,
        note,
        amount,
        local_date(item.at, seller.time_zone),
        state="action" if best else "",
        state_word=f"{best.percent} %" if best else "",
    )


def _assign(item: InboxItem, news: News) -> list[Deed]:
    if isinstance(news, AttemptNews):
        _, amount = read_money(news)
        best = item.suggestion
        fields = [
            Field(
                "account",
                "Account",
                best.account if best else "",
                "Number, or a part of the name",
                "account",
            ),
            Field("invoices", "Invoices", best.invoice if best else "", "None: as credit",
                  is_needed=False),
        ]  # fmt: skip
        if amount is None:
            fields.append(Field("amount", "Amount", hint="The gateway did not say", kind="amount"))
        effects = [
            "The money is recorded as a payment of that account, for these invoices.",
            "What else the gateway says of the same payment goes there by itself.",
        ]
        reasons = best.reasons if best else ()
        return [
            Deed("assign", "Record the payment", effects, _MAY, fields,
                 title="Say whose money it is", reasons=reasons)
        ]  # fmt: skip
    if isinstance(news, RefundNews | DisputeNews):
        effects = ["What the gateway tells of is booked against that payment."]
        fields = [Field("payment", "Payment", hint="Its id, as pay_…, or your reference")]
        return [Deed("name", "Book it", effects, _MAY, fields, title="Say which payment went back")]
    return []


_IGNORE = Deed(
    "ignore",
    "Set it aside",
    ["Nothing is booked, and it is not asked about again. This cannot be taken back."],
    _MAY,
    (Field("reason", "Why", hint="such as: a test payment"),),
    title="Nobody’s business",
)


def _find_payment(ask: Ask) -> Payment:
    name = ask.text("payment")
    rows = Payment.objects.filter(account__seller=ask.staff.seller).select_related("account")
    payment = rows.filter(public_id=name).first() or rows.filter(external_id=name).first()
    if payment is None:
        raise BillingError(f"there is no payment {name!r}")
    return payment


def _amount(payment: Payment) -> str:
    return format_money(payment.amount_minor, payment.currency)
