"""What PayPal's published OpenAPI files say of requests and answers, where they are at hand.

A field that no schema knows is an error here, too, although JSON Schema lets it pass: PayPal would
not heed it. What PayPal's guides ask for and the published files (of 2024-02) lack is in `_NEWER`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

ROOT = Path(__file__).parents[3] / "shared" / "samples" / "gateways"
FILES = {
    "orders": "paypal-checkout_orders_v2.json",
    "payments": "paypal-payments_payment_v2.json",
    "vault": "paypal-vault_payment_tokens_v3.json",
    "hooks": "paypal-notifications_webhooks_v1.json",
}
REQUESTS = {
    r"POST /v2/checkout/orders": ("orders", "order_request"),
    r"PATCH /v2/checkout/orders/\w+": ("orders", "patch_request"),
    r"POST /v2/checkout/orders/\w+/capture": ("orders", "order_capture_request"),
    r"POST /v2/payments/captures/\w+/refund": ("payments", "refund_request"),
    r"POST /v3/vault/setup-tokens": ("vault", "setup_token_request"),
    r"POST /v3/vault/payment-tokens": ("vault", "payment_token_request"),
    r"POST /v1/notifications/verify-webhook-signature": ("hooks", "verify_webhook_signature"),
}
ANSWERS = {
    r"\w+ /v2/checkout/orders(/.*)?": ("orders", "order"),
    r"GET /v2/payments/captures/\w+": ("payments", "capture-2"),
    r"(POST /v2/payments/captures/\w+/refund|GET /v2/payments/refunds/\w+)": ("payments", "refund"),
    r"\w+ /v3/vault/setup-tokens(/.*)?": ("vault", "setup_token_response"),
    r"(POST /v3/vault/payment-tokens|GET /v3/vault/payment-tokens/\w+)": (
        "vault",
        "payment_token_response",
    ),
    r"GET /v1/notifications/webhooks-events": ("hooks", "EventList"),
    r"POST /v1/notifications/verify-webhook-signature": (
        "hooks",
        "verify_webhook_signature_response",
    ),
}
_PATTERNS = "IMMEDIATE DEFERRED RECURRING_PREPAID RECURRING_POSTPAID THRESHOLD_PREPAID".split()
_NEWER = {
    "stored_credential": {
        "type": "object",
        "properties": {
            "payment_initiator": {"type": "string", "enum": ["CUSTOMER", "MERCHANT"]},
            "usage": {"type": "string", "enum": ["FIRST", "SUBSEQUENT", "DERIVED"]},
            "usage_pattern": {"type": "string", "enum": [*_PATTERNS, "THRESHOLD_POSTPAID"]},
        },
        "required": ["payment_initiator"],
    }
}


def are_here() -> bool:
    """Whether the published files are at hand."""
    return all((ROOT / name).exists() for name in FILES.values())


def check_request(what: str, body: Any) -> list[str]:
    """What is wrong with a request; nothing where no file is at hand."""
    return _check(REQUESTS, what, body, OAS30WriteValidator)


def check_answer(what: str, body: Any) -> list[str]:
    """What is wrong with what a fake answers."""
    return _check(ANSWERS, what, body, OAS30ReadValidator)


def _check(known: Mapping[str, tuple[str, str]], what: str, body: Any, kind: Any) -> list[str]:
    if not are_here():
        return []
    for pattern, (name, schema) in known.items():
        if re.fullmatch(pattern, what):
            reference = {"$ref": f"urn:{name}#/components/schemas/{schema}"}
            if name == "hooks":
                # An event is only ever PayPal's to write; here it is handed back.
                kind = OAS30ReadValidator
            wrong = _validator(kind, name, schema).iter_errors(body)
            unknown = _find_unknown(_load(name), reference, body, schema)
            return [f"{'/'.join(map(str, one.path))}: {one.message}" for one in wrong] + [*unknown]
    return [] if known is ANSWERS or not body else [f"no schema is known for {what}"]


@cache
def _validator(kind: Any, name: str, schema: str) -> Any:
    return kind({"$ref": f"urn:{name}#/components/schemas/{schema}"}, registry=_registry())


@cache
def _registry() -> Any:
    return Registry().with_resources(
        (f"urn:{name}", Resource.from_contents(_load(name), default_specification=DRAFT4))
        for name in FILES
    )


@cache
def _load(name: str) -> Any:
    document = json.loads((ROOT / FILES[name]).read_text())
    schemas = document["components"]["schemas"]
    if name == "orders":
        schemas["paypal_wallet"]["properties"] |= _NEWER
    if name == "vault":
        schemas["token_id_request"]["properties"]["type"]["enum"].append("SETUP_TOKEN")
    return document


def _find_unknown(document: Any, schema: Any, body: Any, path: str) -> Iterator[str]:
    """Fields that no schema names, however deep."""
    if isinstance(body, list):
        items = next((one["items"] for one in _parts(document, schema) if "items" in one), None)
        for one in body if items else ():
            yield from _find_unknown(document, items, one, path)
    if not isinstance(body, dict):
        return
    parts = list(_parts(document, schema))
    fields = {name: one for part in parts for name, one in part.get("properties", {}).items()}
    is_free = not fields or any(part.get("additionalProperties") for part in parts)
    for name, value in body.items():
        if name in fields:
            yield from _find_unknown(document, fields[name], value, f"{path}/{name}")
        elif not is_free:
            yield f"{path}: {name} is not known"


def _parts(document: Any, schema: Any) -> Iterator[Any]:
    """A schema with all that it refers to and consists of."""
    if "$ref" in schema:
        node = document
        for step in schema["$ref"].partition("#/")[2].split("/"):
            node = node[step]
        yield from _parts(document, node)
    yield schema
    for name in ("allOf", "anyOf", "oneOf"):
        for one in schema.get(name, ()):
            yield from _parts(document, one)
