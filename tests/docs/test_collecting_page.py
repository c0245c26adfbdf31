"""The policies that docs/collecting.md shows are read as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from quarterday.core import collection, instalments, method_fee
from quarterday.services.sellers.check_brand_data import check_brand_data

PAGE = (Path(__file__).parents[2] / "docs" / "collecting.md").read_text()
POLICIES = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


@pytest.mark.parametrize("data", POLICIES, ids=lambda data: next(iter(data)))
def test_each_policy_is_taken(data: dict[str, Any]) -> None:
    assert check_brand_data(data) == data


def test_the_first_one_is_the_usual_one() -> None:
    usual = collection.read_policy({})
    assert collection.read_policy(POLICIES[0]["collection"]) == usual


def test_what_else_the_page_says() -> None:
    by_name = {name: data[name] for data in POLICIES for name in data}
    assert instalments.read_policy(by_name["instalments"]).allows(50000, "EUR")
    fees = method_fee.read_fees(by_name["method_fees"])
    assert set(fees.ways) == {"stripe:card", "paypal"}
