"""What stands in a file of each debit: its sequence, and the account, which is opened for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from quarterday.core.sepa import Sequence, choose_sequence
from quarterday.services.debits.vault import unseal
from quarterday.services.debits.write_pain import Order
from quarterday.store.models import AccountStatus, AttemptStatus, Debit, DebitBatchStatus, Invoice

# Banks outside the European Economic Area want to know where the payer lives.
_FAR = frozenset("AD AL CH GB GI MC MD ME MK RS SM VA".split())
_OVER = (AttemptStatus.FAILED, AttemptStatus.CANCELLED)


def list_history(debits: Collection[Debit]) -> set[int]:
    """The keys of the mandates that were used before: a refused debit has used none."""
    mandates = {one.mandate_id for one in debits}
    rows = Debit.objects.filter(mandate__in=mandates, batch__isnull=False)
    rows = rows.exclude(batch__status=DebitBatchStatus.DROPPED)
    rows = rows.exclude(attempt__status__in=_OVER)
    used = set(rows.values_list("mandate_id", flat=True))
    return used | {
        one.mandate_id for one in debits if one.mandate.evidence.get("used_before") == "yes"
    }


def set_sequences(debits: Collection[Debit], used: set[int], *, use_first: bool) -> None:
    """The sequence of each, in the order of their days; the last of a closed account ends it."""
    left = Counter(one.mandate_id for one in debits)
    used = set(used)
    for debit in sorted(debits, key=lambda one: (one.collect_on, one.id)):
        left[debit.mandate_id] -= 1
        is_closed = debit.attempt.account.status == AccountStatus.CLOSED
        found = choose_sequence(
            is_one_off=bool(debit.mandate.evidence.get("once")),
            was_used=debit.mandate_id in used,
            is_last=is_closed and not left[debit.mandate_id],
        )
        if found is Sequence.FIRST and not use_first:
            found = Sequence.RECURRENT
        debit.sequence = str(found)
        used.add(debit.mandate_id)


def make_order(debit: Debit, labels: dict[str, str] | None = None) -> Order:
    """The debit as the file says it."""
    attempt, mandate = debit.attempt, debit.mandate
    iban = unseal(mandate.sealed_iban, owner=mandate.public_id)
    named = [str(one) for one in attempt.invoices]
    if labels is None:
        rows = Invoice.objects.filter(account=attempt.account_id, public_id__in=named)
        labels = dict(rows.values_list("public_id", "label"))
    text = ", ".join(labels[name] for name in named if name in labels)
    address = attempt.account.address if iban[:2] in _FAR else {}
    return Order(
        end_to_end_id=debit.end_to_end_id,
        payment_group=debit.payment_group,
        collect_on=debit.collect_on,
        sequence=debit.sequence,
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        mandate=mandate.reference,
        signed_on=mandate.signed_on,
        holder=mandate.holder,
        iban=iban,
        bic=mandate.bic,
        text=text,
        address=[str(one) for one in address.values()],
        country=attempt.account.country,
    )
