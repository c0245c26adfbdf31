"""Everything that is held about an account, table by table, a few hundred rows in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from quarterday.store import models

Record = dict[str, Any]

# The columns of each table as customers may have them: no keys of the database, no secrets, and
# what a foreign key points to by its public id, code or label. A column of a related row is
# written with the path to it.
_OWN = "account"
_TABLES: dict[str, tuple[type[Model], str, str]] = {
    "account": (
        models.Account,
        "id",
        "public_id external_id name currency language country region address tax_id "
        "tax_id_evidence tax_exempt_reason status settings data seller__name",
    ),
    "contacts": (models.Contact, _OWN, "public_id name email kinds"),
    "people": (models.Membership, _OWN, "user__email user__name user__language role"),
    "invitations": (models.Invitation, _OWN, "email role created_at accepted_at withdrawn_at"),
    "subscriptions": (
        models.Subscription,
        _OWN,
        "public_id external_id plan__product__code plan__code status start_on end_on trial_end "
        "paused_on cancel_reason anchor_on settings data",
    ),
    "subscription_items": (
        models.SubscriptionItem,
        "account_id",
        "subscription__public_id price__plan__product__code price__plan__code price__code role "
        "quantity start_on end_on end_cause billed_through cadence_count cadence_unit",
    ),
    "discounts": (
        models.SubscriptionDiscount,
        "subscription__account",
        "subscription__public_id discount__code start_on end_on used used_through",
    ),
    "pending_charges": (
        models.PendingCharge,
        _OWN,
        "public_id kind description period_start period_end quantity unit_price currency "
        "amount_minor bill_on status",
    ),
    "usage": (
        models.UsageEvent,
        "subscription__account",
        "meter__code event_id subscription__public_id at value key corrects superseded billed data",
    ),
    "invoices": (
        models.Invoice,
        _OWN,
        "public_id label status issued_on due_on currency net_minor tax_minor total_minor "
        "open_minor seller_snapshot__data account_snapshot__data",
    ),
    "invoice_lines": (
        models.InvoiceLine,
        "invoice__account",
        "invoice__label position kind product__code description period_start period_end quantity "
        "unit_code unit_price gross_minor discount_minor net_minor base_minor tax_code explanation",
    ),
    "invoice_taxes": (
        models.InvoiceTax,
        "invoice__account",
        "invoice__label code name percent category reason base_minor tax_minor",
    ),
    "credit_notes": (
        models.CreditNote,
        _OWN,
        "public_id label invoice__label issued_on reason currency net_minor tax_minor total_minor",
    ),
    "credit_note_lines": (
        models.CreditNoteLine,
        "credit_note__account",
        "credit_note__label position kind description period_start period_end quantity unit_price "
        "net_minor base_minor tax_code explanation",
    ),
    "payments": (
        models.Payment,
        _OWN,
        "public_id external_id status method reference received_on currency amount_minor "
        "open_minor",
    ),
    "payment_attempts": (
        models.PaymentAttempt,
        _OWN,
        "public_id purpose gateway status currency amount_minor invoices error actor created_at "
        "finished_at",
    ),
    "payment_methods": (
        models.PaymentMethod,
        _OWN,
        "public_id gateway kind label expires_on is_default added_at removed_at",
    ),
    "collections": (
        models.Collection,
        _OWN,
        "invoice__label status tries next_on reason data",
    ),
    "instalments": (
        models.Instalment,
        "plan__invoice__account",
        "plan__invoice__label plan__public_id plan__agreed_at plan__ended_at number due_on "
        "amount_minor",
    ),
    "top_ups": (
        models.TopUp,
        _OWN,
        "below_minor amount_minor is_enabled method__label changed_at",
    ),
    "service_states": (
        models.ServiceState,
        "account_id",
        "subscription__public_id wanted condition condition_at data",
    ),
    "service_holds": (
        models.ServiceHold,
        _OWN,
        "subscription__public_id cause level started_at ended_at",
    ),
    "dunning_holds": (
        models.DunningHold,
        _OWN,
        "public_id invoice__label cause until created_at ended_at",
    ),
    "mandates": (
        models.Mandate,
        _OWN,
        "public_id reference scheme status holder last_digits bic signed_on evidence "
        "first_used_on last_used_on ended_on",
    ),
    "disputes": (
        models.Dispute,
        _OWN,
        "public_id payment__public_id status currency amount_minor reason opened_on closed_on "
        "invoices",
    ),
    "refunds": (
        models.Refund,
        _OWN,
        "public_id payment__public_id refunded_on currency amount_minor reason",
    ),
    "credit": (
        models.CreditGrant,
        _OWN,
        "public_id kind currency amount_minor open_minor granted_on expires_on reason",
    ),
    "credit_deductions": (
        models.CreditDeduction,
        "grant__account",
        "public_id grant__public_id kind on amount_minor reason",
    ),
    "allocations": (
        models.Allocation,
        "invoice__account",
        "public_id invoice__label payment__public_id grant__public_id credit_note__label on "
        "amount_minor",
    ),
    "orders": (
        models.Order,
        _OWN,
        "public_id label status invoice__label placed_at activated_at terms_version "
        "terms_accepted_at subscriptions",
    ),
    "quotes": (models.Quote, _OWN, "public_id label status currency issued_on valid_through items"),
    "messages": (models.Message, _OWN, "public_id kind subject recipient language created_at"),
    "deliveries": (
        models.Delivery,
        "message__account",
        "message__public_id channel address status title sent_at",
    ),
    "links": (
        models.Link,
        _OWN,
        "public_id purpose subject address destination created_at expires_at used_at revoked_at",
    ),
    "clicks": (models.Click, "link__account", "link__public_id at action device is_bot"),
    "events": (models.Event, "account_id", "kind subject actor at data"),
    "documents": (models.DocumentFile, _OWN, "public_id kind subject language name digest made_at"),
}


class Part(NamedTuple):
    """A table by name, and its rows in the order in which they were written."""

    name: str
    rows: Iterator[Record]


def read_parts(account: models.Account) -> Iterator[Part]:
    """All tables that hold something about an account; read each before the next."""
    for name, (model, owner, columns) in _TABLES.items():
        rows = model._default_manager.filter(**{owner: account.pk}).order_by("pk")
        yield Part(name, _read(rows, columns.split()))


def read_files(account: models.Account) -> Iterator[tuple[str, bytes]]:
    """The documents of an account as files, one in memory at a time."""
    rows = models.DocumentFile.objects.filter(account=account).order_by("id")
    for public_id, name, content in rows.values_list("public_id", "name", "content").iterator(
        chunk_size=1
    ):
        yield f"{public_id}-{name}", bytes(content)


def _read(rows: QuerySet[Any], columns: Iterable[str]) -> Iterator[Record]:
    for row in rows.values(*columns).iterator(chunk_size=500):
        yield {name.replace("__", "_"): value for name, value in row.items()}
