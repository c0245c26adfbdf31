"""Change what is known of a customer, how they are billed, and whether they are open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings as django_settings

from quarterday.core.access import StaffPermission as May
from quarterday.core.address import FIELDS
from quarterday.services.accounts.change_account import change_account
from quarterday.services.accounts.change_details import change_details
from quarterday.services.accounts.change_group import change_group
from quarterday.services.accounts.close_account import close_account
from quarterday.services.accounts.reopen_account import reopen_account
from quarterday.services.collection.switch_autopay import switch_autopay
from quarterday.store.models import AccountGroup, AccountStatus
from quarterday.store.queries.collecting import read_account_settings
from quarterday.web.console.account.deed import Case, Deed, Given
from quarterday.web.console.account.inputs import make_form

_NO_COUNTRIES = frozenset(("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"))


def list_countries(first: str) -> list[tuple[str, str]]:
    """Countries by name, the seller's own first."""
    names = Locale.parse("en").territories
    found = [
        (code, str(name))
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    ]
    return sorted(found, key=lambda one: (one[0] != first, one[1].casefold()))


def text_field(label: str, limit: int, *, required: bool = False, hint: str = "") -> forms.Field:
    """One line of text that the browser does not fill in with staff's own."""
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=limit, required=required, help_text=hint, widget=widget
    )


class EditDetails(Deed):
    """Name, address, tax number and language, for documents to come."""

    code, label = "edit-details", "Edit details"
    needed = (May.CHANGE_CUSTOMERS,)
    hint = "They stand on documents from now on; those that are issued keep what they say."

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """As they are."""
        account = case.account
        fields: dict[str, forms.Field] = {
            "name": text_field("Name on invoices", 200, required=True),
            "country": forms.ChoiceField(
                label="Country", choices=list_countries(case.staff.seller.country)
            ),
            "line1": text_field("Street and number", 100),
            "line2": text_field("Addition to the address", 100),
            "postcode": text_field("Postcode", 16),
            "city": text_field("Town", 80),
            "region": text_field("Region", 32, hint="Where its tax differs, such as a state."),
            "tax_id": text_field("Tax number", 64),
            "tax_exempt_reason": text_field(
                "Exempt from tax because", 200, hint="Only with a proof; it stands on invoices."
            ),
            "language": forms.ChoiceField(
                label="Language of documents and messages", choices=django_settings.LANGUAGES
            ),
        }
        known = {
            **{name: account.address.get(name, "") for name in FIELDS},
            "name": account.name,
            "country": account.country,
            "region": account.region,
            "tax_id": account.tax_id,
            "tax_exempt_reason": account.tax_exempt_reason,
            "language": account.language.split("-")[0],
        }
        return make_form(fields, data, known)

    def question(self, case: Case, given: Given) -> str:
        """Whose."""
        return f"Change the details of {case.account.name}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What is otherwise, and the tax of invoices to come."""
        before = self.form(case).initial
        changed = [
            f"{field.label}: {given[name] or 'nothing'} instead of {before[name] or 'nothing'}."
            for name, field in self.form(case).fields.items()
            if str(given[name]) != str(before[name])
        ]
        return changed or ["Everything stays as it is."]

    def back(self, case: Case, given: Given) -> str:
        """Change it back."""
        return "edit the details again; documents issued meanwhile keep what they say."

    def do(self, case: Case, given: Given) -> str:
        """Change them."""
        account = case.account
        change_details(
            account_id=account.id,
            name=given["name"],
            country=given["country"],
            address={name: given[name] for name in FIELDS},
            region=given["region"],
            tax_id=given["tax_id"],
            language=given["language"],
            **case.who(),
        )
        reason = given["tax_exempt_reason"]
        change_account(account_id=account.id, tax_exempt_reason=reason, **case.who())
        return "The details are changed."


_SETTINGS: dict[str, tuple[str, str]] = {
    "terms_days": ("Days to pay", "After the day of issue"),
    "lead_days": ("Billed ahead, in days", "Before the period begins"),
    "billing_day": ("Own billing day", "Of the month, 1 to 31"),
    "collect_days_before": ("Charged ahead, in days", "Before the due date"),
}
_CHOICES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "grouping": ("Invoices", [("together", "One for all"), ("separate", "One for each service")]),
    "credit_use": (
        "Credit is used",
        [("at_issue", "When an invoice is issued"), ("on_due_date", "When it is due"),
         ("never", "Never by itself")],
    ),
    "autopay": ("Charged by itself", [("yes", "Yes"), ("no", "No")]),
}  # fmt: skip


class EditSettings(Deed):
    """How a customer is billed, where that differs from what the seller sets."""

    code, label = "edit-settings", "Billing settings"
    needed = (May.BOOK_MONEY, May.CHANGE_CUSTOMERS)
    hint = "What is left empty follows the group, then the seller."

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """What differs."""
        usual = read_account_settings(case.account)
        fields: dict[str, forms.Field] = {}
        for name, (label, hint) in _SETTINGS.items():
            fields[name] = forms.IntegerField(
                label=label,
                required=False,
                min_value=0,
                max_value=366,
                help_text=f"{hint}; now {_number(getattr(usual, name))}",
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )
        for name, (label, choices) in _CHOICES.items():
            fields[name] = forms.ChoiceField(
                label=label, required=False, choices=[("", "As usual"), *choices]
            )
        known = dict(case.account.settings)
        if "autopay" in known:
            known["autopay"] = "yes" if known["autopay"] else "no"
        return make_form(fields, data, known)

    def question(self, case: Case, given: Given) -> str:
        """Whose."""
        return f"Change how {case.account.name} is billed?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What is otherwise, and from when."""
        form = self.form(case)
        changed = [
            f"{field.label}: {_usual(given[name])} instead of {_usual(form.initial.get(name))}."
            for name, field in form.fields.items()
            if _usual(given[name]) != _usual(form.initial.get(name))
        ]
        counts = "It counts from the next billing on; invoices that are issued stay as they are."
        return [*changed, counts] if changed else ["Everything stays as it is."]

    def back(self, case: Case, given: Given) -> str:
        """Empty it."""
        return "leave a field empty, and it follows the seller again."

    def verb(self, case: Case, given: Given) -> str:
        """As it is called."""
        return "Save the settings"

    def do(self, case: Case, given: Given) -> str:
        """Set them; what this form does not show stays."""
        shown = {*_SETTINGS, *_CHOICES}
        kept = {k: value for k, value in case.account.settings.items() if k not in shown}
        wanted = {k: value for k, value in given.items() if value not in (None, "")}
        if "autopay" in wanted:
            wanted["autopay"] = wanted["autopay"] == "yes"
        change_account(account_id=case.account.id, settings=kept | wanted, **case.who())
        return "The settings are saved."


def _usual(value: Any) -> str:
    return "as usual" if value in (None, "") else str(value).replace("_", " ")


def _number(value: int | None) -> str:
    return "none" if value is None else str(value)


class ChooseGroup(Deed):
    """Customers of a group are treated alike."""

    code, label = "choose-group", "Group"
    needed = (May.CHANGE_CUSTOMERS,)

    def form(self, case: Case, data: Any = None, initial: Any = None) -> forms.Form:
        """Which one."""
        rows = AccountGroup.objects.filter(seller=case.staff.seller).order_by("name", "id")
        names = [("", "No group"), *((one.public_id, one.name) for one in rows[:200])]
        fields: dict[str, forms.Field] = {
            "group": forms.ChoiceField(label="Group", choices=names, required=False)
        }
        now = case.account.group.public_id if case.account.group else ""
        return make_form(fields, data, {"group": now})

    def question(self, case: Case, given: Given) -> str:
        """Whose."""
        return f"Change the group of {case.account.name}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """From when."""
        return ("What the group sets counts from now on, such as how its customers are reminded.",)

    def back(self, case: Case, given: Given) -> str:
        """Choose the other."""
        was = case.account.group.name if case.account.group else "No group"
        return f"choose “{was}” again."

    def verb(self, case: Case, given: Given) -> str:
        """As it is called."""
        return "Change the group"

    def do(self, case: Case, given: Given) -> str:
        """Put them into it."""
        rows = AccountGroup.objects.filter(seller=case.staff.seller, public_id=given["group"])
        group = rows.first() if given["group"] else None
        change_group(account=case.account, group=group, **case.who())
        return f"{case.account.name} is in {group.name if group else 'no group'} now."


class SwitchAutopay(Deed):
    """Invoices are charged by themselves, or not."""

    code, label = "autopay", "Charging by itself"
    needed = (May.CHANGE_CUSTOMERS, May.BOOK_MONEY)

    def question(self, case: Case, given: Given) -> str:
        """On or off."""
        verb = "Charge invoices by themselves" if self._on(case) else "Stop charging by itself"
        return f"{verb} for {case.account.name}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What follows."""
        if self._on(case):
            return ("Open invoices are charged to the customer's kept way to pay when due.",)
        return ("Nothing is charged by itself; the customer pays by the link in each mail.",)

    def back(self, case: Case, given: Given) -> str:
        """Switch it back."""
        return "switch it back in the same place."

    def verb(self, case: Case, given: Given) -> str:
        """On or off."""
        return "Charge by itself" if self._on(case) else "Do not charge by itself"

    def do(self, case: Case, given: Given) -> str:
        """Switch it."""
        on = self._on(case)
        switch_autopay(account=case.account, on=on, **case.who())
        return "Invoices are charged by themselves." if on else "Nothing is charged by itself."

    def _on(self, case: Case) -> bool:
        return not read_account_settings(case.account).autopay


class CloseAccount(Deed):
    """The customer gets no new contracts."""

    code, label = "close", "Close the account"
    needed = (May.CHANGE_CUSTOMERS,)
    is_danger = True

    def fits(self, case: Case) -> bool:
        """While it is open."""
        return case.account.status == AccountStatus.OPEN

    def question(self, case: Case, given: Given) -> str:
        """Whose."""
        return f"Close the account of {case.account.name}?"

    def effects(self, case: Case, given: Given) -> Sequence[str]:
        """What goes on."""
        return (
            "No new contract can be made for it.",
            "What is still owed is billed, reminded of and collected as before.",
        )

    def back(self, case: Case, given: Given) -> str:
        """Reopen."""
        return "“Open the account again”, at any time."

    def do(self, case: Case, given: Given) -> str:
        """Close it."""
        close_account(account_id=case.account.id, **case.who())
        return f"The account of {case.account.name} is closed."


class ReopenAccount(Deed):
    """A closed customer may buy again."""

    code, label = "reopen", "Open the account again"
    needed = (May.CHANGE_CUSTOMERS,)

    def fits(self, case: Case) -> bool:
        """While it is closed."""
        return case.account.status == AccountStatus.CLOSED

    def back(self, case: Case, given: Given) -> str:
        """Close it."""
        return "close it again."

    def do(self, case: Case, given: Given) -> str:
        """Open it."""
        reopen_account(account_id=case.account.id, **case.who())
        return f"The account of {case.account.name} is open again."
