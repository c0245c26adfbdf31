"""What nobody has thought of, in one row, keeps a job from none of the others."""

from __future__ import annotations

from typing import Any

import pytest

from quarterday.jobs import look_up_attempts, look_up_refunds, reconcile_daily, top_up_credit


class Row:
    """Stands for whatever a job goes through; the first one is broken."""

    def __init__(self, name: str) -> None:
        self.public_id = self.code = name
        self.account = self.refund = self.seller = self
        self.time_zone = "UTC"


@pytest.mark.parametrize(
    ("module", "lists", "does", "job"),
    [
        (look_up_attempts, "iterate_asked", "complete_attempt", look_up_attempts.LookUpAttempts),
        (look_up_refunds, "iterate_open", "look_up_refund", look_up_refunds.LookUpRefunds),
        (top_up_credit, "iterate_low", "top_up_due", top_up_credit.TopUpCredit),
    ],
)
def test_one_that_breaks_does_not_keep_the_others(
    monkeypatch: pytest.MonkeyPatch, module: Any, lists: str, does: str, job: Any
) -> None:
    asked: list[int] = []

    def breaks(*_: object, **__: object) -> object:
        asked.append(1)
        raise RuntimeError("a bug")

    monkeypatch.setattr(module, lists, lambda *_: iter([Row("a"), Row("b")]))
    monkeypatch.setattr(module, "is_to_look_up", lambda *_: True, raising=False)
    monkeypatch.setattr(module, does, breaks)
    assert job().run() == {"broken": 2}
    assert len(asked) == 2


def test_one_bank_account_does_not_keep_the_others(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quarterday.services.bank.match_lines import MatchResult
    from quarterday.services.sellers.open_seller import open_seller
    from quarterday.store.models import BankAccount
    from tests.services.bank.lines import make_bank
    from tests.services.till import NOW

    for code in ("one", "two"):
        given = {"code": code, "name": code, "country": "DE", "currency": "EUR"}
        make_bank(open_seller(**given, time_zone="UTC", now=NOW))

    def match(*, bank_account: BankAccount, **_: Any) -> MatchResult:
        if bank_account.seller.code == "one":
            raise RuntimeError("a bug")
        return MatchResult(lines=1)

    monkeypatch.setattr(reconcile_daily, "match_lines", match)
    found = reconcile_daily.MatchBankLines().run()
    assert found["one main"] == {"broken": 1}
    assert found["two main"] == {"booked": 0, "proposed": 0, "open": 0}
