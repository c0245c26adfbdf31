"""What every gateway keeps, so that everything around it may rely on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from quarterday.ports.gateway import (
    Ability,
    BadSignature,
    Gateway,
    Purpose,
    RefundIntent,
    ask,
    find_out,
    list_gateways,
)
from quarterday.ports.outcomes import (
    AttemptNews,
    DeclineCode,
    Declined,
    NeedsFields,
    Pending,
    Redirect,
    Succeeded,
    Unknown,
)
from tests.contracts.gateways import NOW, RIGS, make_intent

CODES = sorted(list_gateways())
every = pytest.mark.parametrize("code", CODES)


def open_gateway(code: str) -> Gateway:
    return RIGS[code].open(code)


def fields_of(code: str, outcome: str) -> Mapping[str, str] | None:
    fields: Mapping[str, str] | None = getattr(RIGS[code], outcome)
    return fields


def that(outcome: str) -> pytest.MarkDecorator:
    """The gateways that can be brought to an outcome."""
    codes = [code for code in CODES if code in RIGS and fields_of(code, outcome) is not None]
    return pytest.mark.parametrize("code", codes)


@every
def test_it_is_a_gateway_with_a_rig(code: str) -> None:
    gateway = open_gateway(code)
    assert isinstance(gateway, Gateway)
    assert re.fullmatch(r"[a-z][a-z0-9_]{1,31}", gateway.code)
    assert gateway.name


@every
def test_its_ways_to_pay_are_complete(code: str) -> None:
    choices = open_gateway(code).list_choices("EUR")
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


@that("succeeds")
def test_a_success_is_the_same_however_often_it_is_asked(code: str) -> None:
    intent = make_intent(RIGS[code].choice, fields_of(code, "succeeds"))
    first = open_gateway(code).start(intent)
    assert isinstance(first, Succeeded)
    assert first.reference
    assert open_gateway(code).start(intent) == first
    found = open_gateway(code).look_up(replace(intent, fields={}, reference=first.reference))
    assert isinstance(found, Succeeded)
    assert found.reference == first.reference


@that("succeeds")
def test_different_intents_have_different_references(code: str) -> None:
    fields = fields_of(code, "succeeds")
    answers = [
        open_gateway(code).start(make_intent(RIGS[code].choice, fields, intent_id=f"att_{number}"))
        for number in range(3)
    ]
    assert len({one.reference for one in answers if isinstance(one, Succeeded)}) == 3


@that("declines")
def test_a_refusal_says_why(code: str) -> None:
    answer = open_gateway(code).start(make_intent(RIGS[code].choice, fields_of(code, "declines")))
    assert isinstance(answer, Declined)
    assert answer.code in DeclineCode
    assert answer.code is not DeclineCode.UNAVAILABLE


@that("redirects")
def test_a_redirect_leads_somewhere_and_moves_nothing(code: str) -> None:
    intent = make_intent(RIGS[code].choice, fields_of(code, "redirects"))
    answer = open_gateway(code).start(intent)
    assert isinstance(answer, Redirect)
    assert answer.url.startswith("https://")
    asked = replace(intent, fields={}, reference=answer.reference)
    assert not isinstance(open_gateway(code).look_up(asked), Succeeded | Pending)
    # Coming back without having approved anything moves nothing, either.
    back = open_gateway(code).start(replace(asked, is_back=True))
    assert not isinstance(back, Succeeded | Pending)


@that("waits")
def test_what_takes_days_is_pending_until_then(code: str) -> None:
    intent = make_intent(RIGS[code].waiting_choice, fields_of(code, "waits"))
    answer = open_gateway(code).start(intent)
    assert isinstance(answer, Pending)
    found = open_gateway(code).look_up(replace(intent, fields={}, reference=answer.reference))
    assert isinstance(found, Pending)
    if answer.instructions is not None:
        assert answer.instructions.text
        assert answer.instructions.details


@that("succeeds")
def test_a_kept_method_can_be_charged_with_nobody_there(code: str) -> None:
    rig = RIGS[code]
    asked = make_intent(rig.choice, rig.succeeds, purpose=Purpose.SAVE)
    kept = open_gateway(code).start(asked)
    assert isinstance(kept, Succeeded)
    assert kept.method is not None
    assert len(kept.method.token) <= 200
    charge = make_intent("", method=kept.method, is_present=False, intent_id="att_2")
    assert isinstance(open_gateway(code).start(charge), Succeeded)
    open_gateway(code).forget(kept.method)
    open_gateway(code).forget(kept.method)


@that("succeeds")
def test_a_method_is_kept_while_paying_only_when_asked(code: str) -> None:
    rig = RIGS[code]
    for save in (True, False):
        answer = open_gateway(code).start(make_intent(rig.choice, rig.succeeds, save=save))
        assert isinstance(answer, Succeeded)
        assert (answer.method is not None) is save


@that("wrong")
def test_wrong_fields_are_named_before_anybody_is_asked(code: str) -> None:
    rig = RIGS[code]
    assert rig.wrong is not None
    errors = open_gateway(code).check_fields(rig.choice, rig.wrong, NOW)
    names = {
        field.name
        for choice in open_gateway(code).list_choices("EUR")
        if choice.code == rig.choice
        for field in choice.fields
    }
    assert errors.keys() <= names
    assert errors
    assert isinstance(
        open_gateway(code).start(make_intent(rig.choice, rig.wrong)), NeedsFields | Declined
    )


@every
def test_nothing_that_was_typed_comes_back(code: str) -> None:
    rig = RIGS[code]
    for choice, fields in (
        (rig.choice, rig.succeeds),
        (rig.choice, rig.declines),
        (rig.waiting_choice, rig.waits),
    ):
        if fields is not None:
            intent = make_intent(choice, fields, save=True)
            said = f"{open_gateway(code).start(intent)!r} {intent!r}"
            assert not [secret for secret in rig.secrets if secret in said]


@every
def test_what_never_arrived_is_not_a_payment(code: str) -> None:
    answer = open_gateway(code).look_up(make_intent(RIGS[code].choice, intent_id="att_unknown"))
    assert isinstance(answer, Declined | Pending)


@that("succeeds")
def test_money_is_given_back_once(code: str) -> None:
    rig = RIGS[code]
    paid = open_gateway(code).start(make_intent(rig.choice, rig.succeeds))
    assert isinstance(paid, Succeeded)
    intent = RefundIntent("rfd_1", paid.reference, 5000, "EUR", NOW)
    first = open_gateway(code).refund(intent)
    assert isinstance(first, Succeeded | Pending)
    assert open_gateway(code).refund(intent) == first


@every
def test_an_event_without_a_signature_is_refused(code: str) -> None:
    for headers, body in (({}, b"{}"), ({}, b""), ({"signature": "x"}, b"\xff\x00")):
        with pytest.raises(BadSignature):
            open_gateway(code).parse_event(headers, body, NOW)


@that("event")
def test_an_event_says_which_attempt_went_on(code: str) -> None:
    rig = RIGS[code]
    assert rig.event is not None
    assert rig.sign is not None
    body = rig.event("evt_1", "att_1")
    (news,) = open_gateway(code).parse_event(rig.sign(body), body, NOW)
    assert isinstance(news, AttemptNews)
    assert (news.event_id, news.attempt) == ("evt_1", "att_1")
    with pytest.raises(BadSignature):
        open_gateway(code).parse_event(rig.sign(body), body.replace(b"att_1", b"att_2"), NOW)


def test_whatever_breaks_is_unknown_and_never_a_guess() -> None:
    gateway = open_gateway("sandbox")
    intent = make_intent("card", {"number": "4242424242424242"})

    def crash(_: object) -> Succeeded:
        raise TimeoutError

    assert ask(crash, intent) == Unknown("TimeoutError")
    gateway.look_up = crash  # type: ignore[method-assign]
    assert find_out(gateway, intent) is None
