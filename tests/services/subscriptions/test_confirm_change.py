"""A change that was seen is made once and billed as shown, whoever else asks and whatever dies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quarterday.services.subscriptions import confirm_change as module
from quarterday.services.subscriptions.add_addon import add_addon
from quarterday.services.subscriptions.confirm_change import FiguresMoved, confirm_change
from quarterday.services.subscriptions.make_change import Asked, Verb, When, Wish
from quarterday.services.subscriptions.preview_change import preview_change
from quarterday.store.models import Invoice, Subscription, SubscriptionItem
from tests.services.till import NOW, Shop, together

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 11)
MORE = Wish(verb=Verb.QUANTITY, quantity=Decimal(3))


def sell(shop: Shop) -> Subscription:
    """Something of 31.00 a month, billed for March."""
    from quarterday.services.catalog.publish_plan import publish_plan
    from quarterday.services.catalog.publish_price import publish_price

    plan = publish_plan(product=shop.hosting, code="web", name="Web", now=NOW)
    model = {"model": "per_unit", "unit_price": "31.00"}
    publish_price(plan=plan, code="v1", currency="EUR", model=model, now=NOW)
    made = shop.subscribe(plan, "S1")
    shop.bill(date(2026, 3, 1))
    return made


def asked(row: Subscription, **terms: Any) -> Asked:
    return Asked(subscription_id=row.id, today=TODAY, now=NOW, **terms)


def test_a_change_is_billed_at_once(shop: Shop) -> None:
    row = sell(shop)
    preview = preview_change(MORE, asked(row))
    # 21 of 31 days of two more, and 19 % of that.
    assert (preview.now_minor, preview.effect_minor) == (4998, 4998)
    assert confirm_change(MORE, asked(row), seen=preview.digest).digest == preview.digest
    invoice = Invoice.objects.latest("id")
    assert (invoice.total_minor, invoice.issued_on) == (4998, TODAY)


def test_what_waits_for_the_next_invoice_is_told_apart(shop: Shop) -> None:
    row = sell(shop)
    shop.charge(1000, on=TODAY)
    preview = preview_change(MORE, asked(row))
    assert (preview.now_minor, preview.effect_minor) == (4998 + 1190, 4998)
    shop.charge(500, on=TODAY)
    with pytest.raises(FiguresMoved) as moved:
        confirm_change(MORE, asked(row), seen=preview.digest)
    assert moved.value.preview.now_minor == 4998 + 1190 + 595
    assert Invoice.objects.count() == 1
    confirm_change(MORE, asked(row), seen=moved.value.preview.digest)
    assert Invoice.objects.latest("id").total_minor == 4998 + 1190 + 595


def test_the_figures_of_yesterday_are_not_those_of_today(shop: Shop) -> None:
    row = sell(shop)
    seen = preview_change(MORE, Asked(subscription_id=row.id, today=date(2026, 3, 10), now=NOW))
    with pytest.raises(FiguresMoved):
        confirm_change(MORE, asked(row), seen=seen.digest)


def test_a_digest_is_for_its_own_wish(shop: Shop) -> None:
    row = sell(shop)
    later = Wish(verb=Verb.QUANTITY, quantity=Decimal(3), when=When.PERIOD_END)
    with pytest.raises(FiguresMoved):
        confirm_change(later, asked(row), seen=preview_change(MORE, asked(row)).digest)
    with pytest.raises(FiguresMoved):
        confirm_change(MORE, asked(row), seen="")


def test_killed_before_it_was_billed_the_next_run_bills_what_was_shown(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = sell(shop)
    preview = preview_change(MORE, asked(row))

    def die(**_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "run_billing", die)
        with pytest.raises(KeyboardInterrupt):
            confirm_change(MORE, asked(row), seen=preview.digest)
    assert Invoice.objects.count() == 1
    assert shop.bill(TODAY).total_minor == preview.now_minor
    assert not confirm_change(MORE, asked(row), seen=preview.digest).is_change


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_change_it_once(open_shop: Shop) -> None:
    row = sell(open_shop)
    preview = preview_change(MORE, asked(row))
    done = together(*[lambda: confirm_change(MORE, asked(row), seen=preview.digest)] * 3)
    assert [one.is_change for one in done if not isinstance(one, Exception)].count(True) == 1
    assert not [one for one in done if isinstance(one, Exception)]
    assert SubscriptionItem.objects.filter(end_on=None).get().quantity == 3
    assert list(Invoice.objects.order_by("id").values_list("total_minor", flat=True)) == [
        3689,
        4998,
    ]


def test_a_preview_leaves_nothing_behind(shop: Shop) -> None:
    from tests.services.bills import count_rows

    row = sell(shop)
    add_addon(
        subscription_id=row.id,
        price=shop.meter().prices.get(),
        today=date(2026, 3, 1),
        now=NOW,
    )
    before = count_rows()
    for verb in (Verb.CANCEL, Verb.QUANTITY):
        for when in When:
            preview_change(Wish(verb=verb, when=when, quantity=Decimal(2)), asked(row))
    assert count_rows() == before
