"""PayPal: the payer approves on its pages, and the money is taken when they are back.

An order never moves money by itself; only its capture does, and an order can be captured once. So
a kept wallet is charged in two steps as well, and whatever answer is lost, the order tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.gateways.paypal_api import LIVE, SANDBOX, PayPalApi, Refusal, Row, link_of
from quarterday.gateways.paypal_events import check_event, list_events, read_event
from quarterday.gateways.paypal_payouts import read_payouts
from quarterday.gateways.paypal_words import (
    CURRENCIES,
    LOCALES,
    captures_of,
    describe_wallet,
    find_wallet,
    order_of,
    refunds_of,
    tell_capture,
    tell_refund,
    tell_refusal,
    write_amount,
)
from quarterday.ports.gateway import (
    Ability,
    Choice,
    Intent,
    Purpose,
    RefundIntent,
    Setting,
    check_address,
)
from quarterday.ports.outcomes import (
    DeclineCode,
    Declined,
    KeptMethod,
    News,
    Outcome,
    PayoutNews,
    Redirect,
    Succeeded,
    Unknown,
    gettext_noop,
)

_ORDERS, _CAPTURES = "/v2/checkout/orders", "/v2/payments/captures"
_SETUPS, _TOKENS = "/v3/vault/setup-tokens", "/v3/vault/payment-tokens"
# PayPal forgets keys of orders after hours, and events after 30 days.
_EVENT_DAYS = timedelta(days=30)
_CAPTURED = ("PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.PENDING")
# An order that is only to be authorized cannot be captured any more.
_NEVER = "AUTHORIZE"
_GIVE_UP = [{"op": "replace", "path": "/intent", "value": _NEVER}]


class PayPal:
    """The wallet of one merchant."""

    code: ClassVar[str] = "paypal"
    name: ClassVar[str] = "PayPal"
    currencies: ClassVar[frozenset[str]] = CURRENCIES
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("client_id", "Of your app in PayPal's developer dashboard."),
        Setting("client_secret", "The secret of that app.", is_secret=True),
        Setting("webhook_id", "Of the webhook in that app; events are checked with it."),
        Setting("environment", "sandbox for tests; by default live.", is_required=False),
        Setting("base_url", "Another address of its API, for tests.", is_required=False),
    )
    is_test: ClassVar[bool] = False
    hook_answer: ClassVar[str] = "ok"

    def __init__(self, config: Mapping[str, str]) -> None:
        self._client = config.get("client_id", ""), config.get("client_secret", "")
        self._webhook = config.get("webhook_id", "")
        usual = SANDBOX if config.get("environment") == "sandbox" else LIVE
        self._base_url = (
            check_address(config.get("base_url", ""), "gateways.paypal.base_url") or usual
        )

    def list_choices(self, currency: str) -> Sequence[Choice]:
        """One: the wallet, with whatever PayPal offers the payer in it."""
        if currency not in CURRENCIES:
            return ()
        able = frozenset({Ability.PAY, Ability.SAVE, Ability.CHARGE, Ability.REFUND})
        hint = gettext_noop("You confirm it on PayPal's page.")
        return (Choice("wallet", "PayPal", able, hint=hint),)

    def check_fields(self, choice: str, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
        """Nothing is asked here."""
        return {}

    def start(self, intent: Intent) -> Outcome:
        """Charge a kept wallet, or send the payer to approve, and take it when they are back."""
        api = self._open()
        reference = intent.reference
        try:
            if intent.purpose is Purpose.SAVE:
                return self._keep(api, intent)
            if intent.reference:
                order = self._find_order(api, intent.reference)
            else:
                order = api.post(_ORDERS, _make_order(intent), intent.id).data
            if order is None:
                return Declined(DeclineCode.CANCELLED, reference)
            reference = str(order["id"])
            if order.get("intent") == _NEVER:
                return Declined(DeclineCode.NOT_RECEIVED, reference)
            may_take = intent.method or (intent.is_back and order.get("status") == "APPROVED")
            if not captures_of(order) and may_take:
                return self._capture(api, intent, order)
            return self._tell(intent, order)
        except Refusal as error:
            return tell_refusal(error, reference)

    def look_up(self, intent: Intent) -> Outcome:
        """By its order; without one only a kept wallet can have been charged."""
        api = self._open()
        if intent.purpose is Purpose.SAVE:
            return self._look_up_kept(api, intent)
        if not intent.reference:
            return self._look_up_by_id(api, intent)
        order = self._find_order(api, intent.reference)
        if order is None:
            return Declined(DeclineCode.NOT_RECEIVED, intent.reference)
        told = self._tell(intent, order)
        if not isinstance(told, Redirect):
            return told
        if intent.method:
            return self._give_up(api, intent, order)
        return Redirect("", told.reference, told.is_approved)

    def refund(self, intent: RefundIntent) -> Outcome:
        """Give money of a capture back, in full or in part."""
        body: dict[str, Any] = {
            "amount": write_amount(intent.amount_minor, intent.currency),
            "custom_id": intent.id,
        }
        if intent.reason:
            body["note_to_payer"] = intent.reason[:255]
        path = f"{_CAPTURES}/{intent.reference}/refund"
        try:
            return tell_refund(self._open().post(path, body, intent.id).data)
        except Refusal as error:
            code = DeclineCode.REFUSED
            if "REFUND_FAILED_INSUFFICIENT_FUNDS" in error.issues:
                code = DeclineCode.INSUFFICIENT_FUNDS
            is_final = code is DeclineCode.REFUSED
            return Declined(code, "", is_final, f"{error} ({error.issues[0]})")

    def look_up_refund(self, intent: RefundIntent) -> Outcome:
        """By its reference, or among the refunds of the order, by what we wrote on it."""
        api = self._open()
        if intent.refund_reference:
            found = api.get(f"/v2/payments/refunds/{intent.refund_reference}")
        else:
            order = self._find_order(api, intent.reference) or {}
            refunds = refunds_of(order)
            found = next((one for one in refunds if one.get("custom_id") == intent.id), None)
        return Declined(DeclineCode.NOT_RECEIVED) if found is None else tell_refund(found)

    def forget(self, method: KeptMethod) -> None:
        """Delete the wallet from the vault, unless it is gone already."""
        try:
            self._open().send("DELETE", f"{_TOKENS}/{method.token}")
        except Refusal as error:
            if error.status not in (404, 422):
                raise

    def parse_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[News]:
        """One event, after PayPal has confirmed that it sent it."""
        api = self._open()
        return [read_event(api, check_event(api, self._webhook, headers, body))]

    def list_news(self, since: datetime, until: datetime) -> Iterator[News]:
        """The same events as by webhook, with the same ids, of the last 30 days."""
        api = self._open()
        for event in list_events(api, since, until):
            yield read_event(api, event)

    def list_payouts(self, since: datetime, until: datetime) -> Iterator[PayoutNews]:
        """What was taken from PayPal's balance to the bank, with all that had made it up."""
        return read_payouts(self._open(), since, until)

    def _open(self) -> PayPalApi:
        return PayPalApi(*self._client, self._base_url)

    def _capture(self, api: PayPalApi, intent: Intent, order: Row) -> Outcome:
        """Take the money; the order's name is kept, whatever becomes of the answer."""
        reference = str(order["id"])
        body: dict[str, Any] = {}
        if intent.method is not None:
            initiator = "CUSTOMER" if intent.presence else "MERCHANT"
            body["payment_source"] = {
                "paypal": {
                    "vault_id": intent.method.token,
                    "stored_credential": {
                        "payment_initiator": initiator,
                        "usage": "SUBSEQUENT",
                        "usage_pattern": "RECURRING_POSTPAID",
                    },
                }
            }
        try:
            answer = api.post(f"{_ORDERS}/{reference}/capture", body, f"{intent.id}-capture")
        except Refusal as error:
            if "ORDER_ALREADY_CAPTURED" in error.issues:
                return self._tell_captured(api, intent, order)
            raise
        except BillingError:
            raise
        except Exception as error:
            return Unknown(type(error).__name__, reference)
        return self._tell(intent, answer.data)

    def _tell_captured(self, api: PayPalApi, intent: Intent, order: Row) -> Outcome:
        """Money has moved: that nobody can be asked now must not hide it."""
        reference = str(order["id"])
        try:
            return self._tell(intent, self._find_order(api, reference) or order)
        except BillingError as error:
            return Unknown(str(error), reference)

    def _tell(self, intent: Intent, order: Row) -> Outcome:
        """What an order says: its capture, or where the payer approves it."""
        reference = str(order["id"])
        for capture in captures_of(order):
            keeps = intent.save and intent.method is None
            try:
                return tell_capture(capture, find_wallet(order) if keeps else None)
            except BillingError as error:
                # There is a capture, so whatever cannot be read, money may have moved.
                return Unknown(str(error), reference)
        if order.get("status") == "VOIDED":
            return Declined(DeclineCode.CANCELLED, reference)
        is_approved = order.get("status") == "APPROVED"
        return Redirect(link_of(order, "payer-action", "approve"), reference, is_approved)

    def _find_order(self, api: PayPalApi, reference: str) -> Row | None:
        """An order by its own name or, once there is one, that of its capture."""
        order = api.get(f"{_ORDERS}/{reference}")
        if order is not None:
            return order
        capture = api.get(f"{_CAPTURES}/{reference}")
        if capture is None:
            return None
        whole = api.get(f"{_ORDERS}/{order_of(capture)}") if order_of(capture) else None
        return whole or {"id": reference, "purchase_units": [{"payments": {"captures": [capture]}}]}

    def _look_up_by_id(self, api: PayPalApi, intent: Intent) -> Outcome:
        """What became of a charge whose answer was lost before the order had a name.

        PayPal answers the same key with the same order, and a new order moves nothing. Only after
        some hours it forgets keys; by then the events of the captures tell.
        """
        if intent.method is None:
            # Whoever was never sent to PayPal has approved nothing.
            return Declined(DeclineCode.NOT_RECEIVED)
        answer = api.post(_ORDERS, _make_order(intent), intent.id)
        if not answer.is_new:
            order = self._find_order(api, str(answer.data["id"])) or answer.data
            known = captures_of(order)
            return self._tell(intent, order) if known else self._give_up(api, intent, order)
        since = intent.now - _EVENT_DAYS
        for kind in _CAPTURED:
            for event in list_events(api, since, intent.now, kind):
                capture = event.get("resource") or {}
                if capture.get("custom_id") == intent.id:
                    found = self._find_order(api, str(capture["id"]))
                    return tell_capture(capture) if found is None else self._tell(intent, found)
        return self._give_up(api, intent, answer.data)

    def _give_up(self, api: PayPalApi, intent: Intent, order: Row) -> Outcome:
        """A kept wallet was not charged, and never will be by this order, whoever asks for the
        same once more; unless the money was faster.
        """
        path = f"{_ORDERS}/{order['id']}"
        try:
            api.send("PATCH", path, json.dumps(_GIVE_UP).encode())
        except Refusal:
            if not captures_of(api.get(path) or {}):
                raise
        seen = api.get(path) or order
        if captures_of(seen):
            return self._tell(intent, seen)
        return Declined(DeclineCode.NOT_RECEIVED, str(order["id"]))

    def _keep(self, api: PayPalApi, intent: Intent) -> Outcome:
        """Keep a wallet without paying: a setup token, approved, becomes a payment token."""
        if not intent.reference:
            setup = api.post(_SETUPS, _make_setup(intent), intent.id).data
            return Redirect(link_of(setup, "approve"), str(setup["id"]))
        token = api.get(f"{_SETUPS}/{intent.reference}")
        if token is not None and token.get("status") == "APPROVED" and intent.is_back:
            source = {"token": {"id": intent.reference, "type": "SETUP_TOKEN"}}
            kept = api.post(_TOKENS, {"payment_source": source}, f"{intent.id}-keep").data
            wallet = (kept.get("payment_source") or {}).get("paypal") or {}
            return Succeeded(intent.reference, describe_wallet(kept, wallet))
        told = self._look_up_kept(api, intent)
        url = link_of(token or {}, "approve")
        if isinstance(told, Redirect):
            return Redirect(url, intent.reference, told.is_approved)
        return told

    def _look_up_kept(self, api: PayPalApi, intent: Intent) -> Outcome:
        if not intent.reference:
            return Declined(DeclineCode.NOT_RECEIVED)
        setup = api.get(f"{_SETUPS}/{intent.reference}")
        if setup is None:
            return Declined(DeclineCode.CANCELLED, intent.reference)
        customer = str((setup.get("customer") or {}).get("id", ""))
        if setup.get("status") == "VAULTED" and customer:
            for token in api.list(_TOKENS, "payment_tokens", customer_id=customer):
                wallet = (token.get("payment_source") or {}).get("paypal")
                if wallet:
                    kept = describe_wallet({"customer": {"id": customer}, **token}, wallet)
                    return Succeeded(intent.reference, kept)
        return Redirect("", intent.reference, setup.get("status") == "APPROVED")


def _make_order(intent: Intent) -> dict[str, Any]:
    """What is paid. A kept wallet is named only when the money is taken."""
    order: dict[str, Any] = {
        "intent": "CAPTURE",
        "purchase_units": [
            {
                "custom_id": intent.id,
                # PayPal refuses to be paid twice for the same.
                "invoice_id": intent.id,
                "description": (intent.description or intent.id)[:127],
                "amount": write_amount(intent.amount_minor, intent.currency),
            }
        ],
    }
    if intent.method is None:
        wallet: dict[str, Any] = {
            "experience_context": {
                **_make_context(intent),
                "user_action": "PAY_NOW",
                "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
            }
        }
        if intent.save:
            vault = {
                "store_in_vault": "ON_SUCCESS",
                "usage_type": "MERCHANT",
                "usage_pattern": "RECURRING_POSTPAID",
            }
            wallet["attributes"] = {"vault": vault}
            if customer := intent.known_as.get("customer"):
                wallet["attributes"]["customer"] = {"id": customer}
        order["payment_source"] = {"paypal": wallet}
    return order


def _make_setup(intent: Intent) -> dict[str, Any]:
    context = _make_context(intent)
    setup: dict[str, Any] = {
        "payment_source": {"paypal": {"usage_type": "MERCHANT", "experience_context": context}}
    }
    if customer := intent.known_as.get("customer"):
        setup["customer"] = {"id": customer}
    return setup


def _make_context(intent: Intent) -> dict[str, str]:
    context = {
        "return_url": intent.return_url,
        "cancel_url": intent.cancel_url,
        "shipping_preference": "NO_SHIPPING",
        "locale": LOCALES.get(intent.payer.language[:2], ""),
    }
    return {name: value for name, value in context.items() if value}
