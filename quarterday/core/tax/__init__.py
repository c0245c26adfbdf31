"""Tax: dated rates, who is taxed how, and the arithmetic of EN 16931 (billing rules 5 and 6).

Every result carries the category code and the exemption reason that an electronic invoice needs,
so that a document only has to map it.
"""

from quarterday.core.tax.compute import TaxableLine, TaxAmount, TaxResult, compute_taxes
from quarterday.core.tax.credit import credit_tax
from quarterday.core.tax.rate import TaxRate, UnknownTax, rates_for
from quarterday.core.tax.totals import (
    DocumentTotals,
    broken_rules,
    document_totals,
    payable_rounding,
    tax_on,
)
from quarterday.core.tax.treatment import (
    EU_MEMBERS,
    EXEMPTIONS,
    OUTSIDE_SCOPE,
    TAXABLE,
    Treatment,
    TreatmentKind,
    decide_treatment,
    taxing_country,
)

__all__ = [
    "EU_MEMBERS",
    "EXEMPTIONS",
    "OUTSIDE_SCOPE",
    "TAXABLE",
    "DocumentTotals",
    "TaxAmount",
    "TaxRate",
    "TaxResult",
    "TaxableLine",
    "Treatment",
    "TreatmentKind",
    "UnknownTax",
    "broken_rules",
    "compute_taxes",
    "credit_tax",
    "decide_treatment",
    "document_totals",
    "payable_rounding",
    "rates_for",
    "tax_on",
    "taxing_country",
]
