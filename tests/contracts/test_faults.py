"""Whatever the network does, money moves once, and what became of it is found out.

Each kind of trouble hits what moves money; then everything works again, and the gateway is asked
as the program asks: look up what is not known, and ask again only for what never arrived.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from quarterday.ports.gateway import RefundIntent, ask, find_out
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    Outcome,
    Pending,
    Redirect,
    Succeeded,
    Unknown,
)
from tests.contracts.rig import NOW, Able, Rig, able
from tests.fakes.base import Trouble

every_trouble = pytest.mark.parametrize("trouble", list(Trouble))


def break_it(rig: Rig, trouble: Trouble, route: str, times: int) -> None:
    assert rig.fake is not None
    assert route, "say which requests move money"
    rig.fake.fail(trouble, route, times=times, seconds=rig.patience * 1.5)


@pytest.fixture(autouse=True)
def _impatient(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a slow answer is no answer, without waiting for it."""
    rig.be_impatient(monkeypatch)


@able(Able.FAULTS, Able.KEEPS)
@every_trouble
@pytest.mark.parametrize("is_lasting", [False, True], ids=["once", "lasting"])
def test_a_kept_method_is_charged_once_whatever_breaks(
    rig: Rig, trouble: Trouble, is_lasting: bool
) -> None:
    charge = rig.charge(rig.keep())
    break_it(rig, trouble, rig.charge_route, rig.tries if is_lasting else 1)
    said = ask(rig.open().start, charge)
    assert rig.fake is not None
    rig.fake.heal()
    asked = replace(charge, reference=getattr(said, "reference", ""))
    found = _resolve(rig, asked, said)
    moved = rig.count_payments(charge.id)
    assert moved == (0 if isinstance(found, Declined) else 1)
    if isinstance(found, Declined):
        assert found.code in (DeclineCode.NOT_RECEIVED, DeclineCode.UNAVAILABLE)
    # The same question once more: the money of it has moved, or never will.
    ask(rig.open().start, charge)
    late = find_out(rig.open(), asked)
    assert rig.count_payments(charge.id) == (1 if isinstance(late, Succeeded | Pending) else 0)
    if isinstance(found, Declined) and found.code is DeclineCode.NOT_RECEIVED:
        # We were told that nothing will ever come of it.
        assert moved == rig.count_payments(charge.id)


def _resolve(rig: Rig, asked: object, said: Outcome) -> Outcome:
    """As the job does: only what is not known is looked up."""
    if not isinstance(said, Unknown):
        return said
    found = rig.open().look_up(asked)  # type: ignore[arg-type]
    assert not isinstance(found, Unknown)
    return found


@able(Able.FAULTS, Able.PAYS, Able.REFUNDS)
@every_trouble
def test_money_is_given_back_once_whatever_breaks(rig: Rig, trouble: Trouble) -> None:
    _, paid = rig.pay()
    assert isinstance(paid, Succeeded)
    intent = RefundIntent("rfd_1", paid.reference, 5000, "EUR", NOW)
    break_it(rig, trouble, rig.refund_route, rig.tries)
    said = _ask_refund(rig, intent)
    assert rig.fake is not None
    rig.fake.heal()
    found = said
    if isinstance(said, Unknown):
        found = rig.open().look_up_refund(intent)
    moved = rig.count_refunds("rfd_1")
    assert moved == (0 if isinstance(found, Declined) else 1)
    if isinstance(found, Declined):
        # Nobody was asked, so it is asked again.
        assert found.code in (DeclineCode.NOT_RECEIVED, DeclineCode.UNAVAILABLE)
        assert not found.is_final
        assert isinstance(rig.open().refund(intent), Succeeded | Pending)
    assert isinstance(rig.open().refund(intent), Succeeded | Pending)
    assert rig.count_refunds("rfd_1") == 1


def _ask_refund(rig: Rig, intent: RefundIntent) -> Outcome:
    try:
        return rig.open().refund(intent)
    except Exception as error:
        return Unknown(type(error).__name__)


@able(Able.FAULTS, Able.REDIRECTS)
@every_trouble
def test_a_payer_is_sent_somewhere_whatever_broke_before(rig: Rig, trouble: Trouble) -> None:
    break_it(rig, trouble, "^POST", rig.tries)
    intent, said = None, Unknown("not asked")
    try:
        intent, outcome = rig.redirect()
        assert isinstance(outcome, Redirect)
    except Exception as error:
        said = Unknown(type(error).__name__)
    assert rig.fake is not None
    rig.fake.heal()
    again, sent = rig.redirect()
    assert isinstance(sent, Redirect), said
    found = rig.open().look_up(replace(again, reference=sent.reference))
    assert not isinstance(found, Succeeded | Pending | Unknown)
    _, paid = rig.follow(again, sent)
    assert isinstance(paid, Succeeded)
    assert rig.count_payments(again.id) == 1
    assert intent in (None, again)


@able(Able.FAULTS, Able.KEEPS)
def test_two_that_ask_at_once_charge_once(rig: Rig) -> None:
    charge = rig.charge(rig.keep())
    assert rig.fake is not None
    rig.fake.fail("slow", rig.charge_route, times=1, seconds=0.1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ask(rig.open().start, charge), range(4)))
    assert rig.count_payments(charge.id) == 1
    assert isinstance(rig.open().look_up(charge), Succeeded | Pending)
