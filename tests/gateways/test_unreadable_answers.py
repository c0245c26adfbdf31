"""An answer that cannot be read says nothing: above all not that nobody was asked.

Whoever takes it for that charges again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.gateways import gocardless, paypal_words, stripe, stripe_answers
from quarterday.ports.gateway import ask
from quarterday.ports.outcomes import Declined, KeptMethod, Outcome, Pending, Succeeded, Unknown
from tests.contracts.rig import make_intent
from tests.contracts.rigs.gocardless import GoCardlessRig
from tests.contracts.rigs.paypal import PayPalRig
from tests.contracts.rigs.stripe import StripeRig


def broken(*_: Any, **__: Any) -> Any:
    raise BillingError("this amount no minor unit can hold")


def test_what_was_asked_before_is_not_declined_because_nobody_can_be_asked_now() -> None:
    asked = make_intent("card")
    assert isinstance(ask(broken, asked), Declined)
    assert ask(broken, replace(asked, reference="pi_1")) == Unknown(
        "this amount no minor unit can hold", "pi_1"
    )


def kept(rig: StripeRig) -> KeptMethod:
    found = rig.stripe.make_method("4242424242424242")
    return KeptMethod(found["method"], "card", "4242", data={**found, "type": "card"})


def test_stripe_has_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    with StripeRig() as rig:
        asked = make_intent("", method=kept(rig), is_present=False)
        with monkeypatch.context() as patched:
            patched.setattr(stripe, "tell_intent", broken)
            said: Outcome = ask(rig.open().start, asked)
        assert isinstance(said, Unknown)
        assert isinstance(rig.open().look_up(asked), Succeeded)


def test_a_fee_that_cannot_be_read_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with StripeRig() as rig:
        asked = make_intent("", method=kept(rig), is_present=False)
        real = stripe_answers.from_stripe

        def breaks(amount: int, code: str) -> int:
            return real(amount, code) if amount == asked.amount_minor else broken()

        monkeypatch.setattr(stripe_answers, "from_stripe", breaks)
        said = ask(rig.open().start, asked)
        assert isinstance(said, Succeeded)
        assert (said.amount_minor, said.fee_minor) == (asked.amount_minor, None)


def test_paypal_has_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    with PayPalRig() as rig:
        method = rig.keep()
        asked = make_intent("", method=method, is_present=False, intent_id="att_2")
        with monkeypatch.context() as patched:
            patched.setattr(paypal_words, "read_amount", broken)
            said = ask(rig.open().start, asked)
        assert isinstance(said, Unknown)
        assert isinstance(rig.open().look_up(asked), Succeeded)


def test_gocardless_has_debited(monkeypatch: pytest.MonkeyPatch) -> None:
    with GoCardlessRig() as rig:
        asked = make_intent("", method=rig.keep(), is_present=False, intent_id="att_2")
        with monkeypatch.context() as patched:
            patched.setattr(gocardless, "tell_payment", broken)
            said = ask(rig.open().start, asked)
        assert isinstance(said, Unknown)
        assert said.reference.startswith("PM")
        assert isinstance(rig.open().look_up(asked), Pending)
