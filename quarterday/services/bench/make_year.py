"""What happens to a year of invoices: most are paid, some late or after failing, some reminded.

Written by the database itself in a few statements, as facts that reports read; the services that
would write them one by one are measured elsewhere.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from quarterday.store.bulk import is_postgresql
from quarterday.store.models import Discount, LedgerAccount, Seller

_PAID_ON = "CASE WHEN {late} > '{last}' THEN '{last}' ELSE {late} END"
_PAY = (
    """
INSERT INTO store_payment (public_id, account_id, kind, status, method, reference, received_on,
                           currency, amount_minor, open_minor)
SELECT 'pay_bench' || i.id, i.account_id, 'received', 'succeeded',
       CASE WHEN i.id %% 3 = 0 THEN 'stripe' ELSE 'bank' END, '', {paid_on}, i.currency,
       i.total_minor, 0
FROM store_invoice i WHERE i.id %% 5 <> 0 AND i.total_minor > 0
""",
    """
INSERT INTO store_allocation (public_id, invoice_id, payment_id, "on", amount_minor)
SELECT 'alc_bench' || i.id, i.id, p.id, p.received_on, p.amount_minor
FROM store_invoice i JOIN store_payment p ON p.public_id = 'pay_bench' || i.id
""",
    """
INSERT INTO store_journalentry (seller_id, kind, "on", source, reference, memo)
SELECT a.seller_id, 'payment', p.received_on, p.public_id, p.public_id, ''
FROM store_payment p JOIN store_account a ON a.id = p.account_id
""",
    """
INSERT INTO store_posting (entry_id, ledger_account_id, account_id, currency, amount_minor)
SELECT e.id, CASE WHEN n.sign < 0 THEN {receivable} WHEN p.method = 'bank' THEN {bank}
                  ELSE {stripe} END,
       p.account_id, p.currency, n.sign * p.amount_minor
FROM store_journalentry e JOIN store_payment p ON p.public_id = e.source
CROSS JOIN (SELECT 1 AS sign UNION ALL SELECT -1) n
WHERE e.kind = 'payment'
""",
    """
UPDATE store_invoice SET status = 'paid', open_minor = 0
WHERE id %% 5 <> 0 AND total_minor > 0
""",
    """
INSERT INTO store_paymentattempt (public_id, account_id, purpose, gateway, choice, status, currency,
                                  amount_minor, invoices, is_promise, is_automatic, fee_minor,
                                  gateway_reference, error, actor, created_at, data)
SELECT 'att_bench' || i.id, i.account_id, 'pay', 'stripe', '', 'failed', i.currency, i.total_minor,
       '["' || i.public_id || '"]', {no}, {yes}, 0, '', 'insufficient_funds', 'bench', {at}, '{{}}'
FROM store_invoice i WHERE i.id %% 10 = 1 AND i.total_minor > 0
""",
)
_REMIND = (
    """
INSERT INTO store_message (public_id, seller_id, account_id, kind, subject, occasion, recipient,
                           language, data, status, reason, created_at, send_at)
SELECT 'msg_bench' || i.id, i.seller_id, i.account_id,
       CASE WHEN i.id %% 2 = 0 THEN 'reminder_1' ELSE 'reminder_due' END, i.public_id, '', '', '',
       '{{}}', 'addressed', '', {at}, {at}
FROM store_invoice i WHERE i.id %% 5 < 2
""",
    """
INSERT INTO store_delivery (public_id, message_id, channel, address, status, attempts, next_at,
                            sent_at, message_key, provider, provider_id, title, error)
SELECT 'dlv_bench' || m.id, m.id, 'mail', 'a@example.com', 'sent', 1, m.send_at, m.send_at,
       m.public_id, '', '', '', ''
FROM store_message m
""",
)


def discount_some(seller_id: int) -> None:
    """A tenth off for every twentieth contract, for as long as it runs."""
    discount = Discount.objects.create(
        seller_id=seller_id, code="tenth", kind="percentage", value=Decimal(10)
    )
    _run(
        "INSERT INTO store_subscriptiondiscount (subscription_id, discount_id, start_on, used) "
        "SELECT s.id, {discount}, s.start_on, 0 FROM store_subscription s WHERE s.id %% 20 = 0",
        discount=discount.id,
    )


def pay_most(last: date) -> None:
    """Pay four of five invoices between ten days before and fifty days after they were due."""
    seller = Seller.objects.get()
    keys = {
        name: LedgerAccount.objects.get_or_create(seller=seller, code=code)[0].id
        for name, code in (
            ("receivable", "assets:receivable"),
            ("bank", "assets:clearing:bank"),
            ("stripe", "assets:clearing:stripe"),
        )
    }
    late = _shift("i.due_on", "i.id %% 61 - 10")
    yes, no = ("true", "false") if is_postgresql() else ("1", "0")
    paid_on = _PAID_ON.format(late=late, last=last)
    for statement in _PAY:
        _run(statement, paid_on=paid_on, at=_noon("i.due_on"), yes=yes, no=no, **keys)


def remind_some(now: datetime) -> None:
    """A reminder about two of five invoices, sent on the day that they were due."""
    for statement in _REMIND:
        _run(statement, at=_noon("i.due_on"))


def _run(statement: str, **words: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(**words), [])


def _shift(day: str, days: str) -> str:
    if is_postgresql():
        return f"({day} + ({days})::int)"
    return f"date({day}, ({days}) || ' days')"


def _noon(day: str) -> str:
    if is_postgresql():
        return f"({day} + time '12:00') AT TIME ZONE 'UTC'"
    return f"{day} || ' 12:00:00'"
