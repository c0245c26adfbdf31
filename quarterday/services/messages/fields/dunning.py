"""What an account owes in all, and what happens next, as reminders show it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from quarterday.core.dunning import CONSEQUENCES, Action, Coming
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.message import InFull
from quarterday.services.messages.fields.others import name_service
from quarterday.services.messages.fields.source import Source
from quarterday.store.models import Invoice, Seller
from quarterday.store.queries.dunning_cases import AccountCase, Case, load_cases
from quarterday.store.queries.dunning_plan import find_fee, foresee_case

_SHOWN = 40


def load_dunning(source: Source) -> Mapping[str, Any]:
    """All that is open of the account, and the first consequence of any of it."""
    account = source.account
    rows = Invoice.objects.filter(account=account, status=InvoiceState.OPEN, open_minor__gt=0)
    invoices = list(rows.order_by("due_on", "id"))
    total = sum(one.open_minor for one in invoices)
    found: dict[str, Any] = {
        "total": source.exact(total, account.currency),
        "is_several": len(invoices) > 1,
        "invoices": [
            {
                "text": one.label,
                "note": one.due_on,
                "amount": source.exact(one.open_minor, one.currency),
            }
            for one in invoices[:_SHOWN]
        ],
    }
    if rest := invoices[_SHOWN:]:
        more = source.exact(sum(one.open_minor for one in rest), account.currency)
        found["invoices"].append({"text": f"+ {len(rest)}", "note": "", "amount": more})
    return found | _foresee(source)


def _foresee(source: Source) -> dict[str, Any]:
    """What comes next, and the next fee."""
    seller = Seller.objects.select_related("brand").get(id=source.message.seller_id)
    cases = load_cases(seller, [source.account.id], today=source.today, now=source.now)
    coming = [
        (one.on, case, one, account)
        for account in cases
        for case in account.cases
        for one in foresee_case(account, case, lambda _: False)
    ]
    coming.sort(key=lambda one: one[0])
    found: dict[str, Any] = {}
    for on, case, one, account in coming:
        action = one.due.step.action
        if action in CONSEQUENCES and "next" not in found:
            found |= {"next": str(action), "next_on": on, "next_day": InFull(on)}
            found["services"] = ", ".join(name_service(each) for each in case.subscriptions)
        elif action is Action.FEE and "fee" not in found:
            found |= _say_fee(source, account, case, one, on)
    return found


def _say_fee(
    source: Source, account: AccountCase, case: Case, one: Coming, on: date
) -> dict[str, Any]:
    invoice, amount = case.invoice, find_fee(case, one.due, on)
    return {"fee": source.exact(amount, invoice.currency), "fee_on": on} if amount else {}
