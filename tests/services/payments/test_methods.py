"""Ways to pay that an account keeps: one of them is the default, whatever happens."""

from __future__ import annotations

from datetime import date

import pytest

from quarterday.ports.outcomes import KeptMethod
from quarterday.services.errors import NotFound
from quarterday.services.payments.choose_method import choose_method
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.payments.remove_method import remove_method
from quarterday.store.models import Event, PaymentMethod
from quarterday.store.queries.paying import list_methods
from tests.services.till import NOW, Shop, together


def keep(shop: Shop, token: str, **terms: object) -> PaymentMethod:
    kept = KeptMethod(token, "visa", f"Visa {token}", date(2030, 5, 31))
    return keep_method(account=shop.account, gateway="sandbox", kept=kept, now=NOW, **terms)  # type: ignore[arg-type]


def kept(shop: Shop) -> list[tuple[str, bool]]:
    return [(one.token, one.is_default) for one in list_methods(shop.account)]


def test_the_first_is_the_default_until_another_is_chosen(shop: Shop) -> None:
    keep(shop, "a")
    second = keep(shop, "b")
    assert kept(shop) == [("a", True), ("b", False)]
    choose_method(method=second, now=NOW)
    assert kept(shop) == [("b", True), ("a", False)]
    keep(shop, "c", is_default=True)
    assert kept(shop)[0] == ("c", True)


def test_the_same_token_is_kept_once_and_renewed(shop: Shop) -> None:
    keep(shop, "a")
    keep(shop, "a")
    assert Event.objects.filter(kind="payment_method.kept").count() == 1
    renewed = KeptMethod("a", "visa", "Visa new", date(2035, 1, 31))
    keep_method(account=shop.account, gateway="sandbox", kept=renewed, now=NOW)
    assert PaymentMethod.objects.get().label == "Visa new"


def test_when_the_default_goes_another_takes_its_place(shop: Shop) -> None:
    first, _ = keep(shop, "a"), keep(shop, "b")
    for _ in range(2):
        remove_method(method=first, now=NOW)
    assert kept(shop) == [("b", True)]
    with pytest.raises(NotFound, match="add it again"):
        choose_method(method=first, now=NOW)
    assert keep(shop, "a").removed_at is None
    assert kept(shop) == [("b", True), ("a", False)]


def test_no_token_is_in_the_log(shop: Shop) -> None:
    remove_method(method=keep(shop, "token-of-somebody"), now=NOW)
    rows = Event.objects.filter(kind__startswith="payment_method")
    assert rows.count() == 3
    assert not [row for row in rows if '"token' in row.data]


def test_kept_and_chosen_at_once_there_is_one_default(open_shop: Shop) -> None:
    first, second = keep(open_shop, "a"), keep(open_shop, "b")
    answers = together(
        lambda: keep(open_shop, "c"),
        lambda: keep(open_shop, "c"),
        lambda: choose_method(method=second, now=NOW),
        lambda: remove_method(method=first, now=NOW),
    )
    assert all(isinstance(one, PaymentMethod) for one in answers)
    assert sorted(kept(open_shop)) == [("b", True), ("c", False)]
