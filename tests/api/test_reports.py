"""Reports by key: those of the key's seller, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from quarterday.services.keys.add_key import add_key
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Seller
from tests.services.till import NOW, Shop


def ask(seller: Seller, path: str, scope: str = "reports") -> Any:
    _, text = add_key(seller=seller, name="books", scopes=[scope], now=NOW)
    return Client(SERVER_NAME="localhost").get(
        f"/api/v1/{path}", HTTP_AUTHORIZATION=f"Bearer {text}"
    )


@pytest.mark.django_db
def test_a_key_reads_the_reports_of_its_seller(shop: Shop) -> None:
    shop.invoice(10_00)
    listed = ask(shop.seller, "reports").json()
    revenue = next(one for one in listed if one["name"] == "revenue")
    assert [one["name"] for one in revenue["parameters"]] == ["from", "until", "by", "currency"]
    path = "reports/revenue?from=2026-03-01&until=2026-03-31&by=year"
    answer = ask(shop.seller, path)
    assert answer["Cache-Control"] == "private, no-store"
    data = answer.json()
    assert data["rows"][0]["invoiced"] == "10.00"
    assert data["parameters"]["by"] == "year"
    other = open_seller(
        code="other", name="Other", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    assert ask(other, path).json()["rows"] == []
    assert ask(shop.seller, path, "entitlements").status_code == 403
    assert ask(shop.seller, "reports/wishes").status_code == 404
    wrong = ask(shop.seller, "reports/revenue?colour=red")
    assert (wrong.status_code, "no parameter 'colour'" in wrong.json()["detail"]) == (400, True)
    assert Client(SERVER_NAME="localhost").get("/api/v1/reports").status_code == 401
