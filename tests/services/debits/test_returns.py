"""What banks say about debits: collected, refused beforehand, and given back; in any order."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.debits.find_debits import (
    find_by_mandate,
    find_debit,
    find_group,
    find_groups,
)
from quarterday.services.debits.return_debit import return_debit
from quarterday.services.debits.settle_debits import settle_debits
from quarterday.services.invoicing.waive_fee import waive_fee
from quarterday.store.models import (
    AttemptStatus,
    Debit,
    Dispute,
    DisputeStatus,
    Invoice,
    Mandate,
    MandateStatus,
    Payment,
    PendingCharge,
)
from tests.services.debits.desk import NOW, Desk
from tests.services.till import Shop, ledger

ON = date(2026, 3, 18)
BACK = date(2026, 3, 23)
CLEARING = "assets:clearing:sepa_debit"


def sent(desk: Desk, count: int = 1) -> list[Debit]:
    method = desk.save()
    for _ in range(count):
        desk.debit(method=method)
    desk.send()
    return list(Debit.objects.select_related("attempt__account__seller", "mandate").order_by("id"))


def test_a_sum_at_the_bank_settles_its_group(shop: Shop) -> None:
    desk = Desk(shop, use_first="no")
    debits = sent(desk, 3)
    (group,) = find_groups(shop.seller, amount_minor=3 * 11900)
    assert group == find_group(shop.seller, "QD20260316-CORE-001-1")
    assert group.total_minor == group.left_minor == 35700
    for _ in range(2):
        settle_debits(debits=group.debits, received_on=ON, now=NOW)
    assert ledger()[CLEARING] == 35700
    assert {one.received_on for one in Payment.objects.all()} == {ON}
    assert not Invoice.objects.filter(open_minor__gt=0).exists()
    assert find_groups(shop.seller) == [], "nothing waits any more"
    assert find_debit(shop.seller, debits[0].end_to_end_id.lower()) == debits[0]
    found = find_by_mandate(shop.seller, debits[0].mandate.reference, -11900)
    assert len(found) == 3
    assert find_by_mandate(shop.seller, debits[0].mandate.reference, 11901) == []


def test_what_the_bank_refuses_beforehand_never_was_paid(shop: Shop) -> None:
    desk = Desk(shop, use_first="no")
    debits = sent(desk, 2)
    for _ in range(2):
        assert not return_debit(
            debit=debits[0],
            code="AM04",
            today=ON,
            now=NOW,
            key="r1",
            is_money_moved=False,
            fee_minor=300,
        )
    (group,) = find_groups(shop.seller)
    assert (group.total_minor, group.left_minor) == (23800, 11900)
    settle_debits(debits=group.debits, received_on=ON, now=NOW)
    assert ledger()[CLEARING] == 11900 - 300
    debits[0].attempt.refresh_from_db()
    assert debits[0].attempt.status == AttemptStatus.FAILED
    assert debits[0].attempt.error == "insufficient_funds"
    assert Mandate.objects.get().status == MandateStatus.ACTIVE
    assert not Dispute.objects.exists()


@pytest.mark.parametrize("order", sorted(set(permutations(("settle", "return", "return")))))
def test_what_comes_back_is_owed_again_in_any_order(shop: Shop, order: tuple[str, ...]) -> None:
    desk = Desk(shop, return_fee_product="hosting")
    (debit,) = sent(desk)
    for number, step in enumerate(order):
        if step == "settle":
            settle_debits(debits=[debit], received_on=ON, now=NOW)
        else:
            return_debit(
                debit=debit, code="MD01", today=BACK, now=NOW, key=f"line {number}", fee_minor=300
            )
    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.fee_minor) == (DisputeStatus.RETURNED, 300)
    assert ledger()[CLEARING] == -300, "what came in went out, and the bank took its fee"
    assert Invoice.objects.get().open_minor == 11900
    assert Mandate.objects.get().status == MandateStatus.REVOKED
    assert [one.amount_minor for one in PendingCharge.objects.all()][-1:] == [300]
    assert PendingCharge.objects.filter(external_id__startswith="return ").count() == 1


def test_the_fee_of_what_came_back_can_be_waived(shop: Shop) -> None:
    desk = Desk(shop, return_fee_product="hosting")
    (debit,) = sent(desk)
    return_debit(debit=debit, code="MD01", today=BACK, now=NOW, key="line", fee_minor=300)
    shop.charge(300, on=BACK)
    mine, charged = shop.bill(BACK).lines.order_by("id")
    if mine.description == "Hosting":
        mine, charged = charged, mine
    assert waive_fee(line=mine, today=BACK, now=NOW, reason="their bank").total_minor == 300
    with pytest.raises(BillingError, match="no fee that was put on by itself"):
        waive_fee(line=charged, today=BACK, now=NOW, reason="as well")


def test_a_refusal_that_turns_out_to_have_been_paid_is_taken_back(shop: Shop) -> None:
    """Some banks book the whole sum first and take the refused ones out by lines of their own."""
    desk = Desk(shop)
    (debit,) = sent(desk)
    return_debit(
        debit=debit, code="MS03", today=ON, now=NOW, key="told before", is_money_moved=False
    )
    settle_debits(debits=[debit], received_on=ON, now=NOW, is_total=True)
    return_debit(debit=debit, code="MS03", today=BACK, now=NOW, key="line")
    assert CLEARING not in ledger()
    assert Invoice.objects.get().open_minor == 11900


def test_faults_of_the_bank_cost_the_customer_nothing(shop: Shop) -> None:
    desk = Desk(shop, return_fee_product="hosting")
    (debit,) = sent(desk)
    return_debit(debit=debit, code="TM01", today=BACK, now=NOW, key="line", fee_minor=300)
    assert not PendingCharge.objects.filter(external_id__startswith="return ").exists()
