"""Work that is asked for more than once is done once."""

from __future__ import annotations

from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.idempotency.once import once
from quarterday.store.models import IdempotencyKey, Payment
from tests.services.till import NOW, Shop, together


def pay_once(shop: Shop, key: str = "k1", amount_minor: int = 100, caller: str = "api") -> Any:
    def work() -> dict[str, object]:
        payment = shop.pay(amount_minor)
        return {"payment": payment.public_id, "amount_minor": amount_minor}

    return once(caller=caller, key=key, input={"amount_minor": amount_minor}, work=work, now=NOW)


def test_the_first_answer_is_given_again(shop: Shop) -> None:
    answer = pay_once(shop)
    assert pay_once(shop) == answer
    assert answer["payment"] == Payment.objects.get().public_id


def test_other_input_under_a_key_is_refused(shop: Shop) -> None:
    pay_once(shop)
    with pytest.raises(Conflict, match="key 'k1' was used with other input"):
        pay_once(shop, amount_minor=200)
    assert Payment.objects.count() == 1


def test_keys_are_those_of_a_caller(shop: Shop) -> None:
    pay_once(shop)
    pay_once(shop, caller="console", amount_minor=200)
    pay_once(shop, key="k2", amount_minor=300)
    assert Payment.objects.count() == 3


def test_work_that_fails_leaves_nothing_and_may_be_asked_for_again(shop: Shop) -> None:
    def work() -> None:
        shop.pay(100)
        raise BillingError("no")

    with pytest.raises(BillingError, match="no"):
        once(caller="api", key="k1", input={"amount_minor": 100}, work=work, now=NOW)
    assert not Payment.objects.exists()
    assert not IdempotencyKey.objects.exists()
    pay_once(shop)
    assert Payment.objects.count() == 1


def test_at_once_only_one_works_and_all_get_its_answer(open_shop: Shop) -> None:
    answers = together(*[lambda: pay_once(open_shop)] * 4)
    assert Payment.objects.count() == 1
    assert answers == [answers[0]] * 4
