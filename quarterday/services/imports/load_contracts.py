"""Load subscriptions and their add-ons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal

from quarterday.core.exact import ONE
from quarterday.core.loading.record import Record
from quarterday.core.money import plain
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.imports.context import Context
from quarterday.services.imports.report import Outcome
from quarterday.services.imports.update_contract import update_contract
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.plan_contract import Contract
from quarterday.services.subscriptions.start_subscription import start_subscription
from quarterday.store.models import Account, ItemRole, Plan, Price, SubscriptionItem


def load_subscription(record: Record, context: Context) -> Outcome:
    """Start a subscription; of one that is there, what can be changed by loading is changed."""
    account, plan = context.account(record), context.plan(record)
    values = record.values
    codes = _price_codes(record, plan)
    known = context.known_subscription(account, values["external_id"])
    if known is not None:
        outcome = update_contract(record, known, plan, codes, context)
        if outcome is Outcome.UPDATED:
            context.forget_subscription(account, values["external_id"])
        return outcome
    contract = make_contract(record, context)
    agreed = {one.name: getattr(contract, one.name) for one in fields(contract)}
    started = start_subscription(
        account_id=account.id,
        **agreed,
        today=context.today(context.seller(record)),
        now=context.now,
        actor=context.actor,
        catalog=context.catalog,
    )
    context.keep_subscription(account, started)
    return Outcome.CREATED


_FIELDS = (
    "external_id start_on end_on quantity trial_days anchor_on anchor_day billed_through "
    "settings data"
).split()


def make_contract(record: Record, context: Context) -> Contract:
    """What a record agrees on; the price of an amount is published when it is first asked for."""
    account, plan = context.account(record), context.plan(record)
    codes = _price_codes(record, plan)
    return Contract(
        plan=plan,
        prices=_choose_prices(record, context, account, plan, codes),
        discounts=context.discounts(record),
        **{name: record.values[name] for name in _FIELDS if name in record.values},
    )


def _price_codes(record: Record, plan: Plan) -> Sequence[str] | None:
    """The codes of the prices that a record asks for; None for all that the plan has."""
    values = record.values
    if "amount" not in values:
        for field in ("timing", "tax_inclusive"):
            if field in values:
                raise record.refuse(field, "a price says that itself", "give it with an amount")
        return values.get("prices")
    for field in ("prices", "quantity"):
        if field in values:
            raise record.refuse(
                field,
                "an amount is for the whole period and stands alone",
                f"leave {field} out, or give prices instead of an amount",
            )
    if values["amount"] < 0:
        raise record.refuse("amount", "an amount is not below zero", "agree on a discount instead")
    code = plain(values["amount"])
    if values.get("tax_inclusive"):
        code += "-inclusive"
    return [f"{code}-{timing}" if (timing := values.get("timing")) else code]


def _choose_prices(
    record: Record, context: Context, account: Account, plan: Plan, codes: Sequence[str] | None
) -> list[Price] | None:
    """The prices of some codes; that of an amount is published when it is first asked for."""
    if codes is None:
        return None
    values = record.values
    if "amount" not in values:
        return [context.price(record, plan, code) for code in codes]
    known = context.known_price(plan, codes[0], account.currency)
    if known is None:
        known = publish_price(
            plan=plan,
            code=codes[0],
            currency=account.currency,
            model={"model": "flat", "amount": plain(values["amount"])},
            timing=values.get("timing"),
            tax_inclusive=values.get("tax_inclusive", False),
            now=context.now,
            actor=context.actor,
        )
        known.plan = plan
        context.keep_price(known)
    return [known]


def load_addon(record: Record, context: Context) -> Outcome:
    """Add a price to a subscription from a day on; one that was there from that day is enough."""
    subscription, plan = context.subscription(record), context.plan(record)
    values = record.values
    price = _addon_price(record, context, plan)
    rows = SubscriptionItem.objects.filter(
        subscription=subscription, price=price, role=ItemRole.ADDON, start_on=values["start_on"]
    )
    if rows.exists():
        return Outcome.UNCHANGED
    quantity: Decimal = values.get("quantity", ONE)
    add_addon(
        subscription_id=subscription.id,
        price=price,
        quantity=quantity,
        on=values["start_on"],
        today=context.today(context.seller(record)),
        now=context.now,
        actor=context.actor,
    )
    return Outcome.CREATED


def _addon_price(record: Record, context: Context, plan: Plan) -> Price:
    """The price that is named, or the only one that the plan has in the account's currency."""
    if "price" in record.values:
        return context.price(record, plan, record.values["price"], "price")
    unit = context.account(record).currency
    rows = list(Price.objects.filter(plan=plan, currency=unit, retired_on=None)[:2])
    if len(rows) != 1:
        raise record.refuse(
            "plan", f"plan {plan} has not just one price in {unit}", "name its price"
        )
    rows[0].plan = plan
    return rows[0]
