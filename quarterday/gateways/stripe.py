"""Cards, debits and other ways by Stripe, typed in on Stripe's own pages.

A payer who is there is sent to Checkout. A kept method is charged by a PaymentIntent; where the
bank wants to see the payer, one who is there is sent to it, and otherwise the charge is declined
as not authenticated. The attempt's id is the idempotency key and stands in the metadata.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.gateways.stripe_answers import (
    tell_intent,
    tell_refund,
    tell_session,
    tell_setup,
)
from quarterday.gateways.stripe_api import Mismatch, Object, Refusal, StripeApi
from quarterday.gateways.stripe_news import (
    EVENTS,
    read_event,
    read_payout,
)
from quarterday.gateways.stripe_ways import WAYS, list_ways, read_ways
from quarterday.gateways.stripe_words import explain_decline, to_stripe
from quarterday.ports.gateway import (
    BadSignature,
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
    Unknown,
    gettext_noop,
)

_OLDEST = timedelta(minutes=5)
# Stripe forgets events after 30 days.
_EVENT_DAYS = timedelta(days=29)
_PAYOUT_DAYS = timedelta(days=10)
_INTENT = ("latest_charge.balance_transaction", "payment_method")
_SESSION = (
    "payment_intent.latest_charge.balance_transaction",
    "payment_intent.payment_method",
    "setup_intent.payment_method",
)
_LANGUAGES = frozenset("cs da de en es fi fr hu it nb nl pl pt ro sk sl sv".split())
_NOT_YET = ("balance_insufficient", "insufficient_funds")


class Stripe:
    """One Stripe account."""

    code: ClassVar[str] = "stripe"
    name: ClassVar[str] = gettext_noop("Cards and more (Stripe)")
    currencies: ClassVar[frozenset[str]] = frozenset()
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("secret_key", "The secret or restricted key; sk_test_… is a test.", is_secret=True),
        Setting(
            "hook_secret",
            "The signing secret of the webhook endpoint; while it is changed, both with a blank.",
            is_secret=True,
        ),
        Setting(
            "methods",
            f"Which ways to offer, by commas; by default card. Known: {', '.join(WAYS)}.",
            is_required=False,
        ),
        Setting("api_url", "Another address of its API, for tests.", is_required=False),
    )
    is_test: ClassVar[bool] = False
    hook_answer: ClassVar[str] = "ok"

    def __init__(self, config: Mapping[str, str]) -> None:
        self._key = config.get("secret_key", "")
        self._url = check_address(config.get("api_url", ""), "gateways.stripe.api_url")
        self._secrets = config.get("hook_secret", "").split()
        self._ways = read_ways(config.get("methods", ""))

    def list_choices(self, currency: str) -> Sequence[Choice]:
        """Those that are switched on and take the currency."""
        return list_ways(self._ways, currency)

    def check_fields(self, choice: str, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
        """Nothing is asked here: everything is typed in at Stripe."""
        return {}

    def start(self, intent: Intent) -> Outcome:
        """Charge a kept method, or send the payer to Checkout; or tell how far that is."""
        if intent.reference:
            return self._find(intent, leads=True)
        try:
            if intent.method is not None and intent.purpose is Purpose.PAY:
                return self._charge(intent, intent.method)
            return self._open_checkout(intent)
        except Refusal as refusal:
            return _decline(refusal)

    def look_up(self, intent: Intent) -> Outcome:
        """By its reference; without one, by our id in the list of the customer's payments.

        Whose id is not in the list has not arrived yet. So that it cannot arrive later, its
        idempotency key is used up by a payment that is never confirmed.
        """
        if intent.reference:
            return self._find(intent, leads=False)
        if intent.method is None:
            # The address of the page was never known to anybody, so nobody can pay there.
            return Declined(DeclineCode.NOT_RECEIVED)
        found = self._find_charge(intent, intent.method)
        if found is None and not self._use_up_key(intent, intent.method):
            # It arrived between the two questions.
            found = self._find_charge(intent, intent.method)
            if found is None:
                raise Mismatch(f"Stripe has heard of {intent.id}, but does not list it yet")
        if found is None or found["metadata"].get("attempt") != intent.id:
            return Declined(DeclineCode.NOT_RECEIVED)
        return self._tell_charge(intent, found)

    def refund(self, intent: RefundIntent) -> Outcome:
        """Give back a payment, in full or in part."""
        api = self._open()
        if found := self._find_refund(api, intent):
            return tell_refund(found)
        fields = {
            "payment_intent": intent.reference,
            "amount": to_stripe(intent.amount_minor, intent.currency),
            "metadata": {"refund": intent.id},
        }
        try:
            return tell_refund(api.create("refunds", fields, intent.id))
        except Mismatch:
            return self.look_up_refund(intent)
        except Refusal as refusal:
            if refusal.says(*_NOT_YET):
                return Declined(DeclineCode.UNAVAILABLE, message=str(refusal))
            return Declined(DeclineCode.REFUSED, is_final=True, message=str(refusal))

    def look_up_refund(self, intent: RefundIntent) -> Outcome:
        """By its reference, or by our id among the refunds of the payment."""
        found = self._find_refund(self._open(), intent)
        return tell_refund(found) if found else Declined(DeclineCode.NOT_RECEIVED)

    def forget(self, method: KeptMethod) -> None:
        """Take it off the customer; Stripe then never charges it again."""
        try:
            self._open().act("payment_methods", "detach", method.token)
        except Refusal:
            # It is gone already, or belongs to nobody.
            return

    def parse_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[News]:
        """One event, signed by Stripe for this endpoint."""
        self._check_signature(headers.get("stripe-signature", ""), body, now)
        try:
            return [read_event(json.loads(body))]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadSignature("this is no event of Stripe, though its key signed it") from None

    def list_news(self, since: datetime, until: datetime) -> Iterator[News]:
        """Stripe's list of events; and what it has made itself, where that list ends too early."""
        api = self._open()
        span = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        for event in api.list("events", created=span, types=list(EVENTS[:20])):
            yield read_event(event)
        for event in api.list("events", created=span, types=list(EVENTS[20:])):
            yield read_event(event)
        if until - since > _EVENT_DAYS:
            yield from self._list_old(api, span)

    def list_payouts(self, since: datetime, until: datetime) -> Iterator[PayoutNews]:
        """Payouts that were made in the time, or a few days before and have moved since."""
        api = self._open()
        span = {
            "gte": int((since - _PAYOUT_DAYS).timestamp()),
            "lt": int(until.timestamp()),
        }
        for payout in api.list("payouts", created=span):
            yield self._read_payout(api, payout)

    def _open(self) -> StripeApi:
        if not self._key:
            raise BillingError("Stripe is not set up; set gateways.stripe.secret_key")
        return StripeApi(self._key, self._url)

    def _charge(self, intent: Intent, method: KeptMethod) -> Outcome:
        """With the payer there the bank may ask them; with nobody there it has to do without."""
        fields = self._describe_charge(intent, method) | {"confirm": True, "expand": list(_INTENT)}
        if intent.presence is None:
            fields["off_session"] = True
        else:
            fields["return_url"] = intent.return_url
        try:
            made = self._open().create("payment_intents", fields, intent.id)
        except Mismatch:
            return _be_careful(lambda: self.look_up(intent), "")
        return _be_careful(lambda: self._tell_charge(intent, made), str(made["id"]))

    def _describe_charge(self, intent: Intent, method: KeptMethod) -> dict[str, Any]:
        return {
            "amount": to_stripe(intent.amount_minor, intent.currency),
            "currency": intent.currency.lower(),
            "customer": method.data.get("customer", ""),
            "payment_method": method.token,
            "payment_method_types": [method.data.get("type", "card")],
            "description": intent.description[:500],
            "metadata": {"attempt": intent.id, "account": intent.payer.account},
        }

    def _tell_charge(self, intent: Intent, made: Object) -> Outcome:
        outcome = tell_intent(made, intent.now, keeps=intent.save)
        if isinstance(outcome, Redirect) and intent.presence is None and not outcome.url:
            return Declined(DeclineCode.NOT_AUTHENTICATED, outcome.reference)
        return outcome

    def _find_charge(self, intent: Intent, method: KeptMethod) -> Object | None:
        """What was made for an attempt, or what stands there instead of it."""
        api, customer = self._open(), method.data.get("customer", "")
        for one in api.list("payment_intents", customer=customer):
            if intent.id in (one["metadata"].get("attempt"), one["metadata"].get("instead_of")):
                return api.get("payment_intents", str(one["id"]), *_INTENT)
        return None

    def _use_up_key(self, intent: Intent, method: KeptMethod) -> bool:
        """Whether the key was free, and nothing can be charged with it any more."""
        api = self._open()
        fields = {
            "amount": to_stripe(intent.amount_minor, intent.currency),
            "currency": intent.currency.lower(),
            "customer": method.data.get("customer", ""),
            "metadata": {"instead_of": intent.id},
        }
        try:
            made = api.create("payment_intents", fields, intent.id)
            api.act("payment_intents", "cancel", str(made["id"]))
        except Mismatch:
            return False
        except Refusal:
            # It is cancelled already, or the charge itself would have been refused, too.
            return True
        return True

    def _open_checkout(self, intent: Intent) -> Outcome:
        """A page at Stripe, for the payer to pay or to keep a method."""
        api, fields = self._open(), self._describe_page(intent)
        try:
            made = api.create("checkout.sessions", fields, intent.id)
        except Refusal as refusal:
            if not refusal.is_about("customer"):
                raise
            # Somebody has deleted the customer at Stripe: the payer becomes a new one.
            fields = self._describe_page(intent, is_new=True)
            made = api.create("checkout.sessions", fields, f"{intent.id}-new")
        return tell_session(made, intent.now, keeps=intent.save, leads=True)

    def _describe_page(self, intent: Intent, *, is_new: bool = False) -> dict[str, Any]:
        mine = {"attempt": intent.id, "account": intent.payer.account}
        fields: dict[str, Any] = {
            "client_reference_id": intent.id,
            "metadata": mine,
            "payment_method_types": [intent.choice or "card"],
            "success_url": intent.return_url,
            "cancel_url": intent.cancel_url or intent.return_url,
            "locale": intent.payer.language if intent.payer.language in _LANGUAGES else "auto",
        }
        keeps = intent.save or intent.purpose is Purpose.SAVE
        customer = "" if is_new else intent.known_as.get("customer", "")
        if customer:
            fields["customer"] = customer
        else:
            fields |= {"customer_creation": "always"} if keeps else {}
            fields |= {"customer_email": intent.payer.email} if intent.payer.email else {}
        if intent.purpose is Purpose.SAVE:
            return fields | {
                "mode": "setup",
                "currency": intent.currency.lower(),
                "setup_intent_data": {"metadata": mine},
            }
        price = {
            "currency": intent.currency.lower(),
            "unit_amount": to_stripe(intent.amount_minor, intent.currency),
            "product_data": {"name": intent.description[:250] or intent.id},
        }
        paying: dict[str, Any] = {"metadata": mine, "description": intent.description[:500]}
        if intent.save:
            paying["setup_future_usage"] = "off_session"
        return fields | {
            "mode": "payment",
            # What was asked for is paid, in its own currency.
            "adaptive_pricing": {"enabled": False},
            "line_items": [{"quantity": 1, "price_data": price}],
            "payment_intent_data": paying,
        }

    def _find(self, intent: Intent, *, leads: bool) -> Outcome:
        """How far it is, by what Stripe calls it."""
        api, name = self._open(), intent.reference
        if name.startswith("cs_"):
            if session := api.get("checkout.sessions", name, *_SESSION):
                return tell_session(session, intent.now, keeps=intent.save, leads=leads)
        elif name.startswith("seti_"):
            if setup := api.get("setup_intents", name, "payment_method"):
                return tell_setup(setup)
        elif found := api.get("payment_intents", name, *_INTENT):
            return self._tell_charge(intent, found)
        return Declined(DeclineCode.NOT_RECEIVED, name)

    def _find_refund(self, api: StripeApi, intent: RefundIntent) -> Object | None:
        if intent.refund_reference:
            return api.get("refunds", intent.refund_reference)
        rows = api.list("refunds", payment_intent=intent.reference)
        try:
            return next((row for row in rows if row["metadata"].get("refund") == intent.id), None)
        except Refusal:
            # There is no such payment.
            return None

    def _list_old(self, api: StripeApi, span: Mapping[str, int]) -> Iterator[News]:
        """What is older than the events; each state of each thing is one piece of news."""
        for one in api.list("payment_intents", created=span):
            yield read_event(_as_event(one))
        for one in api.list("refunds", created=span):
            yield read_event(_as_event(one))
        for one in api.list("disputes", created=span):
            yield read_event(_as_event(one))

    def _read_payout(self, api: StripeApi, payout: Object) -> PayoutNews:
        name = str(payout["id"])
        moved: Iterator[Object] = iter(())
        if payout.get("automatic"):
            moved = api.list("balance_transactions", payout=name, expand=["data.source"])
        return read_payout(payout, moved)

    def _check_signature(self, given: str, body: bytes, now: datetime) -> None:
        """By the library, except for the time, which is ours to tell."""
        import stripe

        for secret in self._secrets:
            try:
                stripe.WebhookSignature.verify_header(body, given, secret, None)
            except (stripe.SignatureVerificationError, ValueError, TypeError):
                continue
            # Of several times only the first is signed.
            at = next(part.split("=")[1] for part in given.split(",") if part.startswith("t="))
            if abs(now.timestamp() - int(at)) > _OLDEST.total_seconds():
                raise BadSignature("the event is too old to be taken; Stripe sends it anew")
            return
        raise BadSignature("the signature of the event is wrong; check gateways.stripe.hook_secret")


def _be_careful(tell: Callable[[], Outcome], reference: str) -> Outcome:
    """What became of a charge that was heard: whatever breaks now, it may have been made."""
    try:
        return tell()
    except BillingError as error:
        return Unknown(str(error), reference)


def _decline(refusal: Refusal) -> Outcome:
    """What Stripe says of a payment that it did not make."""
    made: Object = refusal.error.get("payment_intent") or {}
    reference = str(made.get("id", ""))
    if refusal.error.get("type") == "card_error":
        return explain_decline(refusal.error, reference)
    gone = ("payment_method_unexpected_state", "payment_method_unactivated")
    if refusal.says(*gone) or refusal.is_about("payment_method") or refusal.is_about("customer"):
        return Declined(DeclineCode.METHOD_REVOKED, reference, is_final=True, message=str(refusal))
    if refusal.says("amount_too_small", "amount_too_large"):
        return Declined(DeclineCode.LIMIT, reference, is_final=True, message=str(refusal))
    return Declined(DeclineCode.UNAVAILABLE, reference, message=str(refusal))


def _as_event(one: Object) -> Object:
    """Something in its present state, as if an event had told of it."""
    name = f"{one['id']}:{one['status']}"
    return {"id": name, "type": one["object"], "data": {"object": one}}
