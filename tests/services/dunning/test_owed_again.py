"""What is done when money goes back, and what is charged of what is late only in part."""

from __future__ import annotations

from datetime import date, timedelta

from quarterday.core.instalments import split_amount
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.collection.agree_instalments import agree_instalments
from quarterday.services.dunning.choose_policy import choose_policy
from quarterday.services.dunning.hold_dunning import hold_dunning
from quarterday.services.dunning.release_dunning import release_dunning
from quarterday.services.dunning.save_policy import save_policy
from quarterday.services.payments.reverse_allocation import reverse_allocation
from quarterday.store.models import Allocation, Invoice
from tests.services.dunning.debtor import DUE, Debtor, at, held, steps
from tests.services.till import NOW, Shop


def days(after: int) -> date:
    return DUE + timedelta(days=after)


def test_what_ran_again_is_suspended_again_when_the_money_goes_back(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    invoice = shop.bill()
    debtor.look(*range(-8, 6))
    for after in (6, 12):
        assert held() == [("S1", "suspended")]
        shop.pay(invoice.open_minor, on=days(after))
        assert held() == []
        paid = Allocation.objects.filter(amount_minor__gt=0).latest("id")
        reverse_allocation(allocation=paid, today=days(after), now=at(days(after)), reason="back")
        debtor.look(after, after + 1)
        assert (debtor.mails()[-1], held()) == (("suspension_warning", after), [])
        debtor.look(*range(after + 2, after + 6))
    assert [key for key, _ in steps(invoice)].count("suspend#3") == 1
    # A payment still ends it; and what stayed suspended through a pause is so only once.
    assert held() == [("S1", "suspended")]
    debtor.look(*range(18, 45))
    assert debtor.mails()[-1] == ("terminated", 30)


def test_a_fee_is_on_the_instalments_that_are_late(shop: Shop) -> None:
    debtor = Debtor(shop)
    publish_product(seller=shop.seller, code="late-fee", name="Late fee", now=NOW)
    fee_step = {"key": "fee", "offset": 2, "action": "fee", "percent": "10"}
    save_policy(seller=debtor.seller, data={"code": "mine", "steps": [fee_step]}, now=NOW)
    choose_policy(level=debtor.seller, policy="mine", now=NOW)
    invoice = shop.invoice(10000)
    parts = split_amount(invoice.open_minor, 2, days(0), "1 month")
    agree_instalments(invoice=invoice, parts=parts, today=DUE, now=at(DUE))
    debtor.look(0, 1, 2, 3)
    fee = Invoice.objects.exclude(id=invoice.id).get()
    assert fee.total_minor == round(parts[0].amount_minor / 10)


def test_after_a_released_pause_nobody_is_suspended_unwarned(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    shop.bill()
    debtor.look(1, 3)
    hold = hold_dunning(account=shop.account, now=at(days(4)))
    debtor.look(*range(4, 6))
    release_dunning(hold=hold, now=at(days(6)))
    debtor.look(6)
    assert (debtor.mails()[-1], held()) == (("suspension_warning", 6), [])
    debtor.look(7, 8)
    assert held() == [("S1", "suspended")]
