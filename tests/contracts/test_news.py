"""What gateways report by themselves: proven, complete, and the same in any order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from quarterday.ports.gateway import BadSignature, Intent, ListsNews, PaysOut, RefundIntent
from quarterday.ports.outcomes import (
    AttemptNews,
    Declined,
    DisputeNews,
    DisputeState,
    News,
    PayoutState,
    RefundNews,
    Succeeded,
)
from tests.contracts.rig import NOW, Able, Rig, able

HOUR = timedelta(hours=1)


def hear(rig: Rig) -> list[News]:
    """What the calls of the hook say since the last time."""
    return [news for call in rig.calls() for news in rig.open().parse_event(*call, NOW)]


def refund(rig: Rig, reference: str, name: str = "rfd_1", amount_minor: int = 5000) -> str:
    made = rig.open().refund(RefundIntent(name, reference, amount_minor, "EUR", NOW))
    rig.pass_days()
    assert made.reference
    return str(made.reference)


@able(Able.HOOKS, Able.PAYS)
def test_only_the_gateway_is_believed(rig: Rig) -> None:
    rig.pay()
    calls = rig.calls(keep=True)
    assert calls
    for headers, body in calls:
        assert rig.open().parse_event(headers, body, NOW)
        spoiled = body.replace(b"att_1", b"att_2")
        forgeries = [rig.forge(body), ({}, body), (headers, body + b" ")]
        forgeries += [(headers, spoiled)] if spoiled != body else []
        for forged in forgeries:
            with pytest.raises(BadSignature):
                rig.open().parse_event(*forged, NOW)
    # Delivered again it is the same event, and every event is one of its own.
    first, second = hear_kept(rig), hear_kept(rig)
    assert first == second
    names = [one.event_id for one in first]
    assert len(set(names)) == len(names)
    assert all(names)


def hear_kept(rig: Rig) -> list[News]:
    calls = rig.calls(keep=True)
    return [news for call in calls for news in rig.open().parse_event(*call, NOW)]


@able(Able.HOOKS, Able.PAYS)
def test_an_event_says_which_attempt_went_on_in_any_order(rig: Rig) -> None:
    intent, paid = rig.pay()
    rig.pay("att_2")
    assert isinstance(paid, Succeeded)
    heard = [one for one in hear(rig) if isinstance(one, AttemptNews)]
    ours = [one for one in heard if is_about(one, intent, paid.reference)]
    assert ours
    assert len(ours) < len(heard)
    for seed in range(5):
        random.Random(seed).shuffle(ours)
        told = [tell(rig, intent, paid.reference, one) for one in [*ours, *ours]]
        # Whatever comes late, money that came in stays.
        assert any(isinstance(one, Succeeded) for one in told)
        assert not any(isinstance(one, Declined) for one in told)


def is_about(news: AttemptNews, intent: Intent, reference: str) -> bool:
    return news.attempt == intent.id or (not news.attempt and news.reference == reference)


def tell(rig: Rig, intent: Intent, reference: str, news: AttemptNews) -> object:
    """What the event itself says, or what it leads to."""
    if news.outcome is not None:
        return news.outcome
    return rig.open().look_up(replace(intent, fields={}, reference=reference))


@able(Able.HOOKS, Able.REFUNDS, Able.FAULTS)
def test_a_refund_is_told_in_full_and_in_part(rig: Rig) -> None:
    _, paid = rig.pay()
    assert isinstance(paid, Succeeded)
    made = refund(rig, paid.reference)
    told = [one for one in hear(rig) if isinstance(one, RefundNews)]
    assert told
    for one in told:
        assert (one.reference, one.refund_reference) == (paid.reference, made)
        assert one.amount_minor == 5000
        assert one.refund in ("rfd_1", "")
    assert not any(isinstance(one.outcome, Declined) for one in told)


@able(Able.HOOKS, Able.REFUNDS_FAIL)
def test_a_refund_that_does_not_arrive_is_told(rig: Rig) -> None:
    _, paid = rig.pay()
    assert isinstance(paid, Succeeded)
    made = refund(rig, paid.reference)
    hear(rig)
    rig.fail_refund(made)
    told = [one for one in hear(rig) if isinstance(one, RefundNews)]
    assert told
    assert isinstance(told[-1].outcome, Declined)
    asked = RefundIntent("rfd_1", paid.reference, 5000, "EUR", NOW, refund_reference=made)
    assert isinstance(rig.open().look_up_refund(asked), Declined)


@able(Able.HOOKS, Able.DISPUTES)
@pytest.mark.parametrize("is_won", [True, False], ids=["won", "lost"])
def test_a_dispute_is_told_from_its_beginning_to_its_end(rig: Rig, is_won: bool) -> None:
    _, paid = rig.pay()
    assert isinstance(paid, Succeeded)
    hear(rig)
    dispute = rig.open_dispute(paid.reference)
    opened = [one for one in hear(rig) if isinstance(one, DisputeNews)]
    rig.close_dispute(dispute, is_won=is_won)
    closed = [one for one in hear(rig) if isinstance(one, DisputeNews)]
    assert {one.state for one in opened} == {DisputeState.OPENED}
    end = DisputeState.WON if is_won else DisputeState.LOST
    assert end in {one.state for one in closed}
    for one in (*opened, *closed):
        assert one.dispute_reference == dispute
        assert paid.reference == one.reference or one.attempt == "att_1"
        assert one.amount_minor == 11900
        assert one.fee_minor >= 0


@able(Able.LISTS, Able.PAYS)
def test_what_a_lost_webhook_said_is_in_the_list(rig: Rig) -> None:
    _, paid = rig.pay()
    assert isinstance(paid, Succeeded)
    if Able.REFUNDS in rig.able:
        refund(rig, paid.reference)
    if Able.DISPUTES in rig.able:
        _, other = rig.pay("att_2")
        assert isinstance(other, Succeeded)
        rig.open_dispute(other.reference)
    heard = hear(rig)
    gateway = rig.open()
    assert isinstance(gateway, ListsNews)
    listed = list(gateway.list_news(NOW - HOUR, NOW + HOUR))
    # Asked again, the same facts have the same ids, so they count once.
    again = list(gateway.list_news(NOW - HOUR, NOW + HOUR))
    assert sorted(one.event_id for one in again) == sorted(one.event_id for one in listed)
    assert facts(heard) <= facts(listed)
    assert not facts(list(gateway.list_news(NOW - 3 * HOUR, NOW - 2 * HOUR)))


def facts(news: Sequence[News]) -> set[tuple[str, ...]]:
    """Which attempts, refunds and disputes there is something to learn of."""
    found: set[tuple[str, ...]] = set()
    for one in news:
        match one:
            case AttemptNews():
                found.add(("attempt", one.attempt))
            case RefundNews():
                found.add(("refund", one.refund_reference))
            case DisputeNews():
                found.add(("dispute", one.dispute_reference, one.state))
    return found


@able(Able.PAYS_OUT, Able.PAYS)
def test_a_payout_is_the_sum_of_its_parts(rig: Rig) -> None:
    _, paid = rig.pay()
    assert isinstance(paid, Succeeded)
    if Able.REFUNDS in rig.able:
        refund(rig, paid.reference)
    rig.pay_out()
    gateway = rig.open()
    assert isinstance(gateway, PaysOut)
    (payout,) = gateway.list_payouts(NOW - 24 * HOUR, NOW + 24 * HOUR)
    assert payout.currency == "EUR"
    assert payout.state in PayoutState
    assert payout.gross_minor - payout.fee_minor == payout.net_minor
    assert sum(one.gross_minor for one in payout.parts) == payout.gross_minor
    assert sum(one.fee_minor for one in payout.parts) == payout.fee_minor
    payments = [one for one in payout.parts if one.kind == "payment"]
    assert [(one.reference, one.gross_minor) for one in payments] == [(paid.reference, 11900)]
    if Able.REFUNDS in rig.able:
        assert [one.gross_minor for one in payout.parts if one.kind == "refund"] == [-5000]
