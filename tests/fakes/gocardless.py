"""GoCardless for tests: mandates, debits that take days, payouts, and keys that conflict.

What payers, banks and nights do are actions: `approve`, `settle`, `fail`, `charge_back`,
`end_mandate`, `pay_out`, `finish_refund` ... Requests and answers are compared with the published
examples; `violations` must stay empty.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from tests.fakes import gocardless_shapes
from tests.fakes.base import FakeGateway, Reply, Request, action, route
from tests.fakes.process import main

Object = dict[str, Any]
SCHEMES = {
    "bacs": "GBP",
    "sepa_core": "EUR",
    "ach": "USD",
    "autogiro": "SEK",
    "becs": "AUD",
    "becs_nz": "NZD",
    "betalingsservice": "DKK",
    "pad": "CAD",
}
_NEEDED = {
    "billing_requests": ("mandate_request.currency",),
    "billing_request_flows": ("links.billing_request", "redirect_uri"),
    "payments": ("amount", "currency", "links.mandate"),
    "refunds": ("amount", "links.payment", "total_amount_confirmation"),
}
_MOST = 3  # of a page, so that paging is tried
_PREFIX = {
    "billing_requests": "BRQ",
    "billing_request_flows": "BRF",
    "customers": "CU",
    "customer_bank_accounts": "BA",
    "mandates": "MD",
    "payments": "PM",
    "refunds": "RF",
    "payouts": "PO",
    "payout_items": "PI",
    "events": "EV",
}


class _Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, kind: str, reason: str, field: str = "", **links: str) -> None:
        error: Object = {"reason": reason, "message": reason.replace("_", " ")}
        error |= {"field": field, "request_pointer": f"/{field}"} if field else {}
        error |= {"links": links} if links else {}
        self.reply = Reply(
            {
                "error": {
                    "type": kind,
                    "code": status,
                    "message": reason.replace("_", " "),
                    "errors": [error],
                    "documentation_url": "",
                    "request_id": "fake",
                }
            },
            status,
        )


class FakeGoCardless(FakeGateway):
    """The API at ``url``, for one merchant."""

    code = "gocardless"
    token, secret = "sandbox_of_tests", "secret of tests"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.rows: dict[str, dict[str, Object]] = {name: {} for name in _PREFIX}
        self.violations: list[str] = []
        self.may_refund, self.has_balance = True, True
        self._keys: dict[tuple[str, str], str] = {}
        self._count = 0

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        assert not self.violations, self.violations

    # Requests.

    def answer(self, request: Request) -> Reply:
        """The token, the version, the keys and the fields, which all requests share."""
        try:
            if request.headers.get("authorization") != f"Bearer {self.token}":
                raise _Refused(401, "invalid_api_usage", "access_token_not_found")
            if request.headers.get("gocardless-version") != "2015-07-06":
                raise _Refused(400, "invalid_api_usage", "missing_version_header")
            resource = request.path.strip("/").split("/")[0]
            is_new = request.method == "POST" and request.path == f"/{resource}"
            key = (resource, request.headers.get("idempotency-key", ""))
            if is_new:
                self._check(resource, request.json.get(resource))
                if known := self._keys.get(key):
                    reason = "idempotent_creation_conflict"
                    links = {"conflicting_resource_id": known}
                    raise _Refused(409, "invalid_state", reason, **links)
            reply = super().answer(request)
            if is_new:
                self._keys[key] = reply.data[resource]["id"]
            wrong = gocardless_shapes.check_answer(resource, reply.data.get(resource, []))
            self.violations += [
                f"answer to {request.method} {request.path}: {one}" for one in wrong
            ]
        except _Refused as refusal:
            return refusal.reply
        return Reply(json.loads(json.dumps(reply.data)), reply.status)

    def refuse(self, status: int) -> Reply:
        kind = "gocardless" if status >= 500 else "invalid_api_usage"
        reasons = {404: "resource_not_found", 429: "rate_limit_exceeded"}
        return _Refused(status, kind, reasons.get(status, "internal_server_error")).reply

    def _check(self, resource: str, asked: Any) -> None:
        """Unknown and missing fields are refused, and remembered."""
        wrong = gocardless_shapes.check_request(resource, asked)
        for path in _NEEDED.get(resource, ()):
            value = asked
            for name in path.split("."):
                value = (value or {}).get(name)
            if value in (None, ""):
                wrong.append(f"{resource}: {path} is missing")
        request = asked.get("mandate_request") or {}
        if request and SCHEMES.get(request.get("scheme")) != request.get("currency"):
            wrong.append(f"{resource}: scheme {request.get('scheme')} is not of this currency")
        metadata = asked.get("metadata") or {}
        if len(metadata) > 3 or any(len(str(one)) > 500 for one in metadata.values()):
            wrong.append(f"{resource}: metadata is too large")
        self.violations += wrong
        if wrong:
            raise _Refused(422, "validation_failed", "is_invalid", wrong[0])

    def _make(self, resource: str, **fields: Any) -> Object:
        self._count += 1
        name = f"{_PREFIX[resource]}{self._count:06}"
        made = {"id": name, "created_at": self._now, **fields}
        self.rows[resource][name] = made
        return made

    @property
    def _now(self) -> str:
        return self.read_now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    @property
    def _next_charge(self) -> date:
        return (self.read_now() + timedelta(days=3)).date()

    def _find(self, resource: str, name: str) -> Object:
        if name not in self.rows[resource]:
            raise _Refused(404, "invalid_api_usage", "resource_not_found")
        return self.rows[resource][name]

    def _show(self, resource: str, row: Object, status: int = 200) -> Reply:
        return Reply({resource: _bare(row)}, status)

    def _list(self, request: Request, resource: str, **by: str) -> Reply:
        """Newest first, in pages."""
        query = dict(request.query)
        limit, after = min(int(query.pop("limit", 50)), _MOST), query.pop("after", "")
        since, until = query.pop("created_at[gte]", ""), query.pop("created_at[lt]", "9")
        if unknown := query.keys() - by.keys():
            raise _Refused(400, "invalid_api_usage", "unknown_parameter", sorted(unknown)[0])
        rows = [
            row
            for row in reversed(self.rows[resource].values())
            if since <= row["created_at"] < until
            and all(row["links"].get(by[name]) == value for name, value in query.items())
        ]
        names = [row["id"] for row in rows]
        first = names.index(after) + 1 if after else 0
        page = rows[first : first + limit]
        more = page[-1]["id"] if len(rows) > first + limit else None
        cursors = {"after": more, "before": None}
        data = {
            resource: [_bare(one) for one in page],
            "meta": {"cursors": cursors, "limit": limit},
        }
        return Reply(data)

    # Mandates.

    @route("POST", "/billing_requests")
    def create_request(self, request: Request) -> Reply:
        asked = request.json["billing_requests"]
        row = self._make("billing_requests", status="pending", **asked)
        row["links"] = dict(asked.get("links") or {})
        return self._show("billing_requests", row, 201)

    @route("GET", "/billing_requests/{id}")
    def read_request(self, request: Request) -> Reply:
        return self._show("billing_requests", self._find("billing_requests", request.found["id"]))

    @route("POST", "/billing_request_flows")
    def create_flow(self, request: Request) -> Reply:
        asked = request.json["billing_request_flows"]
        target = self._find("billing_requests", asked["links"]["billing_request"])
        if target["status"] != "pending":
            raise _Refused(422, "invalid_state", "billing_request_not_pending")
        row = self._make("billing_request_flows", **asked)
        row["authorisation_url"] = f"https://pay.gocardless.com/billing/static/flow?id={row['id']}"
        return self._show("billing_request_flows", row, 201)

    @route("POST", "/billing_request_flows/{id}/actions/initialise")
    def open_flow(self, request: Request) -> Reply:
        row = self._find("billing_request_flows", request.found["id"])
        return self._show("billing_request_flows", row)

    @route("GET", "/mandates/{id}")
    def read_mandate(self, request: Request) -> Reply:
        return self._show("mandates", self._find("mandates", request.found["id"]))

    @route("POST", "/mandates/{id}/actions/cancel")
    def cancel_mandate(self, request: Request) -> Reply:
        mandate = self._find("mandates", request.found["id"])
        if mandate["status"] == "cancelled":
            raise _Refused(422, "invalid_state", "cancellation_failed")
        self.end_mandate(mandate["id"])
        return self._show("mandates", mandate)

    @route("GET", "/customer_bank_accounts/{id}")
    def read_account(self, request: Request) -> Reply:
        row = self._find("customer_bank_accounts", request.found["id"])
        return self._show("customer_bank_accounts", row)

    # Payments and refunds.

    @route("POST", "/payments")
    def create_payment(self, request: Request) -> Reply:
        asked = request.json["payments"]
        mandate = self._find("mandates", asked["links"]["mandate"])
        if mandate["status"] not in ("pending_submission", "submitted", "active"):
            raise _Refused(422, "invalid_state", "mandate_is_inactive")
        if asked["currency"] != SCHEMES[mandate["scheme"]]:
            raise _Refused(422, "validation_failed", "is_invalid", "currency")
        if asked["amount"] < 1:
            raise _Refused(422, "validation_failed", "must_be_greater_than_zero", "amount")
        day = asked.get("charge_date") or self._next_charge.isoformat()
        if day < self._next_charge.isoformat():
            raise _Refused(422, "validation_failed", "must_be_on_or_after", "charge_date")
        row = self._make(
            "payments",
            **{"metadata": {}, **asked},
            amount_refunded=0,
            status="pending_submission",
            scheme=mandate["scheme"],
        )
        row["charge_date"] = day
        self._say("payments", "created", row)
        return self._show("payments", row, 201)

    @route("GET", "/payments")
    def list_payments(self, request: Request) -> Reply:
        return self._list(request, "payments", mandate="mandate")

    @route("GET", "/payments/{id}")
    def read_payment(self, request: Request) -> Reply:
        return self._show("payments", self._find("payments", request.found["id"]))

    @route("POST", "/payments/{id}/actions/cancel")
    def cancel_payment(self, request: Request) -> Reply:
        payment = self._find("payments", request.found["id"])
        if payment["status"] != "pending_submission":
            raise _Refused(422, "invalid_state", "cancellation_failed")
        self._move_on(payment, "cancelled")
        return self._show("payments", payment)

    @route("POST", "/refunds")
    def create_refund(self, request: Request) -> Reply:
        asked = request.json["refunds"]
        payment = self._find("payments", asked["links"]["payment"])
        if not self.may_refund:
            raise _Refused(403, "invalid_api_usage", "forbidden")
        if payment["status"] not in ("confirmed", "paid_out"):
            raise _Refused(422, "validation_failed", "refund_is_unsupported", "payment")
        total = payment["amount_refunded"] + asked["amount"]
        if asked["total_amount_confirmation"] != total:
            reason = "total_amount_confirmation_invalid"
            raise _Refused(422, "validation_failed", reason, "total_amount_confirmation")
        if total > payment["amount"]:
            raise _Refused(422, "validation_failed", "refund_amount_too_high", "amount")
        if not self.has_balance:
            raise _Refused(422, "invalid_state", "available_refund_amount_insufficient")
        payment["amount_refunded"] = total
        asked.pop("total_amount_confirmation")
        row = self._make("refunds", **asked, currency=payment["currency"], status="submitted")
        key = row["metadata"].get("refund", "")
        self.move("refund", key, row["id"], -row["amount"], row["currency"])
        self._say("refunds", "created", row)
        return self._show("refunds", row, 201)

    @route("GET", "/refunds")
    def list_refunds(self, request: Request) -> Reply:
        return self._list(request, "refunds", payment="payment")

    @route("GET", "/refunds/{id}")
    def read_refund(self, request: Request) -> Reply:
        return self._show("refunds", self._find("refunds", request.found["id"]))

    # Payouts and events.

    @route("GET", "/payouts")
    def list_payouts(self, request: Request) -> Reply:
        return self._list(request, "payouts")

    @route("GET", "/payouts/{id}")
    def read_payout(self, request: Request) -> Reply:
        return self._show("payouts", self._find("payouts", request.found["id"]))

    @route("GET", "/payout_items")
    def list_items(self, request: Request) -> Reply:
        return self._list(request, "payout_items", payout="_payout")

    @route("GET", "/events")
    def list_events(self, request: Request) -> Reply:
        return self._list(request, "events", payment="payment", mandate="mandate")

    def _say(self, resource: str, what: str, row: Object, **more: Any) -> None:
        name = {"billing_requests": "billing_request"}.get(resource, resource[:-1])
        links = {name: row["id"], **more.pop("links", {})}
        details = {"origin": "gocardless", "cause": what, "description": what, **more}
        event = self._make(
            "events",
            action=what,
            resource_type=resource,
            links=links,
            details=details,
            metadata={},
            resource_metadata=row.get("metadata") or {},
        )
        shown = {"events": [_bare(event)], "meta": {"webhook_id": f"WB{self._count}"}}
        self.say(json.dumps(shown).encode())

    def _move_on(self, row: Object, status: str, **details: Any) -> None:
        row["status"] = status
        self._say("payments", status, row, **details)

    def sign(self, body: bytes, *, is_forged: bool = False) -> dict[str, str]:
        secret = b"guessed" if is_forged else self.secret.encode()
        signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
        return {"Webhook-Signature": signature, "Content-Type": "application/json"}

    # What happens there.

    @action
    def approve(self, name: str, cause: str = "") -> str:
        """The payer gives the mandate; with a ``cause``, its debits will fail for it."""
        request = self.rows["billing_requests"][name]
        known = request["links"].get("customer")
        customer = known or self._make("customers", metadata={})["id"]
        account = self._make(
            "customer_bank_accounts",
            account_number_ending="3000",
            bank_name="COMMERZBANK",
            enabled=True,
            links={"customer": customer},
        )
        links = {"customer": customer, "customer_bank_account": account["id"]}
        asked = request["mandate_request"]
        mandate = self._make(
            "mandates",
            scheme=asked["scheme"],
            status="pending_submission",
            metadata=asked.get("metadata") or {},
            links=links,
            _cause=cause,
        )
        request["status"] = "fulfilled"
        request["links"] |= {**links, "mandate_request_mandate": mandate["id"]}
        self._say("mandates", "created", mandate)
        self._say("billing_requests", "fulfilled", request)
        return str(mandate["id"])

    @action
    def abandon(self, name: str) -> None:
        """A request for a mandate is cancelled."""
        request = self.rows["billing_requests"][name]
        request["status"] = "cancelled"
        self._say("billing_requests", "cancelled", request)

    @action
    def settle(self) -> None:
        """Days pass: debits come in or fail, and refunds arrive."""
        for payment in list(self.rows["payments"].values()):
            if payment["status"] not in ("pending_submission", "submitted"):
                continue
            mandate = self.rows["mandates"][payment["links"]["mandate"]]
            self._move_on(payment, "submitted")
            if mandate["_cause"]:
                self.fail_payment(payment["id"], mandate["_cause"])
                continue
            self._move_on(payment, "confirmed")
            key = payment["metadata"].get("attempt", "")
            self.move("payment", key, payment["id"], payment["amount"], payment["currency"])
        for refund in list(self.rows["refunds"].values()):
            if refund["status"] == "submitted":
                self.finish_refund(refund["id"])

    @action
    def fail_payment(
        self, name: str, cause: str = "insufficient_funds", code: str = "AM04"
    ) -> None:
        """A bank does not pay, or takes back what it had paid."""
        payment = self.rows["payments"][name]
        if payment["status"] in ("confirmed", "paid_out"):
            self._take_back(payment, "dispute", -1)
        scheme = payment["scheme"]
        self._move_on(
            payment, "failed", cause=cause, description=cause, reason_code=code, scheme=scheme
        )

    def _take_back(self, payment: Object, kind: str, sign: int) -> None:
        key, amount = payment["metadata"].get("attempt", ""), sign * payment["amount"]
        self.move(kind, key, payment["id"], amount, payment["currency"])

    @action
    def charge_back(self, name: str) -> None:
        """The payer takes a debit back at the bank."""
        payment = self.rows["payments"][name]
        self._take_back(payment, "dispute", -1)
        self._move_on(payment, "charged_back", cause="authorisation_disputed", reason_code="MD06")

    @action
    def cancel_charge_back(self, name: str) -> None:
        """The bank gives it back after all."""
        payment = self.rows["payments"][name]
        self._take_back(payment, "dispute_won", 1)
        payment["status"] = "paid_out"
        self._say("payments", "chargeback_cancelled", payment)

    @action
    def end_mandate(self, name: str, what: str = "cancelled", new: str = "") -> None:
        """A mandate ends, or moves to another account or another mandate."""
        mandate = self.rows["mandates"][name]
        if what != "transferred":
            mandate["status"] = "cancelled"
        self._say("mandates", what, mandate, links={"new_mandate": new} if new else {})

    @action
    def finish_refund(self, name: str, status: str = "paid") -> None:
        """A refund arrives, or does not."""
        refund = self.rows["refunds"][name]
        refund["status"] = status
        if status != "paid":
            key, amount = refund["metadata"].get("refund", ""), refund["amount"]
            self.move("refund_failed", key, name, amount, refund["currency"])
        what = {"bounced": "failed"}.get(status, status)
        self._say("refunds", what, refund)

    @action
    def pay_out(self) -> str:
        """What came in goes to the merchant's bank, less fees of 1 % and 20.5 cents each."""
        items: list[tuple[str, Decimal, Object]] = []
        for payment in self.rows["payments"].values():
            if payment["status"] == "confirmed":
                links = {"payment": payment["id"]}
                items.append(("payment_paid_out", Decimal(payment["amount"]), links))
                fee = Decimal(payment["amount"]) / 100 + Decimal("20.5")
                items.append(("gocardless_fee", -fee, links))
            if payment["status"] in ("charged_back", "failed") and payment.pop("_paid_out", ""):
                links = {"payment": payment["id"]}
                kind = f"payment_{payment['status']}"
                items.append((kind, Decimal(-payment["amount"]), links))
        for refund in self.rows["refunds"].values():
            if not refund.get("_paid"):
                refund["_paid"] = True
                links = {"refund": refund["id"], "payment": refund["links"]["payment"]}
                items.append(("refund", Decimal(-refund["amount"]), links))
        fees = -sum(amount for kind, amount, _ in items if kind == "gocardless_fee")
        gross = sum(int(amount) for kind, amount, _ in items if kind != "gocardless_fee")
        fee = int(Decimal(fees).to_integral_value(ROUND_FLOOR))
        row = self._make(
            "payouts",
            amount=gross - fee,
            deducted_fees=fee,
            currency="EUR",
            status="paid",
            arrival_date=self._next_charge.isoformat(),
            payout_type="merchant",
            reference="REF-1",
            links={},
        )
        for kind, amount, links in items:
            inside = {**links, "_payout": row["id"]}
            self._make("payout_items", type=kind, amount=f"{amount:.1f}", links=inside)
        for payment in self.rows["payments"].values():
            if payment["status"] == "confirmed":
                payment["_paid_out"] = True
                self._move_on(payment, "paid_out")
        self._say("payouts", "paid", row)
        return str(row["id"])


def _bare(row: Object) -> Object:
    """Without what is only the fake's."""
    shown = {name: value for name, value in row.items() if name[0] != "_"}
    if "links" in shown:
        shown["links"] = {name: one for name, one in shown["links"].items() if name[0] != "_"}
    if row["id"].startswith("PI"):
        shown = {name: shown[name] for name in ("type", "amount", "links")}
    return shown


if __name__ == "__main__":
    main(FakeGoCardless)
