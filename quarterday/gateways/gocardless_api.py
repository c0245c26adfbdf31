"""How GoCardless is asked: by its own library, once for each question, and answered as plain data.

The library is not allowed to ask again by itself: after a time-out, a second answer that refuses
would hide that the first question had been heard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from quarterday.core.errors import BillingError

Row = Mapping[str, Any]
# To connect and to read.
SECONDS = (5.0, 20.0)


class Refusal(BillingError):  # noqa: N818 - a fact, not a fault
    """GoCardless understood and did nothing; ``reasons`` are its words for why."""

    def __init__(self, text: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.reasons = reasons


class NotAllowed(Refusal):
    """The merchant, or its access token, may not do this."""


class GoCardlessApi:
    """One merchant's account at GoCardless. Tests give another address."""

    def __init__(self, access_token: str, base_url: str = "") -> None:
        # It takes long to import, and most processes never need it.
        import gocardless_pro

        environment = "sandbox" if access_token.startswith("sandbox_") else "live"
        self._client = gocardless_pro.Client(
            access_token=access_token,
            environment=environment,
            base_url=base_url or None,
            timeout=SECONDS,
        )

    def create(self, resource: str, fields: Row, key: str = "") -> Row:
        """Make one; whatever was made with the same key before is answered instead."""
        headers = {"Idempotency-Key": key} if key else None
        return self._ask(resource, "create", params=dict(fields), headers=headers)

    def get(self, resource: str, identity: str) -> Row | None:
        """One by its id; None where there is none."""
        try:
            return self._ask(resource, "get", identity)
        except Refusal as error:
            if "resource_not_found" in error.reasons:
                return None
            raise

    def open_flow(self, fields: Row, key: str) -> Row:
        """A page for the payer; with the same key it is the same page, freshly opened."""
        from gocardless_pro.errors import IdempotentCreationConflictError

        try:
            return self.create("billing_request_flows", fields, key)
        except IdempotentCreationConflictError as error:
            flow = error.conflicting_resource_id
            return self.act("billing_request_flows", flow, "initialise")

    def act(self, resource: str, identity: str, action: str) -> Row:
        """Do something with one, such as cancel it."""
        return self._ask(resource, action, identity)

    def list(self, resource: str, **params: Any) -> Iterator[Row]:
        """All that there are, page by page."""
        after: str | None = ""
        while after is not None:
            more = {"after": after} if after else {}
            page = self._call(resource, "list", params={"limit": 500, **params, **more})
            for record in page.records:
                yield record.attributes
            after = page.after or None

    def _ask(self, resource: str, method: str, *values: str, **options: Any) -> Row:
        answer: Row = self._call(resource, method, *values, **options).attributes
        return answer

    def _call(self, resource: str, method: str, *values: str, **options: Any) -> Any:
        """Ask once. What raises no `BillingError` may have been heard."""
        from gocardless_pro import errors

        service = getattr(self._client, resource)
        service.max_network_retries = 1
        try:
            return getattr(service, method)(*values, **options)
        except errors.AuthenticationError:
            raise BillingError(
                "GoCardless does not know this access token; set gateways.gocardless.access_token"
            ) from None
        except errors.RateLimitError:
            raise BillingError("GoCardless is asked too often; try again in a minute") from None
        except errors.PermissionsError as error:
            raise NotAllowed(str(error), _reasons(error)) from None
        except (
            errors.InvalidStateError,
            errors.ValidationFailedError,
            errors.InvalidApiUsageError,
        ) as error:
            raise Refusal(error.message or "it did not say why", _reasons(error)) from None


def _reasons(error: Any) -> tuple[str, ...]:
    """Its words, such as ``mandate_is_inactive``, and the fields that it does not like."""
    found = []
    for one in error.errors or ():
        found += [str(one[name]) for name in ("reason", "field") if one.get(name)]
    return tuple(found)


def links_of(row: Row) -> Mapping[str, str]:
    """What a row is linked to."""
    return row.get("links") or {}


def metadata_of(row: Row) -> Mapping[str, str]:
    """What we wrote on a row."""
    return row.get("metadata") or {}
