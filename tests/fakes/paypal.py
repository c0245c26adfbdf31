"""PayPal for tests: orders are captured once, keys are honoured, and amounts are checked.

What payers do on its pages, and PayPal does later, are actions: `approve`, `settle`,
`open_dispute`, `close_dispute`, `reverse`, `finish_refund`, `forget_keys` ... Requests and answers
are checked against PayPal's own OpenAPI files; `violations` must stay empty.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.fakes import paypal_schema
from tests.fakes.base import FakeGateway, Reply, Request, action, route
from tests.fakes.process import main

Object = dict[str, Any]
WHOLE = ("HUF", "JPY", "TWD")


class _Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, issue: str, text: str = "") -> None:
        name = {404: "RESOURCE_NOT_FOUND", 422: "UNPROCESSABLE_ENTITY", 401: "INVALID_TOKEN"}
        details = [{"issue": issue, "description": text or issue.lower().replace("_", " ")}]
        body = {"name": name.get(status, "INVALID_REQUEST"), "details": details, "debug_id": "f0"}
        self.reply = Reply(body, status)


class FakePayPal(FakeGateway):
    """The API at ``url``, for one merchant."""

    code = "paypal"
    client, secret, webhook_id = "client-of-tests", "secret-of-tests", "1JE4291016473214C"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.orders: dict[str, Object] = {}
        self.captures: dict[str, Object] = {}
        self.refunds: dict[str, Object] = {}
        self.setups: dict[str, Object] = {}
        self.tokens: dict[str, Object] = {}
        self.disputes: dict[str, Object] = {}
        self.events: list[Object] = []
        self.balance: list[Object] = []
        self.violations: list[str] = []
        self.may_search = True
        self.wallet_does, self.refund_does = "ok", "ok"
        self._keys: dict[tuple[str, str], tuple[dict[str, Object], str]] = {}
        self._bearer, self._count = "bearer-0", 0

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        assert not self.violations, self.violations

    # Requests.

    def answer(self, request: Request) -> Reply:
        """Tokens, keys and schemas, which all requests share."""
        what = f"{request.method} {request.path}"
        if what == "POST /v1/oauth2/token":
            return self._give_token(request)
        if request.headers.get("authorization") != f"Bearer {self._bearer}":
            return _Refused(401, "INVALID_TOKEN").reply
        wrong = paypal_schema.check_request(what, request.json)
        if wrong:
            self.violations += [f"{what}: {one}" for one in wrong]
            return _Refused(400, "INVALID_REQUEST", "; ".join(wrong)).reply
        key = (request.path, request.headers.get("paypal-request-id", ""))
        if key in self._keys:
            known, name = self._keys[key]
            return Reply(known[name], 200)
        try:
            reply = super().answer(request)
        except _Refused as refusal:
            return refusal.reply
        if key[1] and reply.status in (200, 201):
            self._keys[key] = self._keep_of(request.path), reply.data["id"]
        if reply.status in (200, 201):
            wrong = paypal_schema.check_answer(what, reply.data)
            self.violations += [f"answer to {what}: {one}" for one in wrong]
        if request.headers.get("prefer") != "return=representation" and request.method == "POST":
            wanted = ("id", "status", "links", "verification_status")
            data = {name: one for name, one in reply.data.items() if name in wanted}
            return Reply(data, reply.status)
        return Reply(json.loads(json.dumps(reply.data)), reply.status)

    def refuse(self, status: int) -> Reply:
        return _Refused(status, "INTERNAL_SERVER_ERROR" if status == 500 else "TROUBLE").reply

    def _keep_of(self, path: str) -> dict[str, Object]:
        if path.endswith("/refund"):
            return self.refunds
        if "/vault/" in path:
            return self.setups if "setup" in path else self.tokens
        return self.orders

    def _give_token(self, request: Request) -> Reply:
        given = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic "))
        if given.decode() != f"{self.client}:{self.secret}":
            return Reply({"error": "invalid_client"}, 401)
        if request.form != {"grant_type": "client_credentials"}:
            return Reply({"error": "unsupported_grant_type"}, 400)
        return Reply({"access_token": self._bearer, "token_type": "Bearer", "expires_in": 32400})

    def _name(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count:0{17 - len(prefix)}}"

    @property
    def _now(self) -> str:
        return self.read_now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _find(self, rows: dict[str, Object], name: str) -> Object:
        if name not in rows:
            raise _Refused(404, "INVALID_RESOURCE_ID")
        return rows[name]

    def _link(self, relation: str, path: str) -> Object:
        is_page = relation in ("approve", "payer-action")
        return {"rel": relation, "href": path if is_page else self.url + path, "method": "GET"}

    # Orders.

    @route("POST", "/v2/checkout/orders")
    def create_order(self, request: Request) -> Reply:
        asked = request.json
        for unit in asked["purchase_units"]:
            _check_money(unit["amount"])
        name = self._name("OR")
        wallet = (asked.get("payment_source") or {}).get("paypal")
        relation = "payer-action" if wallet else "approve"
        page = f"https://www.paypal.com/checkoutnow?token={name}"
        self.orders[name] = {
            "id": name,
            "intent": asked["intent"],
            "status": "PAYER_ACTION_REQUIRED" if wallet else "CREATED",
            "create_time": self._now,
            "purchase_units": [
                {"reference_id": "default", **one} for one in asked["purchase_units"]
            ],
            "links": [
                self._link("self", f"/v2/checkout/orders/{name}"),
                self._link(relation, page),
            ],
        }
        if wallet:
            vault = (wallet.get("attributes") or {}).get("vault")
            self.orders[name]["payment_source"] = {"paypal": {}}
            self.orders[name] |= {"_vault": vault} if vault else {}
        return self._show(self.orders[name], 201)

    def _show(self, one: Object, status: int = 200) -> Reply:
        return Reply({name: value for name, value in one.items() if name[0] != "_"}, status)

    @route("GET", "/v2/checkout/orders/{id}")
    def read_order(self, request: Request) -> Reply:
        return self._show(self._find(self.orders, request.found["id"]))

    @route("PATCH", "/v2/checkout/orders/{id}")
    def change_order(self, request: Request) -> Reply:
        order = self._find(self.orders, request.found["id"])
        if order["status"] not in ("CREATED", "APPROVED"):
            raise _Refused(422, "ORDER_ALREADY_COMPLETED")
        for change in request.json:
            if (change["op"], change["path"]) != ("replace", "/intent"):
                raise _Refused(422, "NOT_PATCHABLE")
            order["intent"] = change["value"]
        return Reply({}, 204)

    @route("POST", "/v2/checkout/orders/{id}/capture")
    def capture_order(self, request: Request) -> Reply:
        order = self._find(self.orders, request.found["id"])
        unit = order["purchase_units"][0]
        if order["status"] == "COMPLETED":
            raise _Refused(422, "ORDER_ALREADY_CAPTURED")
        if order["intent"] != "CAPTURE":
            raise _Refused(422, "ACTION_DOES_NOT_MATCH_INTENT")
        does = order.get("_does", "ok")
        source = (request.json.get("payment_source") or {}).get("paypal")
        if source:
            token = self.tokens.get(source["vault_id"])
            if token is None:
                raise _Refused(422, "TOKEN_ID_NOT_FOUND")
            does = token["_does"]
            order["payment_source"] = token["payment_source"]
        elif order["status"] != "APPROVED":
            raise _Refused(422, "ORDER_NOT_APPROVED")
        if any(one["invoice_id"] == unit["invoice_id"] for one in self.captures.values()):
            raise _Refused(422, "DUPLICATE_INVOICE_ID")
        if does not in ("ok", "pending"):
            raise _Refused(422, does)
        self._take(order, unit, "PENDING" if does == "pending" else "COMPLETED")
        return self._show(order, 201)

    def _take(self, order: Object, unit: Object, status: str) -> None:
        name = self._name("CA")
        capture = {
            "id": name,
            "status": status,
            "amount": unit["amount"],
            "final_capture": True,
            "custom_id": unit["custom_id"],
            "invoice_id": unit["invoice_id"],
            "create_time": self._now,
            "links": [
                self._link("self", f"/v2/payments/captures/{name}"),
                self._link("up", f"/v2/checkout/orders/{order['id']}"),
            ],
        }
        self.captures[name] = capture | {"_order": order["id"]}
        unit["payments"] = {"captures": [capture], "refunds": []}
        order["status"] = "COMPLETED"
        if order.get("_vault"):
            token = self._vault(order["_email"], self._name("CU"), order.get("_then", "ok"))
            kept = {"id": token["id"], "status": "VAULTED", "customer": token["customer"]}
            order["payment_source"]["paypal"]["attributes"] = {"vault": kept}
            self._say(
                "VAULT.PAYMENT-TOKEN.CREATED", token | {"metadata": {"order_id": order["id"]}}
            )
        if status == "PENDING":
            capture["status_details"] = {"reason": "ECHECK"}
            self._say("PAYMENT.CAPTURE.PENDING", self._full(capture))
        else:
            self._settle(capture, "COMPLETED")

    def _settle(self, capture: Object, status: str) -> None:
        capture["status"] = status
        capture.pop("status_details", None)
        if status == "COMPLETED":
            money, code = capture["amount"], capture["amount"]["currency_code"]
            minor = read_minor(money)
            fee = minor * 249 // 10000 + (0 if code in WHOLE else 35)
            capture["seller_receivable_breakdown"] = {
                "gross_amount": money,
                "paypal_fee": write_money(fee, code),
                "net_amount": write_money(minor - fee, code),
            }
            self.move("payment", capture["custom_id"], capture["id"], minor, code)
            self._book("T0006", capture["id"], minor, code, -fee)
        name = {"COMPLETED": "COMPLETED", "DECLINED": "DENIED"}[status]
        self._say(f"PAYMENT.CAPTURE.{name}", self._full(capture))

    def _full(self, capture: Object) -> Object:
        order = self.captures[capture["id"]]["_order"]
        return capture | {"supplementary_data": {"related_ids": {"order_id": order}}}

    def _capture(self, name: str) -> Object:
        """The capture itself, by its name, that of its order, or what we wrote on it."""
        for order in self.orders.values():
            for one in order["purchase_units"][0].get("payments", {}).get("captures", []):
                if name in (one["id"], order["id"], one["custom_id"]):
                    found: Object = one
                    return found
        raise _Refused(404, "INVALID_RESOURCE_ID")

    @route("GET", "/v2/payments/captures/{id}")
    def read_capture(self, request: Request) -> Reply:
        self._find(self.captures, request.found["id"])
        return Reply(self._full(self._capture(request.found["id"])))

    # Refunds.

    @route("POST", "/v2/payments/captures/{id}/refund")
    def refund_capture(self, request: Request) -> Reply:
        self._find(self.captures, request.found["id"])
        capture, asked = self._capture(request.found["id"]), request.json
        code = capture["amount"]["currency_code"]
        refunds = self._payments(capture)["refunds"]
        done = [one for one in refunds if one["status"] in ("COMPLETED", "PENDING")]
        rest = read_minor(capture["amount"]) - sum(read_minor(one["amount"]) for one in done)
        money = asked.get("amount") or write_money(rest, code)
        _check_money(money)
        if capture["status"] == "PENDING":
            raise _Refused(422, "PENDING_CAPTURE")
        if not rest:
            raise _Refused(422, "CAPTURE_FULLY_REFUNDED")
        if read_minor(money) > rest:
            raise _Refused(422, "REFUND_AMOUNT_EXCEEDED")
        if money["currency_code"] != code:
            raise _Refused(422, "REFUND_CAPTURE_CURRENCY_MISMATCH")
        if self.refund_does not in ("ok", "pending"):
            raise _Refused(422, self.refund_does)
        return Reply(self._refund(capture, money, asked, self.refund_does), 201)

    def _payments(self, capture: Object) -> Any:
        order = self.orders[self.captures[capture["id"]]["_order"]]
        return order["purchase_units"][0]["payments"]

    def _refund(self, capture: Object, money: Object, asked: Object, does: str) -> Object:
        name = self._name("RE")
        refund = {
            "id": name,
            "status": "PENDING",
            "amount": money,
            "create_time": self._now,
            "links": [
                self._link("self", f"/v2/payments/refunds/{name}"),
                self._link("up", f"/v2/payments/captures/{capture['id']}"),
            ],
            **{
                key: asked[key]
                for key in ("custom_id", "note_to_payer", "invoice_id")
                if key in asked
            },
        }
        self.refunds[name] = refund
        self._payments(capture)["refunds"].append(refund)
        if does == "ok":
            self._finish(refund, "COMPLETED")
        return refund

    def _finish(self, refund: Object, status: str) -> None:
        refund["status"] = status
        if status != "COMPLETED":
            self._say(f"PAYMENT.REFUND.{status}", refund)
            return
        capture = self._capture(refund["links"][1]["href"].rpartition("/")[2])
        code = refund["amount"]["currency_code"]
        minor = read_minor(refund["amount"])
        self.move("refund", refund.get("custom_id", ""), refund["id"], -minor, code)
        self._book("T1107", refund["id"], -minor, code)
        refunds = self._payments(capture)["refunds"]
        back = sum(read_minor(one["amount"]) for one in refunds if one["status"] == "COMPLETED")
        is_all = back == read_minor(capture["amount"])
        capture["status"] = "REFUNDED" if is_all else "PARTIALLY_REFUNDED"
        self._say("PAYMENT.CAPTURE.REFUNDED", refund)

    @route("GET", "/v2/payments/refunds/{id}")
    def read_refund(self, request: Request) -> Reply:
        return Reply(self._find(self.refunds, request.found["id"]))

    # The vault.

    def _vault(self, email: str, customer: str, does: str) -> Object:
        name = self._name("pt")
        source = {"paypal": {"email_address": email}}
        token = {"id": name, "customer": {"id": customer}, "payment_source": source}
        self.tokens[name] = {**token, "_does": does}
        return token

    @route("POST", "/v3/vault/setup-tokens")
    def create_setup(self, request: Request) -> Reply:
        name = self._name("ST")
        customer = (request.json.get("customer") or {}).get("id") or self._name("CU")
        page = f"https://www.paypal.com/agreements/approve?approval_session_id={name}"
        self.setups[name] = {
            "id": name,
            "customer": {"id": customer},
            "status": "PAYER_ACTION_REQUIRED",
            "payment_source": {"paypal": {}},
            "links": [self._link("approve", page)],
        }
        return self._show(self.setups[name], 201)

    @route("GET", "/v3/vault/setup-tokens/{id}")
    def read_setup(self, request: Request) -> Reply:
        return self._show(self._find(self.setups, request.found["id"]))

    @route("POST", "/v3/vault/payment-tokens")
    def create_token(self, request: Request) -> Reply:
        asked = request.json["payment_source"]["token"]
        setup = self._find(self.setups, asked["id"])
        if asked["type"] != "SETUP_TOKEN" or setup["status"] != "APPROVED":
            raise _Refused(422, "TOKEN_NOT_APPROVED")
        setup["status"] = "VAULTED"
        token = self._vault(setup["_email"], setup["customer"]["id"], setup.get("_then", "ok"))
        self._say("VAULT.PAYMENT-TOKEN.CREATED", token)
        return Reply(token, 201)

    @route("GET", "/v3/vault/payment-tokens")
    def list_tokens(self, request: Request) -> Reply:
        customer = request.query["customer_id"]
        rows = [one for one in self.tokens.values() if one["customer"]["id"] == customer]
        shown = [self._show(one).data for one in rows]
        return Reply({"customer": {"id": customer}, "payment_tokens": shown})

    @route("DELETE", "/v3/vault/payment-tokens/{id}")
    def delete_token(self, request: Request) -> Reply:
        token = self._find(self.tokens, request.found["id"])
        del self.tokens[token["id"]]
        self._say("VAULT.PAYMENT-TOKEN.DELETED", {"id": token["id"]})
        return Reply({}, 204)

    # Events.

    def _say(self, kind: str, resource: Object) -> None:
        event = {
            "id": f"WH-{self._name('EV')}",
            "create_time": self._now,
            "event_type": kind,
            "event_version": "1.0",
            "resource_type": kind.split(".", maxsplit=1)[0].lower(),
            "summary": kind,
            "resource": json.loads(json.dumps(self._show(resource).data)),
        }
        self.events.append(event)
        # Not as compact as it could be: the signature is of the bytes, not of the data.
        self.say(json.dumps(event, indent=1).encode())

    def _signature(self, sent_id: str, at: str, body: bytes) -> str:
        text = f"{sent_id}|{at}|{self.webhook_id}|{zlib.crc32(body)}"
        digest = hmac.new(b"certificate of tests", text.encode(), hashlib.sha256).digest()
        return "s" + base64.b64encode(digest).decode()

    def sign(self, body: bytes, *, is_forged: bool = False) -> dict[str, str]:
        sent_id, at = f"id-{zlib.crc32(body):x}", self._now
        right = self._signature(sent_id, at, body)
        return {
            "Paypal-Auth-Algo": "SHA256withRSA",
            "Paypal-Cert-Url": "https://api.paypal.com/v1/notifications/certs/CERT-360caa42",
            "Paypal-Transmission-Id": sent_id,
            "Paypal-Transmission-Sig": "s" + right[:0:-1].strip("=") if is_forged else right,
            "Paypal-Transmission-Time": at,
            "Content-Type": "application/json",
        }

    @route("POST", "/v1/notifications/verify-webhook-signature")
    def verify_event(self, request: Request) -> Reply:
        asked = request.json
        body = request.body.partition(b'"webhook_event":')[2].strip()[:-1]
        right = self._signature(asked["transmission_id"], asked["transmission_time"], body)
        is_right = (asked["transmission_sig"], asked["webhook_id"]) == (right, self.webhook_id)
        return Reply({"verification_status": "SUCCESS" if is_right else "FAILURE"})

    @route("GET", "/v1/notifications/webhooks-events")
    def list_events(self, request: Request) -> Reply:
        query = request.query
        since, until = (datetime.fromisoformat(query[f"{one}_time"]) for one in ("start", "end"))
        if self.read_now() - since > timedelta(days=31):
            raise _Refused(400, "INVALID_TIME_RANGE")
        rows = [
            one
            for one in self.events
            if since <= datetime.fromisoformat(one["create_time"]) <= until
            and query.get("event_type", one["event_type"]) == one["event_type"]
        ]
        first, size = int(query.get("start_index", 0)), min(int(query.get("page_size", 10)), 3)
        page: Object = {"events": rows[first : first + size], "count": len(rows), "links": []}
        if len(rows) > first + size:
            text = "&".join(
                f"{name}={value}" for name, value in query.items() if name != "start_index"
            )
            path = f"{request.path}?{text}&start_index={first + size}"
            page["links"].append(self._link("next", path))
        return Reply(page)

    @route("GET", "/v1/customer/disputes")
    def list_disputes(self, request: Request) -> Reply:
        name = request.query["disputed_transaction_id"]
        rows = self.disputes.values()
        return Reply({"items": [one for one in rows if one["_capture"] == name], "links": []})

    def _book(self, code: str, name: str, minor: int, currency: str, fee: int = 0) -> None:
        """The balance moves."""
        info = {
            "transaction_id": name,
            "transaction_event_code": code,
            "transaction_status": "S",
            "transaction_initiation_date": self.read_now().strftime("%Y-%m-%dT%H:%M:%S%z"),
            "transaction_amount": write_money(minor, currency),
            "fee_amount": write_money(fee, currency),
        }
        self.balance.append({"transaction_info": info})

    @route("GET", "/v1/reporting/transactions")
    def search(self, request: Request) -> Reply:
        query = request.query
        if not self.may_search:
            raise _Refused(403, "NOT_AUTHORIZED")
        since, until = (datetime.fromisoformat(query[f"{one}_date"]) for one in ("start", "end"))
        if until - since > timedelta(days=31) or int(query["page_size"]) > 500:
            raise _Refused(400, "INVALID_REQUEST")
        rows = [
            one
            for one in self.balance
            if since
            <= datetime.fromisoformat(one["transaction_info"]["transaction_initiation_date"])
            <= until
        ]
        page = int(query["page"])
        return Reply(
            {
                "transaction_details": rows[2 * page - 2 : 2 * page],
                "page": page,
                "total_items": len(rows),
                "total_pages": -(-len(rows) // 2),
                "last_refreshed_datetime": self.read_now().strftime("%Y-%m-%dT%H:%M:%S%z"),
            }
        )

    # What happens at PayPal.

    @action
    def pay_out(self, leave_minor: int = 0, currency: str = "EUR") -> str:
        """The balance is taken to the bank, or all but a part of it."""
        rows = [one["transaction_info"] for one in self.balance]
        moved = [one for one in rows if one["transaction_amount"]["currency_code"] == currency]
        minor = sum(
            read_minor(one[name]) for one in moved for name in ("transaction_amount", "fee_amount")
        )
        name = self._name("WI")
        self._book("T0400", name, leave_minor - minor, currency)
        return name

    @action
    def approve(self, name: str, does: str = "ok", then: str = "ok", email: str = "") -> None:
        """The payer agrees on PayPal's page to an order or to keep the wallet; ``does`` is how
        the wallet answers now (an issue of PayPal, ``ok`` or ``pending``), ``then`` when charged later.
        """
        one = self.orders.get(name) or self.setups[name]
        one |= {"status": "APPROVED", "_does": does, "_then": then}
        one["_email"] = email or "payer@example.com"
        one["payment_source"] = {"paypal": {"email_address": one["_email"]}}
        if name in self.orders:
            self._say("CHECKOUT.ORDER.APPROVED", one)

    @action
    def settle(self, name: str, status: str = "COMPLETED") -> None:
        """A pending capture ends."""
        self._settle(self._capture(name), status)

    @action
    def finish_refund(self, name: str, status: str = "COMPLETED") -> None:
        """A pending refund ends, by its name or by what we wrote on it."""
        rows = self.refunds.values()
        self._finish(next(one for one in rows if name in (one["id"], one.get("custom_id"))), status)

    @action
    def refund_by_hand(self, name: str, value: str) -> str:
        """Somebody refunds on PayPal's pages."""
        capture = self._capture(name)
        marked = {key: capture[key] for key in ("custom_id", "invoice_id")}
        money = {"currency_code": capture["amount"]["currency_code"], "value": value}
        refund: str = self._refund(capture, money, marked, "ok")["id"]
        return refund

    @action
    def open_dispute(self, name: str, value: str = "") -> str:
        """The payer complains, and PayPal holds the money back."""
        capture = self._capture(name)
        dispute = f"PP-D-{self._name('')}"
        money = capture["amount"] | ({"value": value} if value else {})
        due = self.read_now().astimezone(UTC) + timedelta(days=10)
        self.disputes[dispute] = {
            "dispute_id": dispute,
            "_capture": capture["id"],
            "reason": "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED",
            "status": "WAITING_FOR_SELLER_RESPONSE",
            "dispute_amount": money,
            "seller_response_due_date": due.isoformat(),
            "disputed_transactions": [
                {
                    "seller_transaction_id": capture["id"],
                    "invoice_number": capture["invoice_id"],
                    "custom": capture["custom_id"],
                }
            ],
        }
        code = money["currency_code"]
        self.move("dispute", capture["custom_id"], dispute, -read_minor(money), code)
        self._book("T1110", self._name("HO"), -read_minor(money), code)
        self._say("CUSTOMER.DISPUTE.CREATED", self.disputes[dispute])
        return dispute

    @action
    def close_dispute(self, name: str, outcome: str = "RESOLVED_SELLER_FAVOUR") -> None:
        """PayPal decides; a buyer who is right also gets the capture reversed."""
        dispute = self.disputes[name]
        dispute |= {"status": "RESOLVED", "dispute_outcome": {"outcome_code": outcome}}
        capture, money = self._capture(dispute["_capture"]), dispute["dispute_amount"]
        if outcome in ("RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER"):
            key, code = capture["custom_id"], money["currency_code"]
            self.move("dispute_won", key, name, read_minor(money), code)
            self._book("T1111", self._name("HO"), read_minor(money), code)
        else:
            self._say("PAYMENT.CAPTURE.REVERSED", self._full(capture) | {"amount": money})
        self._say("CUSTOMER.DISPUTE.RESOLVED", dispute)

    @action
    def reverse(self, name: str) -> None:
        """A payment is taken back without a dispute."""
        capture = self._capture(name)
        money = capture["amount"]
        self.move(
            "dispute",
            capture["custom_id"],
            capture["id"],
            -read_minor(money),
            money["currency_code"],
        )
        self._say("PAYMENT.CAPTURE.REVERSED", self._full(capture))

    @action
    def forget_keys(self) -> None:
        """Hours pass."""
        self._keys.clear()

    @action
    def expire_tokens(self) -> None:
        """The bearer tokens that were given out end."""
        self._bearer = self._name("bearer-")


def read_minor(money: Object) -> int:
    """In minor units of ISO 4217: forints and Taiwan dollars have two decimals there."""
    digits = 0 if money["currency_code"] == "JPY" else 2
    return int(Decimal(money["value"]).scaleb(digits))


def write_money(minor: int, code: str) -> dict[str, str]:
    digits = 0 if code == "JPY" else 2
    text = str(Decimal(minor).scaleb(-digits))
    return {"currency_code": code, "value": text.removesuffix(".00") if code in WHOLE else text}


def _check_money(money: Object) -> None:
    _, dot, rest = money["value"].partition(".")
    if money["currency_code"] in WHOLE and dot:
        raise _Refused(422, "DECIMALS_NOT_SUPPORTED")
    if len(rest) > 2:
        raise _Refused(422, "DECIMAL_PRECISION")
    if read_minor(money) < 1:
        raise _Refused(422, "CANNOT_BE_ZERO_OR_NEGATIVE")


if __name__ == "__main__":
    main(FakePayPal)
