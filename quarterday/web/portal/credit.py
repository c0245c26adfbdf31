"""Credit: what there is, how it came to be, and adding more."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from quarterday.core.access import Permission
from quarterday.core.credit_scope import CreditFor
from quarterday.core.money import currency, format_minor
from quarterday.store.models import Account
from quarterday.store.queries.balances import OpenCredit, load_open_credit
from quarterday.store.queries.credit_policy import name_products, read_credit_policy
from quarterday.store.queries.exports.cells import safe_cell
from quarterday.store.queries.paying import find_paid_in, read_fund_limits
from quarterday.store.queries.portal.credit import (
    CreditMove,
    iterate_credit,
    page_credit,
    read_credit_use,
)
from quarterday.store.queries.portal.overview import read_credit
from quarterday.store.queries.top_ups import find_top_up
from quarterday.store.queries.unspent import list_unspent
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.clock import read_today
from quarterday.web.portal.inputs import read_number

# So many grants are named; the others, which are used later, are summed.
_NAMED = 10
_SORTS: dict[str, str | Promise] = {
    "deposit": _("You added credit"),
    "overpayment": _("You paid more than was due"),
    "credit_note": _("From a credit note"),
    "promotional": _("A gift"),
    "goodwill": _("Goodwill"),
    "expired": _("Expired"),
    "reversed": _("Taken back"),
    "deducted": _("Taken off"),
    "refunded": _("Paid back to you"),
    "": _("Used for an invoice"),
}


class MoveRow(NamedTuple):
    """A line of the history, in words; ``name`` and ``url`` are of the paper behind it."""

    move: CreditMove
    text: str
    name: str
    url: str
    reason: str


class GrantRow(NamedTuple):
    """Credit that is left, to be used until ``last_on``. ``waits``: it cannot be used yet."""

    grant: OpenCredit
    text: str
    waits: bool
    last_on: date | None
    scope: str


@require_safe
@account_page(Permission.SEE_MONEY)
def show_credit(request: AccountRequest) -> HttpResponse:
    """The balance, what it is made of, and page by page what moved it."""
    account, today = request.account, read_today(request.seller)
    page = page_credit(
        account.id,
        older_than=read_number(request.GET.get("after", "")),
        newer_than=read_number(request.GET.get("before", "")),
    )
    paid_in = find_paid_in(account.id)
    url, grants = reverse("portal:credit"), _list_grants(account, today, paid_in)
    context: dict[str, Any] = {
        "credit_minor": read_credit(account, today),
        "credit_use": str(read_credit_use(account)),
        "grants": grants[:_NAMED],
        "more_grants": len(grants) - _NAMED,
        "more_minor": sum(one.grant.open_minor for one in grants[_NAMED:]),
        "rows": [_show(move, paid_in) for move in page.moves],
        "newer_url": f"{url}?before={page.newer}" if page.newer is not None else "",
        "older_url": f"{url}?after={page.older}" if page.older is not None else "",
        "can_add": Permission.PAY in request.permissions,
        "can_manage": Permission.MANAGE_METHODS in request.permissions,
        "can_top_up": read_credit_policy(account.seller_id).top_up
        and read_fund_limits(account).is_enabled,
        "top_up": find_top_up(account),
        "unspent_minor": sum(one.amount_minor for one in list_unspent(account, today)),
    }
    return render(request, "portal/credit.html", context)


@require_safe
@account_page(Permission.SEE_MONEY)
def export_credit(request: AccountRequest) -> StreamingHttpResponse:
    """The whole history as CSV, the oldest first."""
    account, paid_in = request.account, find_paid_in(request.account.id)
    unit = currency(account.currency)
    writer = csv.writer(_Line())
    # In the reader's language, which is at hand only now.
    columns = [_("Day"), _("What"), _("Document"), _("Amount"), _("Credit after it"), _("Currency")]
    lines = ["\ufeff" + writer.writerow([str(one) for one in columns])]
    for move in iterate_credit(account.id):
        lines.append(
            writer.writerow(
                [
                    move.on.isoformat(),
                    _sort(move, paid_in),
                    safe_cell(move.label),
                    format_minor(move.amount_minor, unit),
                    format_minor(move.balance_minor, unit),
                    unit.code,
                ]
            )
        )
    response = StreamingHttpResponse(iter(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="credit.csv"'
    return response


class _Line:
    """What `csv` writes to; it hands each line on."""

    def write(self, line: str) -> str:
        return line


def _list_grants(account: Account, today: date, paid_in: set[str]) -> list[GrantRow]:
    rows = load_open_credit(account.id)
    names = name_products(account.seller_id, {code for one in rows for code in one.products})
    return [
        GrantRow(
            one,
            str(_SORTS["deposit" if one.public_id in paid_in else one.kind]),
            one.granted_on > today,
            one.expires_on and one.expires_on - timedelta(days=1),
            _tell_scope(one, names),
        )
        for one in rows
        if one.expires_on is None or one.expires_on > today
    ]


def _show(move: CreditMove, paid_in: set[str]) -> MoveRow:
    """A move with where it leads; what payments say of themselves is no reason."""
    if move.kind == "use":
        url = reverse("portal:invoice", args=[move.document])
        return MoveRow(move, _tell(move), move.label, url, "")
    if move.document:
        url = reverse("portal:payment", args=[move.document])
        return MoveRow(move, _sort(move, paid_in), gettext("See the payment"), url, "")
    return MoveRow(move, _tell(move), "", "", move.reason)


def _tell_scope(grant: OpenCredit, names: dict[str, str]) -> str:
    """What credit may pay for, where that is not everything."""
    products = ", ".join(names.get(code, code) for code in grant.products)
    words = {"products": products}
    if grant.use == CreditFor.ORDERS:
        said = gettext("for new orders of %(products)s") if products else gettext("for new orders")
        return said % words
    if grant.use == CreditFor.RENEWALS:
        said = gettext("for renewals of %(products)s") if products else gettext("for renewals")
        return said % words
    return gettext("for %(products)s") % words if products else ""


def _sort(move: CreditMove, paid_in: set[str]) -> str:
    return str(_SORTS["deposit"]) if _is_paid_in(move, paid_in) else _tell(move)


def _is_paid_in(move: CreditMove, paid_in: set[str]) -> bool:
    return move.sort == "overpayment" and move.document in paid_in


def _tell(move: CreditMove) -> str:
    """A move in words; a use with a plus gives back what was used."""
    if move.kind == "use" and move.amount_minor > 0:
        return str(_("Given back from an invoice"))
    return str(_SORTS[move.sort])
