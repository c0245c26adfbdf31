"""Stripe for tests: it remembers, honours idempotency keys, and moves money that can be counted.

What the payer does on Stripe's pages, the bank does later, and Stripe does at night are actions:
`complete_checkout`, `authenticate`, `settle`, `open_dispute`, `close_dispute`, `finish_refund`,
`pay_out` ...
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.fakes import stripe_objects as make
from tests.fakes.base import FakeGateway, Reply, Request, action, route
from tests.fakes.process import main
from tests.fakes.stripe_form import read_form

Object = make.Object
DISPUTE_FEE = 2000


class _Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, message: str, **details: Any) -> None:
        self.reply = Reply(make.make_error(status, message, **details), status)


class FakeStripe(FakeGateway):
    """The API at ``url``; webhooks are signed with ``secret``."""

    code = "stripe"
    key, secret = "sk_test_fake", "whsec_fake"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.objects: dict[str, Object] = {}
        self.events: list[Object] = []
        self.has_pages = False
        self._replies: dict[str, tuple[str, Reply]] = {}
        self._at_work: set[str] = set()
        self._count = 0

    # Requests.

    def _serve(self, request: Request) -> Reply | None:
        """A key that is at work refuses a second request at the same time."""
        key = request.headers.get("idempotency-key", "")
        with self.lock:
            if key and key in self._at_work:
                return Reply(
                    make.make_error(
                        409,
                        "There is currently another in-progress request using this key.",
                        type="idempotency_error",
                        code="idempotency_key_in_use",
                    ),
                    409,
                )
            self._at_work.add(key)
        try:
            return super()._serve(request)
        finally:
            with self.lock:
                self._at_work.discard(key)

    def answer(self, request: Request) -> Reply:
        """Stripe's rules for all requests: the key, idempotency, known parameters, expansion."""
        if request.path.startswith("/c/pay/"):
            return super().answer(request)
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return Reply(make.make_error(401, "Invalid API Key provided"), 401)
        key = request.headers.get("idempotency-key", "")
        asked = f"{request.path} {json.dumps(sorted(request.form.items()))}"
        if key in self._replies:
            before, reply = self._replies[key]
            if before == asked:
                return Reply(reply.data, reply.status, {"Idempotent-Replayed": "true"})
            error = make.make_error(
                400,
                "Keys for idempotent requests can only be used with the same parameters they "
                "were first used with.",
                type="idempotency_error",
            )
            return Reply(error, 400)
        try:
            self._check_parameters(request)
            reply = super().answer(request)
        except _Refused as refusal:
            reply = refusal.reply
        # A snapshot: what happens to the object later changes nothing about this answer.
        reply = Reply(json.loads(json.dumps(reply.data)), reply.status, reply.headers)
        if key and reply.status in (200, 402) and request.method == "POST":
            self._replies[key] = asked, reply
        return reply

    def refuse(self, status: int) -> Reply:
        return Reply(make.make_error(status, f"fake trouble {status}"), status)

    def _check_parameters(self, request: Request) -> None:
        known = make.PARAMETERS.get(f"{request.method} {request.path}")
        if known is not None:
            for name in read_form(request.form):
                if name not in known.split():
                    raise _Refused(
                        400,
                        f"Received unknown parameter: {name}",
                        code="parameter_unknown",
                        param=name,
                    )

    def sign(self, body: bytes, *, is_forged: bool = False) -> dict[str, str]:
        at = int(self.read_now().timestamp())
        secret = "whsec_guessed" if is_forged else self.secret
        signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={at},v1={signed}", "Content-Type": "application/json"}

    # Objects.

    @property
    def _now(self) -> int:
        return int(self.read_now().timestamp())

    def _name(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_fake{self._count:06}"

    def _keep(self, one: Object) -> Object:
        self.objects[one["id"]] = one
        return one

    def get(self, name: str, kind: str = "", param: str = "id") -> Object:
        """An object by its id."""
        found = self.objects.get(name)
        if found is None or kind not in ("", found["object"]):
            raise _Refused(404, f"No such {kind}: '{name}'", code="resource_missing", param=param)
        return found

    def _show(self, one: Object, expand: list[str]) -> Object:
        """An object without what is only the fake's, with what the caller wants expanded."""
        shown = {name: value for name, value in one.items() if not name.startswith("_")}
        further: dict[str, list[str]] = {}
        for path in expand:
            name, _, rest = path.partition(".")
            further.setdefault(name, []).extend([rest] if rest else [])
        for name, rests in further.items():
            if isinstance(shown.get(name), str) and shown[name] in self.objects:
                shown[name] = self._show(self.objects[shown[name]], rests)
        return shown

    def _reply(self, one: Object, request: Request) -> Reply:
        asked = read_form(request.form if request.method == "POST" else request.query)
        return Reply(self._show(one, asked.get("expand") or []))

    def _list(self, kind: str, request: Request, **fields: str) -> Reply:
        """Newest first, in pages; ``fields`` of the query that have to match."""
        asked = read_form(request.query)
        rows = [one for one in self.objects.values() if one["object"] == kind]
        for name, field in fields.items():
            if name in asked:
                rows = [one for one in rows if one.get(field) == asked[name]]
        created = asked.get("created") or {}
        rows = [
            one
            for one in reversed(rows)
            if int(created.get("gte", 0)) <= one["created"] < int(created.get("lt", 2**62))
        ]
        if kind == "event" and "types" in asked:
            rows = [one for one in rows if one["type"] in asked["types"]]
        if "starting_after" in asked:
            names = [one["id"] for one in rows]
            rows = rows[names.index(asked["starting_after"]) + 1 :]
        limit = int(asked.get("limit", 10))
        expand = [one.removeprefix("data.") for one in asked.get("expand") or []]
        return Reply(
            {
                "object": "list",
                "url": request.path,
                "has_more": len(rows) > limit,
                "data": [self._show(one, expand) for one in rows[:limit]],
            }
        )

    def _tell(self, kind: str, about: Object) -> None:
        shown = json.loads(json.dumps(self._show(about, [])))
        event = self._keep(make.make_event(self._name("evt"), kind, shown, self._now))
        self.say(json.dumps(event).encode())

    # What the seller asks for.

    @route("POST", "/v1/customers")
    def create_customer(self, request: Request) -> Reply:
        asked = read_form(request.form)
        return self._reply(
            self._keep(make.make_customer(self._name("cus"), asked, self._now)), request
        )

    @route("POST", "/v1/payment_intents")
    def create_intent(self, request: Request) -> Reply:
        asked = read_form(request.form)
        self._check_amount(asked)
        if method := asked.get("payment_method"):
            self._check_method(self.get(method, "payment_method", "payment_method"), asked)
        intent = make.make_intent("payment_intent", self._name("pi"), asked, self._now)
        self._keep(intent)
        if asked.get("payment_method"):
            intent["status"] = "requires_confirmation"
        if asked.get("confirm"):
            if not asked.get("off_session") and not asked.get("return_url"):
                raise _Refused(400, "You must provide a return_url.", param="return_url")
            self._confirm(
                intent, str(asked.get("return_url") or ""), bool(asked.get("off_session"))
            )
        return self._reply(intent, request)

    def _check_amount(self, asked: Object) -> None:
        amount, code = int(asked["amount"]), asked["currency"].lower()
        if amount < 50 and code in ("eur", "usd", "jpy"):
            raise _Refused(400, "Amount is too small", code="amount_too_small", param="amount")
        if amount > 99_999_999:
            raise _Refused(400, "Amount is too large", code="amount_too_large", param="amount")
        if code in ("kwd", "bhd", "jod", "omr", "tnd") and amount % 10:
            raise _Refused(400, "Invalid amount", code="parameter_invalid_integer", param="amount")

    def _check_method(self, method: Object, asked: Object) -> None:
        if method["customer"] is None or method["customer"] != asked.get("customer"):
            raise _Refused(
                400,
                "The PaymentMethod does not belong to the Customer you supplied, or was detached.",
                code="payment_method_unexpected_state",
                param="payment_method",
            )
        if method["type"] not in (asked.get("payment_method_types") or ["card"]):
            raise _Refused(400, "The type is not allowed here.", param="payment_method")

    def _confirm(self, intent: Object, return_url: str, off_session: bool) -> None:
        method = self.get(intent["payment_method"])
        does = method["_does"]
        is_debit = method["type"] != "card"
        needs = does == "confirm always" or (does == "confirm once" and not off_session)
        if needs and not is_debit:
            if off_session:
                self._decline(intent, method, "authentication_required")
            intent["status"] = "requires_action"
            address = f"https://hooks.stripe.com/redirect/authenticate/{intent['id']}"
            intent["next_action"] = {
                "type": "redirect_to_url",
                "redirect_to_url": {"url": address, "return_url": return_url},
            }
            self._tell("payment_intent.requires_action", intent)
            return
        self._charge(intent, method)

    def _charge(self, intent: Object, method: Object) -> None:
        """Money moves, is on its way, or the method is declined."""
        does = method["_does"]
        intent["next_action"] = None
        if method["type"] != "card":
            charge = self._keep(make.make_charge(self._name("py"), intent, method, self._now))
            intent.update(latest_charge=charge["id"], status="processing")
            self._tell("payment_intent.processing", intent)
            return
        code = does.removeprefix("later ")
        if code not in ("ok", "dispute") and " " not in code:
            self._decline(intent, method, code)
        charge = self._keep(make.make_charge(self._name("ch"), intent, method, self._now))
        self._pay(intent, charge)
        if does == "dispute":
            self.open_dispute(intent["id"])

    def _pay(self, intent: Object, charge: Object) -> None:
        amount = intent["amount"]
        fee = amount * 15 // 1000 + 25
        kind = "charge" if charge["id"].startswith("ch_") else "payment"
        balance = self._book(kind, charge, amount, fee)
        charge.update(paid=True, captured=True, amount_captured=amount, status="succeeded")
        charge["balance_transaction"] = balance["id"]
        intent.update(
            status="succeeded", amount_received=amount, latest_charge=charge["id"], processing=None
        )
        intent["last_payment_error"] = None
        self.move(
            "payment",
            intent["metadata"].get("attempt", ""),
            intent["id"],
            amount,
            intent["currency"],
        )
        self._tell("charge.succeeded", charge)
        self._tell("payment_intent.succeeded", intent)

    def _decline(self, intent: Object, method: Object, code: str) -> None:
        """A charge that failed; the request is answered with 402."""
        charge = self._keep(make.make_charge(self._name("ch"), intent, method, self._now))
        error = "authentication_required"
        if code not in ("authentication_required", "expired_card", "incorrect_cvc"):
            error = "processing_error" if code == "processing_error" else "card_declined"
        elif code != error:
            error = code
        charge.update(status="failed", failure_code=error, failure_message="declined")
        details = {
            "code": error,
            "decline_code": code,
            "charge": charge["id"],
            "payment_method": self._show(method, []),
        }
        if error == "processing_error":
            details.pop("decline_code")
        intent["last_payment_error"] = {
            "type": "card_error",
            "message": "Your card was declined.",
            **details,
        }
        intent.update(status="requires_payment_method", latest_charge=charge["id"])
        intent["payment_method"] = None
        self._tell("payment_intent.payment_failed", intent)
        shown = self._show(intent, [])
        raise _Refused(402, "Your card was declined.", **details, payment_intent=shown)

    def _book(self, kind: str, source: Object, amount: int, fee: int) -> Object:
        return self._keep(
            make.make_balance_transaction(self._name("txn"), kind, source, amount, fee, self._now)
        )

    @route("GET", "/v1/payment_intents")
    def list_intents(self, request: Request) -> Reply:
        return self._list("payment_intent", request, customer="customer")

    @route("GET", "/v1/payment_intents/{id}")
    def show_intent(self, request: Request) -> Reply:
        return self._reply(self.get(request.found["id"], "payment_intent"), request)

    @route("POST", "/v1/payment_intents/{id}/cancel")
    def cancel_intent(self, request: Request) -> Reply:
        intent = self.get(request.found["id"], "payment_intent")
        if intent["status"] in ("succeeded", "processing", "canceled"):
            raise _Refused(
                400,
                f"You cannot cancel this PaymentIntent because it is {intent['status']}.",
                code="payment_intent_unexpected_state",
            )
        intent.update(status="canceled", canceled_at=self._now)
        self._tell("payment_intent.canceled", intent)
        return self._reply(intent, request)

    @route("POST", "/v1/checkout/sessions")
    def create_session(self, request: Request) -> Reply:
        asked = read_form(request.form)
        if asked.get("customer"):
            self.get(asked["customer"], "customer", "customer")
            if asked.get("customer_email") or asked.get("customer_creation"):
                raise _Refused(400, "You may only specify one of these parameters: customer, ...")
        name = self._name("cs_test")
        page = f"{self.url}/c/pay/{name}" if self.has_pages else ""
        url = page or f"https://checkout.stripe.com/c/pay/{name}"
        session = make.make_session(name, asked, self._now, url)
        if asked["mode"] == "payment":
            amount = {"amount": session["amount_total"], "currency": session["currency"]}
            self._check_amount(amount)
        return self._reply(self._keep(session), request)

    @route("GET", "/v1/checkout/sessions")
    def list_sessions(self, request: Request) -> Reply:
        return self._list("checkout.session", request, payment_intent="payment_intent")

    @route("GET", "/v1/checkout/sessions/{id}")
    def show_session(self, request: Request) -> Reply:
        return self._reply(self.get(request.found["id"], "checkout.session"), request)

    @route("GET", "/v1/setup_intents/{id}")
    def show_setup(self, request: Request) -> Reply:
        return self._reply(self.get(request.found["id"], "setup_intent"), request)

    @route("GET", "/v1/payment_methods/{id}")
    def show_method(self, request: Request) -> Reply:
        return self._reply(self.get(request.found["id"], "payment_method"), request)

    @route("POST", "/v1/payment_methods/{id}/detach")
    def detach_method(self, request: Request) -> Reply:
        method = self.get(request.found["id"], "payment_method")
        if method["customer"] is None:
            raise _Refused(400, "The payment method you provided is not attached to a customer.")
        method["customer"] = None
        self._tell("payment_method.detached", method)
        return self._reply(method, request)

    @route("POST", "/v1/refunds")
    def create_refund(self, request: Request) -> Reply:
        asked = read_form(request.form)
        intent = self.get(asked.get("payment_intent", ""), "payment_intent", "payment_intent")
        charge = self.get(intent["latest_charge"] or "", "charge")
        rest = charge["amount_captured"] - charge["amount_refunded"]
        amount = int(asked.get("amount") or rest)
        if charge["disputed"]:
            raise _Refused(400, "The charge has been charged back.", code="charge_disputed")
        if not rest:
            raise _Refused(400, "It has already been refunded.", code="charge_already_refunded")
        if amount > rest:
            raise _Refused(400, "The amount is greater than what is left.", param="amount")
        refund = self._keep(make.make_refund(self._name("re"), charge, amount, asked))
        refund["created"] = self._now
        does = self.get(charge["payment_method"])["_does"]
        if does == "refund waits" or charge["id"].startswith("py_"):
            refund["status"] = "pending"
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        kind = "refund" if charge["id"].startswith("ch_") else "payment_refund"
        refund["balance_transaction"] = self._book(kind, refund, -amount, 0)["id"]
        self.move(
            "refund",
            refund["metadata"].get("refund", ""),
            refund["id"],
            -amount,
            charge["currency"],
        )
        self._tell("charge.refunded", charge)
        self._tell("refund.created", refund)
        return self._reply(refund, request)

    @route("GET", "/v1/refunds")
    def list_refunds(self, request: Request) -> Reply:
        return self._list("refund", request, payment_intent="payment_intent", charge="charge")

    @route("GET", "/v1/refunds/{id}")
    def show_refund(self, request: Request) -> Reply:
        return self._reply(self.get(request.found["id"], "refund"), request)

    @route("GET", "/v1/disputes")
    def list_disputes(self, request: Request) -> Reply:
        return self._list("dispute", request, payment_intent="payment_intent")

    @route("GET", "/v1/events")
    def list_events(self, request: Request) -> Reply:
        return self._list("event", request)

    @route("GET", "/v1/payouts")
    def list_payouts(self, request: Request) -> Reply:
        return self._list("payout", request, status="status")

    @route("GET", "/v1/payouts/{id}")
    def show_payout(self, request: Request) -> Reply:
        return self._reply(self.get(request.found["id"], "payout"), request)

    @route("GET", "/v1/balance_transactions")
    def list_balance(self, request: Request) -> Reply:
        return self._list("balance_transaction", request, payout="_payout", source="source")

    # Stripe's page.

    @route("GET", "/c/pay/{id}")
    def show_page(self, request: Request) -> Reply:
        """Only with ``has_pages``: a form that takes a test number."""
        session = self.get(request.found["id"], "checkout.session")
        return Reply(
            "<!doctype html><html lang=en><title>Checkout</title><form method=post>"
            "<label>Number <input name=number value=4242424242424242></label>"
            f"<button>Pay</button></form><a href='{session['cancel_url']}'>Back</a>"
        )

    @route("POST", "/c/pay/{id}")
    def submit_page(self, request: Request) -> Reply:
        name = request.found["id"]
        if self.complete_checkout(name, request.form.get("number", "")) != "complete":
            return self.show_page(request)
        return Reply("", 303, {"Location": self.get(name)["success_url"]})

    # What payers, banks and Stripe do.

    @contextmanager
    def _acting(self) -> Iterator[None]:
        with self.lock:
            try:
                yield
            except _Refused as refusal:
                if refusal.reply.status != 402:
                    raise AssertionError(refusal.reply.data) from None

    @action
    def make_method(self, number: str = "4242424242424242") -> dict[str, str]:
        """A kept method of a new customer: their ids as ``method`` and ``customer``."""
        with self._acting():
            customer = self._keep(make.make_customer(self._name("cus"), {}, self._now))
            method = self._keep(make.make_payment_method(self._name("pm"), number, self._now))
            method["customer"] = customer["id"]
        return {"method": method["id"], "customer": customer["id"]}

    @action
    def complete_checkout(
        self, session: str, number: str = "4242424242424242", *, authenticates: bool = True
    ) -> str:
        """The payer types a number on Stripe's page; ``open`` (they may try again) or ``complete``."""
        with self._acting():
            one = self.get(session, "checkout.session")
            assert one["status"] == "open", "the page says that the session is over"
            asked = one["_asked"]
            method = self._keep(make.make_payment_method(self._name("pm"), number, self._now))
            assert method["type"] in one["payment_method_types"], "the page does not offer that"
            customer = one["customer"]
            if customer is None and asked.get("customer_creation") == "always":
                made = make.make_customer(
                    self._name("cus"), {"email": one["customer_email"]}, self._now
                )
                customer = one["customer"] = self._keep(made)["id"]
            if one["mode"] == "setup":
                self._set_up(one, method, authenticates)
            else:
                self._pay_session(one, method, authenticates)
        return str(one["status"])

    def _set_up(self, session: Object, method: Object, authenticates: bool) -> None:
        data = session["_asked"].get("setup_intent_data") or {}
        asked = {"payment_method_types": session["payment_method_types"], **data}
        setup = self.objects.get(session["setup_intent"] or "") or self._keep(
            make.make_intent("setup_intent", self._name("seti"), asked, self._now)
        )
        session["setup_intent"], setup["customer"] = setup["id"], session["customer"]
        does = method["_does"]
        fails = " " not in does and does not in ("ok", "dispute") and method["type"] == "card"
        if fails or (does.startswith("confirm") and not authenticates):
            code = does if fails else "setup_intent_authentication_failure"
            setup["last_setup_error"] = {"type": "card_error", "code": code, "message": "no"}
            self._tell("setup_intent.setup_failed", setup)
            return
        method["customer"] = session["customer"]
        setup.update(status="succeeded", payment_method=method["id"], last_setup_error=None)
        session["status"] = "complete"
        self._tell("payment_method.attached", method)
        self._tell("setup_intent.succeeded", setup)
        self._tell("checkout.session.completed", session)

    def _pay_session(self, session: Object, method: Object, authenticates: bool) -> None:
        data = session["_asked"].get("payment_intent_data") or {}
        asked = {
            "amount": session["amount_total"],
            "currency": session["currency"],
            "payment_method_types": session["payment_method_types"],
            **data,
        }
        intent = self.objects.get(session["payment_intent"] or "") or self._keep(
            make.make_intent("payment_intent", self._name("pi"), asked, self._now)
        )
        session["payment_intent"], intent["customer"] = intent["id"], session["customer"]
        if method["_does"].startswith("confirm") and not authenticates:
            self._fail(intent, "payment_intent_authentication_failure")
            return
        intent["payment_method"] = method["id"]
        self._charge(intent, method)
        if intent["setup_future_usage"]:
            method["customer"] = session["customer"]
        session["status"] = "complete"
        if intent["status"] == "succeeded":
            session["payment_status"] = "paid"
        self._tell("checkout.session.completed", session)

    def _fail(self, intent: Object, code: str) -> None:
        intent["last_payment_error"] = {
            "type": "invalid_request_error" if "intent" in code else "card_error",
            "code": code,
            "message": "The payment failed.",
        }
        intent.update(status="requires_payment_method", next_action=None, processing=None)
        intent["payment_method"] = None
        self._tell("payment_intent.payment_failed", intent)

    def _find_session(self, intent: str) -> Object | None:
        rows = (one for one in self.objects.values() if one["object"] == "checkout.session")
        return next((one for one in rows if one["payment_intent"] == intent), None)

    @action
    def expire_checkout(self, session: str) -> None:
        """The payer never came back for a day."""
        with self._acting():
            one = self.get(session, "checkout.session")
            one.update(status="expired", url=None)
            self._tell("checkout.session.expired", one)

    @action
    def authenticate(self, intent: str, *, is_ok: bool = True) -> None:
        """The payer confirms at the bank (3-D Secure), or does not."""
        with self._acting():
            one = self.get(intent, "payment_intent")
            assert one["status"] == "requires_action"
            if is_ok:
                self._charge(one, self.get(one["payment_method"]))
            else:
                self._fail(one, "payment_intent_authentication_failure")

    @action
    def settle(self) -> None:
        """Days pass: debits succeed or come back, as their numbers say."""
        with self._acting():
            rows = [one for one in self.objects.values() if one["object"] == "payment_intent"]
            for intent in [one for one in rows if one["status"] == "processing"]:
                charge = self.get(intent["latest_charge"])
                does = self.get(charge["payment_method"])["_does"]
                session = self._find_session(intent["id"])
                if does in ("ok", "dispute"):
                    self._pay(intent, charge)
                    if session:
                        session["payment_status"] = "paid"
                        self._tell("checkout.session.async_payment_succeeded", session)
                    if does == "dispute":
                        self.open_dispute(intent["id"])
                    continue
                charge.update(status="failed", failure_code=does)
                self._fail(intent, does)
                if session:
                    self._tell("checkout.session.async_payment_failed", session)

    @action
    def open_dispute(
        self, intent: str, amount: int = 0, *, reason: str = "fraudulent", is_inquiry: bool = False
    ) -> str:
        """The payer objects at their bank; the money goes at once, unless it is an inquiry."""
        with self._acting():
            charge = self.get(self.get(intent, "payment_intent")["latest_charge"], "charge")
            left = charge["amount_captured"] - charge["amount_refunded"]
            is_debit = charge["payment_method_details"]["type"] == "sepa_debit"
            reason = "debit_not_authorized" if is_debit else reason
            dispute = make.make_dispute(self._name("dp"), charge, amount or left, reason, self._now)
            self._keep(dispute)
            if is_inquiry:
                dispute["status"] = "warning_needs_response"
                self._tell("charge.dispute.created", dispute)
                return str(dispute["id"])
            charge["disputed"] = True
            self._move_dispute(dispute, -dispute["amount"], DISPUTE_FEE)
            if is_debit:
                dispute["status"] = "lost"
            self._tell("charge.dispute.created", dispute)
            self._tell("charge.dispute.funds_withdrawn", dispute)
            if dispute["status"] == "lost":
                self._tell("charge.dispute.closed", dispute)
        return str(dispute["id"])

    def _move_dispute(self, dispute: Object, amount: int, fee: int) -> None:
        booked = self._book("adjustment", dispute, amount, fee)
        dispute["balance_transactions"] = [*dispute["balance_transactions"], booked]
        key = self.get(dispute["payment_intent"])["metadata"].get("attempt", "")
        code = dispute["currency"]
        self.move("dispute" if amount < 0 else "dispute_won", key, dispute["id"], amount, code)
        if fee:
            self.move("dispute_fee", key, dispute["id"], -fee, code)

    @action
    def close_dispute(self, dispute: str, *, is_won: bool) -> None:
        """The bank decides."""
        with self._acting():
            one = self.get(dispute, "dispute")
            one["status"] = "won" if is_won else "lost"
            if is_won:
                self._move_dispute(one, one["amount"], 0)
                self._tell("charge.dispute.funds_reinstated", one)
            self._tell("charge.dispute.closed", one)

    @action
    def finish_refund(self, refund: str, *, is_ok: bool) -> None:
        """A refund that was pending, or seemed to have succeeded, ends."""
        with self._acting():
            one = self.get(refund, "refund")
            if is_ok:
                one["status"] = "succeeded"
                self._tell("refund.updated", one)
                return
            charge = self.get(one["charge"])
            charge["amount_refunded"] -= one["amount"]
            charge["refunded"] = False
            one.update(status="failed", failure_reason="expired_or_canceled_card")
            self._book("refund_failure", one, one["amount"], 0)
            key = one["metadata"].get("refund", "")
            self.move("refund_failed", key, one["id"], one["amount"], one["currency"])
            self._tell("refund.failed", one)
            self._tell("charge.refund.updated", one)

    @action
    def refund_by_hand(self, intent: str, amount: int) -> str:
        """Somebody makes a refund in Stripe's dashboard."""
        form = f"payment_intent={intent}&amount={amount}".encode()
        with self._acting():
            reply = self.create_refund(Request("POST", "/v1/refunds", {}, {}, form))
        return str(reply.data["id"])

    @action
    def renew_method(self, method: str) -> None:
        """The bank has sent a new card, and Stripe knows it."""
        with self._acting():
            one = self.get(method, "payment_method")
            one["card"] = one["card"] | {"exp_year": one["card"]["exp_year"] + 4, "last4": "0042"}
            self._tell("payment_method.automatically_updated", one)

    @action
    def drop_method(self, method: str) -> None:
        """The method is gone at Stripe."""
        with self._acting():
            one = self.get(method, "payment_method")
            one["customer"] = None
            self._tell("payment_method.detached", one)

    @action
    def pay_out(self, currency: str = "eur") -> str:
        """Everything that was not paid out yet goes to the bank."""
        with self._acting():
            rows = [
                one
                for one in self.objects.values()
                if one["object"] == "balance_transaction"
                and one["currency"] == currency
                and "_payout" not in one
            ]
            amount = sum(one["net"] for one in rows)
            payout = self._keep(make.make_payout(self._name("po"), amount, currency, self._now))
            booked = self._book("payout", payout, -amount, 0)
            payout["balance_transaction"] = booked["id"]
            for one in [*rows, booked]:
                one["_payout"] = payout["id"]
            self._tell("payout.created", payout)
        return str(payout["id"])

    @action
    def land_payout(self, payout: str, *, is_ok: bool = True) -> None:
        """A payout arrives at the bank, or comes back."""
        with self._acting():
            one = self.get(payout, "payout")
            one["status"] = "paid" if is_ok else "failed"
            self._tell("payout.paid" if is_ok else "payout.failed", one)


if __name__ == "__main__":
    main(FakeStripe)
