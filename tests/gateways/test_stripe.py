"""What only Stripe does; what every gateway does is in ``tests/contracts``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.core.money import CURRENCIES, currency
from quarterday.gateways.stripe import Stripe
from quarterday.gateways.stripe_news import EVENTS
from quarterday.gateways.stripe_words import (
    DECLINES,
    explain_decline,
    from_stripe,
    is_taken,
    to_stripe,
)
from quarterday.ports.gateway import BadSignature, Intent, Purpose, RefundIntent, ask
from quarterday.ports.outcomes import (
    AttemptNews,
    DeclineCode,
    Declined,
    DisputeNews,
    DisputeState,
    KeptMethod,
    MethodNews,
    News,
    OtherNews,
    Outcome,
    PayoutState,
    Pending,
    Redirect,
    Succeeded,
)
from tests.contracts.rig import NOW, make_intent
from tests.contracts.rigs.stripe import StripeRig
from tests.fakes.stripe import DISPUTE_FEE, FakeStripe

DAY = timedelta(days=1)


@pytest.fixture
def rig() -> Iterator[StripeRig]:
    with StripeRig() as one:
        yield one


def kept(rig: StripeRig, number: str) -> KeptMethod:
    found = rig.stripe.make_method(number)
    kind = "card" if number.isdigit() else "sepa_debit"
    return KeptMethod(found["method"], kind, number[-4:], data={**found, "type": kind})


def charge(rig: StripeRig, number: str, *, is_present: bool = False) -> Outcome:
    method = kept(rig, number)
    return rig.open().start(make_intent("", method=method, is_present=is_present))


def hear(rig: StripeRig) -> list[News]:
    return [news for call in rig.calls() for news in rig.open().parse_event(*call, NOW)]


# Amounts.


@pytest.mark.parametrize(
    ("code", "minor", "stripes"),
    [
        ("EUR", 11900, 11900),
        ("JPY", 500, 500),
        ("ISK", 500, 50000),
        ("UGX", 5, 500),
        ("KWD", 1230, 1230),
        ("MGA", 500, 5),
        ("HUF", 1250, 1250),
        ("TWD", 1250, 1250),
    ],
)
def test_amounts_are_in_stripes_own_exponent(code: str, minor: int, stripes: int) -> None:
    assert to_stripe(minor, code) == stripes
    assert from_stripe(stripes, code.lower()) == minor


@pytest.mark.parametrize(("code", "minor"), [("KWD", 1234), ("MGA", 550)])
def test_what_stripe_cannot_take_exactly_is_refused_before_it_is_asked(
    rig: StripeRig, code: str, minor: int
) -> None:
    with pytest.raises(BillingError, match="only in steps"):
        to_stripe(minor, code)
    intent = replace(make_intent("card"), currency=code, amount_minor=minor)
    said = ask(rig.open().start, intent)
    assert isinstance(said, Declined)
    assert said.code is DeclineCode.UNAVAILABLE
    assert rig.stripe.requests == []


@given(st.sampled_from(sorted(CURRENCIES)), st.integers(1, 10**12))
def test_no_amount_ever_changes_on_the_way(code: str, minor: int) -> None:
    if not is_taken(code):
        return
    try:
        sent = to_stripe(minor, code)
    except BillingError:
        assert minor % 100
        return
    assert from_stripe(sent, code) == minor
    assert sent >= minor or currency(code).exponent > 0


def test_a_payment_in_yen_is_of_yen(rig: StripeRig) -> None:
    intent = replace(make_intent("card"), currency="JPY", amount_minor=11900)
    _, paid = rig.follow(intent, rig.open().start(intent))
    assert isinstance(paid, Succeeded)
    assert paid.amount_minor == 11900
    assert rig.stripe.total(currency="JPY") == 11900


# Being declined.


@pytest.mark.parametrize(
    ("number", "code", "is_final"),
    [
        ("4000000000000002", DeclineCode.REFUSED, False),
        ("4000000000009995", DeclineCode.INSUFFICIENT_FUNDS, False),
        ("4000000000009987", DeclineCode.LOST_OR_STOLEN, True),
        ("4000000000000069", DeclineCode.EXPIRED, True),
        ("4000000000000127", DeclineCode.WRONG_DETAILS, False),
        ("4000000000000119", DeclineCode.REFUSED, False),
        ("4000000000006975", DeclineCode.LIMIT, False),
        ("4000002760003184", DeclineCode.NOT_AUTHENTICATED, False),
    ],
)
def test_why_a_card_was_declined(
    rig: StripeRig, number: str, code: DeclineCode, is_final: bool
) -> None:
    said = charge(rig, number)
    assert isinstance(said, Declined)
    assert (said.code, said.is_final) == (code, is_final)
    # Looked up, it says the same.
    found = rig.open().look_up(make_intent("", is_present=False, reference=said.reference))
    assert found == said
    assert rig.stripe.total() == 0


def test_every_word_for_a_decline_is_known_once() -> None:
    words = [word for word, _ in DECLINES.items()]
    assert len(words) > 80
    assert not {code for code, _ in DECLINES.values()} & {
        DeclineCode.UNAVAILABLE,
        DeclineCode.NOT_RECEIVED,
    }
    unheard = explain_decline({"decline_code": "brand_new", "code": "card_declined"})
    assert (unheard.code, unheard.is_final) == (DeclineCode.REFUSED, False)
    assert explain_decline({"code": "card_declined", "advice_code": "do_not_try_again"}).is_final
    assert explain_decline(None).code is DeclineCode.REFUSED


def test_a_payer_who_is_there_confirms_at_the_bank(rig: StripeRig) -> None:
    for is_ok in (True, False):
        name = f"att_{is_ok}"
        method = kept(rig, "4000002760003184")
        intent = make_intent("", method=method, intent_id=name)
        sent = rig.open().start(intent)
        assert isinstance(sent, Redirect)
        assert sent.url.startswith("https://hooks.stripe.com/")
        asked = replace(intent, reference=sent.reference, is_back=True)
        assert isinstance(rig.open().start(asked), Redirect)
        rig.stripe.authenticate(sent.reference, is_ok=is_ok)
        ended = rig.open().start(asked)
        if is_ok:
            assert isinstance(ended, Succeeded)
        else:
            assert isinstance(ended, Declined)
            assert ended.code is DeclineCode.NOT_AUTHENTICATED
        assert rig.stripe.total(name) == (11900 if is_ok else 0)


def test_a_card_that_was_confirmed_while_it_was_kept_needs_nobody_later(rig: StripeRig) -> None:
    assert isinstance(charge(rig, "4000002500003155"), Succeeded)


# On Stripe's page.


def test_a_payer_may_try_again_on_the_page_until_it_works(rig: StripeRig) -> None:
    intent = make_intent("card", save=True)
    sent = rig.open().start(intent)
    assert isinstance(sent, Redirect)
    asked = replace(intent, reference=sent.reference)
    for number in ("4000000000009995", "4000000000000069"):
        assert rig.stripe.complete_checkout(sent.reference, number) == "open"
        # A failed try is told, and is not the end.
        told = [one for one in hear(rig) if isinstance(one, AttemptNews)]
        assert {(one.attempt, one.outcome) for one in told} == {(intent.id, None)}
        assert rig.open().look_up(asked) == Redirect("", sent.reference)
    rig.stripe.complete_checkout(sent.reference)
    paid = rig.open().look_up(asked)
    assert isinstance(paid, Succeeded)
    assert paid.fee_minor == 11900 * 15 // 1000 + 25
    assert paid.method is not None
    assert (paid.method.kind, paid.method.label) == ("visa", "Visa •••• 4242")
    assert paid.method.expires_on == date(2039, 8, 31)
    assert paid.method.data["customer"].startswith("cus_")
    # The next page is of the same customer.
    known = make_intent("card", intent_id="att_2")
    rig.open().start(replace(known, known_as=paid.method.data))
    assert paid.method.data["customer"].encode() in rig.stripe.bodies[-1]


def test_a_customer_who_was_deleted_at_stripe_can_still_pay(rig: StripeRig) -> None:
    intent = replace(make_intent("card"), known_as={"customer": "cus_gone"})
    _, paid = rig.follow(intent, rig.open().start(intent))
    assert isinstance(paid, Succeeded)


def test_a_page_that_nobody_used_is_the_end(rig: StripeRig) -> None:
    intent = make_intent("card")
    sent = rig.open().start(intent)
    assert isinstance(sent, Redirect)
    rig.stripe.expire_checkout(sent.reference)
    over = Declined(DeclineCode.CANCELLED, sent.reference)
    assert rig.open().look_up(replace(intent, reference=sent.reference)) == over
    (told,) = hear(rig)
    assert isinstance(told, AttemptNews)
    assert told.outcome == over


@pytest.mark.parametrize(
    ("iban", "ended"),
    [
        ("DE89370400440532013000", Succeeded),
        ("DE62370400440532013001", Declined),
    ],
)
def test_a_debit_is_on_its_way_for_days(rig: StripeRig, iban: str, ended: type[Outcome]) -> None:
    save = make_intent("sepa_debit", purpose=Purpose.SAVE)
    sent = rig.open().start(save)
    assert isinstance(sent, Redirect)
    rig.stripe.complete_checkout(sent.reference, iban)
    saved = rig.open().look_up(replace(save, reference=sent.reference))
    assert isinstance(saved, Succeeded)
    assert saved.method is not None
    assert saved.method.label == f"IBAN •••• {iban[-4:]}"
    asked = make_intent("", method=saved.method, is_present=False, intent_id="att_2")
    waiting = rig.open().start(asked)
    assert isinstance(waiting, Pending)
    assert waiting.expected_on == (NOW + 7 * DAY).date()
    rig.stripe.settle()
    found = rig.open().look_up(asked)
    assert isinstance(found, ended)
    if isinstance(found, Declined):
        assert found.code is DeclineCode.INSUFFICIENT_FUNDS


# News.


def test_a_debit_that_its_payer_takes_back_is_returned(rig: StripeRig) -> None:
    method = kept(rig, "DE35370400440532013002")
    rig.open().start(make_intent("", method=method, is_present=False))
    hear(rig)
    rig.stripe.settle()
    told = [one for one in hear(rig) if isinstance(one, DisputeNews)]
    assert {one.state for one in told} == {DisputeState.RETURNED}
    assert {(one.amount_minor, one.fee_minor) for one in told} == {(11900, DISPUTE_FEE)}
    assert {one.reason for one in told} == {DeclineCode.METHOD_REVOKED}


def test_an_inquiry_takes_no_money_and_is_no_dispute(rig: StripeRig) -> None:
    _, paid = rig.pay()
    assert isinstance(paid, Succeeded)
    hear(rig)
    rig.stripe.open_dispute(paid.reference, is_inquiry=True)
    (told,) = hear(rig)
    assert isinstance(told, OtherNews)


def test_a_method_that_its_bank_renewed_or_revoked_is_told(rig: StripeRig) -> None:
    token = rig.keep().token
    hear(rig)
    rig.stripe.renew_method(token)
    rig.stripe.drop_method(token)
    renewed, gone = hear(rig)
    assert isinstance(renewed, MethodNews)
    assert renewed.method is not None
    assert (renewed.method.label, renewed.method.expires_on) == (
        "Visa •••• 0042",
        date(2043, 8, 31),
    )
    assert isinstance(gone, MethodNews)
    assert (gone.token, gone.method) == (token, None)


def test_money_that_nobody_here_asked_for_is_told_all_the_same(rig: StripeRig) -> None:
    _, paid = rig.pay()
    rig.stripe.objects[paid.reference]["metadata"] = {}
    rig.calls()
    listed = list(rig.open().list_news(NOW - DAY, NOW + 40 * DAY))
    strangers = [one for one in listed if isinstance(one, AttemptNews) and not one.attempt]
    came = Succeeded(paid.reference, amount_minor=11900, currency="EUR")
    assert [one.outcome for one in strangers] == [came]


def test_what_is_older_than_stripes_events_is_listed_by_its_state(rig: StripeRig) -> None:
    intent, paid = rig.pay()
    assert isinstance(paid, Succeeded)
    rig.open().refund(RefundIntent("rfd_1", paid.reference, 100, "EUR", NOW))
    rig.stripe.open_dispute(paid.reference)
    for name in [one for one in rig.stripe.objects if one.startswith("evt_")]:
        del rig.stripe.objects[name]
    short = list(rig.open().list_news(NOW - DAY, NOW + DAY))
    assert short == []
    listed = list(rig.open().list_news(NOW - 40 * DAY, NOW + DAY))
    assert len(listed) == 3
    assert intent.id in {one.attempt for one in listed if isinstance(one, AttemptNews)}
    again = list(rig.open().list_news(NOW - 40 * DAY, NOW + DAY))
    assert again == listed


def test_pages_of_a_list_are_all_read(rig: StripeRig) -> None:
    method = kept(rig, "4242424242424242")
    for number in range(3):
        rig.open().start(rig.charge(method, f"att_{number}"))
    # Many more of the same customer, so that the first is on the last page.
    one = next(row for row in rig.stripe.objects.values() if row["object"] == "payment_intent")
    rig.stripe.objects |= {
        f"pi_more{n}": {**one, "id": f"pi_more{n}", "metadata": {}} for n in range(250)
    }
    found = rig.open().look_up(rig.charge(method, "att_0"))
    assert isinstance(found, Succeeded)


def test_a_payout_tells_the_fee_of_a_dispute_once(rig: StripeRig) -> None:
    _, paid = rig.pay()
    assert isinstance(paid, Succeeded)
    rig.stripe.open_dispute(paid.reference)
    disputes = [one for one in hear(rig) if isinstance(one, DisputeNews)]
    assert disputes[-1].fee_minor == DISPUTE_FEE
    name = rig.stripe.pay_out()
    rig.stripe.land_payout(name, is_ok=False)
    (payout,) = rig.open().list_payouts(NOW - DAY, NOW + DAY)
    assert payout.state is PayoutState.FAILED
    parts = {one.kind: (one.gross_minor, one.fee_minor) for one in payout.parts}
    fee = 11900 * 15 // 1000 + 25
    assert parts == {"payment": (11900, fee), "dispute": (-11900 - DISPUTE_FEE, 0)}
    assert payout.net_minor == -DISPUTE_FEE - fee


# Trust.


def test_a_hook_takes_two_secrets_while_one_is_changed(rig: StripeRig) -> None:
    rig.pay()
    (call, *_) = rig.calls()
    both = Stripe({"hook_secret": f"whsec_new {FakeStripe.secret}"})
    assert both.parse_event(*call, NOW)
    for config in ({"hook_secret": "whsec_new"}, {}):
        with pytest.raises(BadSignature):
            Stripe(config).parse_event(*call, NOW)


def test_an_old_event_is_not_replayed(rig: StripeRig) -> None:
    rig.pay()
    (call, *_) = rig.calls()
    gateway = rig.open()
    assert gateway.parse_event(*call, NOW + timedelta(minutes=4))
    for later in (timedelta(minutes=6), -timedelta(minutes=6)):
        with pytest.raises(BadSignature):
            gateway.parse_event(*call, NOW + later)


def test_a_wrong_key_moves_nothing_and_says_so(rig: StripeRig) -> None:
    wrong = Stripe({**rig.config(), "secret_key": "sk_test_wrong"})
    said = ask(wrong.start, make_intent("card"))
    assert isinstance(said, Declined)
    assert said.code is DeclineCode.UNAVAILABLE
    assert "sk_test" not in said.message
    unset = ask(Stripe({}).start, make_intent("card"))
    assert isinstance(unset, Declined)


def test_settings_that_cannot_work_are_refused() -> None:
    with pytest.raises(BillingError, match="no way 'cash'"):
        Stripe({"methods": "card, cash"})
    with pytest.raises(BillingError, match="https"):
        Stripe({"api_url": "http://stripe.example.com"})
    assert [one.code for one in Stripe({"methods": "card,ideal"}).list_choices("CHF")] == ["card"]
    assert Stripe({}).list_choices("IRR") == []


def test_no_card_number_ever_passes_through(rig: StripeRig) -> None:
    intent: Intent = make_intent("card", save=True)
    _, paid = rig.follow(intent, rig.open().start(intent))
    assert isinstance(paid, Succeeded)
    said = b" ".join([*rig.stripe.bodies, *(body for _, body in rig.calls()), repr(paid).encode()])
    assert b"4242424242424242" not in said
    assert not rig.open().list_choices("EUR")[0].fields


def test_the_page_about_stripe_names_the_events_to_choose() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs/gateway-stripe.md").read_text()
    assert [one for one in EVENTS if f"`{one}`" not in text] == []
