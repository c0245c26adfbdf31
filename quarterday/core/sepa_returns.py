"""Why a bank gives a direct debit back, and what follows from it.

The codes are those of ISO 20022 that the SEPA rulebooks name. What is not known here is taken for
a refusal that may be tried again: nobody loses a customer by a new code of some bank.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class ReturnReason(NamedTuple):
    """What a code means: the decline that it is, and what may be done afterwards.

    ``may_retry`` the same debit by the same mandate; ``ends_mandate`` no debit ever again;
    ``by_payer`` says that the payer asked for it, and not a bank.
    """

    code: str
    text: str
    decline: str
    may_retry: bool
    ends_mandate: bool
    by_payer: bool = False


_LIST = (
    ReturnReason("AC01", "account number wrong", "wrong_details", False, True),
    ReturnReason("AC04", "account closed", "method_revoked", False, True),
    ReturnReason("AC06", "account blocked", "refused", True, False),
    ReturnReason("AC13", "account of a consumer, not for B2B", "method_revoked", False, True),
    ReturnReason("AG01", "no direct debits on this account", "method_revoked", False, True),
    ReturnReason("AG02", "wrong sequence or format", "unavailable", True, False),
    ReturnReason("AM04", "not enough money", "insufficient_funds", True, False),
    ReturnReason("AM05", "sent twice", "refused", False, False),
    ReturnReason("BE05", "creditor not known", "unavailable", True, False),
    ReturnReason("CNOR", "bank of the seller cannot be reached", "unavailable", True, False),
    ReturnReason("DNOR", "bank of the payer cannot be reached", "unavailable", True, False),
    ReturnReason("DT01", "wrong day", "unavailable", True, False),
    ReturnReason("ED05", "settlement failed", "unavailable", True, False),
    ReturnReason("FF01", "file not readable", "unavailable", True, False),
    ReturnReason("FF05", "scheme not supported", "unavailable", True, False),
    ReturnReason("MD01", "no mandate", "method_revoked", False, True, True),
    ReturnReason("MD02", "mandate data missing", "wrong_details", False, False),
    ReturnReason("MD06", "payer wants it back", "refused", False, False, True),
    ReturnReason("MD07", "payer has died", "method_revoked", False, True),
    ReturnReason("MS02", "payer refused", "refused", False, False, True),
    ReturnReason("MS03", "no reason given", "refused", True, False),
    ReturnReason("RC01", "bank code wrong", "wrong_details", False, True),
    ReturnReason("RR01", "payer's details missing", "wrong_details", False, False),
    ReturnReason("RR02", "payer's name or address missing", "wrong_details", False, False),
    ReturnReason("RR03", "seller's name or address missing", "unavailable", True, False),
    ReturnReason("RR04", "required by law", "refused", False, False),
    ReturnReason("SL01", "refused by a service of the payer's bank", "refused", False, False, True),
    ReturnReason("TM01", "after the cut-off time", "unavailable", True, False),
)
RETURN_REASONS: Mapping[str, ReturnReason] = {one.code: one for one in _LIST}


def read_return_reason(code: str) -> ReturnReason:
    """What a code means, in whatever letters the bank writes it.

    >>> read_return_reason("am04").decline, read_return_reason("AC04").ends_mandate
    ('insufficient_funds', True)
    >>> read_return_reason("XX99")
    ReturnReason(code='XX99', text='XX99', decline='refused', may_retry=True, ends_mandate=False, \
by_payer=False)
    """
    clean = code.strip().upper()
    if known := RETURN_REASONS.get(clean):
        return known
    return ReturnReason(clean, clean or "not said", "refused", True, False)
