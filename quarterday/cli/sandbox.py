"""``quarterday sandbox``: what banks and payers do, on demand, where no money moves."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.attempts import Attempt
from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import parse_amount
from quarterday.cli.options import Json, SellerCode, read_clock, today_of
from quarterday.cli.output import amount as exact_amount
from quarterday.cli.output import money, print_json, say

if TYPE_CHECKING:
    from quarterday.store.models import GatewayEvent, PaymentMethod

group = make_group("Let the sandbox say what banks and payers do; no money moves.")
Method = Annotated[str, typer.Argument(metavar="METHOD", help="A kept one, by public id (pmt_…).")]


@command(group, "dispute")
def dispute(
    attempt: Attempt,
    won: Annotated[bool, typer.Option("--won", help="It ends, and the money is yours.")] = False,
    lost: Annotated[bool, typer.Option("--lost", help="It ends, and the money is gone.")] = False,
    returned: Annotated[
        bool, typer.Option("--returned", help="A debit came back, without a chance to object.")
    ] = False,
    amount: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="By default all of it.")
    ] = None,
    fee: Annotated[str, typer.Option(metavar="AMOUNT", help="What it costs you.")] = "0",
    reason: Annotated[str, typer.Option(help="What the bank says.")] = "general",
    as_json: Json = False,
) -> None:
    """Let a payer take back a payment; without an option, the dispute opens."""
    from quarterday.core.errors import BillingError
    from quarterday.store.models import PaymentAttempt

    rows = PaymentAttempt.objects.select_related("account__seller", "payment")
    row = rows.filter(public_id=attempt, gateway="sandbox").first()
    if row is None or row.payment is None:
        raise BillingError(f"the sandbox has no payment {attempt!r}; see `payments attempts`")
    if won + lost + returned > 1:
        raise BillingError("a dispute has one end; give one of --won, --lost and --returned")
    state = "won" if won else "lost" if lost else "returned" if returned else "opened"
    minor = row.payment.amount_minor if amount is None else parse_amount(amount, row.currency)
    said = {"kind": "dispute", "dispute": f"sbx_dispute.{attempt}", "state": state}
    said |= {"attempt": attempt, "reason": reason, "reference": row.gateway_reference}
    numbers = {"amount_minor": minor, "fee_minor": parse_amount(fee, row.currency)}
    event = _send(row.account.seller, said | numbers)
    shown = f"A dispute of {money(minor, row.currency)} of {attempt}: {state}."
    _tell(event, as_json, shown, attempt=attempt, state=state)


@command(group, "refund")
def refund(
    refund: Annotated[
        str, typer.Argument(metavar="REFUND", help="By public id of it or of its attempt (rat_…).")
    ],
    failed: Annotated[
        bool, typer.Option("--failed", help="It did not arrive; by default it did.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a refund arrive, or come back."""
    from django.db.models import Q

    from quarterday.core.errors import BillingError
    from quarterday.store.models import RefundAttempt

    rows = RefundAttempt.objects.select_related("refund__account__seller", "refund__payment")
    named = Q(public_id=refund) | Q(refund__public_id=refund)
    row = rows.filter(named, gateway="sandbox").first()
    if row is None:
        raise BillingError(f"the sandbox has made no refund {refund!r}")
    status = "failed" if failed else "succeeded"
    said = {"kind": "refund", "refund": row.public_id, "status": status}
    said |= {"refund_reference": row.gateway_reference or f"sbx_refund.{row.public_id}"}
    said |= {"reference": row.refund.payment.reference if row.refund.payment else ""}
    event = _send(row.refund.account.seller, said | {"amount_minor": row.refund.amount_minor})
    _tell(event, as_json, f"Refund {refund} {status}.", refund=refund, status=status)


@command(group, "revoke")
def revoke(method: Method, as_json: Json = False) -> None:
    """Let a bank end a kept method."""
    row = _find_method(method)
    event = _send(row.account.seller, {"kind": "method", "token": row.token})
    _tell(event, as_json, f"{row.label} can no longer be charged.", method=method)


@command(group, "renew")
def renew(method: Method, as_json: Json = False) -> None:
    """Let a bank send a new card, valid four years longer."""
    from quarterday.ports.gateway import list_gateways
    from quarterday.services.payments.make_intent import describe_method

    row = _find_method(method)
    opened: Any = list_gateways()["sandbox"]({})
    kept = opened.renew(describe_method(row))
    until = kept.expires_on.isoformat() if kept.expires_on else ""
    renewed = {"kind": kept.kind, "label": kept.label, "expires_on": until}
    about = {"kind": "method", "token": row.token}
    event = _send(row.account.seller, about | ({"renewed": renewed} if until else {}))
    _tell(event, as_json, f"{row.label} is valid until {until}.", method=method, expires_on=until)


@command(group, "payout")
def payout(
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="By default the seller's.")
    ] = None,
    fee_permille: Annotated[
        int, typer.Option(min=0, max=1000, help="What is kept of each payment, in thousandths.")
    ] = 14,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Pay out everything that was not paid out yet, less fees."""
    from datetime import timedelta

    from quarterday.core.errors import BillingError
    from quarterday.store.queries.references import find_seller
    from quarterday.store.queries.sandbox import list_unpaid_parts

    owner = find_seller(seller)
    currency = currency or owner.currency
    parts = list_unpaid_parts(owner, currency, fee_permille)
    if not parts:
        raise BillingError(f"nothing in {currency} waits for being paid out by the sandbox")
    now = read_clock()
    name = f"sbx_payout.{now:%Y%m%d%H%M%S%f}"
    arrives_on = (today_of(owner, None, now) + timedelta(days=2)).isoformat()
    said = {"kind": "payout", "reference": name, "state": "arrived", "currency": currency}
    event = _send(owner, said | {"arrives_on": arrives_on, "parts": [asdict(one) for one in parts]})
    net = sum(one.gross_minor - one.fee_minor for one in parts)
    shown = f"{money(net, currency)} is paid out as {name}, {len(parts)} parts."
    _tell(event, as_json, shown, payout=name, net=exact_amount(net, currency), parts=len(parts))


def _find_method(name: str) -> PaymentMethod:
    from quarterday.core.errors import BillingError
    from quarterday.store.models import PaymentMethod

    rows = PaymentMethod.objects.select_related("account__seller")
    row = rows.filter(public_id=name, gateway="sandbox", removed_at=None).first()
    if row is None:
        raise BillingError(f"the sandbox keeps no method {name!r}; see `payments methods`")
    return row


def _send(seller: Any, said: dict[str, Any]) -> GatewayEvent:
    from quarterday.services.gateway_events.say_in_sandbox import say_in_sandbox

    return say_in_sandbox(seller=seller, said=said, now=read_clock())


def _tell(event: GatewayEvent, as_json: bool, text: str, **data: Any) -> None:
    if as_json:
        print_json({"event": event.public_id, "status": str(event.status), **data})
    else:
        say(text)
