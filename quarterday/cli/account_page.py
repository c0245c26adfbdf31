"""All of an account on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quarterday.cli.options import read_clock
from quarterday.cli.output import money, print_facts, print_json, print_list, say
from quarterday.cli.records import (
    account_details,
    account_record,
    invoice_record,
    subscription_record,
)

if TYPE_CHECKING:
    from quarterday.store.models import Account


def print_account(row: Account, as_json: bool) -> None:
    """Details, balance, contracts, open invoices, and what keeps it from being billed."""
    from quarterday.store.queries.balances import load_balances
    from quarterday.store.queries.documents import page_invoices
    from quarterday.store.queries.lists import (
        find_problem,
        list_contacts,
        list_subscriptions,
    )
    from quarterday.store.queries.messages import marks_of_account

    balance = load_balances([row.id], read_clock().date())[row.id]
    problem = find_problem(row)
    subscriptions = [subscription_record(one) for one in list_subscriptions(account=row)]
    invoices = [invoice_record(one) for one in page_invoices(account=row, status="open").invoices]
    emails = [contact.email for contact in list_contacts(row)]
    marks = marks_of_account(row)
    if as_json:
        print_json(
            account_record(row, balance)
            | account_details(row)
            | {
                "next_bill_on": row.due.bill_on,
                "problem": problem.reason if problem else None,
                "contacts": emails,
                "unreachable": {address: mark.reason for address, mark in marks.items()},
                "subscriptions": subscriptions,
                "open_invoices": invoices,
            }
        )
        return
    print_facts(
        [
            ("Account", row),
            ("Name", row.name),
            ("Id", row.public_id),
            ("Seller", row.seller.code),
            ("Status", row.status),
            ("Owed", money(balance.owed_minor, row.currency)),
            ("Overdue", _unless_zero(balance.overdue_minor, row.currency)),
            ("Credit", _unless_zero(balance.credit_minor, row.currency)),
            ("Next billed on", row.due.bill_on),
            ("Country", " ".join((row.country, row.region)).strip()),
            ("Address", ", ".join(str(part) for part in row.address.values())),
            ("Tax id", _tax_id(row)),
            ("Tax exempt", row.tax_exempt_reason),
            ("Settings", ", ".join(f"{name}={value}" for name, value in row.settings.items())),
            ("Data", ", ".join(f"{name}={value}" for name, value in row.data.items())),
            ("Contacts", ", ".join(emails)),
            (
                "Gets no mail",
                ", ".join(f"{mark.address} ({mark.reason})" for mark in marks.values()),
            ),
            ("Cannot be billed", f"{problem.reason} (since {problem.first_on})" if problem else ""),
        ]
    )
    say("\nSubscriptions:")
    print_list(subscriptions, "subscription plan status start_on end_on id")
    say("\nOpen invoices:")
    print_list(invoices, "label issued_on due_on total+ open+")


def _tax_id(row: Account) -> str:
    """The id, and whether it counts."""
    if not row.tax_id:
        return ""
    known = row.tax_id_evidence.get("valid")
    word = "not checked: no reverse charge" if known is None else "valid" if known else "invalid"
    return f"{row.tax_id} ({word})"


def _unless_zero(minor: int, code: str) -> str:
    return money(minor, code) if minor else ""
