"""How an account may pay, and what it has begun to pay."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Sum

from quarterday.core.credit_policy import read_policy
from quarterday.core.errors import BillingError
from quarterday.core.funds import FundLimits, read_limits
from quarterday.ports.gateway import Ability, Gateway, list_gateways, open_gateway
from quarterday.store.models import (
    Account,
    AttemptPurpose,
    AttemptStatus,
    Brand,
    CreditGrant,
    PaymentAttempt,
    PaymentMethod,
    Seller,
)
from quarterday.store.queries.credit_policy import may_add_credit

# Asked for and not yet answered for good: such money may come in at any moment.
ON_THE_WAY = (AttemptStatus.CREATED, AttemptStatus.UNKNOWN, AttemptStatus.PENDING)
LIVE = (*ON_THE_WAY, AttemptStatus.ACTION)
_log = logging.getLogger(__name__)
_FIRST, _LAST = 100, 500


class Offered(NamedTuple):
    """A gateway that a seller offers."""

    code: str
    gateway: Gateway
    position: int


def read_brand(seller: Seller) -> Mapping[str, Any]:
    """What the brand of a seller says; nothing where it has none."""
    brand = getattr(seller, "brand", None) or Brand(seller=seller)
    data: Mapping[str, Any] = brand.data
    return data


def read_config(seller: Seller, code: str) -> dict[str, str]:
    """A gateway's settings of a seller; what is not set there is taken from the brand."""
    brand = read_brand(seller)
    given = brand.get("gateways", {}).get(code, {})
    general = {"holder": seller.name, **brand}
    config = {}
    for setting in list_gateways()[code].settings:
        value = given.get(setting.name) or (not setting.is_secret and general.get(setting.name))
        if value:
            config[setting.name] = str(value)
    return config


def open_gateway_of(seller: Seller, code: str) -> Gateway:
    """A gateway as a seller has set it up, offered or not: what has begun must come to an end."""
    if code not in list_gateways():
        raise BillingError(f"there is no gateway {code!r}; it may have been uninstalled")
    return open_gateway(code, read_config(seller, code))


def is_offered(seller: Seller, code: str, currency: str) -> bool:
    """Whether payers are offered a gateway: it is set up, takes the currency, and is not a test
    unless the seller wants tests or the installation is being debugged.
    """
    kind = list_gateways().get(code)
    if kind is None or (kind.currencies and currency not in kind.currencies):
        return False
    given = read_brand(seller).get("gateways", {}).get(code, {})
    only = given.get("currencies")
    if only and currency not in only:
        return False
    if not given.get("is_enabled", settings.DEBUG if kind.is_test else True):
        return False
    config = read_config(seller, code)
    return all(one.name in config for one in kind.settings if one.is_required)


def list_offered(seller: Seller, currency: str) -> list[Offered]:
    """The gateways that payers may choose from, in the seller's order; usually, what pays at once
    stands before what takes days.
    """
    data = read_brand(seller).get("gateways", {})
    found = []
    for code in list_gateways():
        if not is_offered(seller, code, currency):
            continue
        try:
            gateway = open_gateway_of(seller, code)
        except BillingError as error:
            # A secret that is missing here must not keep payers from all other ways.
            _log.warning("gateway %s of seller %s is left out: %s", code, seller, error)
            continue
        choices = gateway.list_choices(currency)
        takes_days = all(Ability.INSTRUCT in one.abilities for one in choices)
        position = int(data.get(code, {}).get("position", _LAST if takes_days else _FIRST))
        found.append(Offered(code, gateway, position))
    return sorted(found, key=lambda one: (one.position, one.code))


def list_methods(account: Account) -> list[PaymentMethod]:
    """The ways to pay that an account keeps, the default first."""
    rows = PaymentMethod.objects.filter(account=account, removed_at=None)
    return list(rows.order_by("-is_default", "-added_at", "-id"))


def list_live_attempts(account: Account, statuses: Iterable[str] = LIVE) -> list[PaymentAttempt]:
    """Payments of an account that have begun and not ended, the oldest first."""
    rows = PaymentAttempt.objects.filter(account=account, status__in=list(statuses))
    return list(rows.filter(purpose=AttemptPurpose.PAY).order_by("id"))


def is_promise(attempt: PaymentAttempt) -> bool:
    """Whether the payer only said to pay elsewhere, so that nothing was set off."""
    return attempt.is_promise


def sum_on_the_way(account: Account, invoices: Iterable[str]) -> int:
    """What has been set off and may come in for any of these invoices, in minor units."""
    named = set(invoices)
    return sum(
        one.amount_minor - one.fee_minor
        for one in list_live_attempts(account, ON_THE_WAY)
        if named.intersection(one.invoices) and not is_promise(one)
    )


def read_fund_limits(account: Account) -> FundLimits:
    """How much credit an account may pay in; not enabled where the seller's policy lets it not."""
    data = read_brand(account.seller)
    limits = read_limits(data.get("add_funds", {}), account.currency)
    if "credit" in data and not may_add_credit(account, read_policy(data["credit"])):
        return replace(limits, is_enabled=False)
    return limits


def sum_funds(account: Account) -> int:
    """The credit of an account with what was set off and will become credit, in minor units."""
    open_rows = CreditGrant.objects.filter(account=account, open_minor__gt=0)
    there = open_rows.aggregate(sum=Sum("open_minor"))["sum"] or 0
    coming = [one for one in list_live_attempts(account, ON_THE_WAY) if not one.invoices]
    return there + sum(one.amount_minor - one.fee_minor for one in coming if not is_promise(one))


def can(gateway: Gateway, choice: str, currency: str, ability: Ability) -> bool:
    """Whether one of a gateway's ways to pay can do something."""
    choices = gateway.list_choices(currency)
    return any(one.code == choice and ability in one.abilities for one in choices)


def find_paid_in(account_id: int) -> set[str]:
    """Public ids of the grants and payments of an account that were paid in as credit.

    The engine takes them for overpayments of nothing; people know that they added credit.
    """
    rows = CreditGrant.objects.filter(account_id=account_id, payment__attempt__invoices=[])
    found = rows.values_list("public_id", "payment__public_id")
    return {str(name) for pair in found for name in pair}
