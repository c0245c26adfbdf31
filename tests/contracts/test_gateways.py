"""What every gateway keeps, so that everything around it may rely on it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from quarterday.ports.gateway import (
    Ability,
    BadSignature,
    Gateway,
    RefundIntent,
    ask,
    find_out,
    list_gateways,
)
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    NeedsFields,
    Pending,
    Redirect,
    Succeeded,
    Unknown,
)
from tests.contracts.rig import NOW, Able, Rig, able, find_rigs, make_intent

every = pytest.mark.parametrize("code", sorted(list_gateways()))


@every
def test_it_is_a_gateway_with_a_rig(rig: Rig) -> None:
    gateway = rig.open()
    assert isinstance(gateway, Gateway)
    assert re.fullmatch(r"[a-z][a-z0-9_]{1,31}", gateway.code)
    assert gateway.name


@every
def test_its_ways_to_pay_are_complete(rig: Rig) -> None:
    choices = rig.open().list_choices("EUR")
    assert len({one.code for one in choices}) == len(choices) > 0
    for choice in choices:
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,31}", choice.code)
        assert choice.name
        assert choice.abilities & {Ability.PAY, Ability.SAVE}
        names = [one.name for one in choice.fields]
        assert len(set(names)) == len(names)
        assert all(one.label for one in choice.fields)


@every
def test_secrets_are_never_plain_settings(code: str) -> None:
    for setting in list_gateways()[code].settings:
        looks_secret = re.search("secret|key|password|token", setting.name)
        assert setting.is_secret == bool(looks_secret), setting.name


@able(Able.PAYS)
def test_a_success_is_the_same_however_often_it_is_asked(rig: Rig) -> None:
    intent, first = rig.pay()
    assert isinstance(first, Succeeded)
    assert first.reference
    assert first.amount_minor in (None, 11900)
    again = replace(intent, fields={}, reference=first.reference)
    assert isinstance(rig.open().start(again), Succeeded)
    found = rig.open().look_up(again)
    assert isinstance(found, Succeeded)
    assert found.reference == first.reference


@able(Able.PAYS)
def test_different_intents_have_different_references(rig: Rig) -> None:
    answers = [rig.pay(f"att_{number}")[1] for number in range(3)]
    assert len({one.reference for one in answers if isinstance(one, Succeeded)}) == 3


@able(Able.DECLINES)
def test_a_refusal_says_why(rig: Rig) -> None:
    answer = rig.decline()
    assert isinstance(answer, Declined)
    assert answer.code in DeclineCode
    assert answer.code is not DeclineCode.UNAVAILABLE


@able(Able.REDIRECTS)
def test_a_redirect_leads_somewhere_and_moves_nothing(rig: Rig) -> None:
    intent, answer = rig.redirect()
    assert isinstance(answer, Redirect)
    assert answer.url.startswith("https://")
    # The same question again leads to the same place.
    assert rig.open().start(intent) == answer
    asked = replace(intent, fields={}, reference=answer.reference)
    assert not isinstance(rig.open().look_up(asked), Succeeded | Pending)
    # Coming back without having approved anything moves nothing, either.
    back = rig.open().start(replace(asked, is_back=True))
    assert not isinstance(back, Succeeded | Pending)
    if rig.fake is not None:
        assert rig.fake.movements == []


@able(Able.WAITS)
def test_what_takes_days_is_pending_until_then(rig: Rig) -> None:
    intent, answer = rig.wait()
    assert isinstance(answer, Pending)
    found = rig.open().look_up(replace(intent, fields={}, reference=answer.reference))
    assert isinstance(found, Pending)
    if answer.instructions is not None:
        assert answer.instructions.text
        assert answer.instructions.details


@able(Able.KEEPS)
def test_a_kept_method_can_be_charged_with_nobody_there(rig: Rig) -> None:
    kept = rig.keep()
    assert kept.label
    assert len(kept.token) <= 200
    assert len(kept.kind) <= 16
    charge = rig.charge(kept, "att_2")
    _, paid = rig.follow(charge, rig.open().start(charge))
    assert isinstance(paid, Succeeded)
    rig.open().forget(kept)
    rig.open().forget(kept)
    if rig.fake is not None:
        # What the service has forgotten cannot be charged any more.
        refused = ask(rig.open().start, rig.charge(kept, "att_3"))
        assert isinstance(refused, Declined)
        assert refused.code is DeclineCode.METHOD_REVOKED
        assert refused.is_final


@able(Able.PAYS, Able.KEEPS)
def test_a_method_is_kept_while_paying_only_when_asked(rig: Rig) -> None:
    for number, save in enumerate((True, False)):
        _, answer = rig.pay(f"att_{number}", save=save)
        assert isinstance(answer, Succeeded)
        if not rig.keeps_always:
            assert (answer.method is not None) is save
        elif save:
            assert answer.method is not None


@able(Able.TYPES)
def test_wrong_fields_are_named_before_anybody_is_asked(rig: Rig) -> None:
    errors = rig.open().check_fields(rig.choice, rig.wrong, NOW)
    names = {
        field.name
        for choice in rig.open().list_choices("EUR")
        if choice.code == rig.choice
        for field in choice.fields
    }
    assert errors.keys() <= names
    assert errors
    assert isinstance(rig.open().start(make_intent(rig.choice, rig.wrong)), NeedsFields | Declined)


@able(Able.TYPES)
def test_nothing_that_was_typed_comes_back(rig: Rig) -> None:
    outcomes = [rig.pay(save=True)]
    outcomes += [rig.wait("att_2")] if Able.WAITS in rig.able else []
    for intent, outcome in outcomes:
        said = f"{outcome!r} {intent!r}"
        assert not [secret for secret in rig.secrets if secret in said]


@every
def test_what_never_arrived_is_not_a_payment(rig: Rig) -> None:
    answer = rig.open().look_up(make_intent(rig.choice, intent_id="att_unknown"))
    assert isinstance(answer, Declined | Pending)
    if Able.KEEPS in rig.able:
        answer = rig.open().look_up(rig.charge(rig.keep(), "att_unknown"))
        assert isinstance(answer, Declined)
        assert answer.code is DeclineCode.NOT_RECEIVED


@able(Able.PAYS, Able.REFUNDS)
def test_money_is_given_back_once_and_in_parts(rig: Rig) -> None:
    _, paid = rig.pay()
    assert isinstance(paid, Succeeded)
    intent = RefundIntent("rfd_1", paid.reference, 5000, "EUR", NOW)
    missing = rig.open().look_up_refund(intent)
    assert isinstance(missing, Declined)
    assert missing.code is DeclineCode.NOT_RECEIVED
    first = rig.open().refund(intent)
    assert isinstance(first, Succeeded | Pending)
    assert first.reference
    assert rig.open().refund(intent) == first
    found = rig.open().look_up_refund(replace(intent, refund_reference=first.reference))
    assert isinstance(found, Succeeded | Pending)
    rest = rig.open().refund(replace(intent, id="rfd_2", amount_minor=6900))
    assert isinstance(rest, Succeeded | Pending)
    assert rest.reference != first.reference
    if rig.fake is not None:
        assert [rig.count_refunds(name) for name in ("rfd_1", "rfd_2")] == [1, 1]
        # More than was paid is never given back.
        refused = rig.open().refund(replace(intent, id="rfd_3", amount_minor=1))
        assert isinstance(refused, Declined)
        assert refused.is_final
        assert rig.count_refunds("rfd_3") == 0


@every
def test_an_event_without_a_signature_is_refused(rig: Rig) -> None:
    for headers, body in (({}, b"{}"), ({}, b""), ({"signature": "x"}, b"\xff\x00")):
        with pytest.raises(BadSignature):
            rig.open().parse_event(headers, body, NOW)


def test_whatever_breaks_is_unknown_and_never_a_guess() -> None:
    gateway = find_rigs()["sandbox"]().open()
    intent = make_intent("card", {"number": "4242424242424242"})

    def crash(_: object) -> Succeeded:
        raise TimeoutError

    assert ask(crash, intent) == Unknown("TimeoutError")
    gateway.look_up = crash  # type: ignore[method-assign]
    assert find_out(gateway, intent) is None
