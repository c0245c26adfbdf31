"""Files for the bank: what they hold, which sequence it has, and that nothing is in two."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from lxml import etree

from quarterday.core.errors import BillingError
from quarterday.services.accounts.close_account import close_account
from quarterday.services.debits.drop_batch import drop_batch
from quarterday.services.debits.expire_mandates import expire_mandates
from quarterday.services.debits.mark_sent import mark_sent
from quarterday.services.debits.read_batch import read_batch
from quarterday.services.debits.settle_debits import settle_debits
from quarterday.services.errors import Conflict
from quarterday.services.payments.remove_method import remove_method
from quarterday.store.models import (
    AttemptStatus,
    Debit,
    DebitBatch,
    Event,
    Mandate,
    MandateScheme,
    MandateStatus,
    Message,
    PaymentAttempt,
    PaymentMethod,
)
from quarterday.store.queries.check import check_books
from tests.services.debits.desk import AT, CREDITOR, IBANS, NOW, Desk, new_account
from tests.services.till import Shop, together

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "sepa"


def texts(batch: DebitBatch, name: str) -> list[str]:
    root = etree.fromstring(read_batch(batch=batch, now=NOW).encode())
    return [one.text for one in root.iter(f"{{*}}{name}")]


def made(desk: Desk, today: date = AT, **terms: object) -> DebitBatch:
    batch = desk.file(today, **terms)
    assert batch is not None
    return batch


def shape(root: etree._Element) -> dict[str, set[str]]:
    """Which elements stand in which."""
    found: dict[str, set[str]] = {}
    for one in root.iter():
        name = etree.QName(one).localname
        found.setdefault(name, set()).update(etree.QName(child).localname for child in one)
    return found


def test_a_mandate_is_kept_and_its_number_is_nowhere(shop: Shop) -> None:
    shop.account.contacts.create(email="ada@example.com")
    desk = Desk(shop)
    debit = desk.debit(method=desk.save())
    made(desk)
    mandate = Mandate.objects.get()
    assert (mandate.holder, mandate.last_digits) == ("Zoe Mueller + Soehne", "3201")
    assert mandate.evidence["creditor_id"] == CREDITOR
    assert debit.announced_on == date(2026, 3, 2)
    for model in (Mandate, PaymentMethod, PaymentAttempt, Debit, DebitBatch, Event, Message):
        for row in model.objects.values():
            assert IBANS[0] not in json.dumps(row, default=str), model


@pytest.mark.parametrize("schema", ["pain.008.001.02", "pain.008.001.08"])
def test_a_file_says_all_that_the_bank_asks(shop: Shop, schema: str) -> None:
    desk = Desk(shop, format=schema)
    debit = desk.debit()
    batch = made(desk)
    attempt = debit.attempt
    assert (batch.count, batch.total_minor) == (1, 11900)
    assert texts(batch, "CtrlSum") == ["119.00", "119.00"]
    assert texts(batch, "EndToEndId") == [attempt.public_id.removeprefix("att_").upper()]
    assert texts(batch, "MndtId") == [debit.mandate.reference]
    assert texts(batch, "SeqTp") == ["FRST"]
    # Told on 2 March, two weeks before.
    assert texts(batch, "ReqdColltnDt") == ["2026-03-18"]
    assert texts(batch, "Ustrd") == ["INV-000001"]
    assert texts(batch, "MsgId") == ["QD20260316-CORE-001"]
    assert texts(batch, "PmtInfId") == ["QD20260316-CORE-001-1"]
    sample = SAMPLES / f"{schema}.xml"
    if not sample.exists():
        pytest.skip("the sample files are not here")
    ours = etree.fromstring(read_batch(batch=batch, now=NOW).encode())
    theirs = shape(etree.parse(str(sample)).getroot())
    for name, children in shape(ours).items():
        assert children - {"Othr"} <= theirs.get(name, set()) | {"Othr", "Id"}, name


def test_sequences_follow_the_mandate(shop: Shop) -> None:
    desk = Desk(shop)
    method = desk.save()
    debits = [desk.debit(method=method), desk.debit(method=method)]
    once = desk.charge(shop.invoice(5000))
    first = made(desk)
    rows = Debit.objects.filter(batch=first)
    assert sorted(rows.values_list("sequence", flat=True)) == ["FRST", "OOFF", "RCUR"]
    assert PaymentMethod.objects.count() == 1, "who pays once keeps nothing"
    assert len(set(rows.values_list("payment_group", flat=True))) == 3
    mark_sent(batch=first, now=NOW)
    settle_debits(debits=debits, received_on=AT, now=NOW)
    desk.debit(method=method)
    close_account(account_id=shop.account.id, now=NOW)
    assert texts(made(desk), "SeqTp") == ["FNAL"]
    assert Debit.objects.get(attempt=once).mandate.method is None


def test_a_file_that_is_dropped_gives_its_debits_to_another(shop: Shop) -> None:
    desk = Desk(shop)
    desk.debit()
    batch = made(desk)
    assert desk.file() is None, "it is in a file already"
    drop_batch(batch=batch, now=NOW)
    drop_batch(batch=batch, now=NOW)
    with pytest.raises(Conflict, match="was dropped"):
        mark_sent(batch=batch, now=NOW)
    again = made(desk)
    assert texts(again, "SeqTp") == ["FRST"], "no bank has seen the first one"
    mark_sent(batch=again, now=NOW)
    with pytest.raises(BillingError, match="was given to the bank"):
        drop_batch(batch=again, now=NOW)
    drop_batch(batch=again, now=NOW, is_refused=True)
    assert made(desk, name="ours").message_id == "ours"
    assert made(desk, name="ours").id == made(desk, name="ours").id


def test_late_debits_get_the_first_day_that_the_bank_can_keep(shop: Shop) -> None:
    desk = Desk(shop)
    debit = desk.debit()
    # The Thursday before Easter: two bank days later is Wednesday.
    batch = made(desk, date(2026, 4, 2))
    assert texts(batch, "ReqdColltnDt") == ["2026-04-08"]
    debit.attempt.refresh_from_db()
    assert debit.attempt.data["expected_on"] == "2026-04-08"


def test_schemes_never_share_a_file(shop: Shop) -> None:
    core, business = Desk(shop), None
    core.debit()
    business = Desk(shop, scheme="b2b", announce="invoice")
    business.debit(method=business.save(iban=IBANS[2]))
    found = made(business, scheme=MandateScheme.B2B)
    assert texts(found, "Cd") == ["SEPA", "B2B"]
    assert found.count == 1
    assert texts(made(business), "Cd") == ["SEPA", "CORE"]


def test_what_is_paid_or_revoked_is_not_collected(shop: Shop) -> None:
    desk = Desk(shop)
    kept, gone = desk.save(), desk.save(iban=IBANS[1])
    paid, dead = desk.debit(method=kept), desk.debit(method=gone)
    shop.pay(11900)
    remove_method(method=gone, now=NOW)
    assert desk.file() is None
    states = {one.id: (str(one.status), one.error) for one in PaymentAttempt.objects.all()}
    assert states[paid.attempt_id] == ("cancelled", "cancelled")
    assert states[dead.attempt_id] == ("failed", "method_revoked")
    assert Mandate.objects.get(method=gone).status == MandateStatus.REVOKED


def test_a_mandate_ends_after_three_years_without_use(shop: Shop) -> None:
    desk = Desk(shop)
    method = desk.save()
    seller = shop.seller
    assert expire_mandates(seller=seller, today=date(2029, 3, 1), now=NOW) == 0
    assert expire_mandates(seller=seller, today=date(2029, 3, 2), now=NOW) == 1
    method.refresh_from_db()
    assert Mandate.objects.get().status == MandateStatus.EXPIRED
    assert method.removed_at is not None


def test_two_at_once_make_one_file(open_shop: Shop) -> None:
    desk = Desk(open_shop)
    for _ in range(3):
        account = new_account(open_shop)
        invoice = open_shop.invoice(1000, account=account)
        desk.charge(invoice, desk.save(account))
    answers = together(*[partial(desk.file)] * 3)
    batches = [one for one in answers if isinstance(one, DebitBatch)]
    assert len(batches) == 1
    assert [one for one in answers if one is not None] == batches
    assert Debit.objects.filter(batch=batches[0]).count() == batches[0].count == 3


def test_a_debit_waits_for_the_bank_and_nothing_else(shop: Shop) -> None:
    desk = Desk(shop)
    attempt = desk.debit().attempt
    assert attempt.status == AttemptStatus.PENDING
    assert attempt.gateway_reference == attempt.public_id.removeprefix("att_").upper()


def test_files_and_mandates_that_do_not_agree_are_named(shop: Shop) -> None:
    desk = Desk(shop)
    debit = desk.debit()
    batch = made(desk)
    wrongs = (
        (DebitBatch, batch.id, {"total_minor": 1}, "debit-batch"),
        (DebitBatch, batch.id, {"status": "dropped"}, "debit-batch"),
        (Debit, debit.id, {"payment_group": ""}, "debit"),
        (Mandate, debit.mandate_id, {"status": "revoked"}, "mandate"),
    )
    for model, key, changes, rule in wrongs:
        rows = model.objects.filter(id=key)
        before = rows.values(*changes).get()
        rows.update(**changes)
        assert {one.rule for one in check_books()} == {rule}
        rows.update(**before)
