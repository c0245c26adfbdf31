"""Carry out what was approved where the process died before it had."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, ClassVar

from quarterday.core.period import local_date
from quarterday.ports.clock import read_now
from quarterday.services.approvals.decide_approval import finish_approved
from quarterday.store.models import Approval, ApprovalStatus

_log = logging.getLogger(__name__)
# Whoever has just approved is still being served.
_PATIENCE = timedelta(minutes=3)


class FinishApprovals:
    """Finishes approved refunds and credits; each is done once, whoever does it."""

    name: ClassVar[str] = "finish_approvals"
    every: ClassVar[timedelta] = timedelta(minutes=5)
    is_recorded: ClassVar[bool] = False

    def run(self) -> dict[str, Any]:
        """Finish what is approved and old enough; how many, if any."""
        now, count = read_now(), 0
        rows = Approval.objects.filter(
            status=ApprovalStatus.APPROVED, decided_at__lte=now - _PATIENCE
        ).select_related("seller", "account__seller", "asked_by")
        for approval in rows.order_by("id")[:200]:
            try:
                today = local_date(now, approval.seller.time_zone)
                finish_approved(approval, today=today, now=now)
                count += 1
            except Exception:
                # One that breaks must not keep the others.
                _log.exception("approval %s cannot be carried out", approval.public_id)
        return {"finished": count} if count else {}
