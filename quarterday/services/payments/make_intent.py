"""Say to a gateway what an attempt is about; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from quarterday.core.creditor_reference import make_creditor_reference
from quarterday.ports.gateway import Gateway, Intent, Payer, Presence, Purpose
from quarterday.ports.outcomes import KeptMethod
from quarterday.store.models import Account, Invoice, PaymentAttempt, PaymentMethod
from quarterday.store.queries.paying import open_gateway_of


def make_intent(
    attempt: PaymentAttempt,
    *,
    now: datetime,
    fields: Mapping[str, str] | None = None,
    presence: Presence | None = None,
    is_back: bool = False,
    return_url: str = "",
    cancel_url: str = "",
    notify_url: str = "",
) -> tuple[Gateway, Intent]:
    """The gateway of an attempt, and what to ask it; the caller asks, outside of transactions.

    ``fields`` is what the payer typed: it goes to the gateway and nowhere else.
    """
    account = attempt.account
    labels = _read_labels(attempt)
    intent = Intent(
        id=attempt.public_id,
        purpose=Purpose(attempt.purpose),
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        now=now,
        payer=_describe(account),
        choice=attempt.choice,
        presence=presence,
        method=describe_method(attempt.method) if attempt.method else None,
        save=bool(attempt.data.get("save")),
        known_as=_find_known(attempt),
        is_back=is_back,
        fields=dict(fields or {}),
        description=", ".join(labels) or account.seller.name,
        creditor_reference=_make_reference(account, labels),
        reference=attempt.gateway_reference,
        return_url=return_url,
        cancel_url=cancel_url,
        notify_url=notify_url,
    )
    return open_gateway_of(account.seller, attempt.gateway), intent


def describe_method(method: PaymentMethod) -> KeptMethod:
    """A kept method as its gateway knows it."""
    return KeptMethod(method.token, method.kind, method.label, method.expires_on, method.data)


def _find_known(attempt: PaymentAttempt) -> dict[str, str]:
    """What the gateway calls this payer, from the method of the account that was kept last."""
    rows = PaymentMethod.objects.filter(account=attempt.account_id, gateway=attempt.gateway)
    last = rows.order_by("-added_at", "-id").values_list("data", flat=True).first()
    return dict(last or {})


def _read_labels(attempt: PaymentAttempt) -> list[str]:
    if not attempt.invoices:
        return []
    rows = Invoice.objects.filter(account=attempt.account_id, public_id__in=attempt.invoices)
    found = dict(rows.values_list("public_id", "label"))
    return [found[name] for name in attempt.invoices if name in found]


def _make_reference(account: Account, labels: list[str]) -> str:
    """That of the invoice; for several invoices or for credit, that of the account."""
    if len(labels) == 1:
        return make_creditor_reference(labels[0])
    return make_creditor_reference(account.external_id or account.public_id)


def _describe(account: Account) -> Payer:
    email = account.contacts.order_by("id").values_list("email", flat=True).first()
    return Payer(
        account=account.public_id,
        name=account.name,
        country=account.country,
        language=account.language,
        email=email or "",
        address={str(name): str(value) for name, value in account.address.items()},
    )
