"""The book: journal entries of signed postings that sum to zero in each currency (rule 12).

One builder per fact that moves money. Debits are positive, credits negative. Entries are never
changed; `reverse` answers a wrong one. A posting names the book's ledger account and, where it
concerns one customer, that customer's ``account``.
"""

from quarterday.core.ledger.documents import BAD_DEBT, post_credit_note, post_invoice, write_off
from quarterday.core.ledger.entry import RECEIVABLE, AccountKey, JournalEntry, Posting, reverse
from quarterday.core.ledger.fees import PAYMENT_FEES, post_dispute_fee, post_return_fee
from quarterday.core.ledger.payments import (
    CREDIT,
    EXPIRED_CREDIT,
    PROMOTIONS,
    CreditKind,
    apply_credit,
    clearing,
    expire_credit,
    grant_credit,
    post_deposit,
    post_payment,
    post_refund,
)
from quarterday.core.ledger.tills import CASH, TILL_DIFFERENCES, post_till, till_account

__all__ = [
    "BAD_DEBT",
    "CASH",
    "CREDIT",
    "EXPIRED_CREDIT",
    "PAYMENT_FEES",
    "PROMOTIONS",
    "RECEIVABLE",
    "TILL_DIFFERENCES",
    "AccountKey",
    "CreditKind",
    "JournalEntry",
    "Posting",
    "apply_credit",
    "clearing",
    "expire_credit",
    "grant_credit",
    "post_credit_note",
    "post_deposit",
    "post_dispute_fee",
    "post_invoice",
    "post_payment",
    "post_refund",
    "post_return_fee",
    "post_till",
    "reverse",
    "till_account",
    "write_off",
]
