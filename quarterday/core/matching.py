"""What a bank line was for: candidates with a confidence, and when one is certain.

A candidate is **certain**, and booked without asking, only when two independent pieces of
evidence agree, nothing speaks against it, and the amount is exactly what the named documents
leave open (or an agreed instalment, or what the payer said they would transfer). The first piece
must name the debt, and the second depends on how well it does so:

1. a reference with right check digits, and the exact amount;
2. two or more numbers of one account, and the exact sum;
3. one number, the exact amount, and a payer who is known to be that account and no other: by
   an account that paid for it alone before, or by a full name that no other account has.

An amount, a name or an IBAN alone never make it certain, nor do all three without a number:
people pay for their children, and namesakes pay the same price. Nor does anything with a wrong
check digit, a letter that had to be read as a digit, or a second document named beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from quarterday.core.matching_amounts import Fit, list_fits
from quarterday.core.matching_clues import Clues, find_clues
from quarterday.core.matching_index import DebtIndex
from quarterday.core.matching_names import AGREES
from quarterday.core.matching_types import (
    BankText,
    Candidate,
    Debt,
    Matched,
    Payer,
    Promise,
    Reason,
    Verdict,
)

__all__ = ["BankText", "Candidate", "Debt", "DebtIndex", "Matched", "Payer", "Promise", "match"]

# The best that anything but certainty gets, and the least that is worth proposing.
_BEST_LIKELY, _LEAST = 95, 40
_MOST = 5
_CLOSE = 5
_WEIGHTS = {
    "reference": 60,
    "account_reference": 45,
    "number": 50,
    "bare_number": 38,
    "lookalike": 30,
    "near_number": 24,
    "customer_number": 30,
    "promise": 15,
    "iban": 35,
    "shared_iban": 22,
    "name": 32,
    "shared_name": 22,
    "similar_name": 20,
    "amount": 30,
    "instalment": 28,
    "sum": 28,
    "sum_found": 22,
    "discount": 14,
    "charges": 14,
    "slip": 14,
    "part": 6,
    "more": 6,
    "nothing_open": 10,
    "same_amount": -4,
    "other_sums": -8,
    "wrong_check_digits": -4,
    "other_named": -12,
    "other_payer": -12,
}


def match(line: BankText, index: DebtIndex) -> Matched:
    """The candidates of a line that came in, the best first, and what may be done with them.

    >>> from datetime import date
    >>> debt = Debt("inv_1", "A1", "INV-000007", 7, "INV-", 6, 1200, "EUR", date(2026, 1, 1))
    >>> index = DebtIndex([debt], [Payer("A1", "Jörg Müller", "EUR")])
    >>> line = BankText("L1", 1200, "EUR", date(2026, 1, 9), "Rg. 000007", "MUELLER, JOERG")
    >>> matched = match(line, index)
    >>> str(matched.verdict), matched.candidates[0].invoices
    ('certain', ('inv_1',))
    >>> [one.code for one in matched.candidates[0].reasons]
    ['bare_number', 'amount', 'name']
    """
    if line.amount_minor <= 0:
        return Matched(Verdict.OPEN)
    clues = find_clues(line, index)
    weighed: list[tuple[bool, Candidate]] = []
    for account in clues.list_accounts():
        if index.payers[account].currency == line.currency:
            for fit in list_fits(account, line, clues, index):
                weighed.append(_weigh(account, fit, line, clues, index))
    weighed.sort(key=lambda one: (not one[0], -one[1].confidence, one[1].key))
    candidates = _drop_repeats([one for _, one in weighed])
    if len({one.key for is_certain, one in weighed if is_certain}) == 1:
        return Matched(Verdict.CERTAIN, candidates[:_MOST])
    good = [_bound(one) for one in candidates if one.confidence >= _LEAST]
    return Matched(Verdict.LIKELY if good else Verdict.OPEN, _mark_close(good)[:_MOST])


def _weigh(
    account: str, fit: Fit, line: BankText, clues: Clues, index: DebtIndex
) -> tuple[bool, Candidate]:
    reasons = [*_list_naming(account, fit, clues), *fit.reasons, *_list_payer(account, clues)]
    told = {debt.key for debt in clues.list_mentioned()}
    if any(clues.is_nearly_named(index.debts[key]) for key in fit.invoices if key not in told):
        reasons.append(Reason("near_number"))
    against = _list_against(account, fit, line, clues, index)
    reasons += against
    confidence = sum(_WEIGHTS[one.code] for one in reasons)
    is_certain = fit.is_exact and not against and _is_proved(account, fit, clues)
    candidate = Candidate(
        account,
        fit.invoices,
        max(0, min(100 if is_certain else _BEST_LIKELY, confidence)),
        tuple(reasons),
        fit.promise,
    )
    return is_certain, replace(candidate, confidence=99) if is_certain else candidate


def _is_proved(account: str, fit: Fit, clues: Clues) -> bool:
    """Whether what names the debt, with an amount that fits exactly, is enough (see above)."""
    if clues.is_broken or clues.is_strange or clues.alike:
        return False
    inside = set(fit.invoices)
    referred = {debt.key for debt in clues.referred}
    named = {debt.key for debt in (*clues.named, *clues.bare)}
    if not (referred | named) <= inside:
        return False
    if referred:
        # Exactly what is named; or all that is open, when only one thing is.
        return inside == referred | named
    if account in clues.referred_accounts:
        return fit.is_only or bool(fit.promise) or (bool(named) and inside == named)
    if not named or inside != named:
        return False
    full = {debt.key for debt in clues.named}
    return (len(full) >= 2 and full == inside) or clues.has_payer(account)


def _list_naming(account: str, fit: Fit, clues: Clues) -> list[Reason]:
    """What the line names of this account."""
    found: list[Reason] = []
    ways = (
        ("reference", clues.referred),
        ("number", clues.named),
        ("bare_number", clues.bare),
        ("lookalike", clues.alike),
    )
    for code, debts in ways:
        labels = [debt.label for debt in debts if debt.account == account]
        if labels and not any(one.code in ("reference", "number", "bare_number") for one in found):
            found.append(Reason(code, ", ".join(labels)))
    if account in clues.referred_accounts:
        found.append(Reason("account_reference"))
    elif account in clues.customers and not found:
        found.append(Reason("customer_number"))
    if fit.promise:
        found.append(Reason("promise", fit.promise))
    return found


def _list_payer(account: str, clues: Clues) -> list[Reason]:
    found = []
    if account in clues.by_iban:
        found.append(Reason("iban" if len(clues.by_iban) == 1 else "shared_iban"))
    percent = clues.by_name.get(account, 0)
    if percent >= AGREES:
        found.append(Reason("name" if len(clues.agreeing()) == 1 else "shared_name"))
    elif percent:
        found.append(Reason("similar_name", str(percent)))
    return found


def _list_against(
    account: str, fit: Fit, line: BankText, clues: Clues, index: DebtIndex
) -> list[Reason]:
    """What speaks against a candidate; with any of it nothing is certain."""
    found = []
    others = [debt for debt in clues.list_mentioned() if debt.key not in fit.invoices]
    if others:
        found.append(Reason("other_named", ", ".join(debt.label for debt in others)))
    if clues.is_broken:
        found.append(Reason("wrong_check_digits"))
    payers = (clues.by_iban or clues.agreeing()) - {account}
    if payers and account not in (clues.by_iban or clues.agreeing()):
        is_referred = any(debt.account == account for debt in clues.referred)
        # With right check digits people may pay for others, unless they owe the same themselves.
        if not is_referred or any(_owes(one, line.amount_minor, index) for one in payers):
            found.append(Reason("other_payer"))
    return found


def _owes(account: str, amount_minor: int, index: DebtIndex) -> bool:
    debts = index.list_open(account)
    amounts = [index.open_minor[debt.key] for debt in debts]
    return amount_minor in amounts or amount_minor == sum(amounts)


def _drop_repeats(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best of those that say the same."""
    found: dict[str, Candidate] = {}
    for one in candidates:
        found.setdefault(one.key, one)
    return list(found.values())


def _bound(candidate: Candidate) -> Candidate:
    return replace(candidate, confidence=min(candidate.confidence, _BEST_LIKELY))


def _mark_close(candidates: list[Candidate]) -> list[Candidate]:
    """Of two that are as good as each other neither is likelier than not."""
    if len(candidates) < 2:
        return candidates
    first, second = candidates[:2]
    if first.confidence - second.confidence > _CLOSE or first.account == second.account:
        return candidates
    reasons = (*first.reasons, Reason("ambiguous"))
    return [replace(first, confidence=min(first.confidence, 60), reasons=reasons), *candidates[1:]]
