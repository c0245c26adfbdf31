"""Load accounts and their contacts."""

from __future__ import annotations

from typing import Any

from quarterday.core.loading.record import Record
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.accounts.change_account import change_account
from quarterday.services.accounts.open_account import open_account
from quarterday.services.imports.context import Context
from quarterday.services.imports.report import Outcome
from quarterday.services.inputs import check_settings
from quarterday.store.models import Account, Contact


def load_account(record: Record, context: Context) -> Outcome:
    """Open an account, or change the details that are given; what is not given stays."""
    seller = context.seller(record)
    known = context.known_account(seller, record.values["external_id"])
    if known is None:
        values = account_fields(record, context)
        account = open_account(seller=seller, **values, now=context.now, actor=context.actor)
        context.keep_account(account, is_new=True)
        return Outcome.CREATED
    return _change(record, known, context)


def account_fields(record: Record, context: Context) -> dict[str, Any]:
    """What a new account is opened with; it is where its seller is unless the file says."""
    values = {key: value for key, value in record.values.items() if key != "seller"}
    return {"country": context.seller(record).country, **values}


def _change(record: Record, known: Account, context: Context) -> Outcome:
    values = {k: v for k, v in record.values.items() if k not in ("seller", "external_id")}
    if "settings" in values:
        values["settings"] = check_settings(values["settings"])
    changes = {field: value for field, value in values.items() if getattr(known, field) != value}
    if "currency" in changes:
        raise record.refuse(
            "currency",
            f"account {known} is billed in {known.currency}",
            "its currency never changes; load it under another external_id",
        )
    if not changes:
        return Outcome.UNCHANGED
    changed = change_account(account_id=known.id, **changes, now=context.now, actor=context.actor)
    context.keep_account(changed)
    return Outcome.UPDATED


def load_contact(record: Record, context: Context) -> Outcome:
    """Add a contact to an account, or change the one with that address."""
    account, values = context.account(record), record.values
    rows = Contact.objects.filter(account=account, email=values["email"].lower())
    before = rows.values_list("name", "kinds").first()
    name, kinds = before or ("", [])
    contact = add_contact(
        account_id=account.id,
        email=values["email"],
        name=values.get("name", name),
        kinds=values.get("kinds", kinds),
        now=context.now,
        actor=context.actor,
    )
    if before is None:
        return Outcome.CREATED
    return Outcome.UNCHANGED if before == (contact.name, contact.kinds) else Outcome.UPDATED
