"""What only GoCardless does; what every gateway does is in ``tests/contracts``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import requests

from quarterday.gateways.gocardless import GoCardless
from quarterday.gateways.gocardless_words import SCHEMES
from quarterday.ports.gateway import Intent, Purpose, RefundIntent, ask
from quarterday.ports.outcomes import (
    AttemptNews,
    DeclineCode,
    Declined,
    DisputeNews,
    DisputeState,
    KeptMethod,
    MethodNews,
    News,
    PayoutNews,
    Pending,
    Redirect,
    Succeeded,
)
from tests.contracts.rig import NOW, make_intent
from tests.contracts.rigs.gocardless import GoCardlessRig
from tests.fakes import gocardless_shapes
from tests.fakes.gocardless import FakeGoCardless

DAY = timedelta(days=1)


@pytest.fixture
def rig() -> Iterator[GoCardlessRig]:
    with GoCardlessRig() as one:
        yield one


def hear(rig: GoCardlessRig) -> list[News]:
    return [news for call in rig.calls() for news in rig.open().parse_event(*call, NOW)]


def pay(rig: GoCardlessRig, name: str = "att_1") -> tuple[Intent, str]:
    """A debit that came in; what was asked, and GoCardless's name for it."""
    intent, paid = rig.pay(name)
    assert isinstance(paid, Succeeded)
    hear(rig)
    return intent, paid.reference


# Mandates.


def test_the_mandate_is_taken_on_its_page_and_debited_when_the_payer_is_back(
    rig: GoCardlessRig,
) -> None:
    intent = make_intent("debit", save=True)
    sent = rig.open().start(intent)
    assert isinstance(sent, Redirect)
    rig.approve(sent.reference)
    asked = replace(intent, reference=sent.reference)
    # A look-up moves nothing: whoever never comes back has given a mandate, and paid nothing yet.
    assert rig.open().look_up(asked) == Redirect("", sent.reference, is_approved=True)
    assert not rig.gocardless.rows["payments"]
    waits = rig.open().start(replace(asked, is_back=True))
    assert isinstance(waits, Pending)
    assert waits.expected_on == (NOW + 3 * DAY).date()
    assert waits.method is not None
    assert waits.method.label == "Commerzbank •••• 3000"
    assert waits.method.kind == "sepa_debit"
    # Coming back twice, or with the answer lost, finds the same debit.
    assert rig.open().start(replace(asked, is_back=True)) == waits
    assert rig.open().look_up(asked) == waits
    assert rig.count_payments("att_1") == 1
    (told,) = {one.attempt for one in hear(rig) if isinstance(one, AttemptNews)}
    assert told == "att_1"


def test_a_page_is_opened_for_the_customer_that_is_known_and_in_their_language(
    rig: GoCardlessRig,
) -> None:
    kept = rig.keep()
    sent = rig.open().start(replace(make_intent("debit"), known_as=kept.data))
    assert isinstance(sent, Redirect)
    request = rig.gocardless.rows["billing_requests"][sent.reference]
    assert request["links"] == {"customer": kept.data["customer"]}
    *_, flow = rig.gocardless.rows["billing_request_flows"].values()
    assert flow["language"] == "de"
    assert flow["prefilled_customer"] == {"email": "anna@example.com", "country_code": "DE"}
    rig.gocardless.abandon(sent.reference)
    asked = make_intent("debit", reference=sent.reference)
    assert rig.open().look_up(asked) == Declined(DeclineCode.CANCELLED, sent.reference)


@pytest.mark.parametrize("code", sorted(SCHEMES))
def test_each_currency_has_its_scheme(rig: GoCardlessRig, code: str) -> None:
    assert rig.open().list_choices(code)
    sent = rig.open().start(replace(make_intent("debit"), currency=code))
    assert isinstance(sent, Redirect)
    rig.approve(sent.reference)
    asked = replace(make_intent("debit", reference=sent.reference), currency=code, is_back=True)
    assert isinstance(rig.open().start(asked), Pending)


def test_what_cannot_be_debited_is_not_offered(rig: GoCardlessRig) -> None:
    assert not rig.open().list_choices("JPY")
    refused = ask(rig.open().start, replace(make_intent("debit"), currency="JPY"))
    assert isinstance(refused, Declined)
    assert refused.code is DeclineCode.UNAVAILABLE


def test_mandates_end_and_move(rig: GoCardlessRig) -> None:
    old, new = rig.keep("att_a"), rig.keep("att_b")
    hear(rig)
    for what in ("failed", "expired", "cancelled"):
        rig.gocardless.end_mandate(old.token, what)
    assert [(one.token, one.method) for one in hear(rig) if isinstance(one, MethodNews)] == [
        (old.token, None)
    ] * 3
    rig.gocardless.end_mandate(old.token, "replaced", new.token)
    rig.gocardless.end_mandate(new.token, "transferred")
    moved, same = hear(rig)
    assert isinstance(moved, MethodNews)
    assert isinstance(same, MethodNews)
    assert (moved.token, moved.method) == (old.token, new)
    assert (same.token, same.method) == (new.token, new)
    refused = rig.open().start(rig.charge(old))
    assert isinstance(refused, Declined)
    assert (refused.code, refused.is_final) == (DeclineCode.METHOD_REVOKED, True)


# Failures.


@pytest.mark.parametrize(
    ("cause", "code", "is_final"),
    [
        ("insufficient_funds", DeclineCode.INSUFFICIENT_FUNDS, False),
        ("refer_to_payer", DeclineCode.INSUFFICIENT_FUNDS, False),
        ("bank_account_closed", DeclineCode.WRONG_DETAILS, True),
        ("mandate_cancelled", DeclineCode.METHOD_REVOKED, True),
        ("something_new", DeclineCode.REFUSED, False),
    ],
)
def test_a_debit_that_fails_says_why(
    rig: GoCardlessRig, cause: str, code: DeclineCode, is_final: bool
) -> None:
    kept = rig.keep()
    rig.gocardless.rows["mandates"][kept.token]["_cause"] = cause
    waits = rig.open().start(rig.charge(kept))
    assert isinstance(waits, Pending)
    hear(rig)
    rig.pass_days()
    (told,) = [one for one in hear(rig) if isinstance(one, AttemptNews) and one.outcome]
    assert told.attempt == "att_1"
    found = rig.open().look_up(replace(rig.charge(kept), reference=waits.reference))
    assert told.outcome == found
    assert found == Declined(code, waits.reference, is_final, f"{cause} (AM04, sepa_core)")
    assert rig.gocardless.total() == 0


def test_what_a_bank_takes_back_later_is_returned_once(rig: GoCardlessRig) -> None:
    intent, reference = pay(rig)
    rig.gocardless.fail_payment(reference, "insufficient_funds")
    rig.gocardless._say("payments", "late_failure_settled", {"id": reference})
    first, again = hear(rig)
    assert isinstance(first, DisputeNews)
    assert isinstance(again, DisputeNews)
    assert first.state is again.state is DisputeState.RETURNED
    assert first.dispute_reference == again.dispute_reference
    assert (first.reference, first.attempt, first.amount_minor) == (reference, "att_1", 11900)
    assert first.reason == DeclineCode.INSUFFICIENT_FUNDS
    # It had come: otherwise a return that is heard of first could never be booked.
    found = rig.open().look_up(replace(intent, reference=reference))
    assert found == Succeeded(reference, amount_minor=11900, currency="EUR")


def test_a_charge_back_may_be_given_back(rig: GoCardlessRig) -> None:
    _, reference = pay(rig)
    rig.gocardless.charge_back(reference)
    rig.gocardless.cancel_charge_back(reference)
    taken, given = hear(rig)
    assert isinstance(taken, DisputeNews)
    assert isinstance(given, DisputeNews)
    assert (taken.state, given.state) == (DisputeState.RETURNED, DisputeState.WON)
    assert taken.dispute_reference == given.dispute_reference
    assert taken.reason == DeclineCode.METHOD_REVOKED
    assert rig.gocardless.total("att_1") == 11900


def test_a_whole_night_of_failures_comes_in_one_call(rig: GoCardlessRig) -> None:
    paid = [pay(rig, f"att_{number}")[1] for number in range(4)]
    for reference in paid:
        rig.gocardless.charge_back(reference)
    events = [event for _, body in rig.calls() for event in json.loads(body)["events"]]
    body = json.dumps({"events": events, "meta": {"webhook_id": "WB1"}}).encode()
    headers = {name.lower(): one for name, one in rig.gocardless.sign(body).items()}
    news = rig.open().parse_event(headers, body, NOW)
    assert [getattr(one, "attempt", "") for one in news] == [f"att_{n}" for n in range(4)]


# Refunds and payouts.


def test_refunds_have_to_be_switched_on(rig: GoCardlessRig) -> None:
    _, reference = pay(rig)
    intent = RefundIntent("rfd_1", reference, 5000, "EUR", NOW)
    rig.gocardless.may_refund = False
    refused = rig.open().refund(intent)
    assert isinstance(refused, Declined)
    assert (refused.code, refused.is_final) == (DeclineCode.REFUSED, True)
    assert "switched on" in refused.message
    rig.gocardless.may_refund, rig.gocardless.has_balance = True, False
    refused = rig.open().refund(intent)
    assert isinstance(refused, Declined)
    assert (refused.code, refused.is_final) == (DeclineCode.INSUFFICIENT_FUNDS, False)
    rig.gocardless.has_balance = True
    assert isinstance(rig.open().refund(intent), Pending)


def test_fees_with_tenths_of_a_cent_sum_to_the_payout(rig: GoCardlessRig) -> None:
    kept = rig.keep()
    for number in range(5):
        charge = replace(rig.charge(kept, f"att_{number}"), amount_minor=999 + number)
        rig.follow(charge, rig.open().start(charge))
    hear(rig)
    rig.pay_out()
    (told,) = [one for one in hear(rig) if isinstance(one, PayoutNews)]
    (listed,) = rig.open().list_payouts(NOW - DAY, NOW + DAY)
    assert replace(listed, event_id=told.event_id) == told
    assert told.gross_minor == 999 + 1000 + 1001 + 1002 + 1003
    assert told.net_minor == told.gross_minor - told.fee_minor
    assert sum(one.fee_minor for one in told.parts) == told.fee_minor
    assert {one.fee_minor for one in told.parts} <= {30, 31}
    assert told.arrives_on == date(2026, 3, 5)


def test_what_was_taken_back_is_in_the_next_payout(rig: GoCardlessRig) -> None:
    _, reference = pay(rig)
    rig.pay_out()
    rig.gocardless.charge_back(reference)
    (dispute,) = [one for one in hear(rig) if isinstance(one, DisputeNews)]
    pay(rig, "att_2")
    rig.pay_out()
    payout, _ = rig.open().list_payouts(NOW - DAY, NOW + DAY)
    assert payout.gross_minor == 0
    taken = [one for one in payout.parts if one.kind == "dispute"]
    assert [(one.reference, one.gross_minor) for one in taken] == [
        (dispute.dispute_reference, -11900)
    ]


# Set-up.


def test_a_wrong_token_is_said_and_charges_nothing(rig: GoCardlessRig) -> None:
    gateway = GoCardless({**rig.config(), "access_token": "sandbox_wrong"})
    refused = ask(gateway.start, make_intent("debit"))
    assert isinstance(refused, Declined)
    assert refused.code is DeclineCode.UNAVAILABLE
    assert "access_token" in refused.message


def test_keeping_without_paying_debits_nothing(rig: GoCardlessRig) -> None:
    intent = make_intent("debit", purpose=Purpose.SAVE)
    sent = rig.open().start(intent)
    assert isinstance(sent, Redirect)
    asked = replace(intent, reference=sent.reference)
    assert rig.open().look_up(asked) == Redirect("", sent.reference)
    rig.approve(sent.reference)
    found = rig.open().look_up(asked)
    assert isinstance(found, Succeeded)
    assert isinstance(found.method, KeptMethod)
    assert not rig.gocardless.rows["payments"]


# The fake.


@pytest.mark.parametrize(
    ("resource", "body", "wrong"),
    [
        ("billing_requests", {"mandate_request": {"currency": "EUR", "scheme": "sepa"}}, "scheme"),
        ("payments", {"amount": 1, "currency": "EUR", "links": {}}, "links.mandate"),
        ("refunds", {"amount": 1, "links": {"payment": "PM1"}}, "total_amount_confirmation"),
    ],
)
def test_a_bad_request_is_caught(
    rig: GoCardlessRig, resource: str, body: dict[str, object], wrong: str
) -> None:
    _post(rig.gocardless, resource, body)
    assert wrong in str(rig.gocardless.violations)
    rig.gocardless.violations.clear()


@pytest.mark.skipif(not gocardless_shapes.are_here(), reason="GoCardless's examples are not here")
def test_fields_that_the_published_examples_do_not_have_are_caught(rig: GoCardlessRig) -> None:
    body = {"amount": "100", "curency": "EUR", "links": {"mandat": "MD1"}}
    _post(rig.gocardless, "payments", body)
    said = str(rig.gocardless.violations)
    assert "payments.amount is str" in said
    assert "curency is not known" in said
    assert "mandat is not known" in said
    rig.gocardless.violations.clear()


def _post(fake: FakeGoCardless, resource: str, body: dict[str, object]) -> None:
    headers = {"Authorization": f"Bearer {fake.token}", "GoCardless-Version": "2015-07-06"}
    answer = requests.post(f"{fake.url}/{resource}", json={resource: body}, headers=headers)
    assert answer.status_code == 422
