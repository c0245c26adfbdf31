"""The policies that come with the house; a seller's own of the same code replaces one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quarterday.core.dunning.policy import DunningPolicy
from quarterday.core.dunning.read import read_policy


def _step(key: str, offset: int, action: str, **options: Any) -> dict[str, Any]:
    return {"key": key, "offset": offset, "action": action, **options}


def _send(template: str, offset: int, **options: Any) -> dict[str, Any]:
    return _step(template, offset, "send", template=template, **options)


_INVOICE = _step("invoice", -14, "invoice")
_ALL: tuple[dict[str, Any], ...] = (
    {
        "code": "standard",
        "name": "Standard: what customers of hosting know",
        "steps": [
            _INVOICE,
            _send("reminder_before_due", -7),
            _send("reminder_1", 1),
            _send("reminder_2", 3),
            _step("suspend", 5, "suspend"),
            _send("final_notice", 7),
            _step("terminate", 30, "terminate"),
        ],
    },
    {
        "code": "gentle",
        "name": "Gentle: time, and a person before any consequence",
        "notice_days": 7,
        "end_notice_days": 14,
        "steps": [
            _INVOICE,
            _send("reminder_before_due", -3),
            _send("reminder_1", 5, unit="business_days"),
            _send("reminder_2", 12, unit="business_days"),
            _step("call", 20, "task", unit="business_days", title="Call before more is done"),
            _step("warn", 30, "warn", unit="business_days"),
            _step("suspend", 40, "suspend", unit="business_days"),
            _step("decide", 90, "task", title="Decide whether the service ends"),
        ],
    },
    {
        "code": "card_first",
        "name": "Card first: charge again before anything is said twice",
        "steps": [
            _INVOICE,
            _step("charge_1", 3, "charge"),
            _send("reminder_1", 3),
            _step("charge_2", 7, "charge"),
            _send("reminder_2", 7),
            _step("charge_3", 12, "charge"),
            _step("warn", 12, "warn"),
            _step("suspend", 15, "suspend"),
            _step("charge_4", 20, "charge"),
            _send("final_notice", 23),
            _step("terminate", 45, "terminate"),
        ],
    },
    {
        "code": "isp",
        "name": "ISP: slow before off, with a fee, and the equipment asked back",
        "notice_days": 3,
        "end_notice_days": 14,
        "steps": [
            _INVOICE,
            _send("reminder_before_due", -5),
            _send("reminder_1", 3),
            _send("reminder_2", 8),
            _step(
                "fee",
                10,
                "fee",
                percent="1.5",
                minimum={"EUR": "3.00", "USD": "3.00", "GBP": "3.00", "CHF": "3.00"},
                cap_percent="10",
            ),
            _step("warn", 11, "warn", unit="days"),
            _step("restrict", 14, "restrict"),
            _step("suspend", 21, "suspend"),
            _send("final_notice", 40),
            _step("terminate", 60, "terminate"),
            _step("equipment", 62, "task", title="Ask for the equipment back"),
            _step("collections", 75, "collections"),
        ],
    },
)
POLICIES: Mapping[str, DunningPolicy] = {
    policy.code: policy for policy in (read_policy(data) for data in _ALL)
}
