"""Only listed moves are legal, and a refusal says what is."""

from __future__ import annotations

from functools import reduce

import pytest

from quarterday.core.lifecycle import MOVES, STATES, IllegalMove, Kind, move

ALL = [
    (kind, state, verb, to)
    for kind, states in MOVES.items()
    for state, verbs in states.items()
    for verb, to in verbs.items()
]
FIRST = {
    Kind.SUBSCRIPTION: "pending",
    Kind.INVOICE: "draft",
    Kind.PAYMENT: "pending",
    Kind.CREDIT_NOTE: "draft",
}
LAST = {
    Kind.SUBSCRIPTION: {"cancelled", "ended"},
    Kind.INVOICE: {"void"},
    Kind.PAYMENT: {"failed", "refunded"},
    Kind.CREDIT_NOTE: {"void"},
}


def walk(kind: Kind, verbs: str) -> str:
    return reduce(lambda state, verb: move(kind, state, verb), verbs.split(), FIRST[kind])


@pytest.mark.parametrize(
    ("kind", "verbs", "end"),
    [
        (Kind.SUBSCRIPTION, "start_trial activate pause resume", "active"),
        (Kind.SUBSCRIPTION, "activate schedule_cancel undo_cancel", "active"),
        (Kind.SUBSCRIPTION, "start_trial schedule_cancel return_to_trial", "trialing"),
        (Kind.SUBSCRIPTION, "activate schedule_cancel cancel", "cancelled"),
        (Kind.SUBSCRIPTION, "activate end", "ended"),
        (Kind.INVOICE, "issue settle reopen void", "void"),
        (Kind.INVOICE, "issue write_off settle", "paid"),
        (Kind.PAYMENT, "succeed refund_part refund_part refund", "refunded"),
        (Kind.PAYMENT, "succeed dispute win_dispute", "succeeded"),
        (Kind.PAYMENT, "succeed dispute lose_dispute", "refunded"),
        (Kind.PAYMENT, "succeed bounce", "failed"),
        (Kind.CREDIT_NOTE, "issue settle reopen", "open"),
    ],
)
def test_a_life(kind: Kind, verbs: str, end: str) -> None:
    assert walk(kind, verbs) == end


@pytest.mark.parametrize(
    ("kind", "state", "verb"),
    [
        (Kind.SUBSCRIPTION, "cancelled", "activate"),
        (Kind.SUBSCRIPTION, "active", "undo_cancel"),
        (Kind.INVOICE, "paid", "void"),
        (Kind.INVOICE, "draft", "settle"),
        (Kind.INVOICE, "open", "issue"),
        (Kind.PAYMENT, "failed", "refund"),
        (Kind.PAYMENT, "pending", "dispute"),
        (Kind.CREDIT_NOTE, "settled", "void"),
    ],
)
def test_what_may_not_happen(kind: Kind, state: str, verb: str) -> None:
    with pytest.raises(IllegalMove):
        move(kind, state, verb)


def test_the_refusal_names_state_verb_and_what_is_allowed() -> None:
    with pytest.raises(IllegalMove, match="a draft invoice cannot settle; it allows issue, void"):
        move("invoice", "draft", "settle")


@pytest.mark.parametrize(("kind", "state"), [("invoice", "lost"), ("parcel", "open")])
def test_unknown_states_and_kinds(kind: str, state: str) -> None:
    with pytest.raises(IllegalMove, match=f"'{state}' is no state of a {kind}"):
        move(kind, state, "issue")


@pytest.mark.parametrize("kind", Kind)
def test_every_state_can_be_reached_and_only_the_last_ones_keep(kind: Kind) -> None:
    reached = {FIRST[kind]}
    for _ in STATES[kind]:
        reached |= {to for one, state, _, to in ALL if one is kind and state in reached}
    assert reached == STATES[kind]
    assert {state for state, verbs in MOVES[kind].items() if not verbs} == LAST[kind]
