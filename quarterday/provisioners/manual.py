"""People: each change becomes a task, and the service waits until somebody says it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from quarterday.core.service import ServiceAction
from quarterday.ports.gateway import Setting
from quarterday.ports.provisioner import Answer, Manual, Wish

_WORDS = {
    ServiceAction.CREATE: "Set up {what}",
    ServiceAction.SUSPEND: "Suspend {what}",
    ServiceAction.RESTRICT: "Restrict {what}",
    ServiceAction.RESTORE: "Let {what} run again",
    ServiceAction.CHANGE_PLAN: "Change the plan of {what}",
    ServiceAction.TERMINATE: "Take down {what}",
}


class ManualProvisioner:
    """Somebody of the staff does it."""

    code: ClassVar[str] = "manual"
    name: ClassVar[str] = "Task for staff"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("instructions", "What to do, for whoever takes the task", is_required=False),
    )
    actions: ClassVar[frozenset[ServiceAction]] = frozenset(ServiceAction)
    patience: ClassVar[int] = 15

    def __init__(self, config: Mapping[str, str]) -> None:
        self.instructions = config.get("instructions", "")

    def carry_out(self, wish: Wish) -> Answer:
        """Say what there is to do."""
        what = f"{wish.product} {wish.plan} for {wish.customer.name}"
        lines = [_WORDS[wish.action].format(what=what)]
        if wish.reason:
            lines.append(f"Why: {wish.reason}")
        lines += [f"{name}: {value}" for name, value in sorted(wish.contract.items())]
        if self.instructions:
            lines.append(self.instructions)
        return Manual("\n".join(lines))
