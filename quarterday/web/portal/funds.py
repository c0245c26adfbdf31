"""Adding credit: an amount within the seller's limits, then the same way to pay as for invoices."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from quarterday.core.access import Permission
from quarterday.core.funds import FundLimits
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.money import currency, format_minor
from quarterday.store.models import AccountStatus, Invoice
from quarterday.store.queries.paying import read_fund_limits, sum_funds
from quarterday.store.queries.portal.credit import read_credit_use
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.pay import PayPage, pay_view
from quarterday.web.kit.words import format_money
from quarterday.web.portal.inputs import read_amount

# Suggested amounts, as so many times the least that may be added.
_STEPS = (2, 5, 10)


class AmountForm(forms.Form):
    """How much to add; says what may be added when it may not."""

    amount = forms.CharField(
        label=_("Amount"), max_length=24, error_messages={"required": _("Say how much to add.")}
    )

    def __init__(self, limits: FundLimits, balance_minor: int, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.limits, self.most_minor = limits, limits.find_most(balance_minor)
        least, most = self._show(limits.min_minor), self._show(self.most_minor)
        self.fields["amount"].label = gettext("Amount in %(currency)s") % {
            "currency": limits.currency
        }
        self.fields["amount"].help_text = gettext("From %(least)s to %(most)s") % {
            "least": least,
            "most": most,
        }

    def clean_amount(self) -> int:
        """Minor units within the limits."""
        minor = read_amount(self.cleaned_data["amount"], self.limits.currency)
        if minor is None:
            raise forms.ValidationError(gettext("Write it as a number, such as 50.00."))
        if minor < self.limits.min_minor:
            raise forms.ValidationError(
                gettext("At least %(least)s can be added.")
                % {"least": self._show(self.limits.min_minor)}
            )
        if minor > self.most_minor:
            raise forms.ValidationError(self._say_most())
        return minor

    def _say_most(self) -> str:
        if self.most_minor == self.limits.max_minor:
            return gettext("At most %(most)s can be added at a time.") % {
                "most": self._show(self.most_minor)
            }
        return gettext(
            "At most %(most)s can be added now: credit may be %(whole)s altogether, with what is "
            "on its way."
        ) % {
            "most": self._show(self.most_minor),
            "whole": self._show(self.limits.max_balance_minor),
        }

    def _show(self, minor: int) -> str:
        return format_money(minor, self.limits.currency)


@require_http_methods(["GET", "HEAD", "POST"])
@account_page(Permission.PAY)
def add_credit(request: AccountRequest) -> HttpResponse:
    """Ask how much, then for the money; the amount stands in the address."""
    account, back = request.account, reverse("portal:credit")
    limits, balance_minor = read_fund_limits(account), sum_funds(account)
    may = limits.is_enabled and account.status == AccountStatus.OPEN
    form = AmountForm(limits, balance_minor, request.GET if "amount" in request.GET else None)
    if may and form.is_bound and form.is_valid():
        return pay_view(
            request,
            account=account,
            invoices=[],
            amount_minor=form.cleaned_data["amount"],
            back_url=reverse("portal:add_credit"),
            done_url=back,
            actor=request.user.public_id,
            page=PayPage(shows_methods=True),
        )
    context = {
        "form": form,
        "may_add": may and form.most_minor >= limits.min_minor,
        "is_full": may and form.most_minor < limits.min_minor,
        "balance_minor": balance_minor,
        "credit_use": str(read_credit_use(account)),
        "limit_minor": limits.max_balance_minor,
        "suggested": [
            (minor, format_minor(minor, currency(account.currency)))
            for step in _STEPS
            if (minor := step * limits.min_minor) <= form.most_minor
        ],
        "has_open": Invoice.objects.filter(account=account, status=InvoiceState.OPEN).exists(),
    }
    return render(request, "portal/add_credit.html", context)
