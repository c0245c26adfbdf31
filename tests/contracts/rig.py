"""What a gateway is tried with. Each gateway has a rig of its own in `tests.contracts.rigs`.

A rig says what its gateway is able to do, and plays the payer, the bank and the service. It runs
against a stand-in that follows the published answers of the service, or against nothing, where the
gateway needs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import ClassVar, Self

import pytest

from quarterday.ports.gateway import Gateway, Intent, Payer, Presence, Purpose, list_gateways
from quarterday.ports.outcomes import KeptMethod, Outcome, Pending, Redirect, Succeeded
from tests.fakes.base import FakeGateway

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Able(StrEnum):
    """What can be tried with a gateway."""

    PAYS = "pays"  # `Rig.pay` ends in Succeeded
    DECLINES = "declines"  # `Rig.decline`
    REDIRECTS = "redirects"  # `Rig.redirect`
    WAITS = "waits"  # `Rig.wait` is Pending
    TYPES = "types"  # the payer types on our page: `Rig.succeeds`, `Rig.wrong`
    KEEPS = "keeps"  # `Rig.keep`, and charging with nobody there
    REFUNDS = "refunds"
    REFUNDS_FAIL = "refunds_fail"  # `Rig.fail_refund`, after it seemed to be made
    HOOKS = "hooks"  # `Rig.calls`
    DISPUTES = "disputes"  # `Rig.open_dispute`, `Rig.close_dispute`
    LISTS = "lists"  # `ListsNews`
    PAYS_OUT = "pays_out"  # `PaysOut`
    FAULTS = "faults"  # `Rig.fake` is there, and fails when told to


def make_intent(
    choice: str,
    fields: Mapping[str, str] | None = None,
    *,
    purpose: Purpose = Purpose.PAY,
    method: KeptMethod | None = None,
    reference: str = "",
    save: bool = False,
    is_present: bool = True,
    intent_id: str = "att_1",
) -> Intent:
    """What a gateway is asked for: 119.00 € of a German payer."""
    return Intent(
        id=intent_id,
        purpose=purpose,
        amount_minor=11900 if purpose is Purpose.PAY else 0,
        currency="EUR",
        now=NOW,
        payer=Payer("acc_1", "Example customer", "DE", "de", "anna@example.com"),
        choice=choice,
        presence=Presence("192.0.2.1", "Example browser") if is_present else None,
        method=method,
        save=save,
        fields=dict(fields or {}),
        description="INV-000001",
        creditor_reference="RF18539007547034",
        reference=reference,
        return_url=f"https://billing.example.com/pay/{intent_id}/back/",
        cancel_url=f"https://billing.example.com/pay/{intent_id}/",
    )


class Rig:
    """Derive from it; override what the gateway is able to do."""

    code: ClassVar[str] = ""
    able: ClassVar[frozenset[Able]] = frozenset()
    choice: ClassVar[str] = ""
    # What is typed on our page, by outcome; and what must never come back.
    succeeds: ClassVar[Mapping[str, str]] = {}
    wrong: ClassVar[Mapping[str, str]] = {}
    secrets: ClassVar[tuple[str, ...]] = ()
    # Which requests to the fake move money: patterns of "METHOD /path".
    charge_route: ClassVar[str] = ""
    refund_route: ClassVar[str] = ""
    # Whether paying always keeps the method, as a mandate.
    keeps_always: ClassVar[bool] = False
    # How often the gateway asks by itself before it gives up.
    tries: ClassVar[int] = 1
    # How many seconds it waits for an answer, after `be_impatient`.
    patience: ClassVar[float] = 0.2

    def __init__(self) -> None:
        self.fake: FakeGateway | None = self.make_fake()
        if self.fake is not None:
            self.fake.read_now = lambda: NOW

    def __enter__(self) -> Self:
        if self.fake is not None:
            self.fake.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        if self.fake is not None:
            self.fake.__exit__()

    def make_fake(self) -> FakeGateway | None:
        """The stand-in, if there is one; it is started and ended for each test."""
        return None

    def config(self) -> Mapping[str, str]:
        """The settings of a seller; they may name ``self.fake.url``."""
        return {}

    def open(self) -> Gateway:
        """The gateway, opened anew: it must remember nothing by itself."""
        return list_gateways()[self.code](self.config())

    def be_impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the gateway wait for `patience` seconds only."""

    # Outcomes.

    def pay(self, name: str = "att_1", *, save: bool = False) -> tuple[Intent, Outcome]:
        """A payment that succeeds, as the payer sees it: start, approve, come back, wait."""
        intent = make_intent(self.choice, self.succeeds, intent_id=name, save=save)
        return self.follow(intent, self.open().start(intent))

    def decline(self, name: str = "att_1") -> Outcome:
        """A payment that is declined."""
        raise NotImplementedError

    def redirect(self, name: str = "att_1") -> tuple[Intent, Outcome]:
        """A payment that sends the payer somewhere."""
        intent = make_intent(self.choice, intent_id=name)
        return intent, self.open().start(intent)

    def wait(self, name: str = "att_1") -> tuple[Intent, Outcome]:
        """A payment that takes days."""
        intent = make_intent(self.choice, intent_id=name)
        return intent, self.open().start(intent)

    def keep(self, name: str = "att_keep") -> KeptMethod:
        """A kept method that can be charged."""
        intent = make_intent(self.choice, self.succeeds, purpose=Purpose.SAVE, intent_id=name)
        _, kept = self.follow(intent, self.open().start(intent))
        assert isinstance(kept, Succeeded)
        assert kept.method is not None
        return kept.method

    def charge(self, method: KeptMethod, name: str = "att_1") -> Intent:
        """What is asked for to charge a kept method with nobody there."""
        return make_intent("", method=method, is_present=False, intent_id=name)

    def follow(self, intent: Intent, outcome: Outcome) -> tuple[Intent, Outcome]:
        """Go on until the end: approve where it leads to, and let days pass."""
        if isinstance(outcome, Redirect):
            self.approve(outcome.reference)
            intent = replace(intent, reference=outcome.reference, is_back=True)
            outcome = self.open().start(intent)
        if isinstance(outcome, Pending):
            self.pass_days()
            intent = replace(intent, reference=outcome.reference, is_back=False)
            outcome = self.open().look_up(intent)
        return intent, outcome

    # What others do.

    def approve(self, reference: str) -> None:
        """The payer does what they are asked for at the page of the service."""
        raise NotImplementedError

    def pass_days(self) -> None:
        """What was on its way arrives."""

    def calls(self, *, keep: bool = False) -> list[tuple[dict[str, str], bytes]]:
        """The calls of our hook since they were last asked for, as ``(headers, body)``."""
        assert self.fake is not None
        return self.fake.collect(keep=keep)

    def forge(self, body: bytes) -> tuple[dict[str, str], bytes]:
        """The same call by somebody who does not know the secret."""
        assert self.fake is not None
        return self.fake.forge(body)

    def fail_refund(self, reference: str) -> None:
        """A refund that seemed to be made does not arrive."""
        raise NotImplementedError

    def open_dispute(self, reference: str) -> str:
        """The payer objects to a payment; what the service calls the dispute."""
        raise NotImplementedError

    def close_dispute(self, dispute: str, *, is_won: bool) -> None:
        """The bank decides."""
        raise NotImplementedError

    def pay_out(self) -> None:
        """What was collected goes to the bank."""
        raise NotImplementedError

    def count_payments(self, name: str) -> int:
        """How often money moved, or will, for an attempt."""
        assert self.fake is not None
        self.pass_days()
        return sum(one.kind == "payment" and one.key == name for one in self.fake.movements)

    def count_refunds(self, name: str) -> int:
        """How often money went back for a refund."""
        assert self.fake is not None
        return sum(one.kind == "refund" and one.key == name for one in self.fake.movements)


def find_rigs() -> dict[str, type[Rig]]:
    """All rigs, by the code of their gateway: one file each, and nothing lists them."""
    for path in sorted((Path(__file__).parent / "rigs").glob("*.py")):
        if path.stem != "__init__":
            import_module(f"tests.contracts.rigs.{path.stem}")
    return {one.code: one for one in Rig.__subclasses__()}


def able(*needed: Able) -> pytest.MarkDecorator:
    """Try it with the gateways that are able to."""
    rigs = find_rigs()
    codes = [code for code, rig in sorted(rigs.items()) if set(needed) <= rig.able]
    return pytest.mark.parametrize("code", codes)
