"""Money that a second person has to look at before it leaves, in words."""

from __future__ import annotations

from quarterday.services.approvals.do_or_ask import Outcome
from quarterday.store.models import Approval
from quarterday.web.console.account.deed import Case

# A form is sent again at once or not at all.
_LATE = 20
ASKED = (
    "The amount is above your limit: nothing happens until somebody else has approved it. "
    "Then it does this:"
)


def say_asked(done: Outcome) -> str:
    """What to say where it waits for somebody else; nothing where it was done."""
    if done.approval is None:
        return ""
    return "It waits until somebody else has approved it; you find it under Approvals."


def has_asked(case: Case) -> bool:
    """Whether somebody was asked under the form's key."""
    rows = Approval.objects.filter(account=case.account, asked_by=case.staff.user)
    return any(one.data.get("key") == case.key for one in rows.order_by("-id")[:_LATE])
