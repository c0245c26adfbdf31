"""News of gateways are the same after they were kept as data."""

from __future__ import annotations

import json
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterday.core.errors import BillingError
from quarterday.ports import outcomes
from quarterday.ports.news_data import name_kind, read_news, write_news

texts = st.text(max_size=12)
names = st.dictionaries(texts, texts, max_size=3)
days = st.none() | st.dates()
methods = st.builds(outcomes.KeptMethod, texts, texts, texts, days, data=names, mandate=st.none())
st.register_type_strategy(outcomes.KeptMethod, methods)
news = st.one_of([st.from_type(kind) for kind in get_args(outcomes.News)])


@given(news)
def test_nothing_is_lost(one: outcomes.News) -> None:
    data = write_news(one)
    assert read_news(json.loads(json.dumps(data))) == one
    assert data["is"] == name_kind(one)


@given(st.sampled_from(get_args(outcomes.Outcome)).flatmap(st.from_type))
def test_each_outcome_is_kept(outcome: outcomes.Outcome) -> None:
    one = outcomes.AttemptNews("evt", outcome, "att")
    assert read_news(json.loads(json.dumps(write_news(one)))) == one


@pytest.mark.parametrize(
    "data", [{}, {"is": "gossip"}, {"is": "other"}, {"is": "refund", "amount_minor": "1"}]
)
def test_what_is_no_news_is_refused(data: dict[str, str]) -> None:
    with pytest.raises(BillingError):
        read_news(data)


def test_no_account_number_is_kept() -> None:
    mandate = outcomes.DebitMandate(
        "M1", "Anna Example", "DE89370400440532013000", date(2026, 1, 1)
    )
    kept = outcomes.KeptMethod("t", "sepa_debit", "IBAN 3000", mandate=mandate)
    with pytest.raises(BillingError, match="encrypted"):
        write_news(outcomes.MethodNews("evt", "t", kept))
