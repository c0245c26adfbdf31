"""Bank debits by GoCardless: the payer gives a mandate on its pages, and is debited by it.

The page only takes the mandate. The debit itself is made when the payer is back, with the
attempt's id as its idempotency key, so it is made once, whoever comes back how often. It counts
as paid when GoCardless says ``confirmed``; a bank may still take it back, which is a dispute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from quarterday.core.errors import BillingError
from quarterday.gateways.gocardless_api import (
    GoCardlessApi,
    NotAllowed,
    Refusal,
    Row,
    links_of,
    metadata_of,
)
from quarterday.gateways.gocardless_events import read_event, read_payout
from quarterday.gateways.gocardless_words import (
    SCHEMES,
    describe_mandate,
    find_marked,
    tell_payment,
    tell_refund,
)
from quarterday.ports.gateway import (
    Ability,
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
    Succeeded,
    Unknown,
    gettext_noop,
)

_LANGUAGES = ("en", "fr", "de", "pt", "es", "it", "nl", "da", "nb", "sl", "sv")
_GONE = ("mandate_is_inactive", "mandate_not_found", "resource_not_found", "mandate_suspended")
_NO_REFUNDS = (
    "GoCardless has not switched on refunds for you; ask its support for them, or pay the money "
    "back by bank transfer and record that"
)
# A payout is paid some days after it was made.
_PAYOUT_DAYS = timedelta(days=14)
# GoCardless waits some seconds for our answer.
_AT_ONCE = 8
_FAR_AWAY = timedelta(days=60)


class GoCardless:
    """Debits of one merchant."""

    code: ClassVar[str] = "gocardless"
    name: ClassVar[str] = gettext_noop("Direct debit (GoCardless)")
    currencies: ClassVar[frozenset[str]] = frozenset(SCHEMES)
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("access_token", "With read-write access; sandbox_… is a test.", is_secret=True),
        Setting("webhook_secret", "Of the webhook endpoint; signs events.", is_secret=True),
        Setting("base_url", "Another address of its API, for tests.", is_required=False),
    )
    is_test: ClassVar[bool] = False
    hook_answer: ClassVar[str] = "ok"

    def __init__(self, config: Mapping[str, str]) -> None:
        self._token = config.get("access_token", "")
        self._secret = config.get("webhook_secret", "")
        self._base_url = check_address(config.get("base_url", ""), "gateways.gocardless.base_url")

    def list_choices(self, currency: str) -> Sequence[Choice]:
        """One: the debit scheme of the currency."""
        if currency not in SCHEMES:
            return ()
        return (
            Choice(
                "debit",
                gettext_noop("Direct debit"),
                frozenset({Ability.PAY, Ability.SAVE, Ability.CHARGE, Ability.REFUND}),
                hint=gettext_noop("You give the mandate at GoCardless; it takes a few days."),
            ),
        )

    def check_fields(self, choice: str, fields: Mapping[str, str], now: datetime) -> dict[str, str]:
        """Nothing is asked here."""
        return {}

    def start(self, intent: Intent) -> Outcome:
        """Debit a kept mandate, or send the payer to give one, and debit it when they are back."""
        api = self._open()
        if intent.reference.startswith("PM"):
            return self._tell(api, intent, api.get("payments", intent.reference))
        try:
            if intent.method is not None:
                return self._debit(api, intent, intent.method.token)
            return self._go_on(api, intent, self._read_request(api, intent))
        except Refusal as error:
            return _decline(error, intent.reference)

    def look_up(self, intent: Intent) -> Outcome:
        """By its debit, or by the request for a mandate, or by what we wrote on a debit."""
        api, reference = self._open(), intent.reference
        if reference.startswith("PM"):
            return self._tell(api, intent, api.get("payments", reference))
        if reference.startswith("BRQ"):
            request = api.get("billing_requests", reference)
            return self._tell_request(api, intent, request)
        if intent.method is None:
            # Whoever was never sent to the page has given no mandate, so nothing can have moved.
            return Declined(DeclineCode.NOT_RECEIVED)
        mandate = intent.method.token
        found = find_marked(api, "payments", "attempt", intent.id, mandate=mandate)
        if found is None or _is_given_up(found):
            return self._give_up(api, intent, mandate)
        return self._tell(api, intent, found)

    def refund(self, intent: RefundIntent) -> Outcome:
        """Give money back; the total of all refunds says that nobody else is at it."""
        api = self._open()
        found = find_marked(api, "refunds", "refund", intent.id, payment=intent.reference)
        if found is not None:
            return tell_refund(found)
        payment = api.get("payments", intent.reference)
        if payment is None:
            return Declined(DeclineCode.NOT_RECEIVED, intent.reference, is_final=True)
        fields = {
            "amount": intent.amount_minor,
            "total_amount_confirmation": int(payment["amount_refunded"]) + intent.amount_minor,
            "metadata": {"refund": intent.id},
            "links": {"payment": intent.reference},
        }
        try:
            return tell_refund(api.create("refunds", fields, intent.id))
        except NotAllowed:
            return Declined(DeclineCode.REFUSED, is_final=True, message=_NO_REFUNDS)
        except Refusal as error:
            return _decline_refund(error)

    def look_up_refund(self, intent: RefundIntent) -> Outcome:
        """By its reference, or by what we wrote on it."""
        api, reference = self._open(), intent.refund_reference
        found = (
            api.get("refunds", reference)
            if reference
            else find_marked(api, "refunds", "refund", intent.id, payment=intent.reference)
        )
        return Declined(DeclineCode.NOT_RECEIVED) if found is None else tell_refund(found)

    def forget(self, method: KeptMethod) -> None:
        """Cancel the mandate, unless it has ended already."""
        try:
            self._open().act("mandates", method.token, "cancel")
        except Refusal as error:
            if not {"cancellation_failed", *_GONE} & set(error.reasons):
                raise

    def parse_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Sequence[News]:
        """One call tells of up to 250 events."""
        from gocardless_pro import webhooks
        from gocardless_pro.errors import InvalidSignatureError

        given = headers.get("webhook-signature", "")
        try:
            events = webhooks.parse(body, self._secret, given) if self._secret else None
        except (InvalidSignatureError, TypeError, ValueError, KeyError):
            events = None
        if events is None:
            raise BadSignature("the signature of the event is wrong; check webhook_secret")
        api = self._open()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(lambda event: read_event(api, event.attributes), events))

    def list_news(self, since: datetime, until: datetime) -> Iterator[News]:
        """The same events as by webhook, with the same ids."""
        api = self._open()
        for event in api.list("events", **_between(since, until)):
            yield read_event(api, event)

    def list_payouts(self, since: datetime, until: datetime) -> Iterator[PayoutNews]:
        """Payouts with their items; those of two weeks before may have moved since."""
        api = self._open()
        for payout in api.list("payouts", **_between(since - _PAYOUT_DAYS, until)):
            yield read_payout(api, payout, f"{payout['id']}:{payout['status']}")

    def _open(self) -> GoCardlessApi:
        if not self._token:
            raise BillingError("GoCardless is not set up; set gateways.gocardless.access_token")
        return GoCardlessApi(self._token, self._base_url)

    def _read_request(self, api: GoCardlessApi, intent: Intent) -> Row | None:
        """The request for a mandate that the payer is to grant; made once."""
        if intent.reference:
            return api.get("billing_requests", intent.reference)
        scheme = SCHEMES.get(intent.currency)
        if scheme is None:
            raise BillingError(f"GoCardless debits no {intent.currency}; choose another way to pay")
        marked = {"attempt": intent.id}
        fields: dict[str, Any] = {
            "mandate_request": {
                "currency": intent.currency,
                "scheme": scheme.code,
                "description": intent.description[:100],
                "metadata": marked,
            },
            "metadata": marked,
        }
        if customer := intent.known_as.get("customer"):
            fields["links"] = {"customer": customer}
        return api.create("billing_requests", fields, f"{intent.id}-mandate")

    def _go_on(self, api: GoCardlessApi, intent: Intent, request: Row | None) -> Outcome:
        """Debit the mandate that was granted, or send the payer to its page (again)."""
        is_done = request is not None and request["status"] == "fulfilled"
        if request is not None and is_done and intent.purpose is Purpose.PAY and intent.is_back:
            return self._debit(api, intent, links_of(request)["mandate_request_mandate"])
        told = self._tell_request(api, intent, request)
        if not isinstance(told, Redirect) or is_done:
            return told
        flow = {
            "redirect_uri": intent.return_url,
            "exit_uri": intent.cancel_url,
            "lock_currency": True,
            "show_redirect_buttons": True,
            "prefilled_customer": _prefill(intent),
            "links": {"billing_request": told.reference},
        }
        language = intent.payer.language[:2]
        if language in _LANGUAGES:
            flow["language"] = language
        page = api.open_flow(flow, f"{intent.id}-page")
        return Redirect(str(page["authorisation_url"]), told.reference)

    def _tell_request(self, api: GoCardlessApi, intent: Intent, request: Row | None) -> Outcome:
        """What became of a request: a debit, a kept mandate, or still for the payer to grant."""
        if request is None:
            return Declined(DeclineCode.NOT_RECEIVED, intent.reference)
        reference, status = str(request["id"]), request["status"]
        if status == "cancelled":
            return Declined(DeclineCode.CANCELLED, reference)
        mandate = links_of(request).get("mandate_request_mandate", "")
        if status == "fulfilled" and mandate:
            if intent.purpose is Purpose.SAVE:
                return Succeeded(reference, describe_mandate(api, mandate))
            found = find_marked(api, "payments", "attempt", intent.id, mandate=mandate)
            if found is not None:
                return self._tell(api, intent, found)
        return Redirect("", reference, is_approved=status == "fulfilled" and bool(mandate))

    def _give_up(self, api: GoCardlessApi, intent: Intent, mandate: str) -> Outcome:
        """A debit never arrived; so that it cannot arrive later, its idempotency key is used up by
        one that is far away and cancelled at once. Unless the right one was faster.
        """
        fields = _make_payment(intent, mandate) | {
            "charge_date": (intent.now + _FAR_AWAY).date().isoformat(),
            "metadata": {"attempt": intent.id, "given_up": "yes"},
        }
        try:
            payment = api.create("payments", fields, intent.id)
            if not _is_given_up(payment):
                return self._tell(api, intent, payment)
            if payment["status"] != "cancelled":
                api.act("payments", str(payment["id"]), "cancel")
        except NotAllowed:
            raise
        except Refusal as error:
            if not {"cancellation_failed", *_GONE} & set(error.reasons):
                raise
            # Nothing can be debited by this mandate any more.
        return Declined(DeclineCode.NOT_RECEIVED)

    def _debit(self, api: GoCardlessApi, intent: Intent, mandate: str) -> Outcome:
        payment = api.create("payments", _make_payment(intent, mandate), intent.id)
        if _is_given_up(payment):
            return Declined(DeclineCode.NOT_RECEIVED)
        try:
            return self._tell(api, intent, payment)
        except BillingError as error:
            # The debit is made, whoever can be asked for the rest now.
            return Unknown(str(error), str(payment["id"]))

    def _tell(self, api: GoCardlessApi, intent: Intent, payment: Row | None) -> Outcome:
        if payment is None:
            return Declined(DeclineCode.NOT_RECEIVED, intent.reference)
        keeps = intent.save and intent.method is None
        mandate = links_of(payment).get("mandate", "")
        method = describe_mandate(api, mandate) if keeps and mandate else None
        return tell_payment(api, payment, method)


def _make_payment(intent: Intent, mandate: str) -> dict[str, Any]:
    return {
        "amount": intent.amount_minor,
        "currency": intent.currency,
        "description": intent.description[:100],
        "metadata": {"attempt": intent.id},
        "links": {"mandate": mandate},
    }


def _is_given_up(payment: Row) -> bool:
    """Whether a look-up has made it, only to say that nothing comes of an attempt."""
    return "given_up" in metadata_of(payment)


def _prefill(intent: Intent) -> dict[str, str]:
    """What we know of the payer, so that they type less; they may change it."""
    payer = intent.payer
    known = {
        "email": payer.email,
        "country_code": payer.country,
        "address_line1": payer.address.get("line1", ""),
        "address_line2": payer.address.get("line2", ""),
        "city": payer.address.get("city", ""),
        "postal_code": payer.address.get("postcode", ""),
    }
    return {name: value for name, value in known.items() if value}


def _between(since: datetime, until: datetime) -> dict[str, str]:
    def text(at: datetime) -> str:
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    return {"created_at[gte]": text(since), "created_at[lt]": text(until)}


def _decline(error: Refusal, reference: str) -> Declined:
    """Why GoCardless would not even ask the bank."""
    if set(_GONE) & set(error.reasons):
        return Declined(DeclineCode.METHOD_REVOKED, reference, True, str(error))
    return Declined(DeclineCode.REFUSED, reference, True, str(error))


def _decline_refund(error: Refusal) -> Declined:
    if "available_refund_amount_insufficient" in error.reasons:
        text = "GoCardless holds less money of yours than the refund; try again after new payments"
        return Declined(DeclineCode.INSUFFICIENT_FUNDS, message=text)
    # Somebody else is refunding the same payment: what they did is known in a moment.
    is_final = "total_amount_confirmation_invalid" not in error.reasons
    return Declined(DeclineCode.REFUSED, "", is_final, str(error))
