"""What a gateway is tried with: its settings, and what a payer types for each outcome.

A new gateway adds a rig here, against the gateway's own test mode or a stand-in that follows its
published answers, and keeps the whole contract.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from quarterday.ports.gateway import Gateway, Intent, Payer, Presence, Purpose, list_gateways
from quarterday.ports.outcomes import KeptMethod

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
_CARD = {"number": "4242424242424242", "expiry": "05/39", "code": "123"}


@dataclass(frozen=True)
class Rig:
    """How to bring a gateway to each outcome that it knows; what it does not know is left out."""

    config: Mapping[str, str]
    choice: str
    succeeds: Mapping[str, str] | None = None
    declines: Mapping[str, str] | None = None
    redirects: Mapping[str, str] | None = None
    waits: Mapping[str, str] | None = None
    waiting_choice: str = ""
    wrong: Mapping[str, str] | None = None
    secrets: tuple[str, ...] = ()
    sign: Callable[[bytes], Mapping[str, str]] | None = None
    event: Callable[[str, str], bytes] | None = field(default=None)

    def open(self, code: str) -> Gateway:
        """The gateway with these settings, opened anew: it must remember nothing by itself."""
        return list_gateways()[code](self.config)


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
        return_url="https://billing.example.com/pay/att_1/back/",
        cancel_url="https://billing.example.com/pay/att_1/",
    )


def _sign_sandbox(body: bytes) -> Mapping[str, str]:
    import hashlib
    import hmac

    return {"sandbox-signature": hmac.new(b"for tests", body, hashlib.sha256).hexdigest()}


def _say_sandbox(event_id: str, attempt: str) -> bytes:
    said = f'"kind":"attempt","attempt":"{attempt}","status":"succeeded"'
    return f'{{"id":"{event_id}","at":"{NOW.isoformat()}",{said}}}'.encode()


RIGS: Mapping[str, Rig] = {
    "sandbox": Rig(
        config={"hook_secret": "for tests"},
        choice="card",
        succeeds=_CARD,
        declines=_CARD | {"number": "4000000000000002"},
        redirects=_CARD | {"number": "4000002500003155"},
        waits={"name": "Example Person", "iban": "DE89370400440532013000"},
        waiting_choice="sepa_debit",
        wrong=_CARD | {"number": "4111111111111111"},
        secrets=("4242424242424242", "4000000000000002", "DE89370400440532013000"),
        sign=_sign_sandbox,
        event=_say_sandbox,
    ),
    "bank_transfer": Rig(
        config={"holder": "Example Hosting GmbH", "iban": "DE89370400440532013000"},
        choice="transfer",
        waits={},
        waiting_choice="transfer",
    ),
    "sepa_debit": Rig(
        config={
            "creditor_id": "DE98ZZZ09999999999",
            "holder": "Example Hosting GmbH",
            "iban": "DE89370400440532013000",
        },
        choice="debit",
        waits={"holder": "Example Person", "iban": "AT611904300234573201"},
        waiting_choice="debit",
        wrong={"holder": " ", "iban": "AT611904300234573202"},
        secrets=("AT611904300234573201",),
    ),
}
