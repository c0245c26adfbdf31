"""The tables, one file per group of nouns."""

from quarterday.store.models.account import (
    Account,
    AccountStatus,
    BillingDue,
    BillingProblem,
    Contact,
)
from quarterday.store.models.catalog import Discount, Meter, Plan, Price, Product, TaxRate
from quarterday.store.models.event import (
    DunningStep,
    Event,
    GatewayEvent,
    IdempotencyKey,
    JobRun,
)
from quarterday.store.models.invoice import (
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    LineKind,
)
from quarterday.store.models.ledger import JournalEntry, LedgerAccount, Posting
from quarterday.store.models.payment import (
    Allocation,
    CreditDeduction,
    CreditGrant,
    CreditKind,
    DeductionKind,
    Payment,
    Refund,
)
from quarterday.store.models.seller import NumberSeries, Seller, Snapshot
from quarterday.store.models.subscription import (
    ChargeStatus,
    EndCause,
    ItemRole,
    PendingCharge,
    Subscription,
    SubscriptionDiscount,
    SubscriptionItem,
)
from quarterday.store.models.usage import UsageEvent
from quarterday.store.models.user import Membership, User

__all__ = [
    "Account",
    "AccountStatus",
    "Allocation",
    "BillingDue",
    "BillingProblem",
    "ChargeStatus",
    "Contact",
    "CreditDeduction",
    "CreditGrant",
    "CreditKind",
    "CreditNote",
    "CreditNoteLine",
    "CreditNoteTax",
    "DeductionKind",
    "Discount",
    "DunningStep",
    "EndCause",
    "Event",
    "GatewayEvent",
    "IdempotencyKey",
    "Invoice",
    "InvoiceLine",
    "InvoiceTax",
    "ItemRole",
    "JobRun",
    "JournalEntry",
    "LedgerAccount",
    "LineKind",
    "Membership",
    "Meter",
    "NumberSeries",
    "Payment",
    "PendingCharge",
    "Plan",
    "Posting",
    "Price",
    "Product",
    "Refund",
    "Seller",
    "Snapshot",
    "Subscription",
    "SubscriptionDiscount",
    "SubscriptionItem",
    "TaxRate",
    "UsageEvent",
    "User",
]
