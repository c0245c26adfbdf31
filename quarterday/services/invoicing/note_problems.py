"""Remember which accounts could not be billed and why, until they can."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from quarterday.services.invoicing.summary import Skipped
from quarterday.store.models import BillingProblem


def note_problems(
    today: date, billed: Sequence[int], skipped: Sequence[tuple[int, Skipped]]
) -> None:
    """Write down the reasons of a batch, and forget those of accounts that were billed."""
    for account_id, one in skipped:
        BillingProblem.objects.update_or_create(
            account_id=account_id,
            defaults={"reason": one.reason, "last_on": today},
            create_defaults={"reason": one.reason, "first_on": today, "last_on": today},
        )
    if billed and BillingProblem.objects.exists():
        BillingProblem.objects.filter(account_id__in=billed).delete()


def forget_problems(today: date) -> None:
    """Forget the reasons of accounts that are no longer due, since there is nothing to bill."""
    if BillingProblem.objects.exists():
        BillingProblem.objects.exclude(account__due__bill_on__lte=today).delete()
