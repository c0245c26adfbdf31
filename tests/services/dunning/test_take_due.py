"""What is done about an unpaid invoice, day after day, and what ends it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.core.instalments import split_amount
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.catalog.publish_provisioning import publish_provisioning
from quarterday.services.collection.agree_instalments import agree_instalments
from quarterday.services.disputes.close_dispute import close_dispute
from quarterday.services.disputes.open_dispute import open_dispute
from quarterday.services.dunning.choose_policy import choose_policy
from quarterday.services.dunning.hold_dunning import hold_dunning
from quarterday.services.dunning.promise_payment import promise_payment
from quarterday.services.dunning.release_dunning import release_dunning
from quarterday.services.dunning.save_policy import save_policy
from quarterday.services.invoicing.credit_invoice import credit_invoice
from quarterday.services.invoicing.write_off_invoice import write_off_invoice
from quarterday.services.provisioning.hold_service import hold_service
from quarterday.services.sellers.change_brand import change_brand
from quarterday.store.models import (
    Contact,
    Dispute,
    DisputeStatus,
    Dunning,
    DunningHold,
    DunningStatus,
    DunningStep,
    Event,
    Invoice,
    Message,
    Product,
    ServiceState,
    Subscription,
    Task,
)
from quarterday.store.queries.dunning import read_timeline
from tests.services.dunning.debtor import DUE, Debtor, at, held, read, row_of, steps
from tests.services.till import NOW, Shop

FEE = {"key": "fee", "offset": 2, "action": "fee"}


def days(after: int) -> date:
    return DUE + timedelta(days=after)


def own(debtor: Debtor, *more: dict[str, Any], **terms: Any) -> None:
    """The seller follows a policy of its own."""
    save_policy(seller=debtor.seller, data={"code": "mine", "steps": more, **terms}, now=NOW)
    choose_policy(level=debtor.seller, policy="mine", now=NOW)


def test_an_invoice_that_nobody_pays(shop: Shop) -> None:
    debtor = Debtor(shop)
    contract = debtor.subscribe()
    invoice = shop.bill()
    debtor.look(*range(-14, 40))
    assert debtor.mails() == [
        ("reminder_before_due", -7),
        ("reminder_1", 1),
        ("reminder_2", 3),
        ("suspended", 5),
        ("final_notice", 7),
        ("terminated", 30),
    ]
    assert {outcome for _, outcome in steps(invoice)} == {"done"}
    contract.refresh_from_db()
    assert contract.status == "cancelled"
    assert Message.objects.filter(kind="cancelled").count() == 0
    found = read_timeline(invoice, today=days(40), now=at(days(40)))
    assert [one.kind for one in found.entries] == ["issued", *["done"] * 1, "due", *["done"] * 5]


def test_a_payment_ends_it_at_once_and_lets_run_what_it_held(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe("S1")
    other = debtor.subscribe("S2")
    invoice = shop.bill()
    hold_service(subscription=other, cause="abuse", now=NOW)
    debtor.look(*range(6))
    assert held() == [("S2", "suspended"), ("S1", "suspended"), ("S2", "suspended")]
    shop.pay(invoice.open_minor, on=days(5))
    # What is suspended for another reason stays so.
    assert held() == [("S2", "suspended")]
    wanted = {one.subscription.external_id: one.wanted for one in ServiceState.objects.all()}
    assert wanted == {"S1": "active", "S2": "suspended"}
    assert (row_of(invoice).status, row_of(invoice).next_at) == (DunningStatus.ENDED, None)
    said = debtor.mails()
    debtor.look(*range(6, 20))
    assert debtor.mails() == said


@pytest.mark.parametrize("how", ["credited", "written off"])
def test_so_does_whatever_else_settles_it(shop: Shop, how: str) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    invoice = shop.bill()
    debtor.look(3, 5)
    if how == "credited":
        credit_invoice(invoice=invoice, today=days(6), now=at(days(6)), reason="a mistake")
    else:
        write_off_invoice(invoice=invoice, today=days(6), now=at(days(6)), reason="gone")
    assert (held(), row_of(invoice).status) == ([], DunningStatus.ENDED)


def test_only_what_the_unpaid_invoice_is_for_is_suspended(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe("S1")
    shop.bill()
    late = debtor.subscribe("S2", start_on=date(2026, 3, 3))
    second = shop.bill(date(2026, 3, 3))
    shop.pay(second.open_minor, on=date(2026, 3, 4), invoices=[second])
    debtor.look(*range(10))
    assert held() == [("S1", "suspended")]
    assert late.external_id == "S2"


def test_many_are_suspended_with_the_questions_that_one_takes(shop: Shop) -> None:
    debtor = Debtor(shop)
    setup = {"dunning": {"policy": "standard"}, "provisioners": {"desk": {"kind": "manual"}}}
    change_brand(seller=shop.seller, data=setup, now=NOW)
    hosting = Product.objects.get(id=shop.hosting.id)
    publish_provisioning(product=hosting, place="desk", now=NOW)
    groups = []
    for number in (1, 4):
        accounts = [shop.open_account(f"C{number}{n}") for n in range(number)]
        for one in accounts:
            read(one, f"{one.external_id}@example.com")
            debtor.subscribe(f"S{one.external_id}", account=one)
        groups.append([one.id for one in accounts])
    ServiceState.objects.update(condition="active", condition_at=NOW, plan=debtor.plan)
    ServiceState.objects.update(status="settled", next_at=None)
    shop.bill()
    debtor.look(*range(-3, 5))
    assert not held()
    asked = []
    for keys in groups:
        with CaptureQueriesContext(connection) as queries:
            debtor.look(5, accounts=keys)
        asked.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))
    assert len(held()) == 5 and asked[0] >= asked[1]
    for service in ServiceState.objects.select_related("subscription"):
        assert (service.wanted, service.status) == ("suspended", "due")
        kinds = Event.objects.filter(subject=service.subscription.public_id).order_by("id")
        told = [one.kind for one in kinds][-2:]
        assert told == ["service.held", "entitlement.revoked"]
    before = ServiceState.objects.values_list("generation", flat=True).order_by("id")
    was = list(before)
    debtor.look(5, 6)
    assert list(before.all()) == was and len(held()) == 5, "again is nothing new"


def test_two_unpaid_invoices_for_one_service_both_have_to_be_paid(shop: Shop) -> None:
    debtor = Debtor(shop)
    own(
        debtor,
        {"key": "first", "offset": 1, "action": "send", "template": "reminder_2"},
        {"key": "stop", "offset": 3, "action": "suspend"},
    )
    contract = debtor.subscribe()
    first = shop.bill()
    second = shop.bill(date(2026, 4, 1))
    debtor.look(1, 3, 31, 33)
    assert len(held()) == 2
    shop.pay(first.open_minor, on=days(34), invoices=[first])
    assert (held(), row_of(first).status) == ([("S1", "suspended")], DunningStatus.ENDED)
    shop.pay(second.open_minor, on=days(34), invoices=[second])
    assert held() == []
    assert ServiceState.objects.get(subscription=contract).wanted == "active"


def test_one_message_a_day_however_much_is_open(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    first = shop.bill()
    for number in range(2, 8):
        shop.invoice(1000 * number, on=date(2026, 3, number + 1))
    debtor.look(*range(-8, 40))
    said = [after for _, after in debtor.mails()]
    assert sorted(set(said)) == said
    assert Invoice.objects.count() == 7
    assert all(len(steps(one)) >= 4 for one in Invoice.objects.all())
    # What waited for the next day was not lost, and the firmest was said of the first invoice.
    assert Message.objects.filter(kind="suspended", subject=first.public_id).count() == 1


def test_nothing_is_said_at_night_or_before_the_day_has_begun_for_the_customer(shop: Shop) -> None:
    debtor = Debtor(shop)
    shop.invoice(1000)
    debtor.look(1, hour=6)
    assert debtor.mails() == []
    debtor.look(1, hour=20)
    assert debtor.mails() == []
    shop.account.data["time_zone"] = "America/Los_Angeles"
    shop.account.save()
    debtor.look(2, hour=10)
    assert debtor.mails() == []
    debtor.look(2, hour=19)
    assert debtor.mails() == [("reminder_1", 2)]


def test_a_promise_pauses_and_a_broken_one_is_noted(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    invoice = shop.bill()
    debtor.look(*range(-8, 4))
    hold = promise_payment(
        account=shop.account, until=days(12), today=days(4), now=at(days(4)), invoice=invoice
    )
    debtor.look(*range(4, 13))
    assert row_of(invoice).status == DunningStatus.PAUSED
    assert "promised" in row_of(invoice).reason
    assert (held(), debtor.mails()[-1]) == ([], ("reminder_2", 3))
    debtor.look(*range(13, 17))
    # Nothing is suspended after a pause without a new warning.
    assert debtor.mails()[-2:] == [("suspension_warning", 13), ("suspended", 15)]
    assert Event.objects.filter(kind="promise.broken").count() == 1
    hold.refresh_from_db()
    assert hold.ended_at is not None


def test_a_kept_promise_ends_with_the_payment(shop: Shop) -> None:
    debtor = Debtor(shop)
    invoice = shop.invoice(1000)
    debtor.look(1)
    for about in (invoice, None):
        promise_payment(
            account=shop.account, until=days(9), today=days(2), now=at(days(2)), invoice=about
        )
    shop.pay(invoice.open_minor, on=days(3))
    assert not DunningHold.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(kind="promise.kept").count() == 2


def test_staff_holds_an_account_and_releases_it(shop: Shop) -> None:
    debtor = Debtor(shop)
    invoice = shop.invoice(1000)
    hold = hold_dunning(account=shop.account, now=at(days(0)), reason="they called")
    assert hold_dunning(account=shop.account, now=at(days(0)), reason="they called") == hold
    debtor.look(*range(9))
    assert debtor.mails() == []
    release_dunning(hold=hold, now=at(days(9)))
    release_dunning(hold=hold, now=at(days(9)))
    debtor.look(9)
    # One message catches up, of the firmest that was due.
    assert debtor.mails() == [("final_notice", 9)]
    assert dict(steps(invoice))["reminder_1"] == "passed"


def test_a_dispute_pauses_and_a_lost_one_goes_on_where_it_stood(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    invoice = shop.bill()
    debtor.look(*range(-8, 4))
    payment = shop.pay(invoice.open_minor, on=days(3))
    assert row_of(invoice).status == DunningStatus.ENDED
    dispute = open_dispute(
        payment=payment,
        gateway="sandbox",
        reference="dp_1",
        amount_minor=payment.amount_minor,
        fee_minor=0,
        reason="",
        answer_by=None,
        today=days(10),
        now=at(days(10)),
    )
    assert isinstance(dispute, Dispute)
    debtor.look(*range(10, 14))
    assert (row_of(invoice).status, held()) == (DunningStatus.PAUSED, [])
    close_dispute(dispute=dispute, state=DisputeStatus.LOST, today=days(14), now=at(days(14)))
    debtor.look(*range(14, 20))
    assert debtor.mails()[-2:] == [("suspension_warning", 14), ("suspended", 16)]
    keys = [key for key, _ in steps(invoice)]
    assert len(set(keys)) == len(keys)


def test_instalments_are_reminded_of_one_by_one(shop: Shop) -> None:
    debtor = Debtor(shop)
    invoice = shop.invoice(10000)
    parts = split_amount(invoice.open_minor, 2, days(0), "1 month")
    agree_instalments(invoice=invoice, parts=parts, today=DUE, now=at(DUE))
    debtor.look(*range(5))
    assert debtor.mails() == [("reminder_before_due", 0), ("reminder_1", 1), ("reminder_2", 3)]
    shop.pay(parts[0].amount_minor, on=days(5), invoices=[invoice])
    debtor.look(*range(5, 40))
    assert debtor.mails()[3:] == [
        ("reminder_before_due", 24),
        ("reminder_1", 32),
        ("reminder_2", 34),
        ("final_notice", 38),
    ]


def test_an_old_invoice_is_met_without_a_storm(shop: Shop) -> None:
    debtor = Debtor(shop, policy="none")
    debtor.subscribe()
    invoice = shop.bill()
    debtor.look(50)
    choose_policy(level=debtor.seller, policy="standard", now=at(days(60)))
    debtor.look(*range(60, 90))
    assert debtor.mails() == [("suspension_warning", 60), ("suspended", 62)]
    assert dict(steps(invoice))["terminate"] == "passed"


def test_what_was_due_before_reminding_began_is_left_alone(shop: Shop) -> None:
    debtor = Debtor(shop, since="2026-04-01")
    shop.invoice(1000)
    debtor.look(1, 60)
    assert (debtor.mails(), Dunning.objects.count()) == ([], 0)


def test_late_fees_have_invoices_of_their_own_once_and_within_the_cap(shop: Shop) -> None:
    debtor = Debtor(shop)
    publish_product(seller=shop.seller, code="late-fee", name="Late fee", now=NOW)
    own(
        debtor,
        FEE | {"fixed": {"EUR": "5.00"}, "percent": "1", "every_days": 3, "cap": {"EUR": "14.00"}},
    )
    invoice = shop.invoice(10000)
    debtor.look(*range(14))
    fees = Invoice.objects.exclude(id=invoice.id).order_by("id")
    assert [one.total_minor for one in fees] == [619, 619, 162]
    assert steps(invoice)[-1] == ("fee:4", "passed")
    assert "19.00" not in fees[0].label
    # There is no fee on a fee.
    assert {outcome for one in fees for _, outcome in steps(one)} == {"passed"}


def test_a_fee_without_a_product_is_a_task_and_keeps_nothing_else(shop: Shop) -> None:
    debtor = Debtor(shop)
    own(debtor, FEE | {"fixed": {"EUR": "5.00"}}, {"key": "a", "offset": 2, "action": "send"})
    shop.invoice(10000)
    debtor.look(2, 3)
    assert debtor.mails() == [("reminder_1", 2)]
    task = Task.objects.get()
    assert "no product 'late-fee'" in task.text
    publish_product(seller=shop.seller, code="late-fee", name="Late fee", now=NOW)
    debtor.look(4)
    assert Invoice.objects.count() == 2


def test_whom_nobody_can_tell_is_not_suspended(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    invoice = shop.bill()
    Contact.objects.all().delete()
    debtor.look(*range(20))
    assert (debtor.mails(), held()) == ([], [])
    assert Task.objects.get().kind == "contact"
    assert "nobody gets its reminders" in row_of(invoice).reason


def test_the_levels_of_a_policy(shop: Shop) -> None:
    debtor = Debtor(shop)
    contract = debtor.subscribe()
    invoice = shop.bill()

    def level() -> tuple[str, str]:
        found = read_timeline(Invoice.objects.get(), today=DUE, now=at(DUE))
        return found.policy, found.level

    assert level() == ("standard", "seller")
    group = shop.seller.account_groups.create(code="schools", name="Schools")
    shop.account.group = group
    shop.account.save()
    for one, code, name in (
        (group, "gentle", "group"),
        (shop.account, "isp", "account"),
        (contract, "card_first", "subscription"),
        (invoice, "none", "invoice"),
    ):
        choose_policy(level=one, policy=code, now=NOW)
        assert level() == (code, name)
    for one, name in ((invoice, "subscription"), (contract, "account"), (shop.account, "group")):
        choose_policy(level=one, policy=None, now=NOW)
        assert level()[1] == name


def test_tasks_webhooks_collections_and_writing_off(shop: Shop) -> None:
    debtor = Debtor(shop)
    own(
        debtor,
        {"key": "first", "offset": 1, "action": "send", "template": "reminder_2"},
        {"key": "call", "offset": 4, "action": "task", "title": "Call them"},
        {"key": "tell", "offset": 4, "action": "webhook"},
        {"key": "agency", "offset": 6, "action": "collections"},
        {"key": "gone", "offset": 20, "action": "write_off"},
    )
    invoice = shop.invoice(1000)
    debtor.look(*range(10))
    assert [one.kind for one in Task.objects.order_by("id")] == ["dunning", "collections"]
    assert Event.objects.filter(kind="invoice.handed_over").count() == 1
    debtor.look(*range(10, 22))
    invoice.refresh_from_db()
    assert (invoice.status, row_of(invoice).status) == ("written_off", DunningStatus.ENDED)
    # What nobody has to do any more is not left lying.
    assert not Task.objects.filter(status="open").exists()


def test_looking_again_and_again_changes_nothing(shop: Shop) -> None:
    debtor = Debtor(shop)
    debtor.subscribe()
    shop.bill()
    debtor.look(3)
    facts = [
        list(model.objects.order_by("id").values()) for model in (DunningStep, Dunning, Message)
    ]
    for _ in range(3):
        debtor.look(3)
    assert facts == [
        list(model.objects.order_by("id").values()) for model in (DunningStep, Dunning, Message)
    ]
    assert Subscription.objects.count() == 1


def test_a_run_at_another_instant(shop: Shop) -> None:
    debtor = Debtor(shop)
    shop.invoice(1000)
    debtor.look(1)
    assert row_of(Invoice.objects.get()).next_at == datetime(2026, 3, 19, 8, tzinfo=UTC)
