"""The second step: codes of an app and recovery codes, each good once."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.users.add_user import add_member, add_user
from quarterday.services.users.second_step import (
    check_code,
    has_second_step,
    list_means,
    new_secret,
    read_recovery_codes,
    renew_recovery_codes,
    show_secret,
    start_second_step,
    stop_second_step,
)
from quarterday.store.models import Message, User
from tests.services.till import NOW, Shop, together

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now(secret: str = SECRET, steps: int = 0) -> str:
    """What an app that was given the secret shows."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def turn_on(shop: Shop) -> User:
    user = add_user(email="ada@example.com")
    add_member(account_id=shop.account.id, user=user, role="owner", now=NOW)
    start_second_step(user=user, secret=SECRET, code=code_now(), now=NOW)
    return user


def test_it_begins_with_a_code_of_the_app(shop: Shop) -> None:
    user = add_user(email="ada@example.com")
    with pytest.raises(BillingError, match="newest"):
        start_second_step(user=user, secret=SECRET, code="000000x", now=NOW)
    assert not has_second_step(user)
    ada = turn_on(shop)
    assert has_second_step(ada)
    means = list_means(ada)
    assert (means.codes_left, means.passkeys) == (10, [])
    with pytest.raises(Conflict, match="already"):
        start_second_step(user=ada, secret=SECRET, code=code_now(), now=NOW)


def test_secrets_lie_encrypted(shop: Shop) -> None:
    ada = turn_on(shop)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert read_recovery_codes(ada)[0] not in stored


def test_a_code_is_good_once(shop: Shop) -> None:
    ada = turn_on(shop)
    code = code_now()
    assert check_code(user=ada, code=f"{code[:3]} {code[3:]}", now=NOW)
    assert not check_code(user=ada, code=code, now=NOW)
    assert not check_code(user=ada, code=code_now(steps=-5), now=NOW)
    assert not check_code(user=ada, code="", now=NOW)


def test_a_recovery_code_is_good_once_and_new_ones_end_the_old(shop: Shop) -> None:
    ada = turn_on(shop)
    first, second, *rest = read_recovery_codes(ada)
    assert check_code(user=ada, code=f"{first[:4]}-{first[4:]}", now=NOW)
    assert not check_code(user=ada, code=first, now=NOW)
    assert read_recovery_codes(ada) == [second, *rest]
    renew_recovery_codes(user=ada, now=NOW)
    assert not check_code(user=ada, code=second, now=NOW)
    assert len(read_recovery_codes(ada)) == 10


def test_turning_it_off_ends_all_codes(shop: Shop) -> None:
    ada = turn_on(shop)
    code = read_recovery_codes(ada)[0]
    for _ in range(2):
        stop_second_step(user=ada, now=NOW)
    assert not has_second_step(ada)
    assert not check_code(user=ada, code=code, now=NOW)
    renew_recovery_codes(user=ada, now=NOW)
    assert read_recovery_codes(ada) == []
    told = [
        row.data["what"] for row in Message.objects.filter(kind="security_notice").order_by("id")
    ]
    assert told == ["second_step_on", "second_step_off"]


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_one_code_used_at_once_lets_one_in(open_shop: Shop, kind: str) -> None:
    ada = turn_on(open_shop)
    code = code_now() if kind == "app" else read_recovery_codes(ada)[0]
    answers: list[Any] = together(*[lambda: check_code(user=ada, code=code, now=NOW)] * 3)
    assert sorted(answers) == [False, False, True]


def test_the_app_is_shown_who_and_where(shop: Shop) -> None:
    url, picture = show_secret(add_user(email="ada@example.com"), secret := new_secret())
    assert url.startswith("otpauth://totp/ada%40example.com?")
    assert secret in url
    assert picture.startswith("data:image/svg+xml")
