"""Keep amounts out of documents that no database could keep, or sum."""

from __future__ import annotations

from quarterday.core.errors import BillingError
from quarterday.core.invoice import Draft
from quarterday.core.limits import MOST_MINOR
from quarterday.store.queries.billing import AccountRow


def check_amounts(account: AccountRow, draft: Draft) -> None:
    """Raise `BillingError` where a line, or all together, come to more than can be billed.

    A price and a quantity may each be fine and their product a slip, which shows only here.
    """
    most = draft.total_minor
    for line in draft.lines:
        amount = line.charge.amount.minor
        if not -MOST_MINOR <= amount <= MOST_MINOR:
            raise BillingError(
                f"{line.charge.description} of account {account.label} comes to {amount} in minor "
                f"units, but at most {MOST_MINOR} can be billed; correct its price or quantity"
            )
    if not -MOST_MINOR <= most <= MOST_MINOR:
        raise BillingError(
            f"the invoice of account {account.label} comes to {most} in minor units, but at most "
            f"{MOST_MINOR} can be billed; correct its prices, quantities or taxes"
        )
