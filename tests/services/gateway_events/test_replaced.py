"""A mandate that a bank has replaced: the new one is charged in its place."""

from __future__ import annotations

from quarterday.ports.outcomes import KeptMethod, MethodNews
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.payments.remove_method import remove_method
from quarterday.store.models import Collection, PaymentMethod, TopUp
from tests.services.paid import hear, offer
from tests.services.till import DAY, NOW, Shop

OLD, NEW = KeptMethod("MD1", "sepa_debit", "Bank 1"), KeptMethod("MD2", "sepa_debit", "Bank 2")


def keep(shop: Shop, kept: KeptMethod, *, is_default: bool = False) -> PaymentMethod:
    return keep_method(
        account=shop.account, gateway="sandbox", kept=kept, now=NOW, is_default=is_default
    )


def test_the_new_mandate_takes_the_place_of_the_old_one(shop: Shop) -> None:
    offer(shop)
    other = keep(shop, KeptMethod("MD0", "sepa_debit", "Bank 0"))
    old = keep(shop, OLD, is_default=True)
    terms = {"below_minor": 1, "amount_minor": 1, "changed_at": NOW}
    TopUp.objects.create(account=shop.account, method=old, **terms)
    invoice = shop.invoice(10000)
    Collection.objects.create(invoice=invoice, account=shop.account, next_on=DAY)
    news = MethodNews("e1", "MD1", NEW)
    for event in ("e1", "e2"):
        hear(shop, MethodNews(event, news.token, news.method))
    left = PaymentMethod.objects.filter(removed_at=None).order_by("token")
    assert [(one.token, one.is_default) for one in left] == [("MD0", False), ("MD2", True)]
    top_up = TopUp.objects.get()
    assert top_up.method is not None
    assert top_up.method.token == "MD2"
    assert Collection.objects.get().status == "waiting"
    assert other.removed_at is None


def test_nothing_takes_the_place_of_what_its_owner_removed(shop: Shop) -> None:
    offer(shop)
    remove_method(method=keep(shop, OLD), now=NOW)
    hear(shop, MethodNews("e1", "MD1", NEW))
    assert not PaymentMethod.objects.filter(removed_at=None).exists()


def test_one_that_was_not_the_default_is_none_after(shop: Shop) -> None:
    offer(shop)
    keep(shop, KeptMethod("MD0", "sepa_debit", "Bank 0"))
    keep(shop, OLD)
    hear(shop, MethodNews("e1", "MD1", NEW))
    left = PaymentMethod.objects.filter(removed_at=None).order_by("token")
    assert [(one.token, one.is_default) for one in left] == [("MD0", True), ("MD2", False)]
