"""What staff can do for a customer: each asks, shows what would come of it, and then does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Model

from quarterday.core.access import StaffPermission
from quarterday.store.models import Account
from quarterday.store.queries.account.head import AccountHead
from quarterday.web.console.door import Staff
from quarterday.web.kit.words import format_money

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """Who does something, for whom, to what, and when; ``key`` is the form's own."""

    staff: Staff
    account: Account
    subject: Any
    today: date
    now: datetime
    key: str = ""

    def money(self, minor: int) -> str:
        """An amount of the account's currency in words."""
        return format_money(minor, self.account.currency)

    def terms(self) -> dict[str, Any]:
        """Day, instant and actor, as services take them."""
        return {"today": self.today, "now": self.now, "actor": self.staff.actor}

    def who(self) -> dict[str, Any]:
        """The same for services that need no day."""
        return {"now": self.now, "actor": self.staff.actor}


class Deed(ABC):
    """One thing to do. A subclass says who may (any of ``needed``), to what (``model``, found
    through the account by ``path``), which fields it asks for, and does it by a service.

    One that ``is_outside`` asks a gateway or a second person, so it is not done in a transaction:
    its services see to it by the key that it happens once, and `rehearse` leaves the asking out.
    One that ``is_light`` moves no money and is undone as easily, so its form is all there is. One
    that ``is_discreet`` is for those who may know nothing of the customer but what they owe.
    """

    code: ClassVar[str]
    label: ClassVar[str]
    needed: ClassVar[tuple[StaffPermission, ...]]
    model: ClassVar[type[Model] | None] = None
    path: ClassVar[str] = "account"
    is_subject_optional: ClassVar[bool] = False
    is_danger: ClassVar[bool] = False
    is_outside: ClassVar[bool] = False
    is_light: ClassVar[bool] = False
    is_discreet: ClassVar[bool] = False
    hint: ClassVar[str] = ""

    def may(self, staff: Staff) -> bool:
        """Whether somebody's role permits it."""
        return any(staff.may(one) for one in self.needed)

    def fits(self, case: Case) -> bool:
        """Whether it makes sense for its subject, so that menus offer it."""
        return True

    def suits(self, head: AccountHead) -> bool:
        """The same for the customer as a whole, by what the page has read already."""
        return True

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """What it asks for; no fields where there is nothing to ask."""
        return forms.Form(data)

    def question(self, case: Case, given: Given) -> str:
        """The heading of the panel that asks to confirm."""
        return f"{self.label}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What else will be so, besides what is found by trying it."""
        return ()

    def back(self, case: Case, given: Given) -> str:
        """The way back afterwards."""
        return ""

    def verb(self, case: Case, given: Given) -> str:
        """The button: a verb with its object and amount."""
        return self.label

    def rehearse(self, case: Case, given: Given) -> None:
        """What is done and taken back to see its effect."""
        self.do(case, given)

    @abstractmethod
    def do(self, case: Case, given: Given) -> str:
        """Do it, and say what was done."""

    def was_done(self, case: Case) -> bool:
        """Whether one that is outside was done under the key of the form already."""
        return False

    def name(self, case: Case) -> str:
        """What the subject is called."""
        return str(case.subject) if case.subject is not None else case.account.name

    def home(self, account: Account) -> str:
        """The page of the customer from which it is done."""
        return f"/console/accounts/{account.public_id}/"

    def after(self, case: Case) -> str:
        """The page to show afterwards: that of the subject, or the account's."""
        place = _PLACES.get(type(case.subject).__name__, "")
        page = self.home(case.account)
        return f"{page}{place}/{case.subject.public_id}/" if place else page


_PLACES = {"Invoice": "invoices", "Payment": "payments", "Subscription": "subscriptions"}
