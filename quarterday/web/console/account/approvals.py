"""Money that a second person has to look at before it leaves, in words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from secrets import token_urlsafe

from quarterday.services.approvals.carry_out import book_wish
from quarterday.services.approvals.do_or_ask import Outcome, do_or_ask, needs_another
from quarterday.services.approvals.wish import Wish
from quarterday.store.models import Approval, CreditNote
from quarterday.web.console.account.deed import Case, Deed, Given

# A form is sent again at once or not at all.
_LATE = 20
ASKED = (
    "The amount is above your limit: nothing happens until somebody else has approved it. "
    "Then it does this:"
)


def rehearsal_key() -> str:
    """One that no form can have sent, so that nothing was done under it."""
    return f"rehearsal {token_urlsafe(16)}"


def say_asked(done: Outcome) -> str:
    """What to say where it waits for somebody else; nothing where it was done."""
    if done.approval is None:
        return ""
    return "It waits until somebody else has approved it; you find it under Approvals."


def has_asked(case: Case) -> bool:
    """Whether somebody was asked under the form's key."""
    rows = Approval.objects.filter(account=case.account, asked_by=case.staff.user)
    return any(one.data.get("key") == case.key for one in rows.order_by("-id")[:_LATE])


class Waiving(Deed):
    """One that gives up what is owed or was paid for, so it goes by the limit of credit."""

    @abstractmethod
    def wish(self, case: Case, given: Given) -> Wish:
        """What is given up, and how much."""

    @abstractmethod
    def say(self, case: Case, given: Given, note: CreditNote | None) -> str:
        """What was done, with the credit note if there is one."""

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """A second person, where one is needed."""
        return (ASKED,) if self._needs_another(case, given) else ()

    def rehearse(self, case: Case, given: Given) -> None:
        """Without a second person, to see what it would do."""
        book_wish(self.wish(case, given), key=rehearsal_key(), **case.terms())

    def do(self, case: Case, given: Given) -> str:
        """Do it, or ask."""
        done = do_or_ask(
            self.wish(case, given),
            user=case.staff.user,
            role=case.staff.role,
            key=case.key,
            today=case.today,
            now=case.now,
        )
        notes = CreditNote.objects.filter(account=case.account, public_id=done.result)
        return say_asked(done) or self.say(case, given, notes.first())

    def ask_or(self, verb: str, case: Case, given: Given) -> str:
        """The button: the verb, or that it is asked for."""
        if self._needs_another(case, given):
            return f"Ask to {verb[:1].lower()}{verb[1:]}"
        return verb

    def _needs_another(self, case: Case, given: Given) -> bool:
        return needs_another(self.wish(case, given), user=case.staff.user, now=case.now)
