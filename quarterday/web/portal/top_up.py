"""Automatic top-up: when, how much, and by which kept way to pay."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from quarterday.core.access import Permission
from quarterday.core.errors import BillingError
from quarterday.core.funds import FundLimits
from quarterday.core.money import currency, format_minor
from quarterday.services.collection.charge_method import find_choice
from quarterday.services.credit.set_top_up import set_top_up, stop_top_up
from quarterday.store.models import Account, AccountStatus, PaymentMethod, TopUp
from quarterday.store.queries.credit_policy import read_credit_policy
from quarterday.store.queries.paying import list_methods, read_fund_limits
from quarterday.store.queries.top_ups import find_top_up
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_now
from quarterday.web.kit.words import format_money
from quarterday.web.portal.inputs import read_amount


class TopUpForm(forms.Form):
    """When and how much; the consent is the sentence beside its box, and is kept as it is read."""

    below = forms.CharField(max_length=24)
    amount = forms.CharField(max_length=24)
    method = forms.ChoiceField(label=_("Charge"), widget=forms.RadioSelect)
    consent = forms.BooleanField(
        error_messages={"required": _("Agree to it, or credit is not added automatically.")}
    )

    def __init__(
        self, limits: FundLimits, methods: list[PaymentMethod], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.limits = limits
        unit = {"currency": limits.currency}
        self.fields["below"].label = gettext("When credit is below, in %(currency)s") % unit
        self.fields["amount"].label = gettext("Add each time, in %(currency)s") % unit
        self.fields["amount"].help_text = gettext("From %(least)s to %(most)s") % {
            "least": format_money(limits.min_minor, limits.currency),
            "most": format_money(limits.max_minor, limits.currency),
        }
        choices = [(one.public_id, one.label) for one in methods]
        self.fields["method"].choices = choices  # type: ignore[attr-defined]
        self.fields["consent"].label = gettext(
            "I agree that this payment method is charged whenever my credit is below that. I can "
            "stop it here at any time."
        )

    def clean_below(self) -> int:
        """Minor units."""
        return self._read("below")

    def clean_amount(self) -> int:
        """Minor units within the limits."""
        minor, limits = self._read("amount"), self.limits
        if not limits.min_minor <= minor <= limits.max_minor:
            raise forms.ValidationError(self.fields["amount"].help_text)
        return minor

    def _read(self, name: str) -> int:
        minor = read_amount(self.cleaned_data[name], self.limits.currency)
        if minor is None or minor < 1:
            raise forms.ValidationError(gettext("Write it as a number, such as 50.00."))
        return minor


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.MANAGE_METHODS)
def show_top_up(request: AccountRequest) -> HttpResponse:
    """What is set, and a form to set it."""
    account = request.account
    limits, known = read_fund_limits(account), find_top_up(account)
    policy = read_credit_policy(account.seller_id)
    methods = [one for one in list_methods(account) if _can_charge(one, account)]
    may = limits.is_enabled and policy.top_up and account.status == AccountStatus.OPEN
    form = TopUpForm(limits, methods, request.POST or None, initial=_begin(known, limits, methods))
    if may and methods and form.is_bound and form.is_valid() and _set(request, form, methods):
        said = gettext("Credit is added automatically from now on.")
        messages.success(request, said)
        return redirect("portal:credit")
    context = {
        "form": form,
        "top_up": known if known is not None and known.is_enabled else None,
        "may": may,
        "methods": methods,
        "most_a_day": policy.top_ups_a_day,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portal/top_up.html", context, status=status)


@require_POST
@account_page(Permission.MANAGE_METHODS)
def end_top_up(request: AccountRequest) -> HttpResponse:
    """Add nothing automatically any more."""
    stop_top_up(account=request.account, now=read_now(), actor=request.user.public_id)
    messages.success(request, gettext("Credit is not added automatically any more."))
    return redirect("portal:credit")


def _set(request: AccountRequest, form: TopUpForm, methods: list[PaymentMethod]) -> bool:
    """Whether it was set; what stands against it is said in the form."""
    given = form.cleaned_data
    try:
        set_top_up(
            account=request.account,
            below_minor=given["below"],
            amount_minor=given["amount"],
            method=next(one for one in methods if one.public_id == given["method"]),
            now=read_now(),
            consent=str(form.fields["consent"].label),
            actor=request.user.public_id,
        )
    except BillingError:
        most = format_money(form.limits.max_balance_minor, form.limits.currency)
        said = gettext("Credit may be %(most)s altogether. Choose less.") % {"most": most}
        form.add_error("below", said)
        return False
    return True


def _begin(
    known: TopUp | None, limits: FundLimits, methods: list[PaymentMethod]
) -> dict[str, object]:
    """What is set, or usual amounts."""
    unit = currency(limits.currency)
    below = known.below_minor if known else limits.min_minor
    amount = known.amount_minor if known else min(5 * limits.min_minor, limits.max_minor)
    kept = [one for one in methods if known is not None and one.id == known.method_id] or methods
    return {
        "below": format_minor(below, unit),
        "amount": format_minor(amount, unit),
        "method": kept[0].public_id if kept else "",
    }


def _can_charge(method: PaymentMethod, account: Account) -> bool:
    try:
        find_choice(method, account)
    except BillingError:
        return False
    return True
