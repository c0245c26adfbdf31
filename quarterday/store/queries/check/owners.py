"""Proof that rows belong together: what is copied for speed is still what it was copied from."""

from __future__ import annotations

from collections.abc import Iterator

from quarterday.store.queries.check.offence import Offence
from quarterday.store.queries.stream import stream

_ACCOUNT = "COALESCE(a.external_id, a.public_id)"
# What is wrong, and the rows that are: each with the name of what it is wrong about.
_WRONG = {
    "a line of it is of another account": """
SELECT DISTINCT i.label FROM store_invoiceline l JOIN store_invoice i ON i.id = l.invoice_id
WHERE l.account_id <> i.account_id
""",
    "a line of it is of an item of another account": """
SELECT DISTINCT i.label FROM store_invoiceline l JOIN store_invoice i ON i.id = l.invoice_id
JOIN store_subscriptionitem t ON t.id = l.item_id WHERE t.account_id <> i.account_id
""",
    "it is of another seller than its account": """
SELECT d.label FROM store_invoice d JOIN store_account a ON a.id = d.account_id
WHERE a.seller_id <> d.seller_id
UNION ALL
SELECT d.label FROM store_creditnote d JOIN store_account a ON a.id = d.account_id
WHERE a.seller_id <> d.seller_id
""",
    "it credits an invoice of another account": """
SELECT d.label FROM store_creditnote d JOIN store_invoice i ON i.id = d.invoice_id
WHERE i.account_id <> d.account_id
""",
    "an item is of another account than its subscription": f"""
SELECT DISTINCT {_ACCOUNT} FROM store_subscriptionitem t
JOIN store_subscription s ON s.id = t.subscription_id JOIN store_account a ON a.id = s.account_id
WHERE t.account_id <> s.account_id
""",
    "an item has a price of another seller or currency": f"""
SELECT DISTINCT {_ACCOUNT} FROM store_subscriptionitem t JOIN store_account a ON a.id = t.account_id
JOIN store_price p ON p.id = t.price_id JOIN store_plan n ON n.id = p.plan_id
JOIN store_product r ON r.id = n.product_id
WHERE r.seller_id <> a.seller_id OR p.currency <> a.currency
""",
}


def check_owners() -> Iterator[Offence]:
    """Rows of one account or seller that hang on those of another."""
    for text, sql in _WRONG.items():
        for (subject,) in stream(sql):
            yield Offence("owner", subject, text)
