"""What only PayPal does; what every gateway does is in ``tests/contracts``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.money import currency
from quarterday.gateways.paypal import PayPal
from quarterday.gateways.paypal_words import CURRENCIES, read_amount, write_amount
from quarterday.ports.gateway import BadSignature, Intent, Purpose, RefundIntent, ask
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    DisputeNews,
    DisputeState,
    KeptMethod,
    MethodNews,
    News,
    OtherNews,
    Outcome,
    Pending,
    Redirect,
    RefundNews,
    Succeeded,
    Unknown,
)
from tests.contracts.rig import NOW, make_intent
from tests.contracts.rigs.paypal import PayPalRig
from tests.fakes import paypal_schema
from tests.fakes.base import at

HOUR = timedelta(hours=1)
needs_schemas = pytest.mark.skipif(
    not paypal_schema.are_here(), reason="PayPal's OpenAPI files are not here"
)


@pytest.fixture
def rig() -> Iterator[PayPalRig]:
    with PayPalRig() as one:
        yield one


def hear(rig: PayPalRig) -> list[News]:
    return [news for call in rig.calls() for news in rig.open().parse_event(*call, NOW)]


def pay(rig: PayPalRig, name: str = "att_1") -> tuple[Intent, str]:
    intent, paid = rig.pay(name)
    assert isinstance(paid, Succeeded)
    hear(rig)
    return intent, paid.reference


def asked_of(rig: PayPalRig, path: str) -> Any:
    """The body of the last request to a path."""
    found = zip(rig.paypal.requests, rig.paypal.bodies, strict=True)
    return json.loads([body for what, body in found if path in what][-1])


# Amounts.


@given(code=st.sampled_from(sorted(CURRENCIES)), units=st.integers(1, 10**9), cents=st.integers(0))
def test_an_amount_comes_back_as_it_went(code: str, units: int, cents: int) -> None:
    unit = currency(code)
    is_whole = code in ("HUF", "JPY", "TWD")
    minor = units * unit.scale + (0 if is_whole else cents % unit.scale)
    said = write_amount(minor, code)
    assert read_amount(said) == minor
    assert ("." in said["value"]) is not is_whole


@pytest.mark.parametrize(
    ("code", "minor", "value"), [("JPY", 500, "500"), ("HUF", 50000, "500"), ("EUR", 5, "0.05")]
)
def test_each_currency_has_its_own_decimals(
    rig: PayPalRig, code: str, minor: int, value: str
) -> None:
    asked = replace(make_intent("wallet"), currency=code, amount_minor=minor)
    assert isinstance(rig.open().start(asked), Redirect)
    unit = asked_of(rig, "POST /v2/checkout/orders")["purchase_units"][0]
    assert unit["amount"] == {"currency_code": code, "value": value}


def test_what_paypal_cannot_take_is_never_asked_for(rig: PayPalRig) -> None:
    asked = replace(make_intent("wallet"), currency="HUF", amount_minor=50050)
    refused = ask(rig.open().start, asked)
    assert isinstance(refused, Declined)
    assert refused.code is DeclineCode.UNAVAILABLE
    assert "whole HUF" in refused.message
    assert not rig.paypal.requests
    assert not rig.open().list_choices("KWD")


def test_the_fee_is_known_at_once(rig: PayPalRig) -> None:
    _, paid = rig.pay()
    assert isinstance(paid, Succeeded)
    assert paid.fee_minor == 11900 * 249 // 10000 + 35


# Wallets that are kept.


def test_a_wallet_that_is_kept_while_paying_is_charged_by_the_merchant(rig: PayPalRig) -> None:
    _, paid = rig.pay(save=True)
    assert isinstance(paid, Succeeded)
    assert paid.method is not None
    assert paid.method.label == "PayPal payer@example.com"
    assert paid.method.expires_on is None
    charged = rig.open().start(rig.charge(paid.method, "att_2"))
    assert isinstance(charged, Succeeded)
    wallet = asked_of(rig, "/capture")["payment_source"]["paypal"]
    assert wallet["vault_id"] == paid.method.token
    assert wallet["stored_credential"] == {
        "payment_initiator": "MERCHANT",
        "usage": "SUBSEQUENT",
        "usage_pattern": "RECURRING_POSTPAID",
    }
    rig.open().start(make_intent("", method=paid.method, intent_id="att_3"))
    wallet = asked_of(rig, "/capture")["payment_source"]["paypal"]
    assert wallet["stored_credential"]["payment_initiator"] == "CUSTOMER"
    # The next wallet belongs to the same customer there.
    again = replace(make_intent("wallet", save=True, intent_id="att_4"), known_as=paid.method.data)
    rig.open().start(again)
    attributes = asked_of(rig, "POST /v2/checkout/orders")["payment_source"]["paypal"]["attributes"]
    assert attributes["customer"] == {"id": paid.method.data["customer"]}


def test_keeping_without_paying_is_completed_once(rig: PayPalRig) -> None:
    intent = make_intent("wallet", purpose=Purpose.SAVE)
    sent = rig.open().start(intent)
    assert isinstance(sent, Redirect)
    asked = replace(intent, reference=sent.reference)
    assert rig.open().look_up(asked) == Redirect("", sent.reference)
    assert rig.open().start(replace(asked, is_back=True)) == sent
    rig.approve(sent.reference)
    assert rig.open().look_up(asked) == Redirect("", sent.reference, is_approved=True)
    kept = rig.open().start(replace(asked, is_back=True))
    assert isinstance(kept, Succeeded)
    assert kept.method is not None
    assert rig.open().start(replace(asked, is_back=True)) == kept
    assert rig.open().look_up(asked) == kept
    assert len(rig.paypal.tokens) == 1
    hear(rig)
    rig.open().forget(kept.method)
    (gone,) = hear(rig)
    assert isinstance(gone, MethodNews)
    assert (gone.token, gone.method) == (kept.method.token, None)


@pytest.mark.parametrize(
    ("issue", "code", "is_final"),
    [
        ("INSTRUMENT_DECLINED", DeclineCode.REFUSED, False),
        ("PAYER_ACCOUNT_LOCKED_OR_CLOSED", DeclineCode.METHOD_REVOKED, True),
        ("TRANSACTION_LIMIT_EXCEEDED", DeclineCode.LIMIT, False),
        ("PAYER_ACTION_REQUIRED", DeclineCode.NOT_AUTHENTICATED, False),
        ("REFERENCED_CARD_EXPIRED", DeclineCode.EXPIRED, True),
    ],
)
def test_a_wallet_that_declines_says_why(
    rig: PayPalRig, issue: str, code: DeclineCode, is_final: bool
) -> None:
    kept = rig.keep()
    rig.paypal.tokens[kept.token]["_does"] = issue
    refused = rig.open().start(rig.charge(kept))
    assert isinstance(refused, Declined)
    assert (refused.code, refused.is_final) == (code, is_final)
    assert issue in refused.message
    assert rig.paypal.total() == 0


def test_a_charge_is_found_when_paypal_has_forgotten_its_key(rig: PayPalRig) -> None:
    charges = [rig.charge(rig.keep(), f"att_{number}") for number in range(5)]
    for charge in charges:
        assert isinstance(rig.open().start(charge), Succeeded)
    # The process died before it wrote the answer down, and was started again days later.
    rig.paypal.forget_keys()
    with at(rig.paypal, NOW + 72 * HOUR):
        found = rig.open().look_up(replace(charges[0], now=NOW + 72 * HOUR))
        assert isinstance(found, Succeeded)
        assert found.reference in rig.paypal.captures
        # Even whoever did not look is not paid twice.
        rig.paypal.forget_keys()
        assert isinstance(rig.open().start(charges[1]), Unknown)
    assert rig.paypal.total("att_0") == rig.paypal.total("att_1") == 11900


def test_a_bank_may_take_days(rig: PayPalRig) -> None:
    intent, waits = rig.wait()
    assert isinstance(waits, Pending)
    asked = replace(intent, reference=waits.reference, is_back=False)
    rig.paypal.settle(waits.reference, "DECLINED")
    refused = rig.open().look_up(asked)
    assert isinstance(refused, Declined)
    other, waits = rig.wait("att_2")
    rig.paypal.settle(waits.reference)  # type: ignore[union-attr]
    found: Outcome = rig.open().look_up(replace(other, reference=waits.reference))  # type: ignore[union-attr]
    assert isinstance(found, Succeeded)


# Tokens and signatures.


def test_a_token_that_has_ended_is_fetched_anew(rig: PayPalRig) -> None:
    pay(rig)
    rig.paypal.expire_tokens()
    pay(rig, "att_2")
    fetched = rig.paypal.requests.count("POST /v1/oauth2/token")
    assert fetched == 2


def test_a_wrong_secret_is_said_and_charges_nothing(rig: PayPalRig) -> None:
    gateway = PayPal({**rig.config(), "client_secret": "wrong"})
    refused = ask(gateway.start, make_intent("wallet"))
    assert isinstance(refused, Declined)
    assert refused.code is DeclineCode.UNAVAILABLE
    assert "client_secret" in refused.message


@pytest.mark.parametrize("trouble", ["error_before", "drop_after", "busy"])
def test_a_call_that_cannot_be_checked_is_made_again(rig: PayPalRig, trouble: str) -> None:
    rig.pay()
    call = rig.calls()[-1]
    rig.paypal.fail(trouble, "verify-webhook-signature")
    with pytest.raises(BadSignature):
        rig.open().parse_event(*call, NOW)
    assert rig.open().parse_event(*call, NOW)
    stranger = PayPal({**rig.config(), "webhook_id": "0AB00000000000000"})
    with pytest.raises(BadSignature):
        stranger.parse_event(*call, NOW)


# Money that goes back.


def test_a_refund_on_paypals_pages_is_told_without_a_name_of_ours(rig: PayPalRig) -> None:
    _, reference = pay(rig)
    made = rig.paypal.refund_by_hand(reference, "20.00")
    (told,) = hear(rig)
    assert isinstance(told, RefundNews)
    assert (told.reference, told.refund_reference) == (reference, made)
    assert (told.amount_minor, told.refund) == (2000, "")


def test_a_refund_that_waits_or_cannot_be_paid(rig: PayPalRig) -> None:
    _, reference = pay(rig)
    rig.paypal.refund_does = "REFUND_FAILED_INSUFFICIENT_FUNDS"
    intent = RefundIntent("rfd_1", reference, 5000, "EUR", NOW, reason="cancelled")
    refused = rig.open().refund(intent)
    assert isinstance(refused, Declined)
    assert (refused.code, refused.is_final) == (DeclineCode.INSUFFICIENT_FUNDS, False)
    rig.paypal.refund_does = "pending"
    waits = rig.open().refund(intent)
    assert isinstance(waits, Pending)
    assert asked_of(rig, "/refund")["note_to_payer"] == "cancelled"
    assert rig.open().look_up_refund(intent) == waits
    rig.paypal.finish_refund("rfd_1")
    asked = replace(intent, refund_reference=waits.reference)
    assert rig.open().look_up_refund(asked) == Succeeded(waits.reference)


def test_a_dispute_counts_once_though_paypal_tells_it_twice(rig: PayPalRig) -> None:
    _, reference = pay(rig)
    dispute = rig.paypal.open_dispute(reference)
    rig.paypal.close_dispute(dispute, "RESOLVED_BUYER_FAVOUR")
    opened, reversed_, lost = hear(rig)
    assert isinstance(reversed_, OtherNews)
    for one, state in ((opened, DisputeState.OPENED), (lost, DisputeState.LOST)):
        assert isinstance(one, DisputeNews)
        assert (one.state, one.dispute_reference) == (state, dispute)
        assert (one.reference, one.attempt) == (reference, "att_1")
        assert one.answer_by == (NOW + 240 * HOUR).date()


def test_a_payment_that_is_taken_back_without_a_dispute_is_returned(rig: PayPalRig) -> None:
    _, reference = pay(rig)
    rig.paypal.reverse(reference)
    (told,) = hear(rig)
    assert isinstance(told, DisputeNews)
    assert told.state is DisputeState.RETURNED
    assert (told.reference, told.attempt, told.amount_minor) == (reference, "att_1", 11900)


def test_a_payout_is_what_moved_since_the_one_before(rig: PayPalRig) -> None:
    fee = 11900 * 249 // 10000 + 35
    day = 24 * HOUR
    with at(rig.paypal, NOW - 20 * day):
        pay(rig)
        rig.paypal.pay_out(leave_minor=1000)
    with at(rig.paypal, NOW - 2 * day):
        _, second = pay(rig, "att_2")
        _, third = pay(rig, "att_3")
        rig.paypal.refund_by_hand(second, "20.00")
        rig.paypal.open_dispute(third)
        rig.paypal._book("T0106", "FE1", -2000, "EUR")
        rig.paypal._book("T1201", "CB1", -100, "EUR", fee=-50)
    with at(rig.paypal, NOW - day):
        taken = rig.paypal.pay_out()
        pay(rig, "att_4")
    (payout,) = rig.open().list_payouts(NOW - day, NOW)
    assert payout.reference == taken
    assert payout.arrives_on == (NOW - day).date()
    assert [(one.kind, one.gross_minor, one.fee_minor) for one in payout.parts] == [
        ("payment", 11900, fee),
        ("payment", 11900, fee),
        ("refund", -2000, 0),
        ("dispute", -11900, 0),
        # What a dispute costs is told by nothing else.
        ("fee", 0, 2000),
        ("dispute", -100, 0),
        ("fee", 0, 50),
        # What the payout before had left.
        ("other", 1000, 0),
    ]
    assert (payout.fee_minor, payout.net_minor) == (2 * fee + 2050, 8750 - 2 * fee)
    assert payout.gross_minor == payout.net_minor + payout.fee_minor
    rig.paypal.may_search = False
    assert not list(rig.open().list_payouts(NOW - day, NOW))


# The schemas.

_ORDER: dict[str, Any] = {
    "intent": "CAPTURE",
    "purchase_units": [{"amount": {"currency_code": "EUR", "value": "1.00"}}],
}


@needs_schemas
@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"intent": "TAKE"}, "'TAKE' is not one of"),
        ({"purchase_units": [{}]}, "'amount' is a required property"),
        ({"purchase_units": [{"amount": {"currency_code": "EUR", "value": "1,00"}}]}, "1,00"),
        ({"purchase_unit": []}, "purchase_unit is not known"),
        ({"payment_source": {"paypal": {"stored_credential": {}}}}, "payment_initiator"),
        (
            {"payment_source": {"paypal": {"attributes": {"vault": {"usage_type": "MINE"}}}}},
            "'MINE' is not one of",
        ),
    ],
)
def test_a_bad_request_is_caught(change: dict[str, Any], wrong: str) -> None:
    what = "POST /v2/checkout/orders"
    assert not paypal_schema.check_request(what, _ORDER)
    assert wrong in str(paypal_schema.check_request(what, _ORDER | change))


@needs_schemas
def test_the_stand_in_refuses_and_remembers_a_bad_request(rig: PayPalRig) -> None:
    method = KeptMethod("no such token !", "paypal", "PayPal")
    refused = rig.open().start(rig.charge(method))
    assert isinstance(refused, Declined)
    assert "vault_id" in str(rig.paypal.violations)
    rig.paypal.violations.clear()
