"""A transfer is only ever awaited."""

from __future__ import annotations

from collections.abc import Mapping

from tests.contracts.rig import Able, Rig


class BankTransferRig(Rig):
    code = "bank_transfer"
    able = frozenset({Able.WAITS})
    choice = "transfer"

    def config(self) -> Mapping[str, str]:
        return {"holder": "Example Hosting GmbH", "iban": "DE89370400440532013000"}
