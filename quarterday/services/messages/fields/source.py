"""What a message tells about: its subject, and further things that it names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from django.db import models

from quarterday.core.money import Money, currency
from quarterday.core.period import local_date
from quarterday.services.errors import NotFound
from quarterday.store.models import Account, Message, Seller

AnyRow = TypeVar("AnyRow", bound=models.Model)


@dataclass
class Source:
    """Finds what a message tells about. ``about`` in its data lists public ids besides the
    subject, such as the invoice for which a service is suspended.
    """

    message: Message
    now: datetime

    @property
    def account(self) -> Account:
        """Whom it tells."""
        if self.message.account is None:
            raise NotFound(f"message {self.message.public_id} has no account")
        return self.message.account

    @property
    def seller(self) -> Seller:
        """Who tells it."""
        return self.message.seller

    @property
    def data(self) -> dict[str, Any]:
        """What the message brings itself."""
        found: dict[str, Any] = self.message.data
        return found

    @cached_property
    def today(self) -> date:
        """What day it is for the seller."""
        return local_date(self.now, self.seller.time_zone)

    def find(self, prefix: str) -> str:
        """The public id of a kind that the message names, or an empty text."""
        named = [self.message.subject, *self.data.get("about", ())]
        return next((str(one) for one in named if str(one).startswith(f"{prefix}_")), "")

    def read(self, model: type[AnyRow], prefix: str, *related: str) -> AnyRow | None:
        """The row of a kind that the message names, of its own account; None if it names none."""
        public_id = self.find(prefix)
        if not public_id:
            return None
        rows = model._default_manager.filter(account=self.account, public_id=public_id)
        row = (rows.select_related(*related) if related else rows).first()
        if row is None:
            raise NotFound(f"the account has no {model._meta.verbose_name} {public_id}")
        return row

    def money(self, minor: int | None, code: str = "") -> Money | None:
        """An amount; zero and None are nothing."""
        return Money(minor, currency(code or self.account.currency)) if minor else None

    def exact(self, minor: int, code: str) -> Money:
        """An amount, zero too."""
        return Money(minor, currency(code))
