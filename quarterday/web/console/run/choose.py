"""The part of a form that says which accounts: a list, a file, or what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest

from quarterday.store.models import Account, Plan, Seller
from quarterday.store.queries.account_choice import Common, find_named, keys_of, read_names

_MOST_BYTES = 2_000_000
_MOST_NAMES = 20_000


class AccountsForm(forms.Form):
    """After it was found valid, ``keys`` are the accounts that are meant; None is all of them.

    Whoever gives a list and something in common means those of the list that have it.
    """

    empty_means_all: ClassVar[bool] = False

    names = forms.CharField(
        label="Account numbers",
        required=False,
        max_length=_MOST_BYTES,
        help_text="One a line, or the first column of a CSV file pasted here.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Or a CSV file",
        required=False,
        help_text="Numbers in the first column.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    plan = forms.ChoiceField(label="Who has the plan", required=False)
    country = forms.ChoiceField(label="Who is in the country", required=False)

    def __init__(self, seller: Seller, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seller = seller
        self.keys: Sequence[int] | None = None
        self.is_listed = False
        plans = Plan.objects.filter(product__seller=seller).select_related("product")
        self._field("plan").choices = [
            ("", "Any plan"),
            *(
                (f"{one.product.code}/{one.code}", one.name)
                for one in plans.order_by("product__name", "name")
            ),
        ]
        countries = Account.objects.filter(seller=seller).values_list("country", flat=True)
        self._field("country").choices = [
            ("", "Any country"),
            *((code, code) for code in countries.order_by("country").distinct()),
        ]

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Find the accounts, and name the numbers that nobody has beside their field."""
        given = super().clean() or self.cleaned_data
        listed = read_names(given.get("names") or "")
        if file := given.get("file"):
            listed += self._read(file)
        common = Common(country=given.get("country", ""), plan=given.get("plan", ""))
        if not listed and common.is_empty():
            if not self.empty_means_all:
                self.add_error("names", "Say which accounts: by number, by plan or by country.")
            return given
        self.is_listed = bool(listed)
        if len(listed) > _MOST_NAMES:
            self.add_error("names", f"These are {len(listed):,}; at most {_MOST_NAMES:,} at once.")
            return given
        if not listed:
            self.keys = keys_of(self.seller, common)
        else:
            named = find_named(self.seller, listed)
            if named.unknown:
                some = ", ".join(named.unknown[:5])
                count = len(named.unknown)
                text = f"{count} of the numbers {'is' if count == 1 else 'are'} unknown: {some}"
                self.add_error("names", text + (" and more." if count > 5 else "."))
            keys = set(named.keys)
            if not common.is_empty():
                keys &= set(keys_of(self.seller, common))
            self.keys = sorted(keys)
        if not self.keys and not self.errors:
            self.add_error("names", "Nobody fits; choose otherwise.")
        return given

    def _read(self, file: Any) -> list[str]:
        if file.size > _MOST_BYTES:
            self.add_error("file", "The file is larger than 2 MB; split it.")
            return []
        try:
            return read_names(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", "The file is not text in UTF-8; save it as CSV UTF-8.")
            return []

    def hidden(self) -> list[tuple[str, Any]]:
        """What was chosen, to be sent once more with the confirmation; a file as its numbers."""
        found = [
            (name, value)
            for name, value in self.cleaned_data.items()
            if name not in ("names", "file") and value not in (None, "")
        ]
        if self.is_listed and self.keys is not None:
            rows = Account.objects.filter(id__in=self.keys).order_by("id")
            ids = rows.values_list("public_id", flat=True)
            found.append(("names", "\n".join(ids)))
        return [(name, _plain(value)) for name, value in found]


def ticked_names(seller: Seller, request: HttpRequest) -> str:
    """The accounts that were ticked on the page before, one a line, by the numbers people know."""
    rows = Account.objects.filter(seller=seller, public_id__in=request.GET.getlist("account"))
    found: list[str] = []
    for external, public in rows.order_by("id").values_list("external_id", "public_id"):
        is_plain = external is not None and not set(external) & set(',;\t"')
        found.append(external if is_plain and external is not None else public)
    return "\n".join(found)


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
