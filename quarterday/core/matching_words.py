"""Reasons of a match in plain words, for whoever has to decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_WORDS: Mapping[str, str] = {
    "reference": "a reference with right check digits names {detail}",
    "account_reference": "a reference with right check digits names the account",
    "number": "the number {detail} is in the text",
    "bare_number": "the number of {detail} is in the text, without its prefix",
    "lookalike": "a number in the text may be meant as {detail}",
    "near_number": "a number in the text is this one but for one slip",
    "customer_number": "the number of the customer is in the text",
    "promise": "a transfer like this was announced ({detail})",
    "iban": "this bank account paid for the customer before",
    "shared_iban": "this bank account paid for several customers before",
    "name": "the name is that of the customer",
    "shared_name": "the name is that of the customer, and of another one",
    "similar_name": "the name resembles that of the customer ({detail} %)",
    "amount": "the amount is exactly right",
    "instalment": "the amount is that of the next instalment",
    "sum": "the amount is exactly the sum of these",
    "sum_found": "the amount is exactly what some of the open ones come to",
    "discount": "the amount is right less {detail}",
    "charges": "the amount is a little too low, as after charges of a bank",
    "slip": "the amount is right but for one digit",
    "part": "the amount is a part of what is owed",
    "more": "the amount is more than what is owed",
    "nothing_open": "nothing is owed, so it becomes credit",
    "same_amount": "another open one has the same amount",
    "other_sums": "other open ones come to the same sum",
    "wrong_check_digits": "a reference has wrong check digits",
    "other_named": "the text also names {detail}",
    "other_payer": "the payer is known as another customer",
    "ambiguous": "another customer fits as well",
    "credit_recorded": "credit {detail} was recorded by hand, and no line shows it yet",
    "recorded_before": "the payment {detail} was recorded by hand, and no line shows it yet",
    "gateway": "the text names {detail}",
    "payout_reference": "the text names the payout {detail}",
    "payment_group": "the bank names the debits {detail}",
    "end_to_end_id": "the bank names the debit",
    "mandate": "the bank names the mandate",
    "return": "the bank gives it back {detail}",
    "refund_named": "the text names the refund {detail}",
    "by_hand": "decided by a person: {detail}",
}


def explain_reasons(reasons: Iterable[Mapping[str, str]]) -> list[str]:
    """One line for each reason, as they are stored.

    >>> explain_reasons([{"code": "number", "detail": "INV-000007"}, {"code": "amount"}])
    ['the number INV-000007 is in the text', 'the amount is exactly right']
    """
    return [
        _WORDS.get(one["code"], one["code"]).format(detail=one.get("detail", "")).strip(" :")
        for one in reasons
    ]
