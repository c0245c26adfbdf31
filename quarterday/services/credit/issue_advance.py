"""Tax credit when it comes in, where the seller's policy says so: an invoice of the advance."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext, override

from quarterday.core.credit_policy import TaxCredit
from quarterday.core.errors import BillingError
from quarterday.core.invoice import Amount, Charge, Draft, compute_invoice
from quarterday.core.ledger.advances import post_advance
from quarterday.core.lifecycle import InvoiceState
from quarterday.core.money import currency, from_minor
from quarterday.core.period import Period
from quarterday.services.events.record_event import record_event
from quarterday.services.invoicing.catalog import Catalog
from quarterday.services.invoicing.take_number import take_number
from quarterday.services.ledger.post_entry import post_entry
from quarterday.store.fields import dump_data
from quarterday.store.models import (
    Account,
    CreditGrant,
    DocumentSeries,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    LineKind,
    NumberSeries,
    Product,
)
from quarterday.store.queries.billing import load_accounts
from quarterday.store.queries.credit_policy import read_credit_policy

# The product that advances stand on; it is sold to nobody.
PRODUCT, _PREFIX = "credit-in-advance", "ADV-"


def tax_deposit(account: Account, grant: CreditGrant, *, on: date, now: datetime) -> Invoice | None:
    """Issue the advance invoice of credit that was just paid in; None where there is no tax now.

    The money is inside the credit, so the invoice is paid from the start and settles nothing. A
    deposit is never lost for a tax rate that is missing: it is then taxed when it is used, and an
    event says why. For services that hold the transaction and the account.
    """
    policy = read_credit_policy(account.seller_id)
    if policy.tax is not TaxCredit.AT_DEPOSIT:
        return None
    try:
        draft = _draft(account, grant, policy.tax_class, on)
    except BillingError as error:
        _record(account, grant, "credit.not_taxed", now, {"reason": str(error)})
        return None
    if not draft.tax_minor:
        return None
    invoice = _write(account, draft, on)
    CreditGrant.objects.filter(id=grant.id).update(advance=invoice)
    grant.advance = invoice
    entry = post_advance(
        on=on,
        reference=invoice.label,
        account=account.id,
        currency=invoice.currency,
        taxes=[(tax.rate.code if tax.rate else tax.category, tax.tax_minor) for tax in draft.taxes],
    )
    post_entry(entry, seller_id=account.seller_id, source=invoice.public_id)
    facts = {"label": invoice.label, "total_minor": invoice.total_minor, "advance": True}
    _record(account, invoice, "invoice.issued", now, facts | {"currency": invoice.currency})
    return invoice


def _draft(account: Account, grant: CreditGrant, tax_class: str, on: date) -> Draft:
    """One line with the tax inside, by the rates that hold for the account on the day."""
    row, unit = load_accounts([account.id])[account.id], currency(grant.currency)
    rates, treatment = Catalog().tax(row, tax_class, on)
    explanation = {"rule": "13", "credit": grant.public_id, "amount_minor": grant.amount_minor}
    with override(account.language):
        text = gettext("Credit paid in advance")
    charge = Charge(
        None,
        LineKind.ONE_OFF,
        PRODUCT,
        text,
        Period(on, on),
        Decimal(1),
        "C62",
        Amount(grant.amount_minor, from_minor(grant.amount_minor, unit), dump_data(explanation)),
        True,
        rates,
        treatment,
    )
    return compute_invoice([charge], currency=unit)


def _write(account: Account, draft: Draft, on: date) -> Invoice:
    """The document with its line and taxes."""
    NumberSeries.objects.get_or_create(
        seller_id=account.seller_id, code=DocumentSeries.ADVANCE, defaults={"prefix": _PREFIX}
    )
    product, _ = Product.objects.get_or_create(
        seller_id=account.seller_id,
        code=PRODUCT,
        defaults={"name": "Credit paid in advance", "income_code": "advances"},
    )
    number = take_number(account.seller_id, DocumentSeries.ADVANCE)
    invoice = Invoice.objects.create(
        seller_id=account.seller_id,
        account=account,
        series=DocumentSeries.ADVANCE,
        number=number.number,
        label=number.label,
        currency=account.currency,
        issued_on=on,
        due_on=on,
        status=InvoiceState.PAID,
        open_minor=0,
        seller_snapshot_id=account.seller.snapshot_id or 0,
        account_snapshot_id=account.snapshot_id or 0,
        net_minor=draft.net_minor,
        tax_minor=draft.tax_minor,
        total_minor=draft.total_minor,
    )
    (line,), (base,) = draft.lines, draft.income_minor
    InvoiceLine.objects.create(
        invoice=invoice,
        position=1,
        account_id=account.id,
        product=product,
        kind=line.charge.kind,
        description=line.charge.description,
        period_start=line.charge.period.start,
        period_end=line.charge.period.end,
        quantity=line.charge.quantity,
        unit_code=line.charge.unit_code,
        unit_price=line.charge.amount.unit_price,
        gross_minor=line.charge.amount.minor,
        discount_minor=0,
        net_minor=line.net_minor,
        base_minor=base,
        tax_code=line.tax_code,
        income_code=product.income_code,
        explanation=line.explanation,
    )
    InvoiceTax.objects.bulk_create(
        InvoiceTax(
            invoice=invoice,
            code=tax.rate.code if tax.rate else tax.category,
            name=tax.rate.name if tax.rate else tax.reason or "No tax",
            percent=tax.percent,
            category=tax.category,
            reason_code=tax.reason_code,
            reason=tax.reason,
            base_minor=tax.base_minor,
            tax_minor=tax.tax_minor,
        )
        for tax in draft.taxes
    )
    return invoice


def _record(
    account: Account,
    subject: CreditGrant | Invoice,
    kind: str,
    now: datetime,
    data: dict[str, object],
) -> None:
    record_event(
        kind=kind,
        subject=subject.public_id,
        seller_id=account.seller_id,
        account_id=account.id,
        now=now,
        data=data,
    )
