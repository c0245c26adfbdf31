"""Make a change that somebody has seen the effect of, and bill it at once."""

from __future__ import annotations

from django.db import transaction

from quarterday.services.errors import Conflict
from quarterday.services.invoicing.run_billing import run_billing
from quarterday.services.subscriptions.claim_subscription import claim_subscription
from quarterday.services.subscriptions.make_change import Asked, Wish, make_change
from quarterday.services.subscriptions.preview_change import Preview, preview_change


class FiguresMoved(Conflict):
    """The effect is no longer what was shown; ``preview`` is what it would be now."""

    def __init__(self, preview: Preview) -> None:
        super().__init__("the figures have changed since they were shown; look at the new ones")
        self.preview = preview


def confirm_change(wish: Wish, asked: Asked, *, seen: str) -> Preview:
    """Make a change whose preview had the digest ``seen``; what was shown is what is billed.

    When anything moved in between, nothing is changed and `FiguresMoved` brings the new figures.
    What is due by the change is billed at once; should that be interrupted, the next billing run
    finds it. Asking again for what has been done changes nothing.
    """
    with transaction.atomic():
        account, _ = claim_subscription(asked.subscription_id)
        preview = preview_change(wish, asked)
        if not preview.is_change:
            return preview
        if preview.digest != seen:
            raise FiguresMoved(preview)
        make_change(wish, asked)
    if preview.now:
        run_billing(first=asked.today, last=asked.today, now=asked.now, accounts=[account.id])
    return preview
