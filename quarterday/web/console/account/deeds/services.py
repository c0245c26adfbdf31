"""Hold a service back and let it run, pause and resume its contract, and add single charges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from quarterday.core.access import StaffPermission as May
from quarterday.core.lifecycle import SubscriptionState
from quarterday.services.invoicing.bill_account import bill_account
from quarterday.services.provisioning.hold_service import hold_service
from quarterday.services.provisioning.release_service import release_service
from quarterday.services.subscriptions.add_charge import add_charge
from quarterday.services.subscriptions.drop_charge import drop_charge
from quarterday.services.subscriptions.pause_subscription import pause_subscription
from quarterday.services.subscriptions.resume_subscription import resume_subscription
from quarterday.store.models import (
    ChargeStatus,
    PendingCharge,
    Product,
    ServiceHold,
    Subscription,
)
from quarterday.store.queries.contracts import OVER
from quarterday.web.console.account.deed import Case, Deed, Given
from quarterday.web.console.account.inputs import AmountField, day_field, make_form, reason_field
from quarterday.web.kit.words import format_day

_CAUSES = (("staff", "Our decision"), ("abuse", "Abuse"), ("customer", "The customer asked"))
_LEVELS = (("suspended", "Suspend it: it does not run"), ("restricted", "Restrict it: less of it"))


class _OfService(Deed):
    """Something with one contract."""

    model = Subscription
    needed = (May.CHANGE_SERVICES,)

    def name(self, case: Case) -> str:
        """By its plan."""
        return str(case.subject.plan.name)


class HoldService(_OfService):
    """The service is suspended or restricted until the hold ends; billing goes on."""

    code, label = "hold-service", "Hold the service"
    is_danger = True
    hint = "Billing goes on. A payment does not end this hold; only you do."

    def fits(self, case: Case) -> bool:
        """While the contract runs."""
        return case.subject.status not in OVER

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """Why and how far."""
        fields: dict[str, forms.Field] = {
            "level": forms.ChoiceField(label="What happens", choices=_LEVELS),
            "cause": forms.ChoiceField(label="Why", choices=_CAUSES),
            "reason": reason_field(),
        }
        return make_form(fields, data, initial)

    def question(self, case: Case, given: Given) -> str:
        """Which service."""
        verb = "Suspend" if given["level"] == "suspended" else "Restrict"
        return f"{verb} {case.subject.plan.name}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """When."""
        word = "suspended" if given["level"] == "suspended" else "restricted"
        return (f"The service is {word} within a minute.", "It is billed as before.")

    def back(self, case: Case, given: Given) -> str:
        """Release."""
        return "“Let it run again”, beside the hold; it runs again within a minute."

    def verb(self, case: Case, given: Given) -> str:
        """As it is called."""
        return "Suspend it" if given["level"] == "suspended" else "Restrict it"

    def do(self, case: Case, given: Given) -> str:
        """Hold it."""
        hold_service(
            subscription=case.subject,
            cause=given["cause"],
            level=given["level"],
            reason=given["reason"],
            **case.who(),
        )
        return f"{case.subject.plan.name} is held back."


class ReleaseService(Deed):
    """What holds a service back ends."""

    code, label = "release-service", "Let it run again"
    needed = (May.CHANGE_SERVICES,)
    model = ServiceHold

    def fits(self, case: Case) -> bool:
        """While it holds."""
        return case.subject.ended_at is None

    def name(self, case: Case) -> str:
        """Whose service."""
        return str(case.subject.subscription.plan.name)

    def question(self, case: Case, given: Given) -> str:
        """Which service."""
        return f"Let {self.name(case)} run again?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What else may hold it."""
        said = ["It runs again within a minute, unless something else holds it."]
        if case.subject.cause == "unpaid":
            said.append("What it is held for is not paid; reminding may suspend it again.")
        return said

    def back(self, case: Case, given: Given) -> str:
        """Hold anew."""
        return "hold the service again."

    def do(self, case: Case, given: Given) -> str:
        """End the hold."""
        hold = case.subject
        release_service(
            account=case.account,
            cause=hold.cause,
            subject=hold.subject,
            subscription=hold.subscription,
            **case.who(),
        )
        return f"The hold of {self.name(case)} has ended."


class Pause(_OfService):
    """Nothing is served or billed until it resumes."""

    code, label = "pause", "Pause"

    def fits(self, case: Case) -> bool:
        """While it is active."""
        return str(case.subject.status) == SubscriptionState.ACTIVE

    def question(self, case: Case, given: Given) -> str:
        """Which service."""
        return f"Pause {case.subject.plan.name} from today?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """From when."""
        return (f"Nothing is served or billed from {format_day(case.today, 'weekday')}.",)

    def back(self, case: Case, given: Given) -> str:
        """Resume."""
        return "“Resume”, on any later day; days that were not served are not billed."

    def verb(self, case: Case, given: Given) -> str:
        """With the name."""
        return f"Pause {case.subject.plan.name}"

    def do(self, case: Case, given: Given) -> str:
        """Pause it, and give back at once what was paid for days to come."""
        pause_subscription(subscription_id=case.subject.id, **case.terms())
        bill_account(account_id=case.account.id, today=case.today, now=case.now)
        return f"{case.subject.plan.name} is paused."


class Resume(_OfService):
    """It goes on with what it had."""

    code, label = "resume", "Resume"

    def fits(self, case: Case) -> bool:
        """While it is paused."""
        return str(case.subject.status) == SubscriptionState.PAUSED

    def question(self, case: Case, given: Given) -> str:
        """Which service."""
        return f"Resume {case.subject.plan.name} from today?"

    def back(self, case: Case, given: Given) -> str:
        """Pause anew."""
        return "pause it again."

    def verb(self, case: Case, given: Given) -> str:
        """With the name."""
        return f"Resume {case.subject.plan.name}"

    def do(self, case: Case, given: Given) -> str:
        """Resume it, and bill what is due."""
        resume_subscription(subscription_id=case.subject.id, **case.terms())
        bill_account(account_id=case.account.id, today=case.today, now=case.now)
        return f"{case.subject.plan.name} runs again."


_WHEN = (("next", "With the next invoice"), ("now", "Today, with everything else that is due"))


class AddCharge(Deed):
    """Something is charged once."""

    code, label = "add-charge", "Add a charge"
    needed = (May.BOOK_MONEY, May.CHANGE_SERVICES)
    hint = "One amount for one thing, such as work by the hour; taxed as the product is."

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """What for, how much, and when."""
        products = Product.objects.filter(seller=case.staff.seller).order_by("name", "id")
        names = [(one.public_id, one.name) for one in products[:500]]
        fields: dict[str, forms.Field] = {
            "product": forms.ChoiceField(label="Product", choices=names),
            "description": forms.CharField(
                label="Text on the invoice", max_length=500, widget=forms.TextInput()
            ),
            "amount": AmountField(case.account.currency),
            "inclusive": forms.BooleanField(label="The amount has the tax in it", required=False),
            "when": forms.ChoiceField(label="When it is billed", choices=_WHEN),
            "bill_on": day_field(
                "Not before", required=False, help_text="For the next invoice; today without a day."
            ),
        }
        return make_form(fields, data, initial)

    def question(self, case: Case, given: Given) -> str:
        """With the amount."""
        return f"Charge {case.account.name} {case.money(given['amount'])} once?"

    def back(self, case: Case, given: Given) -> str:
        """Drop it, or credit it."""
        if given["when"] == "now":
            return "a credit note for its line."
        return "“Drop it”, beside it on the customer's page, until it is billed."

    def verb(self, case: Case, given: Given) -> str:
        """With the amount."""
        verb = "Bill" if given["when"] == "now" else "Add"
        return f"{verb} {case.money(given['amount'])}"

    def do(self, case: Case, given: Given) -> str:
        """Add it, and bill it if that was wished."""
        at_once = given["when"] == "now"
        product = Product.objects.get(seller=case.staff.seller, public_id=given["product"])
        charge = add_charge(
            account_id=case.account.id,
            product=product,
            description=given["description"],
            amount_minor=given["amount"],
            tax_inclusive=given["inclusive"],
            bill_on=None if at_once else given["bill_on"],
            **case.terms(),
        )
        if not at_once:
            return f"“{charge.description}” goes on the next invoice."
        issued = bill_account(account_id=case.account.id, today=case.today, now=case.now)
        return f"Billed by {', '.join(one.label for one in issued) or 'nothing'}."


class DropCharge(Deed):
    """A single charge that is not billed yet goes."""

    code, label = "drop-charge", "Drop it"
    needed = (May.BOOK_MONEY, May.CHANGE_SERVICES)
    model = PendingCharge
    is_danger = True

    def fits(self, case: Case) -> bool:
        """While it waits; a credit for unused time stays."""
        charge = case.subject
        return str(charge.status) == ChargeStatus.PENDING and str(charge.kind) != "unused"

    def name(self, case: Case) -> str:
        """Its text."""
        return str(case.subject.description)

    def question(self, case: Case, given: Given) -> str:
        """Which."""
        return f"Drop “{case.subject.description}”?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What is not charged."""
        return (f"{case.money(case.subject.amount_minor)} is not billed.",)

    def back(self, case: Case, given: Given) -> str:
        """Add it anew."""
        return "add the charge again."

    def do(self, case: Case, given: Given) -> str:
        """Drop it."""
        drop_charge(charge_id=case.subject.id, **case.who())
        return f"“{case.subject.description}” is not billed."
